"""What a member reads: `/help`, their limits and data, the hint for a first request, and what buttons answer."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import discord
from discord import ui

from bot.gate.counting import Quota
from bot.gate.denial import Denial
from bot.gate.limits import SERVER_CAPS, Limit
from bot.gate.words import denial_sentence
from bot.jobs.model import Job, ReviewMode
from bot.jobs.states import IN_FLIGHT, State
from bot.ui.commands import option_name
from bot.ui.custom_ids import view_of
from bot.ui.formats import countdown, dollars, number
from bot.ui.language import N_, _, ngettext

HELP_ID: Final = "reelcast:help"
_WHAT: Final = N_(
    "**Turn images into short videos**\n"
    "Use {video} with a prompt and up to seven images. Their faces and places appear in the video, "
    "in motion. It takes three to four minutes. Track progress on the card in the channel. The video "
    "arrives as a reply. {video} without options opens a form that takes all images at once, and *Make a video* "
    "in a message's menu uses the images in that message."
)
_NAMES: Final = N_(
    "**Refer to images in your prompt**\n"
    "`@Image1` is your first image, `@Image2` the second: `The keeper of @Image1 walks along the "
    "quay of @Image2`. To reuse a character, save it with {cast} and write its name: `@mira`."
)
_YOURS: Final = N_(
    "**Your videos, limits, and data**\n"
    "Use {videos} to see your videos here, how many more you can make, and whether you get a direct message when "
    "one is done. *Your data* below shows what's stored about you and how to delete it."
)
_REVIEWS: Final[Mapping[ReviewMode, str]] = {
    ReviewMode.OFF: N_("Videos are made without review."),
    ReviewMode.BEFORE_SPENDING: N_("A moderator reviews each request before the video is made."),
    ReviewMode.BEFORE_POSTING: N_("A moderator reviews each video before it's posted."),
}
_HINT: Final = N_(
    "**Your first video is on its way**\n"
    "- Track progress on the card above. Its buttons work for as long as the card is there.\n"
    "- In a prompt, `@Image1` is your first image. Use {cast} to save a character for reuse.\n"
    "- Use {videos} to find all your videos here again."
)
_LINES: Final[Mapping[Limit, str]] = {
    Limit.PER_DAY_HERE: N_("Videos in this channel in 24 hours: used **{taken}** of {figure}."),
    Limit.PER_DAY: N_("Videos in 24 hours: used **{taken}** of {figure}."),
    Limit.PER_WEEK: N_("Videos in 7 days: used **{taken}** of {figure}."),
    Limit.PER_MONTH: N_("Videos in 30 days: used **{taken}** of {figure}."),
    Limit.SECONDS_PER_DAY: N_("Seconds of video in 24 hours: used **{taken}** of {figure}."),
    Limit.AT_ONCE: N_("Your videos in progress: **{taken}** of {figure}."),
    Limit.SERVER_AT_ONCE: N_("This server's videos in progress: **{taken}** of {figure}."),
    Limit.SERVER_SPEND_PER_DAY: N_("Spent or reserved by this server today: **{taken}** of {figure}."),
    Limit.SERVER_SPEND_PER_MONTH: N_("Spent or reserved by this server this month: **{taken}** of {figure}."),
}
_USED_UP: Final[Mapping[Limit, str]] = {
    Limit.SERVER_SPEND_PER_DAY: N_("This server has reached its spending limit for today."),
    Limit.SERVER_SPEND_PER_MONTH: N_("This server has reached its spending limit for this month."),
}
PRIVACY: Final = N_(
    "**What's stored about you**\n"
    "- Your requests: the prompt, the options, and the names and links of the images. Without the "
    "prompt and images: how many videos you made, for the limits, and what moderators decided.\n"
    "- Your saved characters with their images, that you accepted the notice about images, and "
    "whether you want direct messages.\n"
    "- The bot doesn't read your messages. Prompts and images are sent to Segmind, which makes the "
    "videos. The bot can't delete what's in Segmind's storage.\n"
    "- In servers where moderators review requests, they see the prompt, images, and video too."
)
_QUESTION: Final = N_(
    "**Delete your data in every server?** This can't be undone.\n"
    "- Your prompts, images, saved characters, and history are deleted right away, and your cards "
    "are emptied.\n"
    "- Requests that are still waiting are canceled. Videos already being made are still charged, "
    "and won't be posted.\n"
    "- Records of your usage (for limits) and of moderators' decisions stay as long as they do for "
    "everyone, but without your prompts. The record that you accepted the notice about images stays "
    "too.\n"
    "- Posted videos stay in their channels unless you choose to delete them too. The bot can't "
    "delete what the video service has."
)
KEPT: Final = N_("Nothing was deleted.")


def help_text(*, here: str = "") -> str:
    """Write what the bot does and how to use it; `here` is `help_here`."""
    parts = [
        _(_WHAT).format(video=_named("video")),
        _(_NAMES).format(cast=_named("cast")),
        _(_YOURS).format(videos=_named("videos")),
    ]
    return "\n\n".join([*parts, *([here] if here else [])])


def help_here(denial: Denial | None, review: ReviewMode) -> str:
    """Say whether a member can make videos here, and how videos are reviewed."""
    may = denial_sentence(denial) if denial is not None else _("You can make videos in this channel.")
    return f"**{_('In this server')}**\n{may} {_(_REVIEWS[review])}"


def hint_text() -> str:
    """Write the three lines that a newcomer reads once."""
    return _(_HINT).format(cast=_named("cast"), videos=_named("videos"))


def _named(command: str) -> str:
    return f"`/{option_name(command)}`"


def hint_controls() -> ui.View:
    return view_of(ui.Button(label=_("How it works"), style=discord.ButtonStyle.secondary, custom_id=HELP_ID))


def limits_text(quotas: Sequence[Quota], *, asked_today: int, denial: Denial | None, is_moderator: bool) -> str:
    """Write a member's own use against each limit, a line each.

    `denial` is why they may not ask in this channel at all. Dollars are for moderators; others learn only that a cap
    is reached.
    """
    lines = [line for quota in quotas if (line := _line(quota, is_moderator=is_moderator))]
    asked = _("You haven't requested any videos here in the last 24 hours.")
    if asked_today:
        asked = ngettext(
            "You've requested {count} video here in the last 24 hours.",
            "You've requested {count} videos here in the last 24 hours.",
            asked_today,
        ).format(count=number(asked_today))
    if not lines:
        asked = f"{asked} {_('No limit is set for you.')}"
    why = [denial_sentence(denial)] if denial is not None else []
    return "\n".join([*why, asked, *(f"- {line}" for line in lines)])


def closest_limit(quotas: Sequence[Quota]) -> str:
    """Write the line of the limit of which a member has used the largest share; empty if there is none."""
    used = [quota for quota in quotas if quota.limit not in SERVER_CAPS and quota.figure]
    closest = max(used, key=lambda quota: quota.taken / quota.figure, default=None)
    return "" if closest is None else _line(closest, is_moderator=False)


def _line(quota: Quota, *, is_moderator: bool) -> str:
    money = quota.limit in SERVER_CAPS
    if money and not is_moderator:
        if not quota.is_full:
            return ""
        line = _(_USED_UP[quota.limit])
    else:
        write = _dollars if money else _number
        line = _(_LINES[quota.limit]).format(taken=write(quota.taken), figure=write(quota.figure))
    if not quota.is_full or quota.again_at is None:
        return line
    room = _("Available again {countdown}.").format(countdown=countdown(quota.again_at))
    return f"{line} {room}"


def _dollars(amount: Decimal | int) -> str:
    return dollars(Decimal(amount))


def _number(count: Decimal | int) -> str:
    return number(int(count))


def cancelled_sentence(job: Job) -> str:
    """Say how a cancellation ended."""
    if job.state in IN_FLIGHT:
        return _("The video is already being made, so it's still charged. It won't be posted.")
    sentence = _("Canceled. Nothing was charged, and {amount} of the day's limit is free again.")
    return sentence.format(amount=dollars(job.reserved_usd))


def not_cancellable_sentence(state: State | None) -> str:
    """Say why a request can no longer be canceled."""
    if state is State.CANCELLED:
        return _("It's already canceled.")
    if state in {State.COMPLETED, State.POSTING, State.REVIEW, State.UNDELIVERED}:
        return _("The video is already made and charged, so you can't cancel it anymore.")
    return _("It's already finished.")


def stop_question() -> str:
    return _("It's already charged. Stop it from being posted?")


def delete_question() -> str:
    return _("Delete the card and the video?")


def again_question(price_usd: Decimal) -> str:
    """Ask before a price is spent that the pressed button doesn't show."""
    return _("Another video with the same request costs {price} now.").format(price=dollars(price_usd))


