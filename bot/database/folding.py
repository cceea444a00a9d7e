"""What a search makes no difference between."""

import unicodedata


def search_key(text: str) -> str:
    """Fold a text for the search: case, width and composed letters make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
