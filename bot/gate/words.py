"""Sentences for denials, for spending warnings, and for what moderators read about a refused text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.automod.rules import Match, MatchKind
from bot.gate.denial import Denial, DenialCode
from bot.gate.limits import Limit
from bot.gate.spend_warnings import NEAR, REACHED, SpendWarning
from bot.ui.formats import countdown, date, dollars, listed, number, percent
from bot.ui.language import N_, _, ngettext
from bot.ui.text import clip, plain

MOST_NAMED: Final = 10  # channels or roles in one sentence

_PLAIN: Final[Mapping[DenialCode, str]] = {
    DenialCode.BOT_PAUSED: N_("The bot operator has paused new videos. Try again later."),
    DenialCode.SERVER_BLOCKED: N_("The bot operator has blocked this server, so you can't make videos here."),
    DenialCode.MEMBER_BLOCKED_EVERYWHERE: N_("The bot operator has blocked you from making videos."),
    DenialCode.PAUSED: N_("This server's moderators have paused new videos here. Try again later."),
    DenialCode.NOT_OPEN: N_(
        "Videos aren't set up in this server yet. A moderator needs to choose channels with `/settings` first."
    ),
    DenialCode.TEXT: N_(
        "Your text or a file name contains something this server doesn't allow. Change it and try again."
    ),
    DenialCode.TEXT_UNCHECKED: N_(
        "Your text can't be checked against this server's rules right now. Nothing was charged. Try again in a minute."
    ),
    DenialCode.OUTPUT_GONE: N_(
        "The channel this server posts videos in no longer exists. Ask a moderator to choose another with `/settings`."
    ),
    DenialCode.AGE_RESTRICTED: N_(
        "This channel is age-restricted, but the video would appear in one that isn't. Ask a moderator."
    ),
}
# The amount of a spending limit is only for those who set it.
_SPENDING: Final[Mapping[Limit | None, str]] = {
    Limit.SPEND_PER_DAY: N_("This bot has reached its spending limit for today. Try again {countdown}."),
    Limit.SPEND_PER_MONTH: N_("This bot has reached its spending limit for this month. Try again {countdown}."),
    Limit.SERVER_SPEND_PER_DAY: N_("This server has reached its spending limit for today. Try again {countdown}."),
    Limit.SERVER_SPEND_PER_MONTH: N_(
        "This server has reached its spending limit for this month. Try again {countdown}."
    ),
}
# Escaped, each may take twice as much; together they stay within a message's 2,000 characters.
TEXT_LIMIT: Final = 500  # characters
FOUND_LIMIT: Final = 200
NAME_LIMIT: Final = 100  # Discord's, of a rule's name
_SENTENCES: Final[Mapping[MatchKind, str]] = {
    MatchKind.KEYWORD: N_(
        "A request from {member} in {channel} was blocked. It matches {found}, a keyword in the AutoMod "
        "rule **{rule}**."
    ),
    MatchKind.PATTERN: N_(
        "A request from {member} in {channel} was blocked. It matches the pattern {found} in the AutoMod "
        "rule **{rule}**."
    ),
    MatchKind.UNUSABLE_PATTERN: N_(
        "A request from {member} in {channel} was blocked. The bot can't apply the pattern {found} in "
        "the AutoMod rule **{rule}**, so nothing passes that rule. Change the pattern, or skip such "
        "patterns with `/settings` under *Filters*."
    ),
    MatchKind.WORD: N_(
        "A request from {member} in {channel} was blocked. It matches {found}, one of this server's blocked words."
    ),
}


def denial_sentence(denial: Denial) -> str:
    """Say why a request is not allowed, and what to do."""
    match denial.code:
        case DenialCode.MEMBER_BLOCKED:
            return _blocked(denial)
        case DenialCode.CHANNEL:
            return _channel(denial)
        case DenialCode.ROLE:
            return _role(denial)
        case DenialCode.DURATION:
            return _duration(denial)
        case DenialCode.ASPECT_RATIO:
            return _aspect_ratio(denial)
        case DenialCode.OUTPUT_CLOSED:
            return _output_closed(denial)
        case DenialCode.LIMIT:
            return _limit(denial)
        case _:
            return _(_PLAIN[denial.code])


def _blocked(denial: Denial) -> str:
    if denial.again_at is None:
        return _("This server's moderators have blocked you from making videos here.")
    sentence = _("This server's moderators have blocked you from making videos here until {date} ({countdown}).")
    return sentence.format(date=date(denial.again_at), countdown=countdown(denial.again_at))


def _channel(denial: Denial) -> str:
    if not denial.ids:
        return _("You don't have access to a channel where videos are allowed. Ask a moderator.")
    channels = listed([f"<#{each}>" for each in denial.ids[:MOST_NAMED]])
    return _("You can't make videos in this channel. Try {channels}.").format(channels=channels)


def _role(denial: Denial) -> str:
    if not denial.ids:
        return _("Only members with certain roles can make videos here. Ask a moderator.")
    sentence = ngettext(
        "You need the {roles} role to make videos here. Ask a moderator for it.",
        "You need one of these roles to make videos here: {roles}. Ask a moderator for one.",
        len(denial.ids),
    )
    return sentence.format(roles=listed([f"<@&{each}>" for each in denial.ids[:MOST_NAMED]]))


def _duration(denial: Denial) -> str:
    if not denial.names:
        return _("This server doesn't allow any of this model's video lengths. Ask a moderator.")
    sentence = _("This length isn't allowed here. Choose one of these, in seconds: {durations}.")
    return sentence.format(durations=listed(denial.names))


def _aspect_ratio(denial: Denial) -> str:
    if not denial.names:
        return _("This server doesn't allow any of this model's aspect ratios. Ask a moderator.")
    return _("This aspect ratio isn't allowed here. Choose one of these: {ratios}.").format(ratios=listed(denial.names))


def _output_closed(denial: Denial) -> str:
    sentence = ngettext(
        "This server posts videos in {channel}, but the bot doesn't have the {names} permission there. "
        "Ask a moderator.",
        "This server posts videos in {channel}, but the bot doesn't have these permissions there: "
        "{names}. Ask a moderator.",
        len(denial.names),
    )
    names = listed([f"**{_(name)}**" for name in denial.names])
    return sentence.format(channel=f"<#{denial.ids[0]}>", names=names)


def _limit(denial: Denial) -> str:
    if denial.limit in _SPENDING:
        return _spending(denial)
    figure = int(denial.figure or 0)
    if not figure:
        return _("You can't make videos here because your limit is 0. Ask a moderator to raise it.")
    room = countdown(denial.again_at) if denial.again_at else ""
    match denial.limit:
        case Limit.AT_ONCE:
            sentence = ngettext(
                "You have {count} video in progress, which is your limit. Try again when it finishes.",
                "You have {count} videos in progress, which is your limit. Try again when one finishes.",
                figure,
            )
        case Limit.SERVER_AT_ONCE:
            sentence = ngettext(
                "This server has {count} video in progress, which is its limit. Try again when it finishes.",
                "This server has {count} videos in progress, which is its limit. Try again when one finishes.",
                figure,
            )
        case Limit.SECONDS_PER_DAY:
            sentence = _seconds(denial, figure)
        case Limit.PER_DAY_HERE:
            sentence = ngettext(
                "You've used the {count} video you can make in this channel in 24 hours. You can make another "
                "{countdown}.",
                "You've used all {count} videos you can make in this channel in 24 hours. You can make another "
                "{countdown}.",
                figure,
            )
        case Limit.PER_WEEK:
            sentence = ngettext(
                "You've used the {count} video you can make in 7 days. You can make another {countdown}.",
                "You've used all {count} videos you can make in 7 days. You can make another {countdown}.",
                figure,
            )
        case Limit.PER_MONTH:
            sentence = ngettext(
                "You've used the {count} video you can make in 30 days. You can make another {countdown}.",
                "You've used all {count} videos you can make in 30 days. You can make another {countdown}.",
                figure,
            )
        case _:
            sentence = ngettext(
                "You've used the {count} video you can make in 24 hours. You can make another {countdown}.",
                "You've used all {count} videos you can make in 24 hours. You can make another {countdown}.",
                figure,
            )
    return sentence.format(count=number(figure), countdown=room)


def _seconds(denial: Denial, figure: int) -> str:
    if denial.again_at is None:
        return ngettext(
            "This video is longer than your limit of {count} second in 24 hours. Choose a shorter one.",
            "This video is longer than your limit of {count} seconds in 24 hours. Choose a shorter one.",
            figure,
        )
    return ngettext(
        "This would go over your limit of {count} second in 24 hours. You can make it {countdown}.",
        "This would go over your limit of {count} seconds in 24 hours. You can make it {countdown}.",
        figure,
    )


def _spending(denial: Denial) -> str:
    if denial.again_at is None:
        return _("This video costs more than the whole spending limit. Choose a shorter one, or ask a moderator.")
    return _(_SPENDING[denial.limit]).format(countdown=countdown(denial.again_at))


def spend_warning_sentence(warning: SpendWarning, *, ends_at: datetime) -> str:
    """Say that a cap is near or reached; `ends_at` is when its period ends."""
    of_day = warning.limit is Limit.SERVER_SPEND_PER_DAY
    if warning.percent == REACHED and of_day:
        sentence = _("This server has reached its daily spending limit of {cap}. It resets {countdown}.")
    elif warning.percent == REACHED:
        sentence = _("This server has reached its monthly spending limit of {cap}. It resets {countdown}.")
    elif of_day:
        sentence = _(
            "{percent} of this server's daily spending limit is used: {spent} of {cap}. It resets {countdown}."
        )
    else:
        sentence = _(
            "{percent} of this server's monthly spending limit is used: {spent} of {cap}. It resets {countdown}."
        )
    return sentence.format(
        percent=percent(NEAR / 100),
        spent=dollars(warning.spent_usd or warning.cap_usd),
        cap=dollars(warning.cap_usd),
        countdown=countdown(ends_at),
    )


def refused_text_notice(match: Match, *, member_id: int, channel_id: int, text: str | None) -> str:
    """Say whose request broke which rule, with the text behind a spoiler; `text` is None where it may not be shown."""
    sentence = _(_SENTENCES[match.kind]).format(
        member=f"<@{member_id}>",
        channel=f"<#{channel_id}>",
        found=_hidden(match.found, FOUND_LIMIT),
        rule=plain(clip(match.rule_name, NAME_LIMIT)),
    )
    shown = "" if text is None else _hidden(text, TEXT_LIMIT)
    return f"{sentence}\n{shown}".rstrip()


def _hidden(words: str, limit: int) -> str:
    """Give someone's words behind a spoiler, in one line."""
    return f"||{plain(clip(' '.join(words.split()), limit))}||"
