"""The custom ids of reports, of what moderators do about them, and of the lists they keep; none of them is trusted."""

from enum import StrEnum
from typing import Final

from bot.ui.custom_ids import ID_PATTERN

CASE_PATTERN: Final = rf"reelcast:case:(?P<verb>takedown|putback|dismiss|block|history):(?P<job>{ID_PATTERN})"
TAKEDOWN_PATTERN: Final = rf"reelcast:takedown:(?P<job>{ID_PATTERN})"  # of the modal
BLOCK_PATTERN: Final = rf"reelcast:block:(?P<member>{ID_PATTERN}):(?P<job>{ID_PATTERN})"  # of the modal
BLOCKS_PATTERN: Final = r"reelcast:blocks:(?P<page>[0-9]{1,6})"
REVIEW_PATTERN: Final = rf"reelcast:review:(?P<verb>approve|spoiler|reject|block|history|several):(?P<job>{ID_PATTERN})"
REJECT_PATTERN: Final = rf"reelcast:review-choice:(?P<job>{ID_PATTERN})"  # of the menu of reasons
REASON_PATTERN: Final = rf"reelcast:review-reason:(?P<job>{ID_PATTERN})"


class CaseVerb(StrEnum):
    TAKE_DOWN = "takedown"
    PUT_BACK = "putback"
    DISMISS = "dismiss"
    BLOCK = "block"
    HISTORY = "history"


def case_id(verb: CaseVerb, job_id: int) -> str:
    return f"reelcast:case:{verb}:{job_id}"


def takedown_id(job_id: int) -> str:
    return f"reelcast:takedown:{job_id}"


def block_id(member_id: int, job_id: int) -> str:
    return f"reelcast:block:{member_id}:{job_id}"


def blocks_id(page: int) -> str:
    return f"reelcast:blocks:{page}"


class ReviewVerb(StrEnum):
    APPROVE = "approve"
    SPOILER = "spoiler"  # approve, to be shown as one
    REJECT = "reject"  # opens the form of a reason
    BLOCK = "block"
    HISTORY = "history"
    SEVERAL = "several"  # opens the list of all that waits


def review_id(verb: ReviewVerb, job_id: int) -> str:
    return f"reelcast:review:{verb}:{job_id}"


def reason_id(job_id: int) -> str:
    return f"reelcast:review-reason:{job_id}"


def reject_id(job_id: int) -> str:
    return f"reelcast:review-choice:{job_id}"


WAITING_PATTERN: Final = r"reelcast:waiting:(?P<verb>choose|approve|reject)"


class WaitingVerb(StrEnum):
    CHOOSE = "choose"
    APPROVE = "approve"
    REJECT = "reject"


def waiting_id(verb: WaitingVerb) -> str:
    return f"reelcast:waiting:{verb}"
