"""What moderators see of a reported video."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.catalogue.offer import Offer
from bot.jobs.decisions import Decision
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.ids import CaseVerb, case_id
from bot.moderation.member_record import MemberRecord
from bot.moderation.report_store import Report
from bot.moderation.review_card import facts_line, record_line
from bot.moderation.words import REASON_SHOWN, outcome_sentence
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
_RED: Final = discord.Colour(0xDA373C)
_GREY: Final = discord.Colour(0x80848E)


def case_card(
    job: Job,
    offer: Offer,
    reports: Sequence[Report],
    count: int,
    record: MemberRecord,
    *,
    video: str | None = None,
    made: Sequence[Decision] = (),
    bare: bool = False,
    public: bool = False,
) -> ui.LayoutView:
    """Lay out a reported video, in the server's language.

    `reports` are the newest of `count` that nobody has decided on; without any it is decided. `video` names the
    message's own attachment, where the video was taken off its post. `bare` is for a channel without the age
    restriction under which the video was asked for: moderators read there where it stands, and not what it is about.
    In a `public` one, which members see as well, they read no more than that, and press the same buttons.
    """
    with speaking(job.request.guild_locale):
        is_open = count > 0 and (job.state is State.DELIVERED or job.deleted_by_hand)
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_RED if is_open else _GREY)
        title = f"🚩 {_('Reported video')}" if is_open else _("Resolved")
        container.add_item(ui.TextDisplay(f"### {title}\n{_facts(job, offer)}"))
        if public:
            if is_open:
                container.add_item(ui.TextDisplay(_(PUBLIC)))
        elif bare:
            container.add_item(ui.TextDisplay(_(AGE_RESTRICTED)))
        else:
            container.add_item(ui.TextDisplay(quoted(job.request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)))
        if video is not None:
            container.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{video}", spoiler=True)))
        if not public:
            container.add_item(ui.TextDisplay(f"-# {record_line(record)}"))
        if is_open:
            if job.deleted_by_hand:
                container.add_item(ui.TextDisplay(outcome_sentence(job, made)))
            if not public:
                container.add_item(ui.TextDisplay(_reasons(reports, count)))
            container.add_item(ui.ActionRow(*_buttons(job)))
        else:
            container.add_item(ui.TextDisplay(outcome_sentence(job, made)))
            if words := quoted(job.reason, limit=REASON_SHOWN, lines=6):
                container.add_item(ui.TextDisplay(words))
        view = ui.LayoutView(timeout=None)
        view.add_item(container)
    view.stop()
    return view


def _facts(job: Job, offer: Offer) -> str:
    facts = facts_line(job, offer)
    if job.state is not State.DELIVERED or job.post_message_id is None:
        return facts
    video = message_address(job.request.guild_id, job.video_channel_id, job.post_message_id)
    return f"{facts} · [{_('Video')}]({video})"


def _reasons(reports: Sequence[Report], count: int) -> str:
    head = ngettext("{count} member reported it:", "{count} members reported it:", count)
    lines = [
        f"- <@{report.member_id}>: {plain(clip(' '.join(report.reason.split()), REASON_LIMIT))}" for report in reports
    ]
    return "\n".join([head.format(count=number(count)), *lines])


def _buttons(job: Job) -> list[ui.Button[Any]]:
    back = (_("Restore"), CaseVerb.PUT_BACK) if job.hidden else (_("Dismiss"), CaseVerb.DISMISS)
    chosen = [(_("Take down"), CaseVerb.TAKE_DOWN), back, (_("Block member"), CaseVerb.BLOCK)]
    return [
        ui.Button(
            label=label,
            style=discord.ButtonStyle.danger if verb is CaseVerb.TAKE_DOWN else discord.ButtonStyle.secondary,
            custom_id=case_id(verb, job.id),
        )
        for label, verb in chosen
    ]
