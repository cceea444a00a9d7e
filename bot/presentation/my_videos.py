"""The list that *My videos* shows: a member's newest videos in a server, a line each."""

from collections.abc import Sequence
from typing import Final

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.presentation.figures import date
from bot.presentation.language import _
from bot.presentation.looks import LOOKS
from bot.presentation.text import clip, plain

MOST_LISTED: Final = 8  # lines of some 230 characters, in a message's 2,000
PROMPT_LIMIT: Final = 40  # characters; escaped at most twice that


def videos_list(jobs: Sequence[Job], *, own: bool) -> str:
    """Write a member's videos, newest first; those of somebody else are posts alone."""
    if not jobs:
        if own:
            return _("You have asked for no video here yet.")
        return _("There is no video of theirs that you can see here.")
    head = _("Your newest videos here:") if own else _("Their newest videos here:")
    return "\n".join([head, *(_line(job) for job in jobs[:MOST_LISTED])])


def _line(job: Job) -> str:
    look = LOOKS[job.state]
    prompt = plain(clip(" ".join(job.request.prompt.split()), PROMPT_LIMIT))
    return f"- {look.emoji} {date(job.created_at)} {_where(job) or look.title} · {prompt}"


def _where(job: Job) -> str | None:
    """Give the address of the post, or of the card where there is none."""
    request = job.request
    if job.state is State.DELIVERED and job.post_message_id is not None:
        return _address(request.guild_id, job.video_channel_id, job.post_message_id)
    return None


def _address(guild_id: int, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
