"""The message that brings the video."""

from typing import Final

import discord
from discord import ui

from bot.jobs.model import Job
from bot.presentation.buttons import post_buttons
from bot.presentation.sentences import date, mebibytes
from bot.presentation.text import clip

MOST_ALT_TEXT: Final = 1_024  # characters of an attachment's description, by Discord's rule


def post_text(job: Job) -> str:
    return f"<@{job.request.member_id}>, your video is ready."


def link_text(job: Job, *, size: int, limit: int) -> str:
    """Say where a video is that the channel does not take; sizes in bytes."""
    ends = f" until {date(job.output_ends_at)}" if job.output_ends_at else ""
    return (
        f"<@{job.request.member_id}>, your video is ready. At {mebibytes(size)} it is larger than the "
        f"{mebibytes(limit)} this channel takes, so here is a link to it{ends}."
    )


def fitted_text(job: Job, *, size: int) -> str:
    """Say that a video is smaller than it was made, and until when the original of `size` bytes can be had."""
    ends = f" until {date(job.output_ends_at)}" if job.output_ends_at else ""
    return f"{post_text(job)} It is fitted to what this channel takes; the original ({mebibytes(size)}) is kept{ends}."


def alt_text(job: Job) -> str:
    """Describe the video to those who do not see it, in the words that it was asked for with."""
    return clip(" ".join(job.request.prompt.split()), MOST_ALT_TEXT)


def post_controls(job: Job, *, link: str | None = None, label: str = "Open the video") -> ui.View:
    """Make the post's buttons; *Details* also carries the job and attempt by which the post is found again."""
    view = ui.View(timeout=None)
    if link is not None:
        view.add_item(ui.Button(label=label, style=discord.ButtonStyle.link, url=link))
    for button in post_buttons(job):
        view.add_item(button)
    view.stop()
    return view
