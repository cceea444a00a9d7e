"""What somebody may type or paste, at its worst: nothing of it may ping, break a layout or be refused by Discord."""

from typing import Final

from hypothesis import strategies as st

# What Discord gives a meaning, what reverses, joins or hides, and what other parts of the bot give a meaning.
LIVE: Final = (
    *("@everyone", "@here", "<@123>", "<@!123>", "<@&123>", "<#123>", "</video:123>", "<id:customize>"),
    *("<t:1700000000:R>", "<:fox:123>", "<a:fox:123>", "https://evil.example/x", "[x](https://evil.example)"),
    *("**", "__", "~~", "||", "`", "```", "# ", "-# ", "> ", ">>> ", "- ", "1. ", "\\", "\n", "\r\n", "\u2028"),
    *("\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x00", "\x1b[0m", "\U0001f469\u200d\U0001f467"),
    *("@Image1", "@image99", "@Element1", "{member}", "{0}", "%s", "%(name)s", "&lt;", "<script>"),
)
# Pieces of this and of anything else, and far too much of both.
hostile: Final = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(LIVE), st.text(max_size=4)), max_size=40).map("".join),
    st.builds(
        lambda piece, times: (piece * times)[:4_000],
        st.one_of(st.sampled_from(LIVE), st.text(min_size=1, max_size=4)),
        st.integers(min_value=1, max_value=4_000),
    ),
)
