"""What moderators see of a job that waits for them, and the one line that is left of it once it is decided."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.catalogue.offer import Offer
from bot.delivery.card_view import option_words
from bot.delivery.state_looks import LOOKS
from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import Job
from bot.jobs.states import REVIEWED, State
from bot.moderation.history import MemberRecord, add_head, head_line
from bot.moderation.ids import ReviewVerb, reject_id, review_id
from bot.moderation.words import READY_REASONS, last_decision, outcome_sentence
from bot.ui.custom_ids import layout_of
from bot.ui.formats import countdown, dollars, number
from bot.ui.language import _, ngettext, speaking
from bot.ui.text import message_address, plain, quoted, shortened

PROMPT_LIMIT: Final = 700  # characters; a longer prompt comes as a file, too
PROMPT_LINES: Final = 12
PROMPT_FILE: Final = "prompt.txt"
NO_REASON: Final = "none"  # of the choices of *Reject*
OTHER_REASON: Final = "other"
_LINE_WORDS: Final = 32  # columns of the reason, else of the prompt, in the line of a decided case
_AMBER: Final = discord.Colour(0xF0B232)
_GREY: Final = discord.Colour(0x80848E)
_GREEN: Final = discord.Colour(0x23A559)
_RED: Final = discord.Colour(0xDA373C)
# How a decided case looks; one that ended without a decision looks as its job's state does.
_DECIDED_LOOKS: Final[Mapping[Decided, tuple[str, discord.Colour]]] = {
    Decided.APPROVED: ("✅", _GREEN),
    Decided.APPROVED_AS_SPOILER: ("✅", _GREEN),
    Decided.PUT_BACK: ("✅", _GREEN),
    Decided.DISMISSED: ("✅", _GREEN),
    Decided.REJECTED: (LOOKS[State.REJECTED].emoji, _RED),
    Decided.TAKEN_DOWN: (LOOKS[State.TAKEN_DOWN].emoji, _RED),
    Decided.DELETED: ("🗑️", _GREY),
}


def review_card(
    job: Job,
    offer: Offer,
    record: MemberRecord,
    pictures: Sequence[str],
    *,
    video: str | None = None,
    link: str | None = None,
    why: str = "",
    cut: bool = False,
) -> ui.LayoutView:
    """Lay out a job for its moderators, in the server's language: a request, and the finished video once it is there.

    `pictures` and `video` are the names of the message's own attachments; a video that is too large for that is seen by
    its `link`. `cut` is for a prompt that comes as a file, too.
    """
    with speaking(job.request.guild_locale):
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_AMBER)
        facts = " · ".join(filter(None, [facts_line(job, offer), why]))
        look = LOOKS[job.state if job.state in REVIEWED else State.PROCESSING]
        add_head(container, [head_line(look.emoji, job.request.member_id, record), f"-# {facts}"], record)
        if job.state not in REVIEWED:
            later = _("Video in progress: you'll review it when it's ready")
            container.add_item(ui.TextDisplay(f"-# {later}"))
        words = quoted(job.request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)
        small = job.state is State.REVIEW and len(pictures) == 1
        add_words(container, words, pictures[0] if small else None)
        if cut:
            container.add_item(ui.File(f"attachment://{PROMPT_FILE}"))
        if job.state is State.REVIEW:
            _add_video(container, video, link)
        if not small:
            add_pictures(container, pictures, expected=len(job.request.references))
        _add_controls(container, job)
    return layout_of(container)


def decided_card(job: Job, made: Sequence[Decision], *, bare: bool = False) -> ui.LayoutView:
    """Lay out what is left of a decided case: one line with the outcome, without images or video.

    What is `bare` doesn't repeat what was requested or why it was refused.
    """
    with speaking(job.request.guild_locale):
        last = last_decision(made)
        look = LOOKS[job.state]
        emoji, colour = _DECIDED_LOOKS[last.kind] if last is not None else (look.emoji, _GREY)
        told = [f"{emoji} <@{job.request.member_id}>", outcome_sentence(job, made)]
        if bare:
            words = ""
        elif reason := plain(shortened(job.reason, _LINE_WORDS)):
            words = _("Reason: {reason}").format(reason=reason)
        else:
            words = plain(shortened(job.request.prompt, _LINE_WORDS))
        told += filter(None, [words, _card_link(job)])
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
        container.add_item(ui.TextDisplay(f"-# {' · '.join(told)}"))
    return layout_of(container)


def facts_line(job: Job, offer: Offer) -> str:
    """Write where a video was requested, what was chosen, and what it costs."""
    request = job.request
    money = job.cost_usd if job.cost_usd is not None else job.reserved_usd
    options = option_words(request.options, offer.described(request.model))
    title = offer.title_to_tell(request.model)
    return " · ".join(
        filter(
            None,
            [f"<#{request.channel_id}>", *options, title, dollars(money), countdown(job.created_at), _card_link(job)],
        )
    )


def reports_counted(count: int) -> str:
    return ngettext("{count} report", "{count} reports", count).format(count=number(count))


def _card_link(job: Job) -> str:
    if job.card_message_id is None:
        return ""
    request = job.request
    return f"[{_('Card')}]({message_address(request.guild_id, request.channel_id, job.card_message_id)})"


def _add_video(container: ui.Container[ui.LayoutView], video: str | None, link: str | None) -> None:
    if video is not None:
        container.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{video}")))
    else:
        unseen = _("The video can't be shown here.")
        container.add_item(ui.TextDisplay(f"-# {unseen}"))
    if link is not None:
        look = ui.Button[Any](label=_("Open video"), style=discord.ButtonStyle.link, url=link)
        container.add_item(ui.ActionRow(look))


def add_words(
    container: ui.Container[ui.LayoutView], words: str, picture: str | None, *, spoiler: bool = False
) -> None:
    """Show someone's words, with a small image beside them: in a gallery, one alone would be as large as a video."""
    if picture is None:
        container.add_item(ui.TextDisplay(words))
    else:
        image = ui.Thumbnail[Any](f"attachment://{picture}", spoiler=spoiler)
        container.add_item(ui.Section[Any](words, accessory=image))


