"""Faults on demand: the next requests that match answer something else, before or after they take effect."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, Self, TypedDict

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sandbox.discord.http.rate_limits import VIA
from sandbox.discord.http.routing import Answer
from sandbox.discord.refusals import BY_CODE, DiscordRefusal, RateLimited

Moment = Literal["before", "after"]
Server = Literal["api", "cdn", "gateway"]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CUT = Answer(status=499)
"""Stands for a connection that ended, by a fault or the client: no client receives it, nothing is recorded."""

RATE_LIMITED = "1015"  # Cloudflare's own code for a client that asked too often

_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_CLOUDFLARE = """<!DOCTYPE html>
<html lang="en-US">
<head><title>{title} | discord.com used Cloudflare to restrict access</title></head>
<body><div id="cf-wrapper"><h1>Error <span>{error}</span></h1><h2>{title}</h2>
<p>The owner of this website (discord.com) has restricted your access.</p>
<span>Cloudflare Ray ID: <strong>0123456789abcdef</strong></span></div></body>
</html>
"""


class FaultFields(TypedDict, total=False):
    """The fields of a `Fault`, as keyword arguments; a wrong value is refused by control."""

    method: str
    route: str
    status: int
    code: int
    message: str
    body: Any
    content_type: str
    headers: dict[str, str]
    times: int
    skip: int
    hold: bool
    moment: str
    server: Server
    retry_after: float
    is_global: bool
    html: bool
    cloudflare: str


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from None
    return text


class Fault(BaseModel):
    """Answers something else to the next `times` requests that match, after letting `skip` of them pass.

    `method` and `route` are regular expressions; a route is found in the template
    (`/channels/{channel_id}/messages`) or in the path itself. `server` names another side than REST: a file's
    address (`cdn`) or the WebSocket's handshake (`gateway`). `moment`: before the request takes effect, or after.

    What is answered, by the first that fits: `status` 0 cuts the connection; `cloudflare` is the error number of
    a Cloudflare page, with Retry-After and without Via; `body` is sent as it is, text as `content_type`
    (`text/html`), everything else as JSON; `html` is a proxy's page; 429 is Discord's own, with `retry_after`
    seconds; otherwise Discord's error object with `code` and `message`. A known `code` brings its status and
    message along. `headers` are added to any of these. With `hold` nothing is disturbed: the request, or after it took
    effect its answer, is only held back until the faults are cleared.
    """

    model_config = ConfigDict(extra="forbid")

    method: Annotated[str, AfterValidator(_pattern)] = ".*"
    route: Annotated[str, AfterValidator(_pattern)] = ".*"
    status: int = 500
    code: int = 0
    message: str = ""
    body: Any = None
    content_type: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    times: int = 1
    skip: int = 0
    hold: bool = False
    moment: Moment = "before"
    server: Server = "api"
    retry_after: float = 1.0
    is_global: bool = False
    html: bool = False
    cloudflare: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Fill in the status and message that belong to a known code, and Cloudflare's usual status."""
        known = BY_CODE.get(self.code)
        if known is not None:
            self.message = self.message or known.message
        if "status" not in self.model_fields_set:
            if known is not None:
                self.status = known.status
            elif self.cloudflare is not None:
                self.status = 429 if self.cloudflare == RATE_LIMITED else 403
        return self

    def matches(self, method: str, *routes: str) -> bool:
        """Tell whether the fault is meant for a request, named by its template and its path."""
        return bool(re.fullmatch(self.method, method)) and any(re.search(self.route, each) for each in routes)

    def answer(self) -> Answer:
        """Return what is answered instead, `CUT` for a connection to be cut."""
        if self.status == 0:
            return CUT
        if self.cloudflare is not None:
            return self._from_cloudflare(self.cloudflare)
        headers = {"Via": VIA, **self.headers}
        if self.body is not None:
            return self._plain(self.body, headers)
        if self.html:
            return self._plain(_PAGE.format(f"{self.status} Error"), headers)
        if self.status == 429:
            return self._rate_limited(headers)
        refusal = DiscordRefusal(self.status, self.code, self.message or f"{self.status}: Internal Server Error")
        return self._plain(refusal.body(), headers)

    def _plain(self, body: object, headers: dict[str, str]) -> Answer:
        return Answer(status=self.status, body=body, content_type=self.content_type, headers=headers)

    def _rate_limited(self, headers: dict[str, str]) -> Answer:
        refusal = RateLimited(retry_after=self.retry_after, is_global=self.is_global)
        found = {"Retry-After": str(self.retry_after), "X-RateLimit-Scope": "global" if self.is_global else "shared"}
        if self.is_global:
            found["X-RateLimit-Global"] = "true"
        body = refusal.body() | {"code": self.code, "message": self.message or refusal.message}
        return self._plain(body, {**found, **headers})

    def _from_cloudflare(self, error: str) -> Answer:
        title = "You are being rate limited" if error == RATE_LIMITED else "Access denied"
        headers = {"Server": "cloudflare", "CF-RAY": "0123456789abcdef-FRA", "Retry-After": f"{self.retry_after:g}"}
        return Answer(
            status=self.status,
            body=_CLOUDFLARE.format(title=title, error=error) if self.body is None else self.body,
            content_type=self.content_type or "text/html; charset=UTF-8",
            headers={**headers, **self.headers},
        )


class Faults:
    """The faults that are set; each is used up by the requests it answers."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults, and let what they hold go on."""
        self._faults.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    async def held(self) -> None:
        """Wait until the faults are cleared."""
        await self._cleared.wait()

    def take(self, method: str, *routes: str, moment: Moment, server: Server = "api") -> Fault | None:
        """Return the first fault for a request, counting it as used."""
        waiting = [each for each in self._faults if each.times and (each.moment, each.server) == (moment, server)]
        for fault in waiting:
            if not fault.matches(method, *routes):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None

    def around(self, server: Server, handler: Handler) -> Handler:
        """Return a handler of another server than REST that fails, or is held back, before it does anything."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            fault = self.take(request.method, request.path, moment="before", server=server)
            if fault is not None and not fault.hold:
                return disturb(fault, request).response()
            if fault is not None:
                await self.held()
            return await handler(request)

        return guarded


def disturb(fault: Fault, request: web.Request) -> Answer:
    """Return what a fault answers to a request, having cut its connection where it says so."""
    answer = fault.answer()
    if answer is CUT and request.transport is not None:
        request.transport.abort()
    return answer
