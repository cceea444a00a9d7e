"""Private answers: a job's details, its prompt as a file, and why a request was not taken."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import discord
from discord import ui

from bot.catalogue.offer import Offer
from bot.delivery.card_view import request_facts
from bot.delivery.problem_words import problem_sentence
from bot.delivery.state_looks import DELETABLE, again_button, look_of
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.requests.reading import has_words
from bot.ui.custom_ids import delete_id, layout_of, view_of
from bot.ui.formats import date_and_time, dollars, lasted
from bot.ui.language import _
from bot.ui.text import ELLIPSIS, plain, quoted

PROMPT_LIMIT: Final = 2_800  # characters as they are written to Discord, of a message's 4,000
PROMPT_FILE: Final = "prompt.txt"
REASON_LIMIT: Final = 300  # characters, escaped at most twice that
CODE_BLOCK_LIMIT: Final = 1_500  # characters of a prompt that are given back in the message itself


def details_view(
    job: Job, offer: Offer, *, contents: bool = True, own: bool = True, images: Sequence[tuple[str, str]] = ()
) -> ui.LayoutView:
    """Lay out what is known of a job.

    `contents` shows its prompt, and its images by their addresses and names; `own` is for the member and moderators,
    who see what it cost and why, and can delete it. A long prompt is expected as a file, see `has_prompt_file`.
    """
    container: ui.Container[ui.LayoutView] = ui.Container()
    if not contents:
        private = _("Only the member who requested this video and moderators can see its prompt and images.")
        container.add_item(ui.TextDisplay(f"-# {private}"))
    elif has_prompt_file(job):
        container.add_item(ui.File(f"attachment://{PROMPT_FILE}"))
    else:
        container.add_item(ui.TextDisplay(plain(job.request.prompt).strip() or ELLIPSIS))
    if contents and images:
        spoiler = job.request.handling.spoiler
        items = (discord.MediaGalleryItem(url, description=name, spoiler=spoiler) for url, name in images)
        container.add_item(ui.MediaGallery(*items))
    container.add_item(ui.TextDisplay("\n".join(_known(job, offer, own=own))))
    if own and job.state in DELETABLE:
        container.add_item(ui.ActionRow(_danger(_("Delete"), delete_id(job.id))))
    return layout_of(container)


def _known(job: Job, offer: Offer, *, own: bool) -> Iterator[str]:
    look = look_of(job)
    yield f"{look.emoji} **{look.title}** · {date_and_time(job.state_since)}"
    if own and job.problem is not None:
        rules = offer.image_rules(job.request.model)
        yield problem_sentence(job.problem, rules, unpaid=not job.counts, charged=job.failed_at_cost)
    elif look.meaning:
        yield look.meaning
    if own and (words := quoted(job.reason, limit=REASON_LIMIT, lines=6)):
        yield f"{_('A moderator wrote:')}\n{words}"
    facts = request_facts(job, offer)
    if job.state is State.DELIVERED:
        facts.append(_("Took {time}").format(time=lasted((job.state_since - job.created_at).total_seconds())))
    if own and job.cost_usd is not None:
        facts.append(_("cost {amount}").format(amount=dollars(job.cost_usd)))
    yield f"-# {' · '.join(facts)}"
    if own:
        ids = [f"{_('Job ID')} `{job.id}`", *([f"{_('Request ID')} `{job.request_id}`"] if job.request_id else [])]
        yield f"-# {' · '.join(ids)}"


def has_prompt_file(job: Job) -> bool:
    """Return whether a prompt is too long, as Discord is written to, for the text of a message."""
    return len(plain(job.request.prompt)) > PROMPT_LIMIT


def confirmation(label: str, custom_id: str) -> ui.View:
    """Make the one button that does what was asked about."""
    return view_of(_danger(label, custom_id))


def price_confirmation(job: Job, price_usd: Decimal) -> ui.View:
    """Make the button that makes a video once more, at the price of today."""
    return view_of(again_button(job, price_usd))


def _danger(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=custom_id)


def prompt_file(prompt: str) -> discord.File:
    return discord.File(BytesIO(prompt.encode()), filename=PROMPT_FILE)


def with_prompt(sentence: str, prompt: str) -> tuple[str, list[discord.File]]:
    """Give a member's prompt back below a sentence, in a file where it is too long or would break its frame."""
    if not has_words(prompt):
        return sentence, []
    if len(prompt) <= CODE_BLOCK_LIMIT and "```" not in prompt:
        return f"{sentence}\n{_('Your prompt, to copy:')}\n```\n{prompt}\n```", []
    return f"{sentence}\n{_('Your prompt is in the file below.')}", [prompt_file(prompt)]
