"""The status card: one message per job, in Components V2, edited as the job moves on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
from discord import ui

from bot.jobs.deadlines import is_late
from bot.jobs.model import Job, Reference
from bot.jobs.states import CANCELLABLE, State
from bot.media.rules import ImageRules
from bot.presentation.controls import DetailsId, cancel_id, resend_id
from bot.presentation.sentences import countdown, dollars, lasted, problem_sentence
from bot.presentation.text import quoted

PROMPT_LIMIT: Final = 700  # characters; escaped twice that, well inside a message's 4,000
PROMPT_LINES: Final = 8
TYPICAL_RUN: Final = timedelta(seconds=194)  # what the model's page gives as the average


@dataclass(frozen=True, slots=True)
class _Look:
    title: str
    colour: discord.Colour


_GREY: Final = discord.Colour(0x80848E)
_BLUE: Final = discord.Colour(0x5865F2)
_AMBER: Final = discord.Colour(0xF0B232)
_GREEN: Final = discord.Colour(0x23A559)
_RED: Final = discord.Colour(0xDA373C)

_CHECKING: Final = _Look("🔍 Checking the images", _GREY)
_LOOKS: Final = {
    State.ACCEPTED: _CHECKING,
    State.PREPARING: _CHECKING,
    State.HELD: _Look("✋ Waiting for a moderator", _AMBER),
    State.WAITING: _Look("⏳ Waiting for its turn", _GREY),
    State.SUBMITTING: _Look("📤 Sending", _BLUE),
    State.UNCONFIRMED: _Look("❔ Making sure that the request arrived", _AMBER),
    State.QUEUED: _Look("🕒 Queued", _BLUE),
    State.PROCESSING: _Look("🎬 Processing", _BLUE),
    State.COMPLETED: _Look("📥 Fetching the video", _BLUE),
    State.REVIEW: _Look("✋ Waiting for a moderator", _AMBER),
    State.POSTING: _Look("📥 Posting the video", _BLUE),
    State.UNDELIVERED: _Look("📦 Made, but not posted", _AMBER),
    State.DELIVERED: _Look("✅ Done", _GREEN),
    State.FAILED: _Look("⚠️ No video", _RED),
    State.CANCELLED: _Look("🚫 Cancelled", _GREY),
    State.EXPIRED: _Look("⌛ Expired", _GREY),
    State.REJECTED: _Look("🚫 Not approved", _GREY),
    State.WITHHELD: _Look("🚫 Not posted", _GREY),
    State.TAKEN_DOWN: _Look("🚫 Removed", _GREY),
}
_EXPECTING: Final = frozenset(
    {State.ACCEPTED, State.PREPARING, State.WAITING, State.SUBMITTING, State.QUEUED, State.PROCESSING}
)


def status_card(job: Job, rules: ImageRules, *, now: datetime, position: int | None = None) -> ui.LayoutView:
    """Lay out the card of a job as it stands at `now`, with its place in the queue where that is known.

    The view is stopped: its buttons are handled by their custom ids, so discord.py need not remember it.
    """
    look = _LOOKS[job.state]
    request = job.request
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=look.colour)
    container.add_item(ui.TextDisplay(f"### {look.title}\n{_since(job, now, position)}"))
    if job.problem is not None:
        container.add_item(ui.TextDisplay(problem_sentence(job.problem, rules)))
    container.add_item(ui.TextDisplay(quoted(request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)))
    container.add_item(ui.MediaGallery(*_gallery(request.references)))
    container.add_item(ui.TextDisplay(f"-# {_facts(job)}"))
    container.add_item(_buttons(job))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def expected_at(job: Job) -> datetime | None:
    """Estimate when the video will be there; None once that is known or no longer to be expected."""
    if job.state not in _EXPECTING:
        return None
    return (job.submitted_at or job.state_since) + TYPICAL_RUN


def _buttons(job: Job) -> ui.ActionRow[ui.LayoutView]:
    grey = discord.ButtonStyle.secondary
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if job.state in CANCELLABLE:
        row.add_item(ui.Button(label="Cancel", style=grey, custom_id=cancel_id(job.id)))
    if job.state is State.UNDELIVERED:
        row.add_item(ui.Button(label="Send again", style=grey, custom_id=resend_id(job.id)))
    details = str(DetailsId(place="card", job_id=job.id))
    row.add_item(ui.Button(label="Details", style=grey, custom_id=details))
    return row


def _since(job: Job, now: datetime, position: int | None) -> str:
    since = f"since {countdown(job.state_since)}"
    if job.state is State.WAITING and position is not None:
        since += f" · number {position} in the queue"
    if is_late(job, now):
        return f"{since} · this takes unusually long; it is still being followed"
    expected = expected_at(job)
    if expected is not None:
        return f"{since} · expected {countdown(expected)} (estimate)"
    if job.state is State.DELIVERED:
        return f"after {lasted((job.state_since - job.created_at).total_seconds())}"
    return since


def _gallery(references: tuple[Reference, ...]) -> Iterator[discord.MediaGalleryItem]:
    for number, reference in enumerate(references, start=1):
        where = f"attachment://{reference.card_name}" if reference.card_name else reference.url
        yield discord.MediaGalleryItem(where, description=f"@Image{number}")


def _facts(job: Job) -> str:
    request = job.request
    count = len(request.references)
    facts = [
        f"for <@{request.member_id}>",
        f"{request.duration} s",
        request.aspect_ratio,
        f"{count} reference{'s' if count > 1 else ''}",
    ]
    if job.cost_usd is not None:
        facts.append(f"cost {dollars(job.cost_usd)}")
    return " · ".join(facts)
