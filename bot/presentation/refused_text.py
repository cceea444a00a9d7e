"""What a server's moderators read of a text that its rules did not allow: the rule, which members are never told."""

from collections.abc import Mapping
from typing import Final

from bot.automod.rules import Match, MatchKind
from bot.ui.language import N_, _
from bot.ui.text import clip, plain

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
        "Change the pattern, or have such patterns skipped with `/settings filters patterns`."
    ),
    MatchKind.WORD: N_("A request of {member} in {channel} was refused: {found} is among the server's own words."),
}


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
