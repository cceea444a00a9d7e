"""What a REST route is, how a path finds its route, and what it answers."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.discord.http.body import FORM, JSON, MULTIPART, Body
from sandbox.discord.json_fields import snowflake
from sandbox.discord.refusals import NOT_FOUND

MESSAGE_BODIES = (JSON, FORM, MULTIPART)
"""What routes take that carry a message."""

MAJOR = ("channel_id", "guild_id", "webhook_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that found its route: the path's parameters, the query and the body."""

    parameters: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Body = field(default_factory=Body)

    def id(self, name: str) -> int:
        """Return a parameter that is a snowflake; anything else is a 404, as Discord answers."""
        found = snowflake(self.parameters[name])
        if found is None:
            raise NOT_FOUND.refusal()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a route answers: a `body` as JSON, text as a page of HTML, or none with a 204."""

    status: int = 200
    body: object = None
    content_type: str | None = None  # instead of the body's own
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def response(self) -> web.Response:
        """Return the HTTP response, typed exactly `application/json`, as clients compare it."""
        headers = dict(self.headers)
        if self.body is None:
            return web.Response(status=self.status, headers=headers)
        is_text = isinstance(self.body, str)
        headers["Content-Type"] = self.content_type or ("text/html; charset=utf-8" if is_text else "application/json")
        written = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        return web.Response(status=self.status, body=written.encode(), headers=headers)


NO_CONTENT = Answer(status=204)
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path template; `token` tells whether the bot's token is needed.

    `bucket` names its rate limit; routes without one share the default limit, each on its own. `bodies` are the
    content types that it takes.
    """

    method: str
    template: str
    handler: Handler
    bucket: str = ""
    token: bool = True
    bodies: Sequence[str] = (JSON,)

    def rate_limit(self, call: Call) -> tuple[str, str]:
        """Return the bucket and the major parameter that a call counts for."""
        major = next((call.parameters[name] for name in MAJOR if name in call.parameters), "")
        return self.bucket or f"{self.method} {self.template}", major + call.parameters.get("token", "")


class Router:
    """Finds the route of a method and path among all that the sandbox knows."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(_pattern(route.template), route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and its parameters, or `None`: not part of this Discord."""
        for pattern, route in self._routes:
            found = pattern.fullmatch(path)
            if found and route.method == method:
                return route, found.groupdict()
        return None


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))
