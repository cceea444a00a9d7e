"""Attachment addresses that end: a path signed with when it was issued and until when it holds.

Discord's own parameters: `ex` and `is` are hexadecimal Unix seconds, `hm` is the signature
(https://docs.discord.com/developers/reference#signed-attachment-cdn-urls).
"""

import hmac
from collections.abc import Callable, Mapping


class UrlSigner:
    """Signs and verifies the paths of a CDN; whoever knows `secret` can issue addresses.

    `clock` tells Unix seconds, `lifetime` is in seconds.
    """

    def __init__(self, secret: bytes, clock: Callable[[], float], lifetime: float = 86400) -> None:
        self._secret = secret
        self._clock = clock
        self._lifetime = lifetime

    def sign(self, path: str) -> str:
        """Return `path` with its three parameters, and the trailing `&` that Discord leaves."""
        issued = int(self._clock())
        ex, is_ = f"{int(issued + self._lifetime):x}", f"{issued:x}"
        return f"{path}?ex={ex}&is={is_}&hm={self._signature(path, ex, is_)}&"

    def verify(self, path: str, query: Mapping[str, str]) -> bool:
        """Tell whether `query` is a signature of ours for this very path, and still holds."""
        ex, is_, hm = query.get("ex", ""), query.get("is", ""), query.get("hm", "")
        if not hmac.compare_digest(hm.encode(), self._signature(path, ex, is_).encode()):
            return False
        return self._clock() < int(ex, 16)

    def _signature(self, path: str, ex: str, is_: str) -> str:
        return hmac.digest(self._secret, f"{path}\n{ex}\n{is_}".encode(), "sha256").hex()
