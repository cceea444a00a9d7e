"""What the job engine asks of whoever stands between a member and the channel; `delivery` answers it on Discord."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from bot.jobs.decisions import Pause
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import PortError, Video
from bot.jobs.states import State

_FORBIDDEN: Final = frozenset({ProblemCode.BLOCKED, ProblemCode.LEFT})


def ended_by(objection: ProblemCode) -> State:
    """Return the state in which an objection ends a job that nothing was paid for.

    Where it is about the place or the moment, the member may ask anew.
    """
    return State.REJECTED if objection in _FORBIDDEN else State.FAILED


class ReviewPart(StrEnum):
    """What moderators are shown of a job, a message each."""

    REQUEST = "REQUEST"  # its prompt and its pictures
    VIDEO = "VIDEO"


class Reviews(Protocol):
    """The messages in which moderators see what waits for them.

    What is shown twice does no harm, what is not shown at all does: see `bot.jobs.reviewing`.
    """

    async def show_request(self, job: Job, pictures: Mapping[str, Path]) -> None:
        """Show a request to moderators, unless they see it already; `pictures` last in that message from then on.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def show_video(self, job: Job, video: Video) -> None:
        """Show the finished video, fitted to the server; raises as `show_request`."""
        ...

    async def pictures(self, job: Job) -> Mapping[str, str]:
        """Read fresh URLs of what `show_request` was given, by name.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def claim(self, job: Job, *, at_once: bool = False) -> bool:
        """Tell whether it is this process' turn to look whether moderators see a waiting job as they should.

        Whoever has just let it wait has the turn `at_once`.
        """
        ...

    async def wanted(self) -> None:
        """Wait until somebody wants what waits to be looked at at once, if nobody has wanted it meanwhile."""
        ...

    async def missing(self, job: Job) -> frozenset[ReviewPart]:
        """Tell which messages of a waiting job are not where moderators look now.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def not_shown(self, job: Job, error: PortError) -> None:
        """Tell the server, once, that moderators cannot see what waits for them. Never raises."""
        ...

    async def settle(self, job: Job) -> None:
        """Have the messages of a job that waits no longer show how it ended. Never raises."""
        ...

    async def settle_all(self) -> None:
        """Do the same for all that do not show it yet. Never raises for what Discord does."""
        ...


class Standing(Protocol):
    """How who asked stands with the server, as it is now and not as it was when they asked."""

    async def is_blocked(self, job: Job) -> bool: ...

    async def blocked_image(self, job: Job, fingerprints: Sequence[str]) -> int | None:
        """Tell which of these pictures moderators have blocked, as its place from 0."""
        ...

    async def objection(self, job: Job) -> ProblemCode | None:
        """Find what speaks against posting a video now: how who asked stands with the server, or where it would go.

        Raises `ChannelClosed` or `OutcomeUnclear`.
        """
        ...

    async def pause(self, job: Job) -> Pause | None:
        """Find what keeps new work from beginning where a job was asked for; raises as `objection`."""
        ...

    async def tell(self, job: Job) -> None:
        """Tell the server's moderators what became of a job for such a reason. Never raises for what Discord does."""
        ...
