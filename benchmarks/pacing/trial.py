"""Real minutes on the local Segmind: its own SDK in threads beside the bot's planner, budget and client."""

import asyncio
import base64
import random
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import aiohttp
import httpx
from pydantic import SecretStr
from segmind import InferenceTimeout
from segmind import SegmindClient as Sdk
from segmind import SegmindError as SdkError

from bot.database.engine import open_database
from bot.jobs.clock import SystemClock
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.pacing.planner import Planner
from bot.jobs.run_times import FinishedRun, RunTimes
from bot.jobs.steps.following import POLL_FLOOR, Sighting, Watch
from bot.segmind.budget import Claim, Rank, Rate
from bot.segmind.client import Endpoints, SegmindClient
from bot.segmind.models import RunState
from bot.segmind_account import RESERVE
from sandbox.sample import sample_images
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.films.film import TINY
from sandbox.segmind.reports import SegmindDescription
from sandbox.segmind.server import SegmindSandbox
from sandbox.segmind.settings import Settings

MODEL: Final = "kling-o1-reference-image-to-video"
DURATION: Final = 5  # seconds of video
INTERVAL: Final = 2.0  # seconds; what the SDK is told to wait between two polls
PER_MINUTE: Final = 60
IN_FLIGHT: Final = 20
RUN: Final = 60.0  # seconds; shorter than true ones, so that some end within the trial
SIGMA: Final = 0.25
REMEMBERED: Final = 30  # runs that the bot knows from its database


@dataclass(slots=True, kw_only=True)
class Trial:
    """What came of one client's minutes. Delays are in seconds from a run's end to the client's notice of it."""

    name: str
    submitted: int = 0
    delays: list[float] = field(default_factory=list[float])
    exceptions: int = 0
    ended: int = 0  # runs that came to their end
    refused: int = 0  # requests answered with 429


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One client's own Segmind, and the inputs of a run there."""

    at: SegmindDescription
    control: SegmindControl
    session: aiohttp.ClientSession
    inputs: dict[str, Any]


async def trials(seconds: float) -> tuple[Trial, Trial]:
    """Let the SDK and the bot each follow `IN_FLIGHT` jobs for so long, side by side, each on its own Segmind."""
    async with _place() as sdk_place, _place() as bot_place:
        return await asyncio.gather(_with_sdk(sdk_place, seconds), _with_planner(bot_place, seconds))