def add_pictures(
    container: ui.Container[ui.LayoutView], pictures: Sequence[str], *, expected: int, spoiler: bool = False
) -> None:
    """Show a request's images; where some were expected and none is left, say so."""
    if pictures:
        items = (discord.MediaGalleryItem(f"attachment://{name}", spoiler=spoiler) for name in pictures)
        container.add_item(ui.MediaGallery(*items))
    elif expected:
        container.add_item(ui.TextDisplay(f"-# {_('The images are no longer available.')}"))


def _add_controls(container: ui.Container[ui.LayoutView], job: Job) -> None:
    block = _button(_("Block"), ReviewVerb.BLOCK, job)
    history = _button(_("History"), ReviewVerb.HISTORY, job)
    if job.state not in REVIEWED:
        reject = _button(_("Reject now"), ReviewVerb.REJECT, job, discord.ButtonStyle.danger)
        container.add_item(ui.ActionRow(reject, block, history))
        return
    ends = _("Rejected automatically {countdown} if no one decides.").format(countdown=countdown(job.review_ends_at))
    container.add_item(ui.TextDisplay(f"-# {ends}"))
    container.add_item(
        ui.ActionRow(
            _button(_("Approve"), ReviewVerb.APPROVE, job, discord.ButtonStyle.success),
            _button(_("Spoiler"), ReviewVerb.SPOILER, job),
            block,
            history,
            _button(_("Decide several"), ReviewVerb.SEVERAL, job),
        )
    )
    container.add_item(ui.ActionRow(reject_menu(reject_id(job.id), with_other=True)))


def reject_menu(custom_id: str, *, with_other: bool) -> ui.Select[Any]:
    """Offer the ready reasons for a rejection; *Other reason* opens a form."""
    options = [discord.SelectOption(label=_(text), value=key) for key, text in READY_REASONS.items()]
    options.append(discord.SelectOption(label=_("No reason"), value=NO_REASON))
    if with_other:
        options.append(discord.SelectOption(label=_("Other reason, or block the images"), value=OTHER_REASON))
    return ui.Select(custom_id=custom_id, placeholder=_("Reject"), options=options)


def _button(
    label: str, verb: ReviewVerb, job: Job, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=review_id(verb, job.id))
