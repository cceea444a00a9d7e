"""Before anything is paid, a job that breaks its own step again and again ends; trouble of the world ends none."""

import asyncio
import errno
import io
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pillow_heif
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.database.engine import open_database
from bot.database.tables import breakdowns as marks
from bot.jobs.driving import driver
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import OutcomeUnclear
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.giving_up import MOST_DEATHS, MOST_FAILURES, Breakdowns
from bot.jobs.steps.preparing import prepare
from bot.jobs.steps.reviewing import see_to_reviews
from bot.media.errors import ChildFailed, FetchFailed
from bot.media.images.checker import CleanImage, ImageChecker, _image
from bot.media.images.process import _cleaned
from bot.segmind.errors import TryLater
from tests.support.clock import PATIENCE
from tests.support.database import file_url
from tests.support.drawings import drawing
from tests.support.stage import Stage, open_stage

Step = Callable[[Engine, Job], Awaitable[Job]]


def breaking(error: Exception, *, times: int = 10**6) -> tuple[Step, list[int]]:
    """Make a step that raises so many times, and a list of the jobs that it was taken for."""
    taken: list[int] = []

    async def step(engine: Engine, job: Job) -> Job:
        taken.append(job.id)
        if len(taken) <= times:
            raise error
        return await engine.move(job, State.CANCELLED)

    return step, taken


def put(monkeypatch: pytest.MonkeyPatch, step: Step, state: State = State.PREPARING) -> None:
    monkeypatch.setattr(driver, "STEPS", {**driver.STEPS, state: step})


async def rows(stage: Stage) -> list[int]:
    async with stage.store.engine.connect() as connection:
        return [row.job_id for row in await connection.execute(select(marks))]


@pytest.mark.parametrize("state", [State.PREPARING, State.WAITING])
@pytest.mark.parametrize(
    ("error", "image"), [(KeyError("x"), None), (ChildFailed("SIGKILL", 2), 2), (OSError("no image"), None)]
)
async def test_a_job_that_fails_the_same_way_five_times_ends_at_no_cost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, state: State, error: Exception, image: int | None
) -> None:
    step, taken = breaking(error)
    put(monkeypatch, step, state)
    with capture_logs() as told:
        job = await stage.drive(await stage.begin(state))
    assert len(taken) == MOST_FAILURES == 5
    assert job.problem is not None
    assert (job.state, job.problem.code, job.problem.image) == (State.FAILED, ProblemCode.BROKEN, image)
    assert stage.cards.shown[-1] == job
    assert await stage.spent(job) == 0
    assert [line["job"] for line in told if line["event"] == "gave_up"] == [job.id]
    assert await rows(stage) == []


async def test_failures_are_remembered_over_restarts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step, taken = breaking(KeyError("x"))
    put(monkeypatch, step)
    async with open_stage(tmp_path) as stage:
        job = await stage.begin()
        stage.start(job)
        await stage.clock.asleep()
    async with open_stage(tmp_path) as stage:
        ended = await stage.drive(await stage.saved(job))
    assert (ended.state, len(taken)) == (State.FAILED, MOST_FAILURES)


