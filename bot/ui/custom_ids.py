"""The custom ids of our components, and what they say in a message that Discord gives back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import discord
from discord import ui

from bot.jobs.model import Job

Holder = TypeVar("Holder", ui.View, ui.LayoutView, ui.Modal)

LARGEST_ID: Final = 2**63 - 1  # what the database has room for
VIDEO_FORM_ID: Final = "reelcast:video"
VIDEO_FORM_PATTERN: Final = r"reelcast:(?:video|studio)"  # the latter in version 0.1


def _up_to(largest: int) -> str:
    """Write a pattern for the numbers from 0 to `largest`: its digits, or a lower one and then any."""
    digits = str(largest)
    lower = [
        f"{digits[:place]}[{1 if place == 0 else 0}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if int(digit) > (1 if place == 0 else 0)
    ]
    return "|".join((f"[0-9]{{1,{len(digits) - 1}}}", *lower, digits))


ID_PATTERN: Final = f"(?:{_up_to(LARGEST_ID)})"  # of Discord's ids, and of jobs
DETAILS_PATTERN: Final = rf"reelcast:details:(?P<place>card|post):(?P<job>{ID_PATTERN}):(?P<attempt>[0-9]{{1,9}})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsId:
    """The *Details* button of a card, or of the post that an attempt made."""

    place: str  # card or post
    job_id: int
    attempt: int = 0  # of a card its mark

    @classmethod
    def of_card(cls, job: Job) -> Self:
        return cls(place="card", job_id=job.id, attempt=job.card_mark)

    def __str__(self) -> str:
        return f"reelcast:details:{self.place}:{self.job_id}:{self.attempt}"

    @classmethod
    def parse(cls, custom_id: str) -> Self | None:
        match = re.fullmatch(DETAILS_PATTERN, custom_id)
        return match and cls(place=match["place"], job_id=int(match["job"]), attempt=int(match["attempt"]))


CANCEL_PATTERN: Final = rf"reelcast:cancel:(?P<job>{ID_PATTERN})"
STOP_PATTERN: Final = rf"reelcast:stop:(?P<job>{ID_PATTERN})"  # the same after the charge, once it was asked
RESEND_PATTERN: Final = rf"reelcast:resend:(?P<job>{ID_PATTERN})"
# With the price that the button shows, in hundredths of a cent; earlier buttons show none.
AGAIN_PATTERN: Final = rf"reelcast:again:(?P<job>{ID_PATTERN})(?::(?P<price>[0-9]{{1,9}}))?"
EDIT_PATTERN: Final = rf"reelcast:edit:(?P<job>{ID_PATTERN})"  # of the button, and of the modal that it opens
DELETE_PATTERN: Final = rf"reelcast:delete:(?P<job>{ID_PATTERN})"
# The same once it was asked; `message` is a post that no job is known of, else 0.
ERASE_PATTERN: Final = rf"reelcast:erase:(?P<job>{ID_PATTERN}):(?P<message>{ID_PATTERN})"
PICTURES_PATTERN: Final = rf"reelcast:pictures:(?P<request>{ID_PATTERN})"  # of the button, and of its modal


def cancel_id(job_id: int) -> str:
    return f"reelcast:cancel:{job_id}"


def resend_id(job_id: int) -> str:
    return f"reelcast:resend:{job_id}"


def stop_id(job_id: int) -> str:
    return f"reelcast:stop:{job_id}"


def again_id(job_id: int, price_usd: Decimal) -> str:
    return f"reelcast:again:{job_id}:{price_units(price_usd)}"


def price_units(price_usd: Decimal) -> int:
    """Write a price in hundredths of a cent, as custom ids do."""
    return int(price_usd * 10_000)


def edit_id(job_id: int) -> str:
    return f"reelcast:edit:{job_id}"


def delete_id(job_id: int) -> str:
    return f"reelcast:delete:{job_id}"


def erase_id(job_id: int, message_id: int = 0) -> str:
    return f"reelcast:erase:{job_id}:{message_id}"


def pictures_id(request_id: int) -> str:
    return f"reelcast:pictures:{request_id}"


def fix_id(kind: str, request_id: int) -> str:
    """Return the id of *Fix it* for a draft of a kind that is kept, and of the form that it opens."""
    return f"reelcast:fix:{kind}:{request_id}"


def fix_pattern(kind: str) -> str:
    return rf"reelcast:fix:{kind}:(?P<request>{ID_PATTERN})"


def read_id(typed: str) -> int | None:
    """Read an id of Discord's; None where it is none."""
    return int(typed) if re.fullmatch(ID_PATTERN, typed) else None


def button_ids(components: Iterable[discord.Component]) -> Iterator[str]:
    """Yield the custom id of every button in a layout."""
    for component in components:
        if isinstance(component, discord.Container | discord.ActionRow):
            yield from button_ids(component.children)
        elif isinstance(component, discord.SectionComponent):
            yield from button_ids([component.accessory])
        elif isinstance(component, discord.Button) and component.custom_id:
            yield component.custom_id


def pictures_in(components: Iterable[discord.Component]) -> Iterator[str]:
    """Yield the address of everything in a layout's galleries and beside its sections."""
    for component in components:
        if isinstance(component, discord.Container):
            yield from pictures_in(component.children)
        elif isinstance(component, discord.SectionComponent):
            yield from pictures_in([component.accessory])
        elif isinstance(component, discord.ThumbnailComponent):
            yield component.media.url
        elif isinstance(component, discord.MediaGalleryComponent):
            yield from (item.media.url for item in component.items)


def files_of(message: discord.Message) -> Mapping[str, str]:
    """Return the addresses of a message's attachments by name, also of those only in its layout, or not shown."""
    urls = [*pictures_in(message.components), *(each.url for each in message.attachments)]
    return {PurePosixPath(urlsplit(url).path).name: url for url in urls}


REPORT_PATTERN: Final = rf"reelcast:report:(?P<job>{ID_PATTERN})"  # of the button, and of the modal that it opens


def report_id(job_id: int) -> str:
    return f"reelcast:report:{job_id}"


def stopped(holder: Holder, *items: ui.Item[Any]) -> Holder:
    """Add items and stop: a custom id says what a press or a submission means, so discord.py remembers nothing."""
    for item in items:
        holder.add_item(item)
    holder.stop()
    return holder


def view_of(*items: ui.Item[Any]) -> ui.View:
    return stopped(ui.View(timeout=None), *items)


def layout_of(*items: ui.Item[Any]) -> ui.LayoutView:
    return stopped(ui.LayoutView(timeout=None), *items)
