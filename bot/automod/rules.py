"""A server's AutoMod rules as values, and ready to be asked about a text.

Discord applies AutoMod to what members send, and not to what a bot posts for them: without this a prompt on a card
would get past the rules of a server. Rules of the trigger KEYWORD count; a preset's words are not published.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from bot.automod.keywords import Keyword, KeywordIndex, View, is_of_word
from bot.automod.patterns import Pattern, PatternRefused, Subject, compile_pattern
from bot.automod.slices import Ahead, Steps

NO_ONE: Final[frozenset[int]] = frozenset()
# Seconds for all patterns of a server together, of the three in which an interaction must be answered. Usual ones take
# a thousandth of one; sixty that are as bad as their memory allows would take several.
JUDGED_WITHIN: Final = 1.0


class Allowed:
    """An allow list held against one folded text. It is searched only when it is first asked."""

    def __init__(self, keywords: KeywordIndex, folded: str) -> None:
        self._keywords = keywords
        self._folded = folded

    def has(self, start: int, end: int) -> bool:
        """Return whether the list lets pass what stands at a place."""
        starts, ends = self._spans
        place = bisect_right(starts, start) - 1
        return place >= 0 and end <= ends[place]

    @cached_property
    def _spans(self) -> tuple[Sequence[int], Sequence[int]]:
        """Return the starts and the ends of what is allowed, in order, without what lies within something longer."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(self._grown(), key=lambda span: (span[0], -span[1])):
            if not ends or end > ends[-1]:
                starts.append(start)
                ends.append(end)
        return starts, ends

    def _grown(self) -> Iterator[tuple[int, int]]:
        """Yield each place of a keyword, with the rest of the word where the keyword lets it go on."""
        for hit in self._keywords.find(self._folded):
            start = self._word_starts[hit.start] if hit.keyword.open_start else hit.start
            end = self._word_ends[hit.end] if hit.keyword.open_end else hit.end
            yield start, end

    @cached_property
    def _word_starts(self) -> Sequence[int]:
        """Return, for each place, the end included, where the word begins that goes on there; else the place itself."""
        found = [0]
        for place in range(1, len(self._folded) + 1):
            within = place < len(self._folded) and self._of_word[place - 1] and self._of_word[place]
            found.append(found[-1] if within else place)
        return found

    @cached_property
    def _word_ends(self) -> Sequence[int]:
        """Return, for each place, where the word ends that went on there; else the place itself."""
        found = list(range(len(self._folded) + 1))
        for place in range(len(self._folded) - 1, 0, -1):
            if self._of_word[place - 1] and self._of_word[place]:
                found[place] = found[place + 1]
        return found

    @cached_property
    def _of_word(self) -> Sequence[bool]:
        return [is_of_word(char) for char in self._folded]


class RuleKind(StrEnum):
    KEYWORDS = "KEYWORDS"
    PRESET = "PRESET"  # Discord's own lists of words, which are not published


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomodRule:
    """A rule as Discord tells it. Its exemptions are ids; a channel's may be a category's, or a thread's parent's."""

    id: int
    name: str
    kind: RuleKind = RuleKind.KEYWORDS
    enabled: bool = True
    keywords: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()  # regular expressions in Rust's syntax
    allowed: tuple[str, ...] = ()  # keywords for what the rule lets pass
    exempt_role_ids: frozenset[int] = frozenset()
    exempt_channel_ids: frozenset[int] = frozenset()


class MatchKind(StrEnum):
    KEYWORD = "KEYWORD"
    PATTERN = "PATTERN"
    UNUSABLE_PATTERN = "UNUSABLE_PATTERN"  # no one can tell whether it matches
    WORD = "WORD"  # of the server's own list


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which rule a text breaks. Only moderators see it, because knowing a rule helps to evade it."""

    kind: MatchKind
    found: str  # the keyword or pattern as the rule has it
    text: int = 0  # which of the texts, counted from 0
    rule_id: int = 0  # 0: the server's own list
    rule_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusablePattern:
    """A pattern that cannot be applied, and why, in a few English words of an engine."""

    rule: AutomodRule
    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with what was made of its texts."""

    rule: AutomodRule
    patterns: tuple[Pattern, ...]
    allowed: KeywordIndex


@dataclass(slots=True)
class _PatternTime:
    """How long patterns took, without the time that they waited for a thread."""

    seconds: float = 0.0


