"""What moderators see of a reported video."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.catalogue.offer import Offer
from bot.jobs.decisions import Decision
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.history import MemberRecord, add_head, head_line
from bot.moderation.ids import CaseVerb, case_id
from bot.moderation.review_card import add_pictures, add_words, decided_card, facts_line
from bot.moderation.store import Report
from bot.moderation.words import outcome_sentence
from bot.ui.custom_ids import layout_of
from bot.ui.formats import number
from bot.ui.language import N_, _, ngettext, speaking
from bot.ui.text import clip, message_address, plain, quoted

PROMPT_LIMIT: Final = 500  # characters
PROMPT_LINES: Final = 8
REASON_LIMIT: Final = 120  # characters of each of the newest reports
AGE_RESTRICTED: Final = N_(
    "It was requested in an age-restricted channel, and this one isn't. View it where it was posted. "
    "Once this channel is age-restricted, it's shown here too."
)
PUBLIC: Final = N_(
    "Everyone can see this channel, so reported content isn't shown here. Choose a review channel "
    "that members can't see, and all of it is shown there."
)
OWNER: Final = N_(
    "You get this as the server's owner, because the bot can't post in a review channel or log channel. Choose one "
    "with `/settings`. To decide, open the video and use *Take down* in the menu of its message."
)
_RED: Final = discord.Colour(0xDA373C)


def case_card(
    job: Job,
    offer: Offer,
    reports: Sequence[Report],
    count: int,
    record: MemberRecord,
    *,
    video: str | None = None,
    pictures: Sequence[str] = (),
    made: Sequence[Decision] = (),
    bare: bool = False,
    public: bool = False,
) -> ui.LayoutView:
    """Lay out a reported video, in the server's language; one line, once it is decided.

    `reports` are the newest of `count` that no one has decided on; without any it is decided. `video` and `pictures`
    name the message's own attachments. `bare` is for a channel without the age restriction under which the video was
    requested: moderators read there where it is, and not what it is about. In a `public` one, which members see as
    well, they read no more than that, and press the same buttons.
    """
    if not is_open(job, count):
        return decided_card(job, made, bare=bare or public)
    with speaking(job.request.guild_locale):
        container = _frame(job, offer, _nothing() if public else record)
        if public:
            words = _(PUBLIC)
        elif bare:
            words = _(AGE_RESTRICTED)
        else:
            words = quoted(job.request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)
        small = len(pictures) == 1
        add_words(container, words, pictures[0] if small else None, spoiler=True)
        if video is not None:
            container.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{video}", spoiler=True)))
        if not small:
            add_pictures(container, pictures, expected=0, spoiler=True)
        if job.deleted_by_hand:
            container.add_item(ui.TextDisplay(outcome_sentence(job, made)))
        if not public:
            container.add_item(ui.TextDisplay(_reasons(reports, count)))
        container.add_item(ui.ActionRow(*_buttons(job)))
    return layout_of(container)


def owners_card(
    job: Job,
    offer: Offer,
    reports: Sequence[Report],
    count: int,
    record: MemberRecord,
    *,
    made: Sequence[Decision] = (),
) -> ui.LayoutView:
    """Lay out a reported video for a direct message to the server's owner, who reads there what was reported.

    It has no buttons, as they work in the server alone. It doesn't say who reported: the video may be the owner's own.
    """
    if not is_open(job, count):
        return decided_card(job, made, bare=True)
    with speaking(job.request.guild_locale):
        container = _frame(job, offer, record)
        container.add_item(ui.TextDisplay(_reasons(reports, count, named=False)))
        container.add_item(ui.TextDisplay(_(OWNER)))
    return layout_of(container)


def is_open(job: Job, count: int) -> bool:
    """Return whether moderators still have to decide on a video with `count` reports."""
    return count > 0 and (job.state is State.DELIVERED or job.deleted_by_hand)


def is_undecided(items: Iterable[object]) -> bool:
    """Return whether a message, as it is laid out or as Discord tells it, shows a video that is to be decided on."""
    return any(getattr(each, "accent_colour", None) == _RED for each in items)


def _frame(job: Job, offer: Offer, record: MemberRecord) -> ui.Container[ui.LayoutView]:
    facts = facts_line(job, offer)
    if job.state is State.DELIVERED and job.post_message_id is not None:
        video = message_address(job.request.guild_id, job.video_channel_id, job.post_message_id)
        facts = f"{facts} · [{_('Video')}]({video})"
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_RED)
    title = f"🚩 {_('Reported video')}"
    add_head(container, [head_line(title, job.request.member_id, record), f"-# {facts}"], record)
    return container


def _nothing() -> MemberRecord:
    """Return what others than moderators may read of a member."""
    return MemberRecord(videos=0, rejected=0, taken_down=0, reports=0, blocks=0)


def _reasons(reports: Sequence[Report], count: int, *, named: bool = True) -> str:
    head = ngettext("{count} member reported it:", "{count} members reported it:", count)
    reasons = [plain(clip(" ".join(report.reason.split()), REASON_LIMIT)) for report in reports]
    who = [f"<@{report.member_id}>: " if named else "" for report in reports]
    return "\n".join(
        [head.format(count=number(count)), *(f"- {by}{why}" for by, why in zip(who, reasons, strict=True))]
    )


def _buttons(job: Job) -> list[ui.Button[Any]]:
    back = (_("Restore"), CaseVerb.PUT_BACK) if job.hidden else (_("Dismiss"), CaseVerb.DISMISS)
    chosen = [
        (_("Take down"), CaseVerb.TAKE_DOWN),
        back,
        (_("Block"), CaseVerb.BLOCK),
        (_("History"), CaseVerb.HISTORY),
    ]
    return [
        ui.Button(
            label=label,
            style=discord.ButtonStyle.danger if verb is CaseVerb.TAKE_DOWN else discord.ButtonStyle.secondary,
            custom_id=case_id(verb, job.id),
        )
        for label, verb in chosen
    ]
