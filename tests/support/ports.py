"""Discord's side of the job engine, in memory: it records what it is told and fails when a test says so."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from bot.jobs.decisions import Pause
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import (
    Cards,
    Notices,
    OutcomeUnclear,
    PortError,
    Posted,
    Posts,
    ReviewPart,
    Reviews,
    Seen,
    Standing,
    Video,
)
from bot.jobs.states import State
from tests.support.clock import ManualClock
from tests.support.files import FileServer


class CardsInMemory(Cards):
    """The cards as they were shown, in order; `troubles` are raised by the next calls that may raise.

    What is attached is served by `files`, if there is a server.
    """

    def __init__(self, files: FileServer | None = None) -> None:
        self.files = files
        self.shown: list[Job] = []
        self.attached: list[tuple[int, tuple[str, ...]]] = []
        self.urls: dict[str, str] = {}
        self.asked_for_urls: list[int] = []
        self.unknown: dict[int, int] = {}  # cards in the channel that no job knows, by job
        self.positions: list[tuple[int, int]] = []
        self.troubles: deque[PortError] = deque()
        self.on_change: Callable[[Job], None] | None = None
        self._changed = asyncio.Event()

    def states(self, job_id: int) -> list[State]:
        return [job.state for job in self.shown if job.id == job_id]

    def changed(self, job: Job) -> None:
        self.shown.append(job)
        self._changed.set()
        if self.on_change is not None:
            self.on_change(job)

    def moved_up(self, job: Job, position: int) -> None:
        self.positions.append((job.id, position))

    async def wait_for(self, job_id: int, state: State) -> None:
        """Wait until a job's card has shown a state."""
        while state not in self.states(job_id):
            self._changed.clear()
            await self._changed.wait()

    async def find(self, job: Job) -> int | None:
        if self.troubles:
            raise self.troubles.popleft()
        return self.unknown.get(job.id)

    async def attach(self, job: Job, pictures: Mapping[str, Path]) -> Mapping[str, str]:
        if self.troubles:
            raise self.troubles.popleft()
        assert all(path.stat().st_size for path in pictures.values())
        names = {name: f"{name}.png" for name in pictures}
        self.attached.append((job.id, tuple(names.values())))
        if self.files is not None:
            folder = f"/attachments/{job.request.channel_id}/{job.id}"
            served = {names[name]: self.files.serve(f"{folder}/{names[name]}", path) for name, path in pictures.items()}
            self.urls = {**served, **self.urls}
        return names

    async def attachment_urls(self, job: Job) -> Mapping[str, str]:
        self.asked_for_urls.append(job.id)
        if self.troubles:
            raise self.troubles.popleft()
        return self.urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    id: int
    job_id: int
    attempt: int
    channel_id: int
    video: Video


class PostsInMemory(Posts):
    """The posts that exist in the channel.

    `on_post` hears of each post that was made. `troubles` are raised by the next posts, `blindness` by the next looks
    and `unprepared` by the next preparations; a trouble in `carried_out` is raised although the post was made. A look
    takes `look_seconds`, a preparation `prepare_seconds`, and a post that is late does not leave. `prepared` tells of
    each preparation whether it was for a video that had been refused.
    """

    def __init__(self, clock: ManualClock) -> None:
        self.look_seconds = self.prepare_seconds = 0.0
        self.prepared: list[bool] = []
        self.unprepared: deque[PortError] = deque()
        self._clock = clock
        self.posts: list[Post] = []
        self.on_post: Callable[[Job], Awaitable[object]] | None = None
        self.attempts = 0
        self.looks = 0
        self.troubles: deque[PortError] = deque()
        self.carried_out: deque[OutcomeUnclear] = deque()
        self.blindness: deque[PortError] = deque()
        self._ids = count(9_001)

    async def prepare(self, job: Job, video: Video, *, refused: bool = False) -> Video:
        self.prepared.append(refused)
        if self.prepare_seconds:
            self._clock.advance(self.prepare_seconds)
        if self.unprepared:
            raise self.unprepared.popleft()
        return video

    async def post(self, job: Job, video: Video, *, leave_by: float) -> int:
        self.attempts += 1
        if self._clock.monotonic() > leave_by:
            raise OutcomeUnclear("not sent in time")
        if self.troubles:
            raise self.troubles.popleft()
        assert video.path.stat().st_size == video.facts.size
        post = Post(
            id=next(self._ids),
            job_id=job.id,
            attempt=job.post_attempts,
            channel_id=job.video_channel_id,
            video=replace(video),
        )
        self.posts.append(post)
        if self.on_post is not None:
            await self.on_post(job)
        if self.carried_out:
            raise self.carried_out.popleft()
        return post.id

    async def find(self, job: Job) -> Posted | None:
        self.looks += 1
        self._clock.advance(self.look_seconds)
        if self.blindness:
            raise self.blindness.popleft()
        for post in self.posts:
            if post.job_id == job.id:
                return Posted(channel_id=post.channel_id, message_id=post.id)
        return None


