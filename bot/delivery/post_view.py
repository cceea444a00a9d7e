"""The message that brings the video."""

from typing import Final

import discord
from discord import ui

from bot.catalogue.offer import Offer
from bot.delivery.card_view import request_facts
from bot.delivery.state_looks import post_buttons
from bot.jobs.model import Job
from bot.ui.custom_ids import view_of
from bot.ui.formats import date, mebibytes
from bot.ui.language import _
from bot.ui.text import clip, excerpt

PROMPT_COLUMNS: Final = 140  # two lines on a desktop
MOST_ALT_TEXT: Final = 1_024  # characters of an attachment's description, by Discord's rule


def post_text(job: Job, offer: Offer, note: str = "") -> str:
    """Write whom a video is for and which one it is; the note says what else has to be known of the file."""
    facts = request_facts(job, offer)
    if job.request.handling.ai_label:
        facts.append(_("AI-generated"))
    prompt = excerpt(job.request.prompt, PROMPT_COLUMNS)
    lines = [f"<@{job.request.member_id}>", prompt, note, f"-# {' · '.join(facts)}"]
    return "\n".join(line for line in lines if line)


def emptied_text(content: str) -> str:
    """Return a post's text without the words of its prompt."""
    return "\n".join(line for line in content.splitlines() if not line.startswith(">"))


def link_note(job: Job, *, size: int, limit: int | None) -> str:
    """Say where a video is that the channel does not take, or, without a limit, that does not play in it."""
    if limit is None and job.output_ends_at is None:
        sentence = _("It can't be converted to play on every device, so here's a link to the original.")
    elif limit is None:
        sentence = _(
            "It can't be converted to play on every device. Here's a link to the original that works until {date}."
        )
    elif job.output_ends_at is None:
        sentence = _("At {size}, it's over this channel's {limit} upload limit. Here's a link to it.")
    else:
        sentence = _("At {size}, it's over this channel's {limit} upload limit. Here's a link that works until {date}.")
    return sentence.format(size=mebibytes(size), limit=mebibytes(limit or 0), date=_end(job))


def fitted_note(job: Job, *, size: int, plays: bool = True) -> str:
    """Say why a video is not as it was made, and until when the original of `size` bytes is available.

    `plays` tells whether the original would have done so everywhere, but for its size.
    """
    if not plays and job.output_ends_at is None:
        sentence = _("Converted to play on every device. The original ({size}) is available.")
    elif not plays:
        sentence = _("Converted to play on every device. The original ({size}) is available until {date}.")
    elif job.output_ends_at is None:
        sentence = _("Compressed to fit this channel's upload limit. The original ({size}) is available.")
    else:
        sentence = _("Compressed to fit this channel's upload limit. The original ({size}) is available until {date}.")
    return f"-# {sentence.format(size=mebibytes(size), date=_end(job))}"


def _end(job: Job) -> str:
    return date(job.output_ends_at) if job.output_ends_at else ""


def hidden_text() -> str:
    """Say what stands in place of a video that members reported."""
    return _("This video was reported and is hidden until a moderator reviews it.")


def hidden_controls(job: Job) -> ui.View:
    """Make the one button of a hidden post, by which it is found again."""
    return view_of(*(button for button in post_buttons(job) if "details" in (button.custom_id or "")))


def alt_text(job: Job) -> str:
    """Describe the video to those who do not see it, in the words of its prompt."""
    return clip(" ".join(job.request.prompt.split()), MOST_ALT_TEXT)


def post_controls(job: Job, *, link: str | None = None, fitted: bool = False) -> ui.View:
    """Make the post's buttons; *Details* also carries the job and attempt by which the post is found again."""
    buttons = post_buttons(job)
    if link is None:
        return view_of(*buttons)
    label = _("Open original file") if fitted else _("Open video")
    return view_of(ui.Button(label=label, style=discord.ButtonStyle.link, url=link), *buttons)
