"""Private answers: a job's details, its prompt as a file, and why a request was not taken."""

from datetime import datetime
from io import BytesIO
from typing import Final

import discord

from bot.catalogue.offer import Offer
from bot.delivery.card_view import option_words
from bot.delivery.problem_words import problem_sentence
from bot.delivery.state_looks import LOOKS
from bot.gate.denial import Denial
from bot.gate.words import denial_sentence
from bot.jobs.model import Job
from bot.jobs.states import ENDED_UNCHARGED
from bot.requests.reading import Refusal, has_words
from bot.requests.refusal_words import refusal_sentence
from bot.ui.formats import date_and_time, dollars, lasted
from bot.ui.language import _
from bot.ui.text import plain

PROMPT_LIMIT: Final = 700  # characters shown; a longer prompt comes as a file beside it
CODE_BLOCK_LIMIT: Final = 1_500  # characters of a prompt that are given back in the message itself


def details_text(job: Job, offer: Offer, *, contents: bool = True) -> str:
    """Write what is known of a job, at most some 1,900 of a message's 2,000 characters; `contents`: its prompt, too."""
    request = job.request
    if contents:
        prompt = plain(request.prompt) if len(request.prompt) <= PROMPT_LIMIT else _("in the file below")
    else:
        prompt = _("not shown")
    options = [*option_words(request.options, offer.described(request.model)), plain(request.model)]
    lines = [
        f"**{_('Prompt')}**\n{prompt}",
        f"**{_('Options')}** {' · '.join(options)}",
        f"**{_('State')}** {_since(LOOKS[job.state].title, job.state_since)}",
    ]
    if job.problem is not None:
        rules, unpaid = offer.image_rules(request.model), job.state in ENDED_UNCHARGED
        lines.append(problem_sentence(job.problem, rules, unpaid=unpaid))
    lines.append(f"**{_('Requested')}** {date_and_time(job.created_at)}")
    if job.submitted_at is not None:
        lines.append(f"**{_('Sent')}** {date_and_time(job.submitted_at)}")
    if job.completed_at is not None and job.submitted_at is not None:
        lines.append(f"**{_('Made in')}** {lasted((job.completed_at - job.submitted_at).total_seconds())}")
    if job.cost_usd is not None:
        lines.append(f"**{_('Cost')}** {dollars(job.cost_usd)}")
    if job.request_id is not None:
        lines.append(f"**{_('Request ID')}** `{job.request_id}`")
    return "\n".join([*lines, f"**{_('Job ID')}** `{job.id}`"])


def _since(state: str, moment: datetime) -> str:
    return _("{state} · updated {time}").format(state=state, time=date_and_time(moment))


def prompt_file(prompt: str) -> discord.File:
    return discord.File(BytesIO(prompt.encode()), filename="prompt.txt")


def refusal_message(refusal: Refusal, *, prompt: str) -> tuple[str, list[discord.File]]:
    """Write why a request was not taken; the prompt comes back to be copied, so that nothing typed is lost."""
    return with_prompt(refusal_sentence(refusal), prompt)


def denial_message(denial: Denial, *, prompt: str) -> tuple[str, list[discord.File]]:
    """Write why the server's rules do not let a request be made, with the prompt as above."""
    return with_prompt(denial_sentence(denial), prompt)


def with_prompt(sentence: str, prompt: str) -> tuple[str, list[discord.File]]:
    """Give a member's prompt back below a sentence, in a file where it is too long or would break its frame."""
    if not has_words(prompt):
        return sentence, []
    if len(prompt) <= CODE_BLOCK_LIMIT and "```" not in prompt:
        return f"{sentence}\n{_('Your prompt, to copy:')}\n```\n{prompt}\n```", []
    return f"{sentence}\n{_('Your prompt is in the file below.')}", [prompt_file(prompt)]
