"""The service behind the HTTP faces: it accepts requests, runs them and keeps the account."""

import asyncio
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import aiohttp
from av.error import FFmpegError

from sandbox.segmind.catalogue import MODELS, Model
from sandbox.segmind.changes import Changes
from sandbox.segmind.clock import ServiceClock
from sandbox.segmind.films.images import ImageRefusedError, fetch_image, shape_of
from sandbox.segmind.films.renderer import Renderer
from sandbox.segmind.inputs import Body, Inputs, read_inputs
from sandbox.segmind.ledger import Ledger, Run, StoredFile
from sandbox.segmind.refusals import RefusalError, unknown_request
from sandbox.segmind.settings import ForeignRequest, Settings

MODERATION = "The request was blocked by the content moderation (RAI) filter: prompt violates the usage policy"
FAILED = "Video generation failed. Please try again"
FOREIGN_COST = Decimal("1.35")  # USD


class RunFailedError(Exception):
    """A run cannot go on; its text is the `error` that the client reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An image URL that was asked for, and what came: an HTTP status, or None where no answer did."""

    url: str
    status: int | None
    refusal: str | None = None


@dataclass(slots=True, kw_only=True)
class Service:
    """One account's Segmind: what is asked of it, whoever asks."""

    clock: ServiceClock
    ledger: Ledger
    settings: Settings
    session: aiohttp.ClientSession
    renderer: Renderer
    randomness: random.Random
    changes: Changes
    models: Mapping[str, Model] = field(default_factory=lambda: MODELS)
    fetched: list[Fetched] = field(default_factory=list[Fetched])
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])

    def submit(self, slug: str, body: Body) -> Run:
        """Accept a request and start it. Raises RefusalError, in which case nothing happened."""
        model = self._permitted(slug)
        inputs = read_inputs(model, body)
        if self.settings.team_limit_reached:
            raise RefusalError(406, "Team spend limit reached. Please contact your team admin")
        if self.ledger.credits < self._price(model, inputs):
            raise RefusalError(406, "Insufficient credits")
        run = self.ledger.open_run(model, body, inputs, now=self.clock.now())
        self._tasks[run.request_id] = asyncio.create_task(self._drive(run, model, inputs), name=f"run {run.request_id}")
        return run

    async def finished(self, run: Run) -> Run:
        """Wait for the end of a run that was submitted here."""
        if (task := self._tasks.get(run.request_id)) is not None:
            await asyncio.shield(task)
        return run

    def record(self, request_id: str) -> Run:
        """Find a run whose record is still kept. Raises RefusalError with 404."""
        run = self.ledger.record(request_id, now=self.clock.now(), kept=self.settings.record_seconds)
        if run is None:
            raise unknown_request(request_id)
        return run

    def insert_foreign(self, foreign: ForeignRequest) -> list[Run]:
        """Put requests into the records that somebody else with this key made."""
        return [self._foreign(foreign) for _ in range(foreign.copies)]

    async def close(self) -> None:
        """End every run where it stands."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _price(self, model: Model, inputs: Inputs) -> Decimal:
        return self.settings.prices.get(inputs.seconds, model.prices[inputs.seconds])

    def _permitted(self, slug: str) -> Model:
        if slug in self.settings.retired_models:
            raise RefusalError(410, f"Model {slug} has been retired")
        if slug in self.settings.forbidden_models:
            raise RefusalError(403, f"Model {slug} is not permitted for this account")
        if (model := self.models.get(slug)) is None:
            raise RefusalError(404, f"Model {slug} not found")
        return model

    async def _drive(self, run: Run, model: Model, inputs: Inputs) -> None:
        """Take a run from QUEUED to its end; only a COMPLETED one is charged."""
        try:
            begins, ends = self._plan(run, model, inputs)
            await self.clock.sleep_until(begins)
            run.started, run.status = self.clock.now(), "PROCESSING"
            self.changes.note()
            film = await self._produce(inputs)
            await self.clock.sleep_until(ends)
            self._complete(run, film, self._price(model, inputs))
        except RunFailedError as error:
            self.ledger.fail(run, str(error), now=self.clock.now())
        finally:
            del self._tasks[run.request_id]
            self.changes.note()

    def _plan(self, run: Run, model: Model, inputs: Inputs) -> tuple[float, float]:
        """Draw when the run begins and when it may end, in instants of the service's clock."""
        settings = self.settings
        median = settings.run_seconds
        if median is None:
            median = model.typical_seconds[inputs.seconds]
        working = median * math.exp(settings.sigma * self.randomness.gauss())
        begins = run.submitted + settings.queue_seconds / settings.speed
        return begins, begins + working / settings.speed

    async def _produce(self, inputs: Inputs) -> Path:
        images = [await self._image(place, url) for place, url in inputs.images]
        if self.settings.runs_end == "failed":
            raise RunFailedError(FAILED)
        if self.settings.runs_end == "blocked" or self._has_forbidden_word(inputs.prompt):
            raise RunFailedError(MODERATION)
        try:
            return await self.renderer.film(
                images, aspect_ratio=inputs.aspect_ratio or shape_of(images[0]), seconds=inputs.seconds
            )
        except (FFmpegError, OSError) as error:
            raise RunFailedError(FAILED) from error

    def _has_forbidden_word(self, prompt: str) -> bool:
        folded = prompt.casefold()
        return any(word.casefold() in folded for word in self.settings.moderation_words)

    async def _image(self, place: str, url: str) -> bytes:
        try:
            image = await fetch_image(self.session, url)
        except ImageRefusedError as error:
            self.fetched.append(Fetched(url=url, status=error.status, refusal=str(error)))
            raise RunFailedError(f"Failed to load {place}: {error}") from error
        self.fetched.append(Fetched(url=url, status=200))
        return image

    def _complete(self, run: Run, film: Path, cost: Decimal) -> None:
        name = f"{self.ledger.new_id()}.mp4"
        now = self.clock.now()
        expires = now + self.settings.output_seconds
        self.ledger.files[name] = StoredFile(path=film, content_type="video/mp4", expires=expires)
        self.ledger.complete(run, output=name, cost=cost, now=now)

    def _foreign(self, foreign: ForeignRequest) -> Run:
        submitted = self.clock.now() - foreign.age
        run = Run(
            request_id=self.ledger.new_id(),
            model=foreign.model,
            body=foreign.body,
            submitted=submitted,
            started=submitted,
            status=foreign.status,
            seed=self.randomness.randrange(2**31),
            row=foreign.row,
        )
        if foreign.status == "COMPLETED":
            run.charged = FOREIGN_COST if foreign.cost is None else foreign.cost
            run.finished, run.output = submitted, f"{self.ledger.new_id()}.mp4"
        elif foreign.status == "FAILED":
            run.finished, run.error = submitted, MODERATION
        self.ledger.runs[run.request_id] = run
        return run
