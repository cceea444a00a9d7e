"""The processes of compose.yaml, started by its very commands, share the work on one PostgreSQL."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from sandbox.__main__ import environment
from sandbox.demo.processes import python
from sandbox.member import Member, Message
from tests.end_to_end.stage import Bot, Stage, an_address, health_url, replied, replies, sent, shows
from tests.support.doors import open_doors
from tests.support.postgres import LocalPostgres, majors_under_test

COMPOSE = Path(__file__).parents[2] / "compose.yaml"
TAKEOVER_WITHIN = 45.0  # seconds from a worker's death to the moment when another has all its jobs
BOTS = ("gateway-0", "gateway-1", "worker-1", "worker-2")
GUILDS = ("Film Club", "Animation Guild")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The running services by name, and their database."""

    stage: Stage
    bots: Mapping[str, Bot]
    database_url: str

    async def drivers(self) -> dict[int, str]:
        """Read under which token each job is driven, or was."""
        query = "SELECT id, driver FROM jobs"
        async with await psycopg.AsyncConnection.connect(self.database_url) as connection:
            return {job: driver async for job, driver in await connection.execute(query)}

    async def states(self) -> dict[int, str]:
        async with await psycopg.AsyncConnection.connect(self.database_url) as connection:
            return {job: state async for job, state in await connection.execute("SELECT id, state FROM jobs")}

    def taken(self, name: str) -> list[int]:
        """Return the jobs that a process took to drive, in order."""
        return [entry["job"] for entry in self.bots[name].log("job_taken")]

    async def taken_over(self, job: int, *, leaving_out: set[str]) -> None:
        """Wait until one of the other processes takes a job."""
        others = [bot for name, bot in self.bots.items() if name not in leaving_out]
        takes = [asyncio.ensure_future(bot.logged("job_taken", job=job)) for bot in others]
        await asyncio.wait(takes, return_when=asyncio.FIRST_COMPLETED)
        for each in takes:
            each.cancel()
        await asyncio.gather(*takes, return_exceptions=True)


def services() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


@asynccontextmanager
async def service(stage: Stage, name: str, database_url: str) -> AsyncGenerator[Bot]:
    """Run a service of compose.yaml by its own command, on the sandbox instead of the world."""
    described = services()[name]
    assert described["entrypoint"] == ["python", "-m", "bot"]
    folder = stage.folder / name
    folder.mkdir()
    variables = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        **described["environment"],
        **environment(stage.discord.describe(), stage.service.describe()),
        "DATABASE_URL": database_url,
        "SEGMIND_REQUESTS_PER_MINUTE": "6000",
        "SPEND_LIMIT_USD_PER_DAY": "1000",
        **an_address(),
    }
    async with python(name, "bot", *described["command"], folder=folder, environment=variables) as child:
        yield Bot(child=child, health=health_url(variables))


@pytest.fixture(params=majors_under_test(newest=True), ids=lambda major: f"postgresql-{major}")
def postgres(request: pytest.FixtureRequest, postgres_servers: Callable[[int], LocalPostgres]) -> LocalPostgres:
    return postgres_servers(request.param)


@pytest.fixture
async def fleet(stage: Stage, postgres_url: str) -> AsyncIterator[Fleet]:
    await stage.sandbox.admin.set_shards(2)
    await open_doors(postgres_url, stage.discord.describe()["guilds"])
    async with AsyncExitStack() as stack:
        bots = {name: await stack.enter_async_context(service(stage, name, postgres_url)) for name in BOTS}
        await asyncio.gather(
            bots["gateway-0"].logged("ready"),
            bots["gateway-1"].logged("ready"),
            bots["worker-1"].logged("worker_ready"),
            bots["worker-2"].logged("worker_ready"),
        )
        yield Fleet(stage=stage, bots=bots, database_url=postgres_url)
        endings = {name: await bot.end() for name, bot in bots.items() if bot.ending is None}
        said = {name: "\n".join(bot.child.lines) for name, bot in bots.items()}
        for name, ending in endings.items():
            assert ending.status == 0, said[name]
            assert ending.seconds < 10, said[name]
        for name, lines in said.items():
            assert not [secret for secret in stage.secrets if secret in lines]
            assert not bots[name].log("driver_broke", "step_broke", "background_task_broke", "worker_ended"), lines


