"""The job engine with real parts all around: a database file, HTTP to a local Segmind, files over HTTP.

Only Discord's two ports are in memory, and time passes by hand.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.cast.lasting import LastingImages
from bot.cast.store import CastStore
from bot.catalogue.model import VideoModel
from bot.catalogue.models import DEFAULT
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options, OptionValue
from bot.database.engine import open_database
from bot.jobs.clock import STEADY_FOR
from bot.jobs.driving.control import JobControl
from bot.jobs.driving.driver import drive
from bot.jobs.driving.one_process import InProcessDispatcher
from bot.jobs.driving.owed import CONFIRMED_AFTER, see_to_cardless
from bot.jobs.history.earlier_requests import EarlierRequests
from bot.jobs.history.reading import SharedHistory
from bot.jobs.model import Job
from bot.jobs.pacing.queue import FairQueue
from bot.jobs.segmind_terms import request_body
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine, EngineLimits
from bot.jobs.steps.giving_up import Breakdowns
from bot.jobs.steps.reviewing import see_to_reviews
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import SpendLimits
from bot.jobs.storage.saving import Announcer
from bot.media.fetch import Fetcher, Patience, open_fetch_session
from bot.media.hosts import AllowedHosts
from bot.media.images.checker import ImageChecker
from bot.media.rules import ImageRules
from bot.media.videos.checker import VideoChecker
from bot.moderation.decide import Moderation
from bot.moderation.store import owe_in, settle_in
from bot.segmind.budget import Claim, Rank
from bot.segmind.client import Endpoints, RetryPolicy, SegmindClient, Timeouts
from sandbox.segmind.catalogue import MODELS, Model
from sandbox.segmind.clock import ServiceClock
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.films.film import TINY
from sandbox.segmind.reports import FaultSpec
from sandbox.segmind.server import SegmindSandbox
from sandbox.segmind.settings import Settings
from tests.support.clock import PATIENCE, ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.files import FileServer
from tests.support.jobs import a_job, a_reference, a_request
from tests.support.ports import CardsInMemory, ModeratorsInMemory, NoticesInMemory, PostsInMemory

ONCE = RetryPolicy(attempts=1)
NEVER_BEGINS = 1e9  # seconds in Segmind's queue: a test says itself how a run goes on
COST = Decimal("1.42")
MAX_BYTES = 1_000_000


class OpenBudget:
    """A budget that always has room, and remembers what was asked of it."""

    def __init__(self) -> None:
        self.taken: list[Rank] = []
        self.resets: list[datetime | None] = []
        self.on_take: Callable[[], object] | None = None

    async def take(self, claim: Claim) -> None:
        self.taken.append(claim.rank)
        if self.on_take is not None:
            self.on_take()

    async def throttled(self, reset_at: datetime | None) -> None:
        self.resets.append(reset_at)


@dataclass(slots=True, kw_only=True)
class Stage:
    engine: Engine
    dispatcher: InProcessDispatcher
    store: JobStore
    clock: ManualClock
    segmind: SegmindControl
    files: FileServer
    cards: CardsInMemory
    posts: PostsInMemory
    moderators: ModeratorsInMemory
    budget: OpenBudget
    announcer: Announcer
    moves: list[tuple[State, State]]  # as they were counted
    drivers: list[asyncio.Task[Job]] = field(default_factory=list[asyncio.Task[Job]])

    @property
    def control(self) -> JobControl:
        return JobControl(
            store=self.store,
            dispatcher=self.dispatcher,
            cards=self.cards,
            clock=self.clock,
            look=self.moderators.look_again,
            owe=owe_in,
        )

    def use(self, store: JobStore) -> None:
        """Let the engine work with another store on the same database."""
        store.tell(self.announcer)
        self.engine = replace(self.engine, store=store)

    async def drop_cardless(self) -> None:
        """Let sweeps agree that a card is late, if it is."""
        for _ in range(2):
            await see_to_cardless(self.engine)
            self.clock.advance(CONFIRMED_AFTER)

    async def end_reviews(self) -> None:
        """Let sweeps agree that a review is over, if it is."""
        for _ in range(2):
            await see_to_reviews(self.engine)
            self.clock.advance(STEADY_FOR)

    async def at_rest(self) -> None:
        """Wait until the dispatcher drives nothing."""
        async with asyncio.timeout(PATIENCE):
            while drivers := list(self.dispatcher._drivers.values()):
                await asyncio.wait(drivers)

    @property
    def moderation(self) -> Moderation:
        return Moderation(
            store=self.store,
            dispatcher=self.dispatcher,
            cards=self.cards,
            standing=self.moderators,
            clock=self.clock,
            owe=owe_in,
            settle=settle_in,
            limits=SpendLimits(per_day=LIMIT),
        )

    async def begin(
        self,
        state: State = State.PREPARING,
        *,
        images: int = 1,
        prompt: str = "a fox",
        model: VideoModel = DEFAULT,
        chosen: Mapping[str, OptionValue] | None = None,
        **facts: Any,
    ) -> Job:
        """Save a job that has come to `state`, with what a job in that state always has."""
        now = self.clock.now()
        references = [a_reference(self.files.url("/fox.png")) for _ in range(images)]
        if state not in {State.ACCEPTED, State.PREPARING, State.HELD}:
            references = [replace(each, card_name=f"image{at}.png") for at, each in enumerate(references, start=1)]
            self.cards.urls = {each.card_name or "": each.url for each in references} | self.cards.urls
        values = {option.name: value for option in model.options if (value := option.default) is not None}
        options = Options(model=model.slug, values={**values, **(chosen or {})})
        request = replace(a_request(prompt=prompt, references=references), options=options)
        job = a_job(state, request=request, at=now)
        added = await self.store.add(job, daily_limit_usd=LIMIT)
        usual = self._facts_of(added)
        return await self.store.save(added.evolve(**{**usual, **facts}))

    def _facts_of(self, job: Job) -> dict[str, Any]:
        now = self.clock.now()
        model = self.engine.offer.described(job.request.model) or DEFAULT
        body = request_body(model, job.request, [reference.url for reference in job.request.references])
        submitted = {"body": body, "submitted_at": now, "segmind_time": now, "submit_attempts": 1}
        accepted = submitted | {"request_id": f"request-{job.id}"}
        completed = accepted | {"output_url": self.files.url("/video.mp4"), "cost_usd": COST, "completed_at": now}
        match job.state:
            case State.SUBMITTING | State.UNCONFIRMED:
                return submitted
            case State.QUEUED | State.PROCESSING:
                return accepted
            case State.COMPLETED:
                return completed
            case State.POSTING:
                return completed | {"post_attempts": 1}
            case _:
                return {}

    async def drive(self, job: Job) -> Job:
        """Let a driver take the job as far as it goes, while time passes as it needs to."""
        driver = self.start(job)
        await self.clock.pass_until(driver)
        return driver.result()

    def start(self, job: Job) -> "asyncio.Task[Job]":
        driver = asyncio.create_task(drive(self.engine, job))
        self.drivers.append(driver)
        return driver

    async def drive_until(self, job: Job, state: State) -> Job:
        """Drive a job until it has come to `state`, and then stop its driver as a stop of the bot does."""
        driver = self.start(job)
        arrived = asyncio.create_task(self.cards.wait_for(job.id, state))
        await self.clock.pass_until(asyncio.ensure_future(first_of(arrived, driver)))
        driver.cancel()
        await asyncio.gather(driver, return_exceptions=True)
        return await self.saved(job)

    async def saved(self, job: Job) -> Job:
        found = await self.store.get(job.id)
        assert found is not None
        return found

    async def spent(self, job: Job) -> Decimal:
        return await self.store.spent(job.spend_day)

    async def submits(self) -> int:
        """Count the POSTs of runs that reached Segmind, whatever came of them."""
        return (await self.segmind.state())["operations"].get("submit", 0)

    async def submits_reach(self, count: int) -> None:
        """Wait until so many POSTs of runs have reached Segmind."""
        async with asyncio.timeout(PATIENCE):
            await self.segmind.wait_for(lambda state: state["operations"].get("submit", 0) >= count)

    async def says(self, operation: str, *answers: tuple[int, str | Mapping[str, object]]) -> None:
        """Have Segmind give these answers, a status and a body each, to the next requests of a kind."""
        faults: list[FaultSpec] = [
            {
                "kind": "answer",
                "operation": operation,
                "status": status,
                "body": body if isinstance(body, str) else dict(body),
                "count": 1,
            }
            for status, body in answers
        ]
        await self.segmind.add_faults(*faults)

    async def status_words(self, *words: str) -> None:
        await self.says("status", *((200, {"status": word, "request_id": "r"}) for word in words))

    async def finishes(self, output: str | None = None, *, cost: Decimal | None = COST) -> None:
        """Have the next poll find the run finished."""
        await self.status_words("COMPLETED")
        metrics = {} if cost is None else {"cost": float(cost)}
        answer = {"status": "COMPLETED", "output": output or self.files.url("/video.mp4"), "metrics": metrics}
        await self.says("result", (200, answer))


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    timeouts: Timeouts | None = None,
    places: int = 5,
    models: Sequence[VideoModel] = (DEFAULT,),
    served: Sequence[Model] = tuple(MODELS.values()),
) -> AsyncGenerator[Stage]:
    """Open everything; `folder` may hold the database of an earlier stage, as after a restart.

    `models` are offered by the bot, with a limit on images that is easily reached, and `served` by the local Segmind.
    """
    small = ImageRules(max_bytes=MAX_BYTES)
    offer = Offer(models=tuple(replace(model, image_rules=small) for model in models))
    # Segmind's own clock is compared with real dates in the client, so that the story begins today.
    clock = ManualClock(datetime.now(UTC))
    service_clock = ServiceClock(start=clock.now().timestamp(), frozen=True)
    clock.on_advance.append(service_clock.advance)
    settings = Settings(queue_seconds=NEVER_BEGINS)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            SegmindSandbox(
                clock=service_clock, requests_per_minute=1_000_000, quality=TINY, settings=settings, models=served
            )
        )
        files = FileServer()
        await stack.enter_async_context(files.server)
        database = await stack.enter_async_context(open_database(file_url(folder)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        described = sandbox.describe()
        hosts = AllowedHosts.parse([files.host, described["output_host"]])
        fetching = await stack.enter_async_context(open_fetch_session(hosts))
        fetcher = Fetcher(fetching, hosts, patience=Patience(attempts=1))
        store, budget, cards = JobStore(database), OpenBudget(), CardsInMemory(files)
        posts = PostsInMemory(clock)
        moderators = ModeratorsInMemory(files)
        images = await stack.enter_async_context(aclosing(ImageChecker()))
        url = described["api_url"]
        queue = FairQueue(store, places, clock, cards.moved_up)
        segmind = SegmindClient(
            session,
            key=SecretStr(described["api_key"]),
            endpoints=Endpoints(api=url, history=url, storage=url),
            budget=budget,
            retries=ONCE,
            timeouts=timeouts or Timeouts(),
            clock=clock.monotonic,
        )
        moves: list[tuple[State, State]] = []
        announcer = Announcer(
            cards=cards, queued=queue.note, counted=lambda before, after: moves.append((before.state, after.state))
        )
        store.tell(announcer)
        engine = Engine(
            store=store,
            segmind=segmind,
            budget=budget,
            queue=queue,
            cards=cards,
            posts=posts,
            notices=NoticesInMemory(store.notice_given),
            reviews=moderators,
            standing=moderators,
            elements=LastingImages(CastStore(database), segmind, clock, images, folder / "work"),
            owe=owe_in,
            history=SharedHistory(store, segmind, clock),
            earlier=EarlierRequests(store, segmind, clock),
            references=fetcher,
            outputs=fetcher,
            images=images,
            videos=VideoChecker(),
            clock=clock,
            breakdowns=Breakdowns(database),
            folder=folder / "work",
            offer=offer,
            limits=EngineLimits(
                max_in_flight=places,
                max_video_bytes=MAX_BYTES,
                submit_timeout=timedelta(seconds=30),
            ),
        )
        stage = Stage(
            engine=engine,
            dispatcher=InProcessDispatcher(engine),
            store=store,
            clock=clock,
            segmind=SegmindControl(described["control_url"], session),
            files=files,
            cards=cards,
            posts=posts,
            moderators=moderators,
            budget=budget,
            announcer=announcer,
            moves=moves,
        )
        turns = asyncio.create_task(queue.run())
        try:
            yield stage
        finally:
            await stage.dispatcher.stop()
            for task in (turns, *stage.drivers):
                task.cancel()
            await asyncio.gather(turns, *stage.drivers, return_exceptions=True)


async def first_of(*tasks: "asyncio.Task[Any]") -> None:
    """Wait until one of several is done; those that are not are left to go on."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def within_patience(task: "asyncio.Task[Any]") -> Any:
    async with asyncio.timeout(PATIENCE):
        return await task
