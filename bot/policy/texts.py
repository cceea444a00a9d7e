"""What a member may write on a server: its AutoMod rules, and its own list of words.

Who has Manage Server or Administrator is exempt from both, as Discord exempts them from AutoMod.
"""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Protocol

from bot.policy.automod import NO_ONE, Automod, Match, MatchKind
from bot.policy.denial import Denial, DenialCode
from bot.policy.gate import Asked
from bot.policy.guild_settings import BadPattern, GuildSettings
from bot.policy.words import Keyword, KeywordIndex, views_of

NO_AUTOMOD: Final = Automod(())


class RulesUnreadable(Exception):
    """A server's rules would count, and cannot be read right now."""


class RulesOfServers(Protocol):
    async def rules_for(self, guild_id: int) -> Automod:
        """Give a server's AutoMod rules; none where the bot may not read them. Raises `RulesUnreadable`."""
        ...


class WordList:
    """A server's own list of words, made ready."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        parsed = (Keyword.parse(word) for word in words)
        self._index = KeywordIndex((0, keyword) for keyword in parsed if keyword)

    def judge(self, texts: Sequence[str]) -> Match | None:
        for number, text in enumerate(texts):
            for view in views_of(text):
                for hit in self._index.find(view.folded):
                    return Match(kind=MatchKind.WORD, found=hit.keyword.written, text=number)
        return None


class TextRules:
    """All rules of one server for one moment. Pure, and quick enough to be asked at each request."""

    def __init__(self, words: WordList, automod: Automod, *, bad_patterns: BadPattern = BadPattern.BLOCK) -> None:
        self._words = words
        self._automod = automod
        self._bad_patterns = bad_patterns

    def judge(
        self, texts: Sequence[str], *, role_ids: AbstractSet[int] = NO_ONE, channel_ids: AbstractSet[int] = NO_ONE
    ) -> Match | None:
        """Find a rule that one of a member's texts breaks. `channel_ids`: the channel, its parent and its category."""
        return self._words.judge(texts) or self._automod.judge(
            texts,
            role_ids=role_ids,
            channel_ids=channel_ids,
            block_unusable=self._bad_patterns is BadPattern.BLOCK,
        )


class ServerTexts:
    """Judges texts for the gate."""

    def __init__(self, rules: RulesOfServers) -> None:
        self._rules = rules
        self._words: dict[int, WordList] = {}

    async def denial(self, asked: Asked, settings: GuildSettings) -> Denial | None:
        """Judge `asked.texts`; None where nothing is wrong."""
        if asked.manage_guild:
            return None
        try:
            automod = await self._rules.rules_for(asked.guild_id) if settings.automod else NO_AUTOMOD
        except RulesUnreadable:
            if settings.bad_patterns is BadPattern.BLOCK:
                return Denial(code=DenialCode.TEXT_UNCHECKED)
            automod = NO_AUTOMOD
        rules = TextRules(
            await self._word_list(asked.guild_id, settings.words), automod, bad_patterns=settings.bad_patterns
        )
        places = frozenset(each for each in (asked.channel_id, asked.parent_id, asked.category_id) if each is not None)
        match = await asyncio.to_thread(rules.judge, asked.texts, role_ids=asked.role_ids, channel_ids=places)
        return Denial(code=DenialCode.TEXT, rule=match.rule_name or match.found) if match else None

    async def _word_list(self, guild_id: int, words: Sequence[str]) -> WordList:
        known = self._words.get(guild_id)
        if known is None or known.words != tuple(words):
            known = self._words[guild_id] = await asyncio.to_thread(WordList, words)
        return known
