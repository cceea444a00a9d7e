"""What the job engine asks of others: `delivery` shows jobs to people, `cast` knows the saved characters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from bot.jobs.decisions import Pause
from bot.jobs.model import Changes, Element, Job, Problem, ProblemCode, VideoRequest
from bot.jobs.states import State
from bot.media.videos.checker import VideoFacts

_FORBIDDEN: Final = frozenset({ProblemCode.BLOCKED, ProblemCode.LEFT})


class PortError(Exception):
    """Something about the channel; `detail` is for the operator."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class NotTaken(PortError):
    """It was not done and will not be, however often it is tried; `problem` is what a job ends with for it."""

    problem = ProblemCode.NOT_TAKEN


class CardGone(NotTaken):
    """Someone deleted the status card."""

    problem = ProblemCode.CARD_GONE


class ChannelClosed(NotTaken):
    """The channel is gone, or the bot may not do there what it has to."""

    def __init__(self, detail: str = "", problem: ProblemCode = ProblemCode.CHANNEL) -> None:
        super().__init__(detail)
        self.problem = problem


class Unrestricted(ChannelClosed):
    """The channel is not age-restricted, and what was to be shown there was requested in one that is."""


class Exposed(ChannelClosed):
    """Everyone sees the channel, and what was to be shown there is for moderators alone."""


class LinksOff(ChannelClosed):
    """The channel does not take a file of this size, and its server wants no links."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, ProblemCode.LINKS_OFF)


class TooLarge(ChannelClosed):
    """Discord refused the files for their size; nothing was sent."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, ProblemCode.TOO_LARGE)


def problem_of(error: NotTaken) -> Problem:
    """Return what a job ends with, for its member and the log."""
    return Problem(code=error.problem, detail=error.detail)


class OutcomeUnclear(PortError):
    """No answer that tells whether it was done; look, then try again, after `wait` seconds at the earliest."""

    def __init__(self, detail: str = "", *, wait: float = 0.0) -> None:
        super().__init__(detail)
        self.wait = wait


class NotNow(OutcomeUnclear):
    """It was not done, and can be after `wait` seconds."""


class CannotTell(PortError):
    """The channel does not show whether the post exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message with a job's video."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A finished video on this machine's disk."""

    path: Path
    facts: VideoFacts
    original: "Video | None" = None  # as Segmind made it, where this one is not as good
    over: int | None = None  # bytes: what the channel takes, where this one is larger and goes as a link
    unfit: bool = False  # it does not play everywhere, cannot be made to, and goes as a link

    @property
    def as_link(self) -> bool:
        return self.unfit or self.over is not None


class ElementGone(Exception):
    """A saved character was removed before it was ever used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class StorageRefused(Exception):
    """Segmind's storage does not take images now; `detail` is for the operator."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A clean image on this machine's disk, and the fingerprint of what it shows."""

    path: Path
    fingerprint: str


class News(StrEnum):
    """What the operator has to hear of jobs, each once."""

    ODD_COST = "ODD_COST"  # Segmind names a cost that none can be, so the price stays reserved
    LATE_REQUEST = "LATE_REQUEST"  # a request that was given up as never arrived was made, and is charged


class TellOperator(Protocol):
    async def __call__(self, news: News, *, about: str, detail: str) -> None:
        """Have the operator told, once for what it is `about`."""
        ...


class Elements(Protocol):
    """The saved characters that requests use, and what else Segmind's storage keeps for them."""

    async def lasting(self, element: Element) -> Element:
        """Return an element with addresses of its images that last, in Segmind's storage; it may take a minute.

        Raises `ElementGone` or `StorageRefused`.
        """
        ...

    async def keep(self, picture: Path) -> str:
        """Bring an image that belongs to no character there; return its address. Raises `StorageRefused`."""
        ...

    async def pictures(self, element: Element, folder: Path) -> Sequence[Shown]:
        """Write its images to files in a folder, the frontal one first; none where it was removed.

        Raises ImageRefused or ChildFailed for one that was saved before copies were clean.
        """
        ...


