"""Keeps other people's web pages out: without this, any page that is open in a visitor's browser could act here.

A page elsewhere can send requests to this machine: its browser says whose they are, in `Origin`. One whose own name was
pointed at this machine can read the answers too: its browser still sends that name, in `Host`.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 unless a request names this server by a loopback address, and comes from no other site.

    Programs that are no browsers send no `Origin`.
    """
    own = _own_names(request)
    if request.headers.get("Host", "").lower() not in own:
        return _refused("This server is reached by a loopback address only, such as 127.0.0.1, with its port.")
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin, own):
        return _refused("This is for the sandbox's own page.")
    return await handler(request)


def _own_names(request: web.Request) -> frozenset[str]:
    """Return what `Host` may say: the loopback names, and the address at which the connection arrived."""
    if request.transport is None:
        return frozenset()
    address, port = request.transport.get_extra_info("sockname")[:2]
    listening = f"[{address}]" if ":" in address else address
    names = {f"{name}:{port}" for name in (*LOOPBACK, listening)}
    return frozenset(names | {name.removesuffix(":80") for name in names})


def _is_own(origin: str, own: frozenset[str]) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.netloc.lower() in own


def _refused(sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=403)
