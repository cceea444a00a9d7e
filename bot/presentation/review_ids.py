"""The custom ids of what moderators press and fill in: a job's number and what is to be done; neither is trusted."""

from enum import StrEnum
from typing import Final


class Verb(StrEnum):
    APPROVE = "approve"
    SPOILER = "spoiler"  # approve, to be shown as one
    REJECT = "reject"


REVIEW_PATTERN: Final = r"reelcast:review:(?P<verb>approve|spoiler|reject):(?P<job>[0-9]{1,20})"
REASON_PATTERN: Final = r"reelcast:review-reason:(?P<job>[0-9]{1,20})"


def review_id(verb: Verb, job_id: int) -> str:
    return f"reelcast:review:{verb}:{job_id}"


def reason_id(job_id: int) -> str:
    return f"reelcast:review-reason:{job_id}"
