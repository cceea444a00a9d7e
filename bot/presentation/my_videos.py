"""The list that *My videos* shows of another member: their newest posts in a server, a line each."""

from collections.abc import Sequence
from typing import Final

from bot.delivery.state_looks import LOOKS
from bot.jobs.model import Job
from bot.presentation.jobs_list import post_address
from bot.ui.formats import date
from bot.ui.language import _
from bot.ui.text import clip, plain

MOST_LISTED: Final = 8  # lines of some 230 characters, in a message's 2,000
PROMPT_LIMIT: Final = 40  # characters; escaped at most twice that


def videos_list(jobs: Sequence[Job]) -> str:
    """Write what another member has posted, newest first."""
    if not jobs:
        return _("There is no video of theirs that you can see here.")
    return "\n".join([_("Their newest videos here:"), *(_line(job) for job in jobs[:MOST_LISTED])])


def _line(job: Job) -> str:
    look = LOOKS[job.state]
    prompt = plain(clip(" ".join(job.request.prompt.split()), PROMPT_LIMIT))
    return f"- {look.emoji} {date(job.created_at)} {post_address(job) or look.title} · {prompt}"
