"""What moderators see of a job that waits for them: the request with its pictures, and the finished video."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import discord
from discord import ui

from bot.catalogue.offer import Offer
from bot.delivery.card_view import option_words
from bot.jobs.decisions import Decision
from bot.jobs.model import Job, ReviewMode
from bot.jobs.states import REVIEWED, State
from bot.moderation.ids import ReviewVerb, review_id
from bot.moderation.member_record import MemberRecord
from bot.moderation.words import REASON_SHOWN, outcome_sentence
from bot.ui.formats import countdown, date, dollars, number
from bot.ui.language import _, ngettext, speaking
from bot.ui.text import message_address, quoted

PROMPT_LIMIT: Final = 700  # characters; a longer prompt comes as a file besides
PROMPT_LINES: Final = 12
PROMPT_FILE: Final = "prompt.txt"
_AMBER: Final = discord.Colour(0xF0B232)
_GREY: Final = discord.Colour(0x80848E)
_ON_ITS_WAY: Final = frozenset(
    {
        *(State.PREPARING, State.WAITING, State.SUBMITTING, State.UNCONFIRMED),
        *(State.QUEUED, State.PROCESSING, State.COMPLETED, State.UNDELIVERED),
    }
)


def request_card(
    job: Job,
    offer: Offer,
    record: MemberRecord,
    pictures: Sequence[str],
    *,
    made: Sequence[Decision] = (),
    cut: bool = False,
) -> ui.LayoutView:
    """Lay out a request for its moderators, in the server's language.

    `pictures` are the names of the message's own attachments; `cut` is for a prompt that comes as a file, too. Once the
    job waits no longer there is nothing to press, and the outcome stands in place of the deadline.
    """
    with speaking(job.request.guild_locale):
        container = _frame(job, _request_title(job))
        container.add_item(ui.TextDisplay(facts_line(job, offer)))
        container.add_item(ui.TextDisplay(quoted(job.request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)))
        if cut:
            container.add_item(ui.File(f"attachment://{PROMPT_FILE}"))
        if pictures:
            items = (discord.MediaGalleryItem(f"attachment://{name}") for name in pictures)
            container.add_item(ui.MediaGallery(*items))
        else:
            container.add_item(ui.TextDisplay(f"-# {_('The images are no longer available.')}"))
        container.add_item(ui.TextDisplay(f"-# {record_line(record)}"))
        _add_end(container, job, made, decides=job.state is State.HELD)
    return _view(container)


def video_card(
    job: Job, offer: Offer, filename: str | None, *, link: str | None = None, made: Sequence[Decision] = ()
) -> ui.LayoutView:
    """Lay out a finished video for its moderators.

    `filename` is of the message's own attachment; one that is too large for that is seen by its `link`.
    """
    with speaking(job.request.guild_locale):
        container = _frame(job, _("New video to review"))
        container.add_item(ui.TextDisplay(facts_line(job, offer)))
        container.add_item(ui.TextDisplay(quoted(job.request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)))
        if filename is not None:
            container.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{filename}")))
        else:
            unseen = _("The video can't be shown here.")
            container.add_item(ui.TextDisplay(f"-# {unseen}"))
        if link is not None:
            look = ui.Button[Any](label=_("Open video"), style=discord.ButtonStyle.link, url=link)
            container.add_item(ui.ActionRow(look))
        _add_end(container, job, made, decides=job.state is State.REVIEW)
    return _view(container)


def is_waiting(job: Job) -> bool:
    """Tell whether a job is, or may still come, before its moderators."""
    return job.state in REVIEWED or (job.state in _ON_ITS_WAY and job.awaits_review(ReviewMode.BEFORE_POSTING))


def _request_title(job: Job) -> str:
    if job.request.handling.review is ReviewMode.BEFORE_SPENDING:
        return _("New request to review")
    return _("Video in progress: you'll review it when it's ready")


def _frame(job: Job, title: str) -> ui.Container[ui.LayoutView]:
    if is_waiting(job):
        shown, colour = f"### ✋ {title}", _AMBER
    else:
        shown, colour = f"### {_('Resolved')}", _GREY
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    container.add_item(ui.TextDisplay(shown))
    return container


def facts_line(job: Job, offer: Offer) -> str:
    """Write who asked for what, where and when, and what it costs."""
    request = job.request
    asked = _("{member} in {channel}, {ago}").format(
        member=f"<@{request.member_id}>", channel=f"<#{request.channel_id}>", ago=countdown(job.created_at)
    )
    money = job.cost_usd if job.cost_usd is not None else job.reserved_usd
    options = option_words(request.options, offer.described(request.model))
    facts = [asked, *options, *filter(None, [offer.title_to_tell(request.model)]), dollars(money)]
    if job.card_message_id is not None:
        card = message_address(request.guild_id, request.channel_id, job.card_message_id)
        facts.append(f"[{_('Card')}]({card})")
    return " · ".join(facts)


def record_line(record: MemberRecord) -> str:
    """Write what a server knows of a member."""
    joined = [_("joined {date}").format(date=_joined(record.joined_at))] if record.joined_at else []
    return " · ".join(
        [
            *joined,
            _counted(ngettext("{count} video so far", "{count} videos so far", record.videos), record.videos),
            _counted(_("{count} rejected"), record.rejected),
            _counted(_("{count} taken down"), record.taken_down),
            reports_counted(record.reports),
            _counted(ngettext("{count} block", "{count} blocks", record.blocks), record.blocks),
        ]
    )


def reports_counted(count: int) -> str:
    return _counted(ngettext("{count} report", "{count} reports", count), count)


def _counted(words: str, count: int) -> str:
    return words.format(count=number(count))


def _joined(moment: datetime) -> str:
    return f"{date(moment)} ({countdown(moment)})"


def _add_end(container: ui.Container[ui.LayoutView], job: Job, made: Sequence[Decision], *, decides: bool) -> None:
    """Put what can be pressed at the end, or what came of it."""
    if decides:
        ends = _("Rejected automatically {countdown} if no one decides.").format(
            countdown=countdown(job.review_ends_at)
        )
        container.add_item(ui.TextDisplay(ends))
        container.add_item(
            ui.ActionRow(
                _button(_("Approve"), ReviewVerb.APPROVE, job, discord.ButtonStyle.success),
                _button(_("Approve as spoiler"), ReviewVerb.SPOILER, job, discord.ButtonStyle.secondary),
                _button(_("Reject"), ReviewVerb.REJECT, job, discord.ButtonStyle.danger),
            )
        )
    elif is_waiting(job):
        container.add_item(ui.ActionRow(_button(_("Reject now"), ReviewVerb.REJECT, job, discord.ButtonStyle.danger)))
    else:
        container.add_item(ui.TextDisplay(outcome_sentence(job, made)))
        if words := quoted(job.reason, limit=REASON_SHOWN, lines=6):
            container.add_item(ui.TextDisplay(words))


def _button(label: str, verb: ReviewVerb, job: Job, style: discord.ButtonStyle) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=review_id(verb, job.id))


def _view(container: ui.Container[ui.LayoutView]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()
    return view
