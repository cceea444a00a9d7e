"""What was decided about a member or a job, by whom, and why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from bot.jobs.model import Job


class Decided(StrEnum):
    """What was decided."""

    APPROVED = "APPROVED"
    APPROVED_AS_SPOILER = "APPROVED_AS_SPOILER"
    REJECTED = "REJECTED"  # by a moderator, or for want of one in time
    WITHHELD = "WITHHELD"  # at delivery: the requester had left or was blocked
    REPORTED = "REPORTED"
    HIDDEN = "HIDDEN"  # for its reports
    PUT_BACK = "PUT_BACK"
    DISMISSED = "DISMISSED"  # the reports came to nothing
    TAKEN_DOWN = "TAKEN_DOWN"
    DELETED = "DELETED"  # by the requester, or by someone with Manage Messages: not a moderator's decision
    QUOTA_GIVEN_BACK = "QUOTA_GIVEN_BACK"
    BLOCKED = "BLOCKED"
    UNBLOCKED = "UNBLOCKED"
    IMAGES_BLOCKED = "IMAGES_BLOCKED"
    IMAGE_BLOCKED = "IMAGE_BLOCKED"  # no one's: it concerns who did it, as what follows
    IMAGE_ALLOWED = "IMAGE_ALLOWED"
    SETTINGS_CHANGED = "SETTINGS_CHANGED"  # `reason` says which; it concerns who did it


class Pause(StrEnum):
    """Where no new work may begin, which keeps a request from being approved until it may."""

    BOT = "BOT"  # for the bot operator to undo
    SERVER = "SERVER"
    CHANNEL = "CHANNEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    guild_id: int
    member_id: int  # whom it concerns
    kind: Decided
    at: datetime
    job_id: int | None = None
    by_id: int | None = None  # none: the bot itself
    reason: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)


def decision_on(job: Job, kind: Decided, at: datetime, *, by_id: int | None = None, reason: str = "") -> Decision:
    """Make what was decided about a job, and so about its requester."""
    request = job.request
    return Decision(
        guild_id=request.guild_id,
        member_id=request.member_id,
        kind=kind,
        at=at,
        job_id=job.id,
        by_id=by_id,
        reason=reason,
    )
