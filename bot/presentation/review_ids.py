"""The custom ids of what moderators press and fill in: a job's number and what is to be done; neither is trusted."""

from enum import StrEnum
from typing import Final

from bot.ui.custom_ids import ID_PATTERN


class Verb(StrEnum):
    APPROVE = "approve"
    SPOILER = "spoiler"  # approve, to be shown as one
    REJECT = "reject"


REVIEW_PATTERN: Final = rf"reelcast:review:(?P<verb>approve|spoiler|reject):(?P<job>{ID_PATTERN})"
REASON_PATTERN: Final = rf"reelcast:review-reason:(?P<job>{ID_PATTERN})"


def review_id(verb: Verb, job_id: int) -> str:
    return f"reelcast:review:{verb}:{job_id}"


def reason_id(job_id: int) -> str:
    return f"reelcast:review-reason:{job_id}"
