"""The control API: what the sandbox saw, and how it shall behave from now on."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import cast

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from sandbox.segmind.changes import Changes
from sandbox.segmind.faults import FaultPlan
from sandbox.segmind.gateway import Gateway
from sandbox.segmind.ledger import Run
from sandbox.segmind.refusals import RefusalError
from sandbox.segmind.reports import FetchReport, RequestReport, StateReport
from sandbox.segmind.service import Service
from sandbox.segmind.settings import Fault, ForeignRequest

MAX_WAIT = 30.0  # seconds of a long poll
REPORTS_PER_SECOND = 5_000  # of single requests, to one who follows the state
FAULTS = TypeAdapter(list[Fault])


class Control:
    """Handlers under `/sandbox`, for tests and pages; no key, as they are no part of the service."""

    def __init__(self, service: Service, gateway: Gateway, faults: FaultPlan, changes: Changes) -> None:
        self._service = service
        self._gateway = gateway
        self._faults = faults
        self._changes = changes

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/sandbox/state", _checked(self.state))
        router.add_post("/sandbox/faults", _checked(self.add_faults))
        router.add_delete("/sandbox/faults", _checked(self.clear_faults))
        router.add_post("/sandbox/settings", _checked(self.change_settings))
        router.add_post("/sandbox/requests", _checked(self.insert_request))
        router.add_post("/sandbox/clock", _checked(self.advance_clock))

    async def state(self, request: web.Request) -> web.Response:
        """Report everything; `?after=VERSION` waits until there is something newer than that.

        The larger the state, the longer changes are gathered, so that watching it stays cheap.
        """
        after = request.query.get("after")
        if after is not None:
            await self._changes.beyond(int(after), seconds=MAX_WAIT)
            await asyncio.sleep(len(self._service.ledger.runs) / REPORTS_PER_SECOND)
        return web.json_response(self.report())

    async def add_faults(self, request: web.Request) -> web.Response:
        """Add a list of faults to those in force."""
        self._faults.faults += FAULTS.validate_json(await request.read())
        return self._faults_answer()

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self._faults.faults.clear()
        return self._faults_answer()

    async def change_settings(self, request: web.Request) -> web.Response:
        """Change what the object names; `credits` is the account's balance from now on."""
        changes = cast("dict[str, object]", json.loads(await request.read()))
        balance = changes.pop("credits", None)
        self._service.settings = self._service.settings.changed(changes)
        if balance is not None:
            self._service.ledger.credits = Decimal(str(balance))
        return web.json_response(self._service.settings.model_dump(mode="json"))

    async def insert_request(self, request: web.Request) -> web.Response:
        """Put requests into the history that somebody else with the same key made."""
        runs = self._service.insert_foreign(ForeignRequest.model_validate_json(await request.read()))
        return web.json_response({"request_ids": [run.request_id for run in runs]})

    async def advance_clock(self, request: web.Request) -> web.Response:
        """Move the service's clock by `seconds`."""
        body = cast("dict[str, float]", json.loads(await request.read()))
        self._service.clock.advance(float(body["seconds"]))
        return web.json_response({"now": self._service.clock.now()})

    def report(self) -> StateReport:
        service, meter = self._service, self._gateway.meter
        charges = list(service.ledger.charges())
        return {
            "version": self._changes.version,
            "now": service.clock.now(),
            "requests": [_request_report(run) for run in service.ledger.runs.values()],
            "charges": len(charges),
            "charged_usd": float(sum(charges)),
            "credits": float(service.ledger.credits),
            "operations": dict(meter.by_operation),
            "too_many_requests": meter.too_many,
            "busiest_minute": meter.busiest,
            "this_minute": self._gateway.requests_this_minute,
            "fetched": [
                FetchReport(url=fetched.url, status=fetched.status, refusal=fetched.refusal)
                for fetched in service.fetched
            ],
            "key_leaks": self._gateway.leaks,
            "faults": [fault.model_dump(mode="json") for fault in self._faults.faults],
            "settings": service.settings.model_dump(mode="json"),
        }

    def _faults_answer(self) -> web.Response:
        return web.json_response([fault.model_dump(mode="json") for fault in self._faults.faults])


def _request_report(run: Run) -> RequestReport:
    return {
        "request_id": run.request_id,
        "model": run.model,
        "state": run.status,
        "body": dict(run.body),
        "created": run.submitted,
        "finished": run.finished,
        "charged": float(run.charged),
        "foreign": run.inputs is None,
        "error": run.error,
        "output": run.output,
    }


def _checked(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turn what is wrong with a control request into a 400 that says so."""

    async def checked(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except ValidationError as error:
            raise RefusalError(400, {"error": json.loads(error.json(include_url=False))}) from None
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
            raise RefusalError(400, f"{type(error).__name__}: {error}") from None

    return checked
