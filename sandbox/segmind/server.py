"""The local Segmind: one port that serves the API, its files and its control."""

import random
import secrets
import socket
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from sandbox.segmind.api import Api
from sandbox.segmind.catalogue import MODELS, Model
from sandbox.segmind.changes import Changes
from sandbox.segmind.clock import ServiceClock, http_date
from sandbox.segmind.control.routes import Control
from sandbox.segmind.faults import FaultPlan
from sandbox.segmind.films.film import STANDARD, RenderQuality
from sandbox.segmind.films.renderer import Renderer
from sandbox.segmind.gateway import Gateway, Handler
from sandbox.segmind.ledger import Ledger
from sandbox.segmind.reports import SegmindDescription
from sandbox.segmind.service import Service
from sandbox.segmind.settings import Settings
from sandbox.segmind.storage import Storage
from sandbox.strangers import refuse_strangers

MAX_BODY = 128 * 1024 * 1024  # bytes; uploads come as base64
GRACE = 0.5  # seconds that a request in flight has when the sandbox closes


class SegmindSandbox:
    """Segmind on loopback: `async with SegmindSandbox() as segmind: segmind.describe()`.

    `speed` divides queue and run times (a 194 s run takes 5 s at 40), `requests_per_minute` is the
    key's rate limit, `credits` the balance in USD. `seed` repeats run times, seeds and ids.
    `models` are those it knows. `settings` goes further; `speed` and `requests_per_minute` here take
    precedence over it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 40.0,
        requests_per_minute: int = 60,
        credits: Decimal = Decimal(50),  # noqa: A002 - the service's own word
        clock: ServiceClock | None = None,
        seed: int | None = None,
        quality: RenderQuality = STANDARD,
        settings: Settings | None = None,
        models: Sequence[Model] = tuple(MODELS.values()),
    ) -> None:
        self._host = host
        self._port = port
        self._credits = credits
        self._clock = clock
        self._randomness = random.Random(seed)  # noqa: S311 - for run times and ids, not for secrets
        self._quality = quality
        self._models = {model.slug: model for model in models}
        rates: dict[str, object] = {"speed": speed, "requests_per_minute": requests_per_minute}
        self._settings = (settings or Settings()).changed(rates)
        self._api_key = f"SG_{secrets.token_hex(8)}"
        self._stack = AsyncExitStack()
        self._service: Service | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def describe(self) -> SegmindDescription:
        """Say where this sandbox is reached; everything is under one address."""
        base_url = f"http://{self._host}:{self._port}"
        settings = self._settings if self._service is None else self._service.settings
        return {
            "api_url": base_url,
            "history_url": base_url,
            "storage_url": base_url,
            "output_url": base_url,
            "output_host": f"{self._host}:{self._port}",
            "control_url": f"{base_url}/sandbox",
            "api_key": self._api_key,
            "requests_per_minute": settings.requests_per_minute,
            "speed": settings.speed,
        }

    async def _start(self, stack: AsyncExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="segmind-sandbox-")))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        renderer = Renderer(folder, self._quality)
        stack.push_async_callback(renderer.close)
        changes = Changes()
        service = Service(
            clock=self._clock or ServiceClock(),
            ledger=Ledger(credits=self._credits, randomness=self._randomness),
            settings=self._settings,
            session=session,
            renderer=renderer,
            randomness=self._randomness,
            changes=changes,
            models=self._models,
        )
        stack.push_async_callback(service.close)
        listening = socket.create_server((self._host, self._port))
        self._port = listening.getsockname()[1]
        runner = web.AppRunner(
            _application(service, changes, api_key=self._api_key, base_url=self.describe()["api_url"], folder=folder),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=GRACE,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()
        self._service = service


def _application(service: Service, changes: Changes, *, api_key: str, base_url: str, folder: Path) -> web.Application:
    """Put the API, its files and its control behind the gateway, all dated by the service's clock."""
    faults = FaultPlan(randomness=service.randomness)
    gateway = Gateway(service, api_key=api_key, faults=faults, changes=changes)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await gateway.handle(request, handler)

    async def date(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = http_date(service.clock.now())

    app = web.Application(middlewares=[refuse_strangers, guard], client_max_size=MAX_BODY)
    app.on_response_prepare.append(date)
    Api(service, base_url).add_routes(app.router)
    Storage(service, base_url, folder).add_routes(app.router)
    Control(service, gateway, faults, changes).add_routes(app.router)
    return app
