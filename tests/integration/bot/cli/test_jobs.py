"""`python -m bot jobs` and `job`: what whoever is at the machine sees and can do."""

import logging
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.cli.jobs import NOT_ANSWERED, read_job, retry_job
from bot.command_line import app
from bot.database.engine import open_database
from bot.jobs.model import Problem, ProblemCode
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.observing.logs import OURS
from tests.support.clock import ManualClock
from tests.support.database import LIMIT, unmade_url
from tests.support.jobs import a_job, a_request


@pytest.fixture(autouse=True)
def logging_as_before() -> Generator[None]:
    """Take back what a command sets for its process, which here is that of other tests, too."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in OURS]
    handlers, levels, configured = root.handlers, [each.level for each in (root, *ours)], structlog.get_config()
    yield
    root.handlers = handlers
    for each, level in zip((root, *ours), levels, strict=True):
        each.setLevel(level)
    structlog.configure(**configured)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    monkeypatch.chdir(tmp_path)
    return {"DISCORD_TOKEN": "t", "SEGMIND_API_KEY": "k", "DATABASE_URL": unmade_url(tmp_path)}


def bot(environment: Mapping[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=dict(environment))


async def save(folder: Path, *states: State) -> list[int]:
    async with open_database(unmade_url(folder)) as engine:
        store = JobStore(engine)
        return [
            (await store.add(a_job(state, request=a_request(prompt="a secret fox")), daily_limit_usd=LIMIT)).id
            for state in states
        ]


@pytest.fixture
async def jobs(tmp_path: Path) -> list[int]:
    return await save(tmp_path, State.WAITING, State.FAILED, State.DELIVERED)


def test_the_newest_jobs_are_listed(environment: Mapping[str, str], jobs: list[int]) -> None:
    listed = bot(environment, "jobs")
    assert listed.exit_code == 0, listed.output
    assert [line.split()[0] for line in listed.output.splitlines()[1:]] == [str(job) for job in reversed(jobs)]


def test_the_list_can_be_narrowed(environment: Mapping[str, str], jobs: list[int]) -> None:
    listed = bot(environment, "jobs", "--state", "WAITING", "--state", "FAILED", "--limit", "1")
    assert [line.split()[:2] for line in listed.output.splitlines()[1:]] == [[str(jobs[1]), "FAILED"]]


def test_one_job_is_told_without_its_prompt(environment: Mapping[str, str], jobs: list[int]) -> None:
    told = bot(environment, "job", str(jobs[0]))
    assert "WAITING" in told.output
    assert "5 s, 16:9, 1 reference\n" in told.output
    assert "secret fox" not in told.output


@pytest.mark.parametrize("arguments", [["job", "404"], ["job", "404", "--retry"]])
def test_a_job_that_is_not_there_is_told(environment: Mapping[str, str], jobs: list[int], arguments: list[str]) -> None:
    told = bot(environment, *arguments)
    assert told.exit_code == 1
    assert "There's no job 404" in told.output


def test_a_database_that_no_bot_has_used_is_told(environment: Mapping[str, str]) -> None:
    told = bot(environment, "jobs")
    assert told.exit_code == 1
    assert "the file doesn't exist. The bot creates it at its first start, so check the path.\n" in told.output
    assert "Traceback" not in told.output


async def test_a_wish_that_no_bot_takes_up_is_left_for_the_next(tmp_path: Path, jobs: list[int]) -> None:
    assert await retry_job(unmade_url(tmp_path), jobs[1], _ImpatientClock()) == NOT_ANSWERED


async def test_the_problem_of_a_job_is_told_with_its_detail(tmp_path: Path) -> None:
    async with open_database(unmade_url(tmp_path)) as engine:
        store = JobStore(engine)
        job = await store.add(a_job(State.WAITING), daily_limit_usd=LIMIT)
        problem = Problem(code=ProblemCode.REFUSED, detail="Insufficient credits")
        await store.save(job.move(State.FAILED, job.created_at, problem=problem))
    facts = dict(await read_job(unmade_url(tmp_path), job.id))
    assert (facts["problem"], facts["detail"]) == ("REFUSED", "Insufficient credits")


class _ImpatientClock(ManualClock):
    """A clock by which every wait is over at once."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