@asynccontextmanager
async def _place() -> AsyncGenerator[_Place]:
    settings = Settings(queue_seconds=2.0, run_seconds=RUN, sigma=SIGMA)
    with tempfile.TemporaryDirectory() as folder:
        image = base64.b64encode(sample_images(Path(folder))[0].read_bytes()).decode()
    async with (
        SegmindSandbox(
            speed=1.0, requests_per_minute=PER_MINUTE, credits=Decimal(10_000), quality=TINY, settings=settings, seed=3
        ) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        at = sandbox.describe()
        upload = {"data_urls": [f"data:image/png;base64,{image}"]}
        headers = {"x-api-key": at["api_key"]}
        async with session.post(f"{at['storage_url']}/upload-asset", json=upload, headers=headers) as response:
            urls = (await response.json())["file_urls"]
        inputs = {"prompt": "@Image1 at dawn", "image_urls": urls, "duration": DURATION}
        yield _Place(at=at, control=SegmindControl(at["control_url"], session), session=session, inputs=inputs)


async def _with_sdk(place: _Place, seconds: float) -> Trial:
    trial = Trial(name=f"segmind SDK, wait(interval={INTERVAL}), {IN_FLIGHT} threads")
    deadline = time.monotonic() + seconds
    client = Sdk(api_key=place.at["api_key"], base_url=f"{place.at['api_url']}/v1")
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        work = [
            loop.run_in_executor(threads, _sdk_thread, client, place.inputs, deadline, trial) for _ in range(IN_FLIGHT)
        ]
        await asyncio.gather(*work)
    await _read_totals(place, trial)
    return trial


def _sdk_thread(client: Sdk, inputs: dict[str, Any], deadline: float, trial: Trial) -> None:
    """Take one job after the other as far as the SDK does; whatever it raises, ask again after its own interval."""
    while time.monotonic() < deadline:
        try:
            job = client.submit_async(MODEL, **inputs)
        except (SdkError, httpx.HTTPError):
            trial.exceptions += 1
            time.sleep(INTERVAL)
            continue
        trial.submitted += 1
        born = time.monotonic()
        while (left := deadline - time.monotonic()) > 0:
            try:
                result = job.wait(timeout=left, interval=INTERVAL)
            except InferenceTimeout:
                return
            except (SdkError, httpx.HTTPError):
                trial.exceptions += 1
                time.sleep(INTERVAL)
            else:
                trial.delays.append(time.monotonic() - born - result["metrics"]["total_time"])
                break


async def _with_planner(place: _Place, seconds: float) -> Trial:
    trial = Trial(name=f"the bot's planner and client, {IN_FLIGHT} jobs")
    draw = random.Random(5)  # noqa: S311 - repeatable, nothing secret
    known = [
        FinishedRun(model=MODEL, duration=DURATION, seconds=RUN * draw.lognormvariate(0, SIGMA))
        for _ in range(REMEMBERED)
    ]
    times = RunTimes(known)
    async with _client(place) as (client, planner):
        jobs = [_follow(client, planner, times, place.inputs, trial) for _ in range(IN_FLIGHT)]
        work = [asyncio.create_task(each) for each in (planner.run(), *jobs)]
        _, going = await asyncio.wait(work, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in going:
            task.cancel()
        broken = [each for each in await asyncio.gather(*work, return_exceptions=True) if isinstance(each, Exception)]
        trial.exceptions += len(broken)
    await _read_totals(place, trial)
    return trial


@asynccontextmanager
async def _client(place: _Place) -> AsyncGenerator[tuple[SegmindClient, Planner]]:
    """Open the bot's client on a budget of its own, which is in a database as the bot's is."""
    url, clock = place.at["api_url"], SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(f"sqlite:///{folder}/pacing.db") as database:
            planner = Planner(BudgetRow(database, Rate(requests_per_minute=PER_MINUTE, reserve=RESERVE), clock), clock)
            client = SegmindClient(
                place.session,
                key=SecretStr(place.at["api_key"]),
                endpoints=Endpoints(api=url, history=url, storage=url),
                budget=planner,
            )
            yield client, planner


async def burst(requests: int) -> tuple[Sequence[float], int]:
    """Submit so many requests at once after a minute without any.

    Return the seconds until Segmind had taken each, in order, and how many requests it answered with 429.
    """

    async def submit(client: SegmindClient, planner: Planner) -> float:
        began = time.monotonic()
        await planner.take(Claim(rank=Rank.SUBMIT))
        await client.submit(MODEL, place.inputs)
        return time.monotonic() - began

    async with _place() as place, _client(place) as (client, planner):
        running = asyncio.create_task(planner.run())
        took = await asyncio.gather(*(submit(client, planner) for _ in range(requests)))
        running.cancel()
        return sorted(took), (await place.control.state())["too_many_requests"]


async def _follow(
    client: SegmindClient, planner: Planner, times: RunTimes, inputs: dict[str, Any], trial: Trial
) -> None:
    """Take one job after the other as the bot's drivers do, without what they save and show."""
    while True:
        await planner.take(Claim(rank=Rank.SUBMIT))
        submitted = await client.submit(MODEL, inputs)
        trial.submitted += 1
        born = seen = time.monotonic()
        while True:
            await asyncio.sleep(POLL_FLOOR)
            watch = Watch(times.expected(MODEL, DURATION), Sighting(born=born, seen=seen))
            status = await client.status(submitted.request_id, claim=Claim(rank=Rank.POLL, urgency=watch))
            seen = time.monotonic()
            if status.state is RunState.COMPLETED:
                break
        result = await client.result(submitted.request_id)
        took = result.metrics.total_time
        assert took is not None  # noqa: S101 - the local Segmind always says so
        trial.delays.append(seen - born - took)
        times.learn(FinishedRun(model=MODEL, duration=DURATION, seconds=took))


async def _read_totals(place: _Place, trial: Trial) -> None:
    state = await place.control.state()
    trial.ended, trial.refused = state["charges"], state["too_many_requests"]