class ModeratorsInMemory(Reviews, Standing):
    """What moderators are shown, in memory, and what they hold against whom.

    `troubles` are raised by the next showings; `unseen` is what moderators cannot see when somebody looks.
    """

    def __init__(self, files: FileServer | None = None) -> None:
        self.files = files
        self.shown: list[tuple[ReviewPart, int, tuple[str, ...]]] = []
        self.hosted: dict[str, str] = {}  # the pictures in the moderators' message, by name
        self.unseen: frozenset[ReviewPart] = frozenset()
        self.troubles: deque[PortError] = deque()
        self.told: list[tuple[int, str]] = []
        self.settled: list[int] = []
        self.blocked: set[int] = set()  # members
        self.blocked_prints: set[str] = set()
        self.objections: deque[ProblemCode | None] = deque()
        self.paused: Pause | None = None
        self.claims = True
        self.looked_at_anew: list[int] = []  # servers
        self.want = asyncio.Event()  # somebody wants what waits looked at
        self.sweeps = asyncio.Semaphore(0)  # that have come to their end

    async def show_request(self, job: Job, pictures: Mapping[str, Path]) -> None:
        if self.troubles:
            raise self.troubles.popleft()
        self.shown.append((ReviewPart.REQUEST, job.id, tuple(pictures)))
        if self.files is not None:
            folder = f"/attachments/99/{job.id}"
            served = {name: self.files.serve(f"{folder}/{name}.png", path) for name, path in pictures.items()}
            self.hosted = served | self.hosted

    async def show_video(self, job: Job, video: Video, pictures: Mapping[str, Path]) -> None:
        if self.troubles:
            raise self.troubles.popleft()
        assert video.path.stat().st_size == video.facts.size
        self.shown.append((ReviewPart.VIDEO, job.id, tuple(pictures)))

    async def pictures(self, job: Job) -> Mapping[str, str]:
        return self.hosted

    async def claim(self, job: Job, *, at_once: bool = False) -> bool:
        return self.claims

    async def look_again(self, guild_id: int) -> None:
        self.looked_at_anew.append(guild_id)

    async def wanted(self) -> None:
        await self.want.wait()
        self.want.clear()

    async def missing(self, job: Job) -> frozenset[ReviewPart]:
        return self.unseen

    async def not_shown(self, job: Job, error: PortError) -> None:
        self.told.append((job.id, error.detail))

    async def settle(self, job: Job) -> None:
        self.settled.append(job.id)

    async def settle_all(self) -> bool:
        self.sweeps.release()
        return False

    async def is_blocked(self, job: Job) -> bool:
        return job.request.member_id in self.blocked

    async def blocked_image(self, job: Job, fingerprints: Sequence[str]) -> int | None:
        return next((place for place, each in enumerate(fingerprints) if each in self.blocked_prints), None)

    async def seen(self, job: Job) -> Seen:
        return Seen()

    async def objection(self, job: Job, seen: Seen | None = None) -> ProblemCode | None:
        known = None if seen is None else seen.objection
        return known or (self.objections.popleft() if self.objections else None)

    async def pause(self, job: Job) -> Pause | None:
        return self.paused

    async def tell(self, job: Job) -> None:
        self.told.append((job.id, job.problem.code if job.problem else ""))


class NoticesInMemory(Notices):
    """The members who were told in private that their video could not be posted; nobody is while it is `silent`."""

    def __init__(self, given: Callable[[Job], Awaitable[None]]) -> None:
        self.told: list[Job] = []
        self.silent = False
        self._given = given

    async def tell(self, job: Job) -> None:
        if not self.silent:
            self.told.append(job)
            await self._given(job)
