"""What is done with what Discord sent before anyone reads it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.ui.text import replace_nul

TEXTS = st.text(st.sampled_from("a\0é\N{REPLACEMENT CHARACTER}"), max_size=4)
SENT = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "options"]), inner),
    max_leaves=12,
)


def texts_in(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for part in parts for text in texts_in(part)]


@given(data=SENT)
def test_no_text_has_nul_and_every_other_sign_stays(data: Any) -> None:
    before = texts_in(data)
    after = texts_in(replace_nul(data))
    assert after == [text.replace("\0", "\N{REPLACEMENT CHARACTER}") for text in before]


@given(parts=st.dictionaries(st.sampled_from(["value", "options"]), SENT))
def test_what_is_sent_is_changed_in_its_place(parts: dict[str, Any]) -> None:
    assert replace_nul(parts) is parts
    assert not any("\0" in text for text in texts_in(parts))
