"""What a member may write on a server: its AutoMod rules, and its own list of words.

Who has Manage Server or Administrator is exempt from both, as Discord exempts them from AutoMod.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Protocol

from bot.automod.book import MOST_SERVERS, RulesUnreadable
from bot.automod.keywords import Keyword, KeywordIndex, View, all_views_of
from bot.automod.rules import NO_ONE, Automod, Match, MatchKind
from bot.automod.slices import Ahead, Steps, taken
from bot.gate.denial import Denial, DenialCode
from bot.gate.gate import Asked
from bot.settings.model import BadPattern, GuildSettings

NO_AUTOMOD: Final = Automod(())


class RulesOfServers(Protocol):
    async def rules_for(self, guild_id: int) -> Automod | None:
        """Return a server's AutoMod rules; None where the bot may not read them. Raises `RulesUnreadable`."""
        ...


class WordList:
    """A server's own list of words, made ready."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        parsed = (Keyword.parse(word) for word in words)
        self._index = KeywordIndex((0, keyword) for keyword in parsed if keyword)

    def may_be_long(self, view: View) -> bool:
        return self._index.may_be_long(view.folded)

    def judge(self, views: Mapping[View, int]) -> Match | None:
        for view, number in views.items():
            for hit in self._index.find(view.folded):
                return Match(kind=MatchKind.WORD, found=hit.keyword.written, text=number)
        return None


NO_WORDS: Final = WordList(())


class TextRules:
    """All rules of one server for one moment. Pure."""

    def __init__(self, words: WordList, automod: Automod, *, bad_patterns: BadPattern = BadPattern.BLOCK) -> None:
        self._words = words
        self._automod = automod
        self._bad_patterns = bad_patterns

    def judge(
        self, texts: Sequence[str], *, role_ids: AbstractSet[int] = NO_ONE, channel_ids: AbstractSet[int] = NO_ONE
    ) -> Steps[Match | None]:
        """Find a rule that one of a member's texts breaks. `channel_ids`: the channel, its parent and its category."""
        views = all_views_of(texts)
        long = any(self._words.may_be_long(view) or self._automod.may_be_long(view) for view in views)
        yield Ahead.LONG if long else Ahead.SHORT
        if match := self._words.judge(views):
            return match
        yield Ahead.SHORT
        return (
            yield from self._automod.judge(
                views,
                role_ids=role_ids,
                channel_ids=channel_ids,
                block_unusable=self._bad_patterns is BadPattern.BLOCK,
            )
        )


def text_to_tell(match: Match, asked: Asked, settings: GuildSettings) -> str | None:
    """Return the text that the server's log may show; None if it's empty, or would leave its age restriction."""
    if match.kind is MatchKind.UNUSABLE_PATTERN:
        return None
    if asked.age_restricted and settings.log_channel_id not in asked.age_restricted_channels:
        return None
    return asked.texts[match.text]


class ServerTexts:
    """Judges texts for the gate."""

    def __init__(self, rules: RulesOfServers, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rules = rules
        self._monotonic = monotonic
        self._words: dict[int, WordList] = {}  # by server; the one used longest ago first

    async def denial(self, asked: Asked, settings: GuildSettings) -> Denial | None:
        """Judge `asked.texts`; None where nothing is wrong.

        Where the rules would count and cannot be read, nothing is let through that might break one, unless the server
        has chosen to skip what cannot be applied.
        """
        if asked.manage_guild:
            return None
        try:
            automod = await self._rules.rules_for(asked.guild_id) if settings.automod else None
        except RulesUnreadable:
            if settings.bad_patterns is BadPattern.BLOCK:
                return Denial(code=DenialCode.TEXT_UNCHECKED)
            automod = None
        words = await self._word_list(asked.guild_id, settings.words)
        rules = TextRules(words, automod or NO_AUTOMOD, bad_patterns=settings.bad_patterns)
        places = frozenset(each for each in (asked.channel_id, asked.parent_id, asked.category_id) if each is not None)
        match = await taken(rules.judge(asked.texts, role_ids=asked.role_ids, channel_ids=places), self._monotonic)
        return None if match is None else Denial(code=DenialCode.TEXT, match=match)

    async def _word_list(self, guild_id: int, words: Sequence[str]) -> WordList:
        if not words:
            return NO_WORDS
        known = self._words.pop(guild_id, None)
        if known is None or known.words != tuple(words):
            known = await asyncio.to_thread(WordList, words)
        self._words[guild_id] = known
        if len(self._words) > MOST_SERVERS:
            del self._words[next(iter(self._words))]
        return known