def not_yours_to_cancel() -> str:
    return _("Only the member who requested this video, or someone with Manage Messages here, can cancel it.")


def not_yours_to_delete() -> str:
    return _("Only the member who requested this video, or someone with Manage Messages here, can delete it.")


def not_yours_to_send() -> str:
    return _("Only the member who requested this video, or someone with Manage Messages here, can send it.")


def not_repeatable_sentence(state: State) -> str:
    """Say why a request cannot be made again."""
    if state in {State.REJECTED, State.WITHHELD, State.TAKEN_DOWN}:
        return _("This video was kept back or taken down, so you can't make it again. Use `/video` for a new one.")
    return _("It's still in progress. You can make it again once it's finished.")


def references_unreadable_sentence() -> str:
    """Say that a request can't be repeated now, because its images can't be read."""
    return _("Couldn't get this video's images from Discord right now. Nothing was charged. Try again in a minute.")


def sent_again_sentence(channel_id: int, *, reviewed: bool = False) -> str:
    if reviewed:
        told = _("A moderator reviews the video first. Once approved, it's posted in {channel}.")
        return told.format(channel=f"<#{channel_id}>")
    return _("The video is being sent to {channel}.").format(channel=f"<#{channel_id}>")


class ForgetAction(StrEnum):
    TELL = "tell"  # what is stored
    ASK = "ask"
    DATA = "data"  # delete, and leave the posted videos
    ALL = "all"  # delete, and remove cards and posted videos
    KEEP = "keep"