class Cards(Protocol):
    """The status card of each job."""

    def changed(self, job: Job) -> None:
        """Take note of a job's newest value; the card shows it soon. Never waits."""
        ...

    async def find(self, job: Job) -> int | None:
        """Look for the card of a job whose sending no one saw the end of; return the message's id, or None.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def attach(self, job: Job, pictures: Mapping[str, Path]) -> Mapping[str, str]:
        """Put images on the card as its own attachments; return their names there, by the names they are given with.

        These are the names of references and elements (`reference_name`).

        Raises `CardGone`, `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def attachment_urls(self, job: Job) -> Mapping[str, str]:
        """Read fresh URLs of the card's attachments, by name.

        Raises `CardGone`, `ChannelClosed` or `OutcomeUnclear`.
        """
        ...


class Posts(Protocol):
    """The finished videos in the channels."""

    async def prepare(self, job: Job, video: Video, *, refused: bool = False) -> Video:
        """Make a video fit the channel, or mark it to go as a link; it may take minutes.

        `refused` is for one that Discord did not take: it is fitted to what every channel takes, or marked.
        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def post(self, job: Job, video: Video, *, leave_by: float) -> int:
        """Post the prepared video of a job in POSTING, the first time as a reply to its card; return the message's id.

        The same attempt of a job is posted at most once within Discord's memory of nonces. What has not left by
        `leave_by`, on the monotonic clock, does not leave and counts as unclear.
        Raises `TooLarge`, `CardGone`, `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def find(self, job: Job) -> Posted | None:
        """Look for a post of this job, of whichever attempt; return None where there surely is none of this one.

        Raises `CardGone`, `ChannelClosed`, `CannotTell` or `OutcomeUnclear`.
        """
        ...


class Notices(Protocol):
    """Direct messages to the requester, where the channel does not serve."""

    async def tell(self, job: Job) -> None:
        """Say why there is no post, and what can be done, of a job that `owes_notice`; unclear, it stays owed."""
        ...


def ended_by(objection: ProblemCode) -> State:
    """Return the state in which an objection ends a job that nothing was paid for.

    Where it is about the place or the moment, the member may ask again.
    """
    return State.REJECTED if objection in _FORBIDDEN else State.FAILED


class ReviewPart(StrEnum):
    """What moderators are shown of a job: first the request, whose message that of the video takes the place of."""

    REQUEST = "REQUEST"  # its prompt and its images
    VIDEO = "VIDEO"  # the same with the finished video


class Reviews(Protocol):
    """The messages in which moderators see what waits for them.

    What is shown twice does no harm, what is not shown at all does: see `bot.jobs.steps.reviewing`.
    """

    async def show_request(self, job: Job, pictures: Mapping[str, Path]) -> None:
        """Show a request to moderators, unless they see it already; `pictures` last in that message from then on.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def show_video(self, job: Job, video: Video, pictures: Mapping[str, Path]) -> None:
        """Show the finished video, fitted to the server, with the request; raises as `show_request`."""
        ...

    async def pictures(self, job: Job) -> Mapping[str, str]:
        """Read fresh URLs of what `show_request` was given, by name.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def claim(self, job: Job, *, at_once: bool = False) -> bool:
        """Return whether it is this process' turn to look whether moderators see a waiting job as they should.

        A process that has just made it wait has the turn `at_once`.
        """
        ...

    async def wanted(self) -> None:
        """Wait until waiting jobs have to be checked at once; return immediately if that was requested before."""
        ...

    async def missing(self, job: Job) -> frozenset[ReviewPart]:
        """Return which part of a waiting job is not where moderators look now.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def not_shown(self, job: Job, error: PortError) -> None:
        """Tell the server, once, that moderators cannot see what waits for them. Never raises."""
        ...

    async def settle(self, job: Job) -> None:
        """Have the messages of a job that waits no longer show how it ended. Never raises."""
        ...

    async def settle_all(self) -> bool:
        """Do the same for all that do not show it yet. Never raises for what Discord does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What Discord said of a job's member and channel; None for what did not matter then."""

    objection: ProblemCode | None = None
    roles: frozenset[int] = frozenset()
    home_id: int | None = None  # of the channel that a thread belongs to
    manages_server: bool | None = None


class Standing(Protocol):
    """The requester's standing in the server now, not at the time of the request."""

    async def is_blocked(self, job: Job) -> bool: ...

    async def blocked_image(self, job: Job, fingerprints: Sequence[str]) -> int | None:
        """Return which of these images moderators have blocked, as its place from 0."""
        ...

    async def seen(self, job: Job) -> Seen:
        """Ask Discord for its part of `objection`, which may take a while; raises as that does."""
        ...

    async def objection(self, job: Job, seen: Seen | None = None) -> ProblemCode | None:
        """Find what speaks against posting a video now: the requester's standing in the server, or the channel.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def pause(self, job: Job) -> Pause | None:
        """Find what keeps new work from beginning where a job was requested; raises as `objection`."""
        ...

    async def tell(self, job: Job) -> None:
        """Tell the server's moderators what became of a job for such a reason. Never raises for what Discord does."""
        ...


def reference_name(number: int) -> str:
    """Name the image of a reference; 1 is `@Image1`."""
    return f"image{number}"


def element_name(number: int) -> str:
    return f"element{number}"


def shown(request: VideoRequest, names: Mapping[str, str]) -> Changes:
    """Note under which names the card's attachments are a request's inputs; not all may be there."""
    references = enumerate(request.references, start=1)
    elements = enumerate(request.elements, start=1)
    return {
        "references": tuple(replace(each, card_name=names.get(reference_name(number))) for number, each in references),
        "elements": tuple(replace(each, card_name=names.get(element_name(number))) for number, each in elements),
    }
