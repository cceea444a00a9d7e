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
    DenialCode.BOT_PAUSED: N_("Whoever runs this bot has paused it, so no videos are made right now. Try again later."),
    DenialCode.SERVER_BLOCKED: N_("Whoever runs this bot has blocked this server, so no videos are made here."),
    DenialCode.MEMBER_BLOCKED_EVERYWHERE: N_("Whoever runs this bot has blocked you, so you cannot make videos."),
    DenialCode.PAUSED: N_("This server's moderators have paused videos here. Try again later."),
    DenialCode.NOT_OPEN: N_(
        "Videos are not open to members here yet: with `/settings`, a moderator first chooses the channels."
    ),
    DenialCode.TEXT: N_(
        "This server's rules do not allow what you wrote, or the name of a file. Change it and try again."
    ),
    DenialCode.TEXT_UNCHECKED: N_(
        "This server's rules for texts cannot be read right now, so nothing is made. Try again in a minute."
    ),
    DenialCode.OUTPUT_GONE: N_(
        "The channel that this server's videos go to is gone. Ask a moderator to choose another, with `/settings`."
    ),
    DenialCode.AGE_RESTRICTED: N_(
        "This channel is age-restricted, and the video would be shown in one that is not. Ask a moderator."
    ),
}
# What a cap is, in dollars, is for whoever set it.
_SPENDING: Final[Mapping[Limit | None, str]] = {
    Limit.SPEND_PER_DAY: N_("Today's spending limit for videos is reached. Try again {countdown}."),
    Limit.SPEND_PER_MONTH: N_("This month's spending limit for videos is reached. Try again {countdown}."),
    Limit.SERVER_SPEND_PER_DAY: N_("This server's spending limit for today is reached. Try again {countdown}."),
    Limit.SERVER_SPEND_PER_MONTH: N_("This server's spending limit for this month is reached. Try again {countdown}."),
}
# Escaped, each may take twice as much; together they stay within a message's 2,000 characters.
TEXT_LIMIT: Final = 500  # characters
FOUND_LIMIT: Final = 200
NAME_LIMIT: Final = 100  # Discord's, of a rule's name
_SENTENCES: Final[Mapping[MatchKind, str]] = {
    MatchKind.KEYWORD: N_(
        "A request of {member} in {channel} was refused: {found} is a keyword of the AutoMod rule **{rule}**."
    ),
    MatchKind.PATTERN: N_(
        "A request of {member} in {channel} was refused: it matches the pattern {found} of the AutoMod rule **{rule}**."
    ),
    MatchKind.UNUSABLE_PATTERN: N_(
        "A request of {member} in {channel} was refused: the bot cannot apply the pattern {found} "
        "of the AutoMod rule **{rule}**, so nothing passes that rule. "
        "Change the pattern, or have such patterns skipped with `/settings` under *Filters*."
    ),
    MatchKind.WORD: N_("A request of {member} in {channel} was refused: {found} is among the server's own words."),
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
        return _("This server's moderators have blocked you, so you cannot make videos here.")
    sentence = _("This server's moderators have blocked you: you can make videos here again on {date}, {countdown}.")
    return sentence.format(date=date(denial.again_at), countdown=countdown(denial.again_at))


def _channel(denial: Denial) -> str:
    if not denial.ids:
        return _("Videos are made in no channel of yours here. Ask a moderator.")
    channels = listed([f"<#{each}>" for each in denial.ids[:MOST_NAMED]])
    return _("Videos are not made in this channel. Ask in {channels}.").format(channels=channels)


def _role(denial: Denial) -> str:
    if not denial.ids:
        return _("Only members with certain roles make videos here. Ask a moderator.")
    sentence = ngettext(
        "Only members with the role {roles} make videos here. Ask a moderator for it.",
        "Only members with one of these roles make videos here: {roles}. Ask a moderator for one.",
        len(denial.ids),
    )
    return sentence.format(roles=listed([f"<@&{each}>" for each in denial.ids[:MOST_NAMED]]))


def _duration(denial: Denial) -> str:
    if not denial.names:
        return _("Of the lengths that this model makes, none is allowed here. Ask a moderator.")
    sentence = _("Videos of this length are not made here. Allowed, in seconds: {durations}.")
    return sentence.format(durations=listed(denial.names))


def _aspect_ratio(denial: Denial) -> str:
    if not denial.names:
        return _("Of the shapes that this model makes, none is allowed here. Ask a moderator.")
    return _("Videos of this shape are not made here. Allowed: {ratios}.").format(ratios=listed(denial.names))


def _output_closed(denial: Denial) -> str:
    sentence = ngettext(
        "This server's videos go to {channel}, and the bot lacks the permission {names} there. Ask a moderator.",
        "This server's videos go to {channel}, and the bot lacks the permissions {names} there. Ask a moderator.",
        len(denial.names),
    )
    names = listed([f"**{_(name)}**" for name in denial.names])
    return sentence.format(channel=f"<#{denial.ids[0]}>", names=names)


def _limit(denial: Denial) -> str:
    if denial.limit in _SPENDING:
        return _spending(denial)
    figure = int(denial.figure or 0)
    if not figure:
        return _("You cannot make videos here: your limit is 0. Ask a moderator to change that.")
    room = countdown(denial.again_at) if denial.again_at else ""
    match denial.limit:
        case Limit.AT_ONCE:
            sentence = ngettext(
                "A video of yours is being made, and there may be {count} at once. Ask again when it is over.",
                "{count} of your videos are being made, and no more may be at once. Ask again when one is over.",
                figure,
            )
        case Limit.SERVER_AT_ONCE:
            sentence = ngettext(
                "A video is being made in this server, and there may be {count} at once. Ask again when it is over.",
                "{count} videos are being made in this server, and no more may be at once. Ask again when one is over.",
                figure,
            )
        case Limit.SECONDS_PER_DAY:
            sentence = _seconds(denial, figure)
        case Limit.PER_DAY_HERE:
            sentence = ngettext(
                "Your limit here is {count} video in 24 hours, and it is used up. There is room again {countdown}.",
                "Your limit here is {count} videos in 24 hours, and it is used up. There is room again {countdown}.",
                figure,
            )
        case Limit.PER_WEEK:
            sentence = ngettext(
                "Your limit is {count} video in 7 days, and it is used up. There is room again {countdown}.",
                "Your limit is {count} videos in 7 days, and it is used up. There is room again {countdown}.",
                figure,
            )
        case Limit.PER_MONTH:
            sentence = ngettext(
                "Your limit is {count} video in 30 days, and it is used up. There is room again {countdown}.",
                "Your limit is {count} videos in 30 days, and it is used up. There is room again {countdown}.",
                figure,
            )
        case _:
            sentence = ngettext(
                "Your limit is {count} video in 24 hours, and it is used up. There is room again {countdown}.",
                "Your limit is {count} videos in 24 hours, and it is used up. There is room again {countdown}.",
                figure,
            )
    return sentence.format(count=number(figure), countdown=room)


def _seconds(denial: Denial, figure: int) -> str:
    if denial.again_at is None:
        return ngettext(
            "Your limit is {count} second of video in 24 hours, and this one is longer. Choose a shorter one.",
            "Your limit is {count} seconds of video in 24 hours, and this one is longer. Choose a shorter one.",
            figure,
        )
    return ngettext(
        "Your limit is {count} second of video in 24 hours. There is room for this one {countdown}.",
        "Your limit is {count} seconds of video in 24 hours. There is room for this one {countdown}.",
        figure,
    )


def _spending(denial: Denial) -> str:
    if denial.again_at is None:
        return _("This video costs more than the spending limit is. Choose a shorter one, or ask a moderator.")
    return _(_SPENDING[denial.limit]).format(countdown=countdown(denial.again_at))


def spend_warning_sentence(warning: SpendWarning, *, ends_at: datetime) -> str:
    """Say that a cap is near or reached; `ends_at` is when its period ends."""
    of_day = warning.limit is Limit.SERVER_SPEND_PER_DAY
    if warning.percent == REACHED and of_day:
        sentence = _("The server's spending cap for today, {cap}, is reached. There is room again {countdown}.")
    elif warning.percent == REACHED:
        sentence = _("The server's spending cap for this month, {cap}, is reached. There is room again {countdown}.")
    elif of_day:
        sentence = _("{percent} of the server's daily cap are used: {spent} of {cap}. It begins anew {countdown}.")
    else:
        sentence = _("{percent} of the server's monthly cap are used: {spent} of {cap}. It begins anew {countdown}.")
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
    """Give somebody's words behind a spoiler, in one line."""
    return f"||{plain(clip(' '.join(words.split()), limit))}||"