async def test_failing_in_another_way_is_counted_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [KeyError("x")] * 4 + [ValueError("y")] * 4 + [KeyError("x")] * 4

    async def step(engine: Engine, job: Job) -> Job:
        if failures:
            raise failures.pop()
        return await engine.move(job, State.CANCELLED)

    put(monkeypatch, step)
    assert (await stage.drive(await stage.begin())).state is State.CANCELLED
    assert await rows(stage) == []


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        TryLater("503"),
        OutcomeUnclear("503"),
        FetchFailed("https://cdn.discordapp.com", "timeout"),
        aiohttp.ServerDisconnectedError(),
        OSError(errno.ENOSPC, "no space left"),
        OperationalError("UPDATE", None, OSError("away")),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_trouble_of_the_world_ends_no_job(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    step, taken = breaking(error, times=4 * MOST_FAILURES)
    put(monkeypatch, step)
    assert (await stage.drive(await stage.begin())).state is State.CANCELLED
    assert len(taken) == 4 * MOST_FAILURES + 1


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.QUEUED, State.PROCESSING, State.COMPLETED, State.POSTING])
async def test_after_payment_nothing_is_given_up_for_that(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    taken: list[int] = []
    enough = asyncio.Event()

    async def step(_engine: Engine, job: Job) -> Job:
        taken.append(job.id)
        if len(taken) == 3 * MOST_FAILURES:
            enough.set()
        raise KeyError

    put(monkeypatch, step, state)
    job = await stage.begin(state)
    stage.start(job)
    await stage.clock.pass_until(asyncio.ensure_future(enough.wait()))
    assert await stage.saved(job) == job


async def test_a_request_that_cannot_be_shown_to_moderators_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await stage.begin(State.HELD)

    async def breaks(_job: Job) -> frozenset[object]:
        raise KeyError

    monkeypatch.setattr(stage.moderators, "missing", breaks)
    for _ in range(MOST_FAILURES):
        await see_to_reviews(stage.engine)
    ended = await stage.saved(job)
    assert (ended.state, ended.problem) == (State.FAILED, Problem(code=ProblemCode.BROKEN, detail="KeyError"))


async def dies(stage: Stage, *job_ids: int) -> None:
    """Leave what a process leaves that is killed while it has these jobs in their step."""
    process = Breakdowns(stage.store.engine)
    for job_id in job_ids:
        await process._begin(job_id)


async def test_a_job_that_was_alone_in_its_step_when_the_process_died_three_times_ends(stage: Stage) -> None:
    job = await stage.begin()
    for _ in range(MOST_DEATHS):
        await dies(stage, job.id)
    ended = await stage.drive(job)
    assert ended.problem is not None
    assert (ended.state, ended.problem.code) == (State.FAILED, ProblemCode.BROKEN)
    assert stage.files.asked == []
    assert await rows(stage) == []


@pytest.mark.parametrize("deaths", [1, MOST_DEATHS - 1])
async def test_fewer_deaths_end_no_job(stage: Stage, deaths: int) -> None:
    job = await stage.begin()
    for _ in range(deaths):
        await dies(stage, job.id)
    assert (await stage.drive_until(job, State.WAITING)).state is not State.FAILED
    assert await rows(stage) == []


async def test_deaths_with_other_jobs_in_their_step_do_not_count(stage: Stage) -> None:
    first, second = await stage.begin(), await stage.begin()
    for _ in range(3 * MOST_DEATHS):
        await dies(stage, first.id, second.id)
    for job in (first, second):
        assert (await stage.drive_until(job, State.WAITING)).state is not State.FAILED


async def test_a_stop_in_good_order_is_no_death(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def waits(engine: Engine, job: Job) -> Job:
        await engine.clock.sleep(1_000)
        return job

    put(monkeypatch, waits)
    job = await stage.begin()
    for _ in range(MOST_DEATHS + 1):
        running = stage.start(job)
        await stage.clock.asleep()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    later = Breakdowns(stage.store.engine)
    assert await later._begin(job.id) == 0


@pytest.mark.parametrize("state", [State.ACCEPTED, State.PREPARING, State.HELD, State.WAITING])
async def test_cancel_works_from_the_first_moment(stage: Stage, monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    async def waits(engine: Engine, job: Job) -> Job:
        await engine.clock.sleep(timedelta(hours=1).total_seconds())
        return job

    put(monkeypatch, waits)
    put(monkeypatch, waits, State.WAITING)
    job = await stage.begin(state)
    if state in driver.STEPS:
        await stage.dispatcher.dispatch(job)
        await stage.clock.asleep()
    cancelled = await stage.control.cancel(job.id)
    await stage.at_rest()
    assert (await stage.saved(job)).state is cancelled.state is State.CANCELLED
    assert await stage.spent(job) == 0


FORMATS: dict[str, dict[str, Any]] = {
    "JPEG": {},
    "progressive JPEG": {"progressive": True},
    "MPO": {"save_all": True},
    "PNG": {},
    "APNG": {"save_all": True},
    "WEBP": {},
    "lossless WEBP": {"lossless": True},
    "animated WEBP": {"save_all": True},
    "AVIF": {"speed": 10},
    "HEIF": {},
    "animated GIF": {"save_all": True},
    "BMP": {},
    "TIFF": {},
    "LZW TIFF": {"compression": "tiff_lzw"},
}
FILES = 200
IN_A_PROCESS = 14  # of them, as the bot does with all: each takes a new one


@cache
def sound_file(name: str) -> bytes:
    buffer = io.BytesIO()
    picture, options = drawing(1, size=(320, 300)), FORMATS[name]
    if name == "HEIF":
        pillow_heif.from_pillow(picture).save(buffer, quality=60)
    else:
        others = {"append_images": [drawing(2, size=picture.size)]} if "save_all" in options else {}
        kind = name.rsplit(maxsplit=1)[-1].replace("APNG", "PNG")
        picture.save(buffer, kind, **options, **others)
    return buffer.getvalue()


def mutated(seed: int) -> bytes:
    """Spoil a picture of one of the formats in some way."""
    chance = random.Random(seed)  # noqa: S311 - the same in each run
    data = bytearray(sound_file(sorted(FORMATS)[seed % len(FORMATS)]))
    match chance.randrange(4):
        case 0:
            del data[chance.randrange(len(data)) :]
        case 1:
            for _ in range(chance.randrange(1, 40)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        case 2:
            for place in range(min(64, len(data))):
                if chance.random() < 0.3:
                    data[place] = chance.randrange(256)
        case _:
            start = chance.randrange(len(data))
            data[start:start] = data[chance.randrange(len(data)) :][:4_096]
    return bytes(data)


class InThisProcess(ImageChecker):
    """Does what the process for an image does, without the half a second that its start takes on a busy machine."""

    def expect(self) -> None:
        """Start no process."""

    async def _run(self, work: Mapping[str, object]) -> CleanImage:
        return _image(_cleaned(json.loads(json.dumps(work, default=str))))


async def test_whatever_a_file_is_its_job_leaves_preparing(stage: Stage) -> None:
    quick = replace(stage.engine, images=InThisProcess())
    ended: list[Job] = []
    for seed in range(FILES):
        stage.files.files["/fox.png"] = mutated(seed)
        engine = stage.engine if seed < IN_A_PROCESS else quick
        ended.append(await driver._take(engine, await stage.begin(), prepare))
    assert {job.state for job in ended} == {State.WAITING, State.FAILED}
    assert {job.problem.code for job in ended if job.problem} == {ProblemCode.IMAGE}


async def test_of_jobs_that_a_dead_process_left_in_their_step_one_takes_it_at_a_time(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as database:
        dead = Breakdowns(database)
        left = [await dead._begin(job_id) for job_id in (1, 2)]
        assert left == [0, 0]
        breakdowns = Breakdowns(database)
        inside: list[int] = []
        most = 0
        let_go = asyncio.Event()

        async def take(job_id: int) -> None:
            nonlocal most
            async with breakdowns.in_step(job_id):
                inside.append(job_id)
                most = max(most, len(inside))
                await let_go.wait()
                inside.remove(job_id)

        suspects = [asyncio.create_task(take(job_id)) for job_id in (1, 2)]
        new = asyncio.create_task(take(3))
        async with asyncio.timeout(PATIENCE):
            while 3 not in inside or len(inside) < 2:
                await breakdowns._all_left()  # a turn of the database, in which all others have theirs
        await breakdowns._all_left()
        assert len(inside) == 2, "a job that nobody left goes beside one of them"
        let_go.set()
        await asyncio.gather(*suspects, new)
        assert most == 2


async def test_who_was_left_is_asked_once_and_again_after_another_program_has_written(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as database:
        breakdowns = Breakdowns(database)
        asked: list[str] = []
        event.listen(database.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        for job_id in (1, 2):
            async with breakdowns.in_step(job_id):
                pass
        assert sum(each.startswith("SELECT breakdowns") for each in asked) == 1

        async with open_database(file_url(tmp_path), migrate=False) as elsewhere:
            await Breakdowns(elsewhere)._begin(3)

        assert await breakdowns._was_left(3)