FORGET_PATTERN: Final = rf"reelcast:forget:(?P<action>{'|'.join(ForgetAction)})"


def your_data_controls() -> ui.View:
    """Make the button below help that tells what is stored."""
    return _view(_button(_("Your data"), ForgetAction.TELL))


def privacy_controls() -> ui.View:
    return _view(_button(_("Delete my data"), ForgetAction.ASK, discord.ButtonStyle.danger))


def forget_question() -> tuple[str, ui.View]:
    """Ask whether it is meant, and whether posted videos are to go, too."""
    choices = {
        ForgetAction.DATA: (_("Delete my data"), discord.ButtonStyle.danger),
        ForgetAction.ALL: (_("Delete my data and videos"), discord.ButtonStyle.danger),
        ForgetAction.KEEP: (_("Keep everything"), discord.ButtonStyle.secondary),
    }
    buttons = [_button(label, action, style) for action, (label, style) in choices.items()]
    return _(_QUESTION), _view(*buttons)


def forgotten_sentence(*, requests: int, running: int, removed: bool) -> str:
    """Say what was done."""
    lines = [
        ngettext(
            "Your data is deleted, including {count} request.",
            "Your data is deleted, including {count} requests.",
            requests,
        ).format(count=number(requests))
    ]
    if running:
        lines.append(
            ngettext(
                "{count} video is still being made. It's still charged, and won't be posted.",
                "{count} videos are still being made. They're still charged, and won't be posted.",
                running,
            ).format(count=number(running))
        )
    if requests:
        lines.append(
            _("Your cards and videos are being deleted from the channels. This can take a few minutes.")
            if removed
            else _(
                "Your cards are being emptied. This can take a few minutes. To delete a video, use *Delete* below it."
            )
        )
    return "\n".join(lines)


def _button(
    label: str, action: ForgetAction, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=f"reelcast:forget:{action}")


def _view(*buttons: ui.Button[Any]) -> ui.View:
    return view_of(*buttons)
