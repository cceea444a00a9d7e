"""The pipeline of a REST request: route, token, faults, rate limit, body, handler, answer, recording."""

import hmac
import re
from dataclasses import replace

from aiohttp import web

from sandbox.discord.http.body import Body, read_body
from sandbox.discord.http.faults import CUT, Faults, disturb
from sandbox.discord.http.files import FileStore
from sandbox.discord.http.rate_limits import VIA, RateLimiter, headers
from sandbox.discord.http.recording import Recording, describe_request, describe_response
from sandbox.discord.http.routing import Answer, Call, Route, Router
from sandbox.discord.refusals import UNAUTHORIZED, DiscordRefusal, RateLimited
from sandbox.discord.world.world import World

_VERSIONED = re.compile(r"/api(?:/v\d+)?(/.*)")


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
        try:
            if found is None:
                answer = _unknown_route(request.method, path)
            else:
                route, parameters = found
                body = await read_body(request, self._files, route.bodies)
                call = Call(parameters=parameters, query=dict(request.query), body=body)
                answer = await self._disturbed(request, path, route, call)
        except DiscordRefusal as refusal:
            answer = _refused(refusal)
        except ConnectionError:
            answer = CUT
        response = answer.response()
        if answer is CUT:
            return response
        self._recording.exchange(
            describe_request(request.method, request.path, dict(request.query), body),
            describe_response(answer.status, response.headers.get("Content-Type"), answer.body),
        )
        return response

    async def _disturbed(self, request: web.Request, path: str, route: Route, call: Call) -> Answer:
        """Serve a request unless a fault stands before it; one that took effect may be answered by a fault too."""
        before = self._faults.take(route.method, route.template, path, moment="before")
        if before is not None and before.hold:
            await self._faults.held()
        elif before is not None:
            return disturb(before, request)
        answer = await self._serve(request, route, call)
        if answer.status >= 400:
            return answer
        after = self._faults.take(route.method, route.template, path, moment="after")
        if after is not None and after.hold:
            await self._faults.held()
            return answer
        return answer if after is None else disturb(after, request)

    async def _serve(self, request: web.Request, route: Route, call: Call) -> Answer:
        """Answer by the route's handler; a refusal of the route's carries its rate limit's headers too."""
        if route.token and not self._is_authorised(request):
            raise UNAUTHORIZED.refusal()
        decision = self._limiter.check(*route.rate_limit(call))
        extra = {"Via": VIA, **headers(decision)}
        try:
            if not decision.allowed:
                raise RateLimited(retry_after=decision.reset_after, is_global=decision.is_global)
            answer = await route.handler(call)
        except DiscordRefusal as refusal:
            answer = _refused(refusal)
        return replace(answer, headers={**extra, **answer.headers})

    def _is_authorised(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bot {self._world.token}".encode())


def _path(request: web.Request) -> str:
    found = _VERSIONED.fullmatch(request.path)
    return found.group(1) if found else request.path


def _unknown_route(method: str, path: str) -> Answer:
    message = f"The local Discord does not implement {method} {path}"
    return Answer(status=501, body={"message": message, "code": 0, "method": method, "route": path})


def _refused(refusal: DiscordRefusal) -> Answer:
    return Answer(status=refusal.status, body=refusal.body(), headers={"Via": VIA})
