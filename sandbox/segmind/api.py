"""The API as clients see it: models, requests, credits, the request history."""

import json
from collections.abc import Mapping
from typing import cast

from aiohttp import web

from sandbox.segmind import answers
from sandbox.segmind.catalogue import CATALOG, entry
from sandbox.segmind.history import RowStyle, page, read_query, rows_of, written_id
from sandbox.segmind.inputs import Body
from sandbox.segmind.ledger import Run
from sandbox.segmind.refusals import RefusalError, unknown_request
from sandbox.segmind.service import Service


class Api:
    """Handlers over one `Service`; `base_url` is where clients reach this server."""

    def __init__(self, service: Service, base_url: str) -> None:
        self._service = service
        self._base_url = base_url

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v1/get-user-credits", self.credits)
        router.add_get("/v1/requests/{request_id}", self.status)  # the `poll_url` of a submission
        router.add_post("/v1/{model}", self.blocking)
        router.add_post("/v2/{model}", self.submit)
        router.add_get("/v2/requests/{request_id}/status", self.status)
        router.add_get("/v2/requests/{request_id}", self.result)
        router.add_get("/inference-model-information/list", self.catalog)
        router.add_get("/inference-request/request-history", self.history)
        router.add_get("/inference-request/request-history/{request_id}", self.history_entry)

    async def submit(self, request: web.Request) -> web.Response:
        run = self._service.submit(request.match_info["model"], await read_json(request))
        return web.json_response(answers.submitted(run, self._base_url))

    async def blocking(self, request: web.Request) -> web.Response:
        """Run a model within one request, as v1 does: the answer is the video itself."""
        run = self._service.submit(request.match_info["model"], await read_json(request))
        await self._service.finished(run)
        if run.output is None:
            return web.json_response(answers.failed(run), status=422)
        stored = self._service.ledger.files[run.output]
        return web.Response(
            body=stored.path.read_bytes(),
            content_type=stored.content_type,
            headers={
                "x-seed-value": str(run.seed),
                "x-cost": str(run.charged),
                "x-remaining-credits": str(run.remaining_credits),
            },
        )

    async def status(self, request: web.Request) -> web.Response:
        run = self._service.record(request.match_info["request_id"])
        return web.json_response(answers.status(run, self._base_url), status=_http_status(run))

    async def result(self, request: web.Request) -> web.Response:
        """Answer a finished run's result; one that is not finished answers as it is set to."""
        run = self._service.record(request.match_info["request_id"])
        if run.status in {"QUEUED", "PROCESSING"} and self._service.settings.early_result == "refusal":
            raise RefusalError(409, f"Request {run.request_id} is not finished")
        if run.status != "COMPLETED" or run.output is None:
            return web.json_response(answers.status(run, self._base_url), status=_http_status(run))
        stored = self._service.ledger.files.get(run.output)
        body = answers.result(
            run,
            url=f"{self._base_url}/outputs/{run.output}",
            size=0 if stored is None else stored.path.stat().st_size,
            form=self._service.settings.output_form,
            told_cost=self._service.settings.told_cost,
        )
        return web.json_response(body)

    async def credits(self, _request: web.Request) -> web.Response:
        if not self._service.settings.account_found:
            raise RefusalError(404, "No credits found for the user")
        return web.json_response({"credits": float(self._service.ledger.credits)})

    async def catalog(self, _request: web.Request) -> web.Response:
        """List the models, for anyone: no key is asked for."""
        service = self._service
        entries = [entry(model, service.settings) for model in service.models.values()]
        listed = [each for each in entries if each["slug"] not in service.settings.unlisted_models]
        return web.json_response(listed if service.settings.catalog_form == "list" else {CATALOG: listed})

    async def history(self, request: web.Request) -> web.Response:
        query = read_query(request.query, now=self._service.clock.now())
        return web.json_response(page(self._listed(), query, self._style()))

    async def history_entry(self, request: web.Request) -> web.Response:
        request_id = request.match_info["request_id"]
        for run in self._listed():
            if written_id(run.request_id, self._service.settings.history_ids) == request_id:
                return web.json_response(rows_of(run, self._style())[0])
        raise unknown_request(request_id)

    def _listed(self) -> list[Run]:
        """Give the runs that the history knows by now."""
        settings = self._service.settings
        known = self._service.clock.now() - settings.history_lag
        if settings.history_hidden:
            return []
        return [run for run in self._service.ledger.runs.values() if run.submitted <= known]

    def _style(self) -> RowStyle:
        settings = self._service.settings
        return RowStyle(
            output_url=f"{self._base_url}/outputs",
            body_form=settings.history_body,
            outputs=settings.history_outputs,
            id_form=settings.history_ids,
            told_cost=settings.told_cost,
        )


async def read_json(request: web.Request) -> Body:
    """Read a request's JSON object. Raises RefusalError with 406 for another type, 400 for other JSON."""
    if request.content_type != "application/json":
        raise RefusalError(406, "Invalid content type")
    try:
        body: object = json.loads(await request.read())
    except ValueError:
        raise RefusalError(400, "Invalid JSON in request body") from None
    if not isinstance(body, dict):
        raise RefusalError(400, "Request body must be a JSON object")
    return cast("Mapping[str, object]", body)


def _http_status(run: Run) -> int:
    return 422 if run.status == "FAILED" else 200