class Automod:
    """The rules of one server, made ready. Making it takes some milliseconds, so it is done off the event loop."""

    def __init__(self, rules: Sequence[AutomodRule], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self.presets = tuple(rule.name for rule in rules if rule.kind is RuleKind.PRESET and rule.enabled)
        unusable: list[UnusablePattern] = []
        counting = [rule for rule in rules if rule.kind is RuleKind.KEYWORDS and rule.enabled]
        self._rules = [_made_ready(rule, unusable) for rule in counting]
        self.unusable = tuple(unusable)
        self._keywords = KeywordIndex(
            (number, keyword) for number, rule in enumerate(counting) for keyword in _parsed(rule.keywords)
        )

    def may_be_long(self, view: View) -> bool:
        """Return whether it may take long to go through the keywords that are in a view of a text."""
        indexes = (self._keywords, *(ready.allowed for ready in self._rules))
        return any(len(index) and index.may_be_long(view.folded) for index in indexes)

    def judge(
        self,
        views: Mapping[View, int],
        *,
        role_ids: AbstractSet[int] = NO_ONE,
        channel_ids: AbstractSet[int] = NO_ONE,
        block_unusable: bool = True,
    ) -> Steps[Match | None]:
        """Find a rule that one of a member's texts breaks, given as `all_views_of` them: a step for each pattern.

        `channel_ids` are those of the channel, its parent and its category. With `block_unusable` a rule whose pattern
        cannot be applied, or not in time, lets no text pass.
        """
        exempt = {number for number, ready in enumerate(self._rules) if _is_exempt(ready.rule, role_ids, channel_ids)}
        if len(exempt) == len(self._rules) or not views:
            return None
        for view, number in views.items():
            if match := self._keyword(view, number, exempt):
                return match
            yield Ahead.SHORT
        spent = _PatternTime()
        for view, number in views.items():
            if match := (yield from self._pattern(view, number, exempt, spent)):
                return match if block_unusable or match.kind is MatchKind.PATTERN else None
        return self._unusable(role_ids, channel_ids) if block_unusable else None

    def _keyword(self, view: View, number: int, exempt: AbstractSet[int]) -> Match | None:
        allowed = [Allowed(ready.allowed, view.folded) for ready in self._rules]
        for hit in self._keywords.find(view.folded):
            if hit.owner not in exempt and not allowed[hit.owner].has(hit.start, hit.end):
                return _match_of(self._rules[hit.owner].rule, MatchKind.KEYWORD, hit.keyword.written, number)
        return None

    def _pattern(self, view: View, number: int, exempt: AbstractSet[int], spent: _PatternTime) -> Steps[Match | None]:
        """Find a pattern that a view of a text has, or at which the time ran out."""
        subject = Subject(view.text)
        for owner, ready in enumerate(self._rules):
            for pattern in () if owner in exempt else ready.patterns:
                if spent.seconds > JUDGED_WITHIN:
                    return _match_of(ready.rule, MatchKind.UNUSABLE_PATTERN, pattern.written, number)
                began = self._monotonic()
                if _is_outside_of_allowed(ready, pattern, subject):
                    return _match_of(ready.rule, MatchKind.PATTERN, pattern.written, number)
                spent.seconds += self._monotonic() - began
                yield Ahead.SHORT
        return None

    def _unusable(self, role_ids: AbstractSet[int], channel_ids: AbstractSet[int]) -> Match | None:
        for each in self.unusable:
            if not _is_exempt(each.rule, role_ids, channel_ids):
                return _match_of(each.rule, MatchKind.UNUSABLE_PATTERN, each.pattern, 0)
        return None


def _made_ready(rule: AutomodRule, unusable: list[UnusablePattern]) -> _Ready:
    patterns: list[Pattern] = []
    for written in rule.patterns:
        try:
            patterns.append(compile_pattern(written))
        except PatternRefused as refused:
            unusable.append(UnusablePattern(rule=rule, pattern=written, reason=refused.reason))
    return _Ready(rule, tuple(patterns), KeywordIndex((0, keyword) for keyword in _parsed(rule.allowed)))


def _parsed(keywords: Sequence[str]) -> Iterator[Keyword]:
    return (keyword for written in keywords if (keyword := Keyword.parse(written)))


def _is_exempt(rule: AutomodRule, role_ids: AbstractSet[int], channel_ids: AbstractSet[int]) -> bool:
    return bool(rule.exempt_role_ids & role_ids or rule.exempt_channel_ids & channel_ids)


def _is_outside_of_allowed(ready: _Ready, pattern: Pattern, subject: Subject) -> bool:
    """Return whether a text has a pattern somewhere outside of what its rule allows."""
    if not pattern.is_in(subject):
        return False
    allowed = Allowed(ready.allowed, _lower(subject.text))
    return not all(allowed.has(start, end) for start, end in pattern.spans_in(subject))


def _lower(text: str) -> str:
    """Return a text in small letters, each where it was before."""
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _match_of(rule: AutomodRule, kind: MatchKind, found: str, number: int) -> Match:
    return Match(kind=kind, found=found, text=number, rule_id=rule.id, rule_name=rule.name)
