"""The custom ids of our components: what a button means is in its id, so that it works after a restart."""

import re
from dataclasses import dataclass
from typing import Final, Self

DETAILS_PATTERN: Final = r"reelcast:details:(?P<place>card|post):(?P<job>[0-9]{1,20}):(?P<attempt>[0-9]{1,9})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsId:
    """The *Details* button of a card, or of the post that an attempt made."""

    place: str  # card or post
    job_id: int
    attempt: int = 0

    def __str__(self) -> str:
        return f"reelcast:details:{self.place}:{self.job_id}:{self.attempt}"

    @classmethod
    def parse(cls, custom_id: str) -> Self | None:
        match = re.fullmatch(DETAILS_PATTERN, custom_id)
        return match and cls(place=match["place"], job_id=int(match["job"]), attempt=int(match["attempt"]))


CANCEL_PATTERN: Final = r"reelcast:cancel:(?P<job>[0-9]{1,20})"
RESEND_PATTERN: Final = r"reelcast:resend:(?P<job>[0-9]{1,20})"
AGAIN_PATTERN: Final = r"reelcast:again:(?P<job>[0-9]{1,20})"
EDIT_PATTERN: Final = r"reelcast:edit:(?P<job>[0-9]{1,20})"  # of the button, and of the modal that it opens
DELETE_PATTERN: Final = r"reelcast:delete:(?P<job>[0-9]{1,20})"
STUDIO_ID: Final = "reelcast:studio"
PICTURES_PATTERN: Final = r"reelcast:pictures:(?P<message>[0-9]{1,20})"


def cancel_id(job_id: int) -> str:
    return f"reelcast:cancel:{job_id}"


def resend_id(job_id: int) -> str:
    return f"reelcast:resend:{job_id}"


def again_id(job_id: int) -> str:
    return f"reelcast:again:{job_id}"


def edit_id(job_id: int) -> str:
    return f"reelcast:edit:{job_id}"


def delete_id(job_id: int) -> str:
    return f"reelcast:delete:{job_id}"


def pictures_id(message_id: int) -> str:
    return f"reelcast:pictures:{message_id}"
