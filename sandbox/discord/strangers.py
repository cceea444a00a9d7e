"""Keeps other people's web pages out: a browser lets them send requests to this machine, and says whose they are.

Without this any page that is open in a visitor's browser could act as a member here.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 to a request whose `Origin` is another site; programs send none."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return web.json_response({"error": "This is for the sandbox's own page."}, status=403)
    return await handler(request)
