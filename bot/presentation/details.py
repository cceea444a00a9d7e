"""*Details*: everything about one job, for the one who asks, ephemeral."""

from datetime import datetime
from io import BytesIO
from typing import Final

import discord

from bot.catalogue.offer import Offer
from bot.jobs.model import Job
from bot.jobs.states import ENDED_UNCHARGED
from bot.presentation.looks import LOOKS
from bot.presentation.sentences import problem_sentence
from bot.ui.formats import dollars, lasted
from bot.ui.language import _
from bot.ui.text import plain

PROMPT_LIMIT: Final = 700  # characters shown; a longer prompt comes as a file beside it


def details_text(job: Job, offer: Offer, *, contents: bool = True) -> str:
    """Write what is known of a job, at most some 1,900 of a message's 2,000 characters; `contents`: its prompt, too."""
    request = job.request
    if contents:
        prompt = plain(request.prompt) if len(request.prompt) <= PROMPT_LIMIT else _("in the file below")
    else:
        prompt = _("not shown")
    options = [lasted(request.duration), request.aspect_ratio, plain(request.model)]
    lines = [
        f"**{_('Prompt')}**\n{prompt}",
        f"**{_('Options')}** {' · '.join(filter(None, options))}",
        f"**{_('State')}** {_since(LOOKS[job.state].title, job.state_since)}",
    ]
    if job.problem is not None:
        rules, unpaid = offer.image_rules(request.model), job.state in ENDED_UNCHARGED
        lines.append(problem_sentence(job.problem, rules, unpaid=unpaid))
    lines.append(f"**{_('Asked')}** {_moment(job.created_at)}")
    if job.submitted_at is not None:
        lines.append(f"**{_('Sent')}** {_moment(job.submitted_at)}")
    if job.completed_at is not None and job.submitted_at is not None:
        lines.append(f"**{_('Made in')}** {lasted((job.completed_at - job.submitted_at).total_seconds())}")
    if job.cost_usd is not None:
        lines.append(f"**{_('Cost')}** {dollars(job.cost_usd)}")
    if job.request_id is not None:
        lines.append(f"**{_('Request')}** `{job.request_id}`")
    return "\n".join([*lines, f"**{_('Job')}** `{job.id}`"])


def _since(state: str, moment: datetime) -> str:
    return _("{state}, since {time}").format(state=state, time=_moment(moment))


def _moment(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:f>"


def prompt_file(prompt: str) -> discord.File:
    return discord.File(BytesIO(prompt.encode()), filename="prompt.txt")
