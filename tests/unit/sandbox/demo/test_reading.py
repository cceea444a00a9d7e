"""A message in the terminal, as a member's client shows it."""

import pytest

from sandbox.demo.reading import Reader


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("Use </mod block:1576784143335817234> or </videos:15>.", "Use /mod block or /videos."),
        ("**Hi**, <@7> and <@!8>", "Hi, @ada and @unknown-user"),
        ("<t:1180:R> and <t:880:R>", "in 3 minutes and 2 minutes ago"),
        (r"2 \* 3, `code`", "2 * 3, code"),
        ("### Done\n-# small", "Done\nsmall"),
        ("a < b: c > d", "a < b: c > d"),
    ],
)
def test_discords_markup_is_read(markup: str, shown: str) -> None:
    assert Reader(names={7: "ada"}, now=lambda: 1_000.0).read(markup) == shown
