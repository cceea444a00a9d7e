"""The pipeline of a REST request: route, token, faults, rate limit, body, handler, answer, recording."""

import hmac
import json
import re

from aiohttp import web

from sandbox.discord.body import Body, read_body
from sandbox.discord.faults import Fault, Faults
from sandbox.discord.files import FileStore
from sandbox.discord.rate_limits import VIA, RateLimiter, headers
from sandbox.discord.recording import Recording, describe_request, describe_response
from sandbox.discord.refusals import UNAUTHORIZED, DiscordRefusal, RateLimited
from sandbox.discord.rest.routing import Answer, Call, Route, Router
from sandbox.discord.world import World

_VERSIONED = re.compile(r"/api(?:/v\d+)?(/.*)")
CUT = Answer(status=499)
"""Stands for a connection that ended, by a fault or the client: nobody receives it, nothing is recorded."""

_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


class RestEndpoint:
    """Serves `/api/…`; whatever is asked, exactly one answer is given and recorded."""

    def __init__(
        self,
        world: World,
        router: Router,
        files: FileStore,
        limiter: RateLimiter,
        faults: Faults,
        recording: Recording,
    ) -> None:
        self._world = world
        self._router = router
        self._files = files
        self._limiter = limiter
        self._faults = faults
        self._recording = recording

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = _path(request)
        found = self._router.find(request.method, path)
        body = Body(content_type=request.headers.get("Content-Type"))
        extra: dict[str, str] = {"Via": VIA}
        try:
            body = await read_body(request, self._files)
            if found is None:
                answer = _unknown_route(request.method, path)
            else:
                route, parameters = found
                call = Call(parameters=parameters, query=dict(request.query), body=body)
                answer = await self._serve(request, route, call, extra)
        except DiscordRefusal as refusal:
            answer = Answer(status=refusal.status, body=refusal.body())
        except ConnectionError:
            answer = CUT
        response = _respond(answer, extra)
        if answer is CUT:
            return response
        self._recording.exchange(
            describe_request(request.method, request.path, dict(request.query), body),
            describe_response(answer.status, response.headers.get("Content-Type"), answer.body),
        )
        return response

    async def _serve(self, request: web.Request, route: Route, call: Call, extra: dict[str, str]) -> Answer:
        if route.token and not self._is_authorised(request):
            raise UNAUTHORIZED.refusal()
        before = self._faults.take(route.method, route.template, "before")
        if before is not None:
            return _fail(before, request, extra)
        decision = self._limiter.check(*route.rate_limit(call))
        extra |= headers(decision)
        if not decision.allowed:
            raise RateLimited(retry_after=decision.reset_after, is_global=decision.is_global)
        answer = await route.handler(call)
        after = self._faults.take(route.method, route.template, "after")
        return answer if after is None else _fail(after, request, extra)

    def _is_authorised(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bot {self._world.token}".encode())


def _path(request: web.Request) -> str:
    found = _VERSIONED.fullmatch(request.path)
    return found.group(1) if found else request.path


def _unknown_route(method: str, path: str) -> Answer:
    message = f"The local Discord does not implement {method} {path}"
    return Answer(status=501, body={"message": message, "code": 0, "method": method, "route": path})


def _fail(fault: Fault, request: web.Request, extra: dict[str, str]) -> Answer:
    """Return what a fault answers; status 0 cuts the connection instead."""
    if fault.status == 0:
        if request.transport is not None:
            request.transport.abort()
        return CUT
    if fault.status == 429:
        extra["Retry-After"] = str(fault.retry_after)
        extra["X-RateLimit-Scope"] = "global" if fault.is_global else "shared"
        if fault.is_global:
            extra["X-RateLimit-Global"] = "true"
        raise RateLimited(retry_after=fault.retry_after, is_global=fault.is_global)
    if fault.html:
        return Answer(status=fault.status, body=_PAGE.format(f"{fault.status} Error"))
    return Answer(status=fault.status, body={"message": f"{fault.status}: Internal Server Error", "code": 0})


def _respond(answer: Answer, extra: dict[str, str]) -> web.Response:
    """Return the HTTP response, typed exactly `application/json`, as clients compare it."""
    if answer.body is None:
        return web.Response(status=answer.status, headers=extra)
    if isinstance(answer.body, str):
        return web.Response(status=answer.status, text=answer.body, content_type="text/html", headers=extra)
    encoded = json.dumps(answer.body, separators=(",", ":")).encode()
    return web.Response(status=answer.status, body=encoded, headers=extra | {"Content-Type": "application/json"})
