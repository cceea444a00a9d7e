"""What stands before every handler: counting, faults, the key, the rate limit, and how errors look."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from sandbox.segmind.changes import Changes
from sandbox.segmind.clock import iso
from sandbox.segmind.faults import FaultPlan, disturb
from sandbox.segmind.meter import Meter, RateWindow
from sandbox.segmind.refusals import INVALID_KEY, MISSING_KEY, RefusalError, invalid_token
from sandbox.segmind.service import Service
from sandbox.segmind.settings import Operation

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OPERATIONS: Mapping[str, Operation] = {
    "/v1/get-user-credits": "credits",
    "/v1/requests/{request_id}": "status",
    "/v1/{model}": "blocking",
    "/v2/{model}": "submit",
    "/v2/requests/{request_id}/status": "status",
    "/v2/requests/{request_id}": "result",
    "/inference-model-information/list": "catalog",
    "/inference-request/request-history": "history",
    "/inference-request/request-history/{request_id}": "history",
    "/upload-asset": "upload",
    "/assets/{name}": "asset",
    "/outputs/{name}": "output",
}
PUBLIC: frozenset[Operation] = frozenset({"asset", "catalog", "output"})  # no key, no limit
METHOD_NOT_ALLOWED = (
    "<!doctype html>\n<html lang=en>\n<title>405 Method Not Allowed</title>\n"
    "<h1>Method Not Allowed</h1>\n<p>The method is not allowed for the requested URL.</p>\n"
)


class Gateway:
    """The middleware of the public API; `leaks` are the paths of files to which somebody sent a key."""

    def __init__(self, service: Service, *, api_key: str, faults: FaultPlan, changes: Changes) -> None:
        self.meter = Meter()
        self.leaks: list[str] = []
        self._service = service
        self._api_key = api_key
        self._faults = faults
        self._changes = changes
        self._window = RateWindow()

    @property
    def requests_this_minute(self) -> int:
        return self._window.count(self._service.clock.now())

    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Lead a request through; whatever refuses it ends here as the service words it."""
        operation = _operation(request)
        try:
            if operation is None:
                return await handler(request)
            return await self._serve(operation, request, handler)
        except RefusalError as refusal:
            return web.json_response(dict(refusal.body), status=refusal.status, headers=refusal.headers)
        except web.HTTPMethodNotAllowed as error:
            allowed = {"Allow": error.headers["Allow"]}
            return web.Response(status=405, text=METHOD_NOT_ALLOWED, content_type="text/html", headers=allowed)
        except web.HTTPException as error:
            return web.json_response({"error": error.reason}, status=error.status)
        finally:
            if operation is not None or request.method != "GET":  # to look at the state is no change of it
                self._changes.note()

    async def _serve(self, operation: Operation, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._count(operation, request)
        if (fault := self._faults.take(operation, "before")) is not None:
            answer = await disturb(fault, request, None)
            if answer is not None:
                return answer
        if operation not in PUBLIC:
            self._check_key(request)
            self._check_rate()
        response = await handler(request)
        if response.status < 400 and (fault := self._faults.take(operation, "after")) is not None:
            return await disturb(fault, request, response) or response
        return response

    def _count(self, operation: Operation, request: web.Request) -> None:
        limited = operation not in PUBLIC
        self.meter.count(operation, self._service.clock.now(), limited=limited)
        if not limited and "x-api-key" in request.headers:
            self.leaks.append(request.path)
        self._changes.note()

    def _check_key(self, request: web.Request) -> None:
        key = request.headers.get("x-api-key")
        if key is None:
            raise invalid_token() if "Authorization" in request.headers else RefusalError(401, MISSING_KEY)
        if key != self._api_key or not self._service.settings.key_valid:
            raise RefusalError(401, INVALID_KEY)

    def _check_rate(self) -> None:
        settings = self._service.settings
        reset = self._window.admit(self._service.clock.now(), settings.requests_per_minute)
        if reset is None:
            return
        self.meter.too_many += 1
        written = {"iso": iso(reset), "unix": str(int(reset) + 1), "absent": None}[settings.rate_limit_header]
        headers = {} if written is None else {"x-rate-limit-reset-at-utc": written}
        raise RefusalError(429, "Rate limit exceeded. Please try again later", headers=headers)


def _operation(request: web.Request) -> Operation | None:
    """Name what is asked for, by its route; None for the control API and unknown paths."""
    resource = request.match_info.route.resource
    return None if resource is None else OPERATIONS.get(resource.canonical)
