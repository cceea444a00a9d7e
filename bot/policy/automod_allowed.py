"""What an allow list lets pass in a text: whatever lies as a whole within one of its words or phrases."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from bot.policy.words import KeywordIndex, is_of_word


class Allowed:
    """An allow list held against one folded text; nothing is looked at before something is asked for."""

    def __init__(self, keywords: KeywordIndex, folded: str) -> None:
        self._keywords = keywords
        self._folded = folded

    def has(self, start: int, end: int) -> bool:
        """Tell whether the list lets pass what stands at a place."""
        starts, ends = self._spans
        place = bisect_right(starts, start) - 1
        return place >= 0 and end <= ends[place]

    @cached_property
    def _spans(self) -> tuple[Sequence[int], Sequence[int]]:
        """Give the starts and the ends of what is allowed, in order, without what lies within something longer."""
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
        """Give for each place, the end included, where the word begins that goes on there; else the place itself."""
        found = [0]
        for place in range(1, len(self._folded) + 1):
            within = place < len(self._folded) and self._of_word[place - 1] and self._of_word[place]
            found.append(found[-1] if within else place)
        return found

    @cached_property
    def _word_ends(self) -> Sequence[int]:
        """Give for each place where the word ends that went on there; else the place itself."""
        found = list(range(len(self._folded) + 1))
        for place in range(len(self._folded) - 1, 0, -1):
            if self._of_word[place - 1] and self._of_word[place]:
                found[place] = found[place + 1]
        return found

    @cached_property
    def _of_word(self) -> Sequence[bool]:
        return [is_of_word(char) for char in self._folded]