async def ask_everywhere(stage: Stage, each: int) -> list[tuple[Member, Message]]:
    """Have a member ask for so many videos in each of the two guilds, which lie on different shards."""
    asked: list[tuple[Member, Message]] = []
    for guild in GUILDS:
        member = stage.member("mira", guild=guild)
        asked += [(member, await stage.ask(member, f"Walk {number} in @Image1")) for number in range(each)]
    return asked


async def all_are_delivered_once(fleet: Fleet, asked: list[tuple[Member, Message]]) -> None:
    for member, card in asked:
        await shows(member, card, "Done")
        await replied(member, card)
    for member, card in asked:
        assert len(await replies(member, card)) == 1
    assert set((await fleet.states()).values()) == {"DELIVERED"}


async def test_jobs_of_every_shard_are_delivered_once_each_whichever_processes_die_or_freeze(fleet: Fleet) -> None:
    stage = fleet.stage
    undisturbed = await ask_everywhere(stage, 1)
    await all_are_delivered_once(fleet, undisturbed)
    assert [len(fleet.bots[name].log("job_accepted")) for name in BOTS] == [1, 1, 0, 0]
    assert sum(len(fleet.taken(name)) for name in BOTS) == len(undisturbed)
    exchanges = stage.recording.read_text().splitlines()
    assert len([line for line in exchanges if '"PUT"' in line and "/commands" in line]) == 1  # by the first shard's

    await stage.hold()
    asked = await ask_everywhere(stage, 5)
    jobs = {stage.job_of(card) for _, card in asked}
    for member, card in asked:
        await sent(member, card)
    held = {name: [job for job in fleet.taken(name) if job in jobs] for name in BOTS}
    frozen = max(("worker-1", "worker-2"), key=lambda name: len(held[name]))
    killed = max({"worker-1", "worker-2", "gateway-1"} - {frozen}, key=lambda name: len(held[name]))
    assert held[killed]
    assert held[frozen]
    orphaned = held[killed] + held[frozen]
    before = await fleet.drivers()
    fleet.bots[frozen].child.send(signal.SIGSTOP)
    try:
        await fleet.bots[killed].end(signal.SIGKILL)
        async with asyncio.timeout(TAKEOVER_WITHIN):
            await asyncio.gather(*(fleet.taken_over(job, leaving_out={killed, frozen}) for job in orphaned))
    finally:
        fleet.bots[frozen].child.send(signal.SIGCONT)
    await fleet.bots[frozen].logged("worker_slept")
    after = await fleet.drivers()
    assert {job for job in before if after[job] != before[job]} == set(orphaned)
    await stage.let_on()
    await stage.let_on()
    await all_are_delivered_once(fleet, asked)
    charges, _ = await stage.charged()
    assert charges == len(undisturbed) + len(asked)


def test_the_composition_has_no_secret_and_waits_for_its_database() -> None:
    described = services()
    assert set(described) == {"postgres", *BOTS}
    for name in BOTS:
        assert described[name]["env_file"] == ".env"
        assert described[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
        assert described[name]["healthcheck"]
        assert not {"DISCORD_TOKEN", "SEGMIND_API_KEY"} & set(described[name]["environment"])
        assert "${POSTGRES_PASSWORD:?" in described[name]["environment"]["DATABASE_URL"]
    assert [described[name]["command"] for name in BOTS] == [["run"], ["run"], ["worker"], ["worker"]]
    assert sorted(described[name]["environment"]["SHARD_IDS"] for name in BOTS[:2]) == ["0", "1"]
