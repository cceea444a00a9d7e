"""One life of the bot's process in the simulated world: the real services and cogs over simulated peers."""

# pyright: reportPrivateUsage=false
# It takes the place of what the libraries keep to themselves.

import asyncio
import contextlib
import gc
import importlib
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import Context, copy_context
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import discord
from discord.http import Route
from pydantic import SecretStr

from bot.app import Reelcast
from bot.config import Settings
from bot.media.errors import FetchFailed, FetchGone
from bot.media.fetch import Fetched
from bot.media.images.checker import CleanImage
from bot.media.videos.checker import VideoFacts
from bot.services import open_services
from bot.ui.language import read_catalogues
from simulation.database import called_in_order
from simulation.http import Session
from simulation.loop import LIFE, Life
from simulation.world import World


class VirtualClock:
    """The bot's clock: the loop's time, and a time of day that can be wrong."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now() + self._world.clock_error

    def monotonic(self) -> float:
        return self._world.loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Process:
    """A bot that lives until it is killed or told to stop."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.life = Life(f"life-{number}")
        self.context: Context = copy_context()
        self.context.run(LIFE.set, self.life)
        self.bot: Reelcast | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        return self.bot is not None and not self.life.dead and not self.life.frozen

    @property
    def ended(self) -> bool:
        return self._task is not None and self._task.done()

    def start(self) -> None:
        self._task = self.world.loop.create_task(self._run(), name=self.life.name, context=self.context)

    async def stop(self) -> None:
        """End in good order, as after SIGTERM."""
        self._stop.set()
        if self._task is not None:
            await asyncio.wait({self._task})
        self.life.dead = True
        self.world.disk.close_all_of(self.life)

    def kill(self) -> None:
        """Take everything in memory away at once: no `finally` has an effect on the world from now on."""
        self.life.dead = True
        self.bot = None
        self.world.disk.close_all_of(self.life)
        while self.life.tasks:  # what is closed may begin another in its last moment
            task, context = self.life.tasks.popitem()
            task._log_destroy_pending = False  # type: ignore[attr-defined] # noqa: SLF001 - it is meant to be gone
            with contextlib.suppress(BaseException):  # in its own context, where it can neither log nor begin anything
                context.run(task.get_coro().close)  # type: ignore[union-attr]
        self.context.run(gc.collect)

    def deliver(self, payload: dict[str, Any]) -> None:
        """Hand an interaction to the bot as its gateway would."""
        bot = self.bot
        if self.ready and bot is not None:
            state: Any = bot._connection  # noqa: SLF001 - where the gateway hands events over
            self.world.loop.call_soon(state.parse_interaction_create, payload, context=self.context)

    def tell(self, event: str, payload: dict[str, Any]) -> None:
        """Hand any other event of the gateway to the bot."""
        bot = self.bot
        if self.ready and bot is not None:
            parse = getattr(bot._connection, f"parse_{event}")  # noqa: SLF001
            self.world.loop.call_soon(parse, payload, context=self.context)

    async def _run(self) -> None:
        world = self.world
        settings = _settings(world)
        bot = Reelcast(shard_count=1)
        try:
            async with bot, open_services(settings, bot, clock=VirtualClock(world), metrics=bot.metrics) as services:
                bot.services = services
                await self._log_in(bot)
                self.bot = bot
                await self._stop.wait()
        except Exception as error:  # noqa: BLE001 - a bot that does not start is started again
            world.note("process_ended", error=repr(error))
        finally:
            self.bot = None

    async def _log_in(self, bot: Reelcast) -> None:
        """Do what discord.py's login does, and let the gateway's first events come."""
        world = self.world
        http: Any = bot.http
        http._HTTPClient__session = Session(world.discord.serve, world.weather.discord, http.http_trace)  # noqa: SLF001
        http.token = "token"  # noqa: S105
        http._global_over = asyncio.Event()  # noqa: SLF001
        http._global_over.set()  # noqa: SLF001
        state: Any = bot._connection  # noqa: SLF001
        bot.door.open()
        me = await http.request(Route("GET", "/users/@me"))
        state.user = discord.ClientUser(state=state, data=me)
        state.application_id = world.discord.application_id
        for guild in world.discord.guilds.values():
            state._add_guild_from_data(world.discord.guild_json(guild) | {"shard_id": 0})  # noqa: SLF001
        bot._ready = asyncio.Event()  # noqa: SLF001
        bot._ready.set()  # noqa: SLF001

        # Extensions are set up from the modules as they are: to execute them anew takes half a second.
        async def set_up(name: str) -> None:
            await importlib.import_module(name).setup(bot)

        with patch.object(bot, "load_extension", set_up):
            await bot.setup_hook()


def _settings(world: World) -> Settings:
    return Settings.model_validate(
        {
            "discord_token": SecretStr("token"),
            "segmind_api_key": SecretStr("SG_0123456789abcdef"),
            "database_url": f"sqlite:///{world.folder}/reelcast.db",
            "data_dir": world.folder / "data",
            "segmind_requests_per_minute": world.rate,
            "spend_limit_usd_per_day": world.spend_limit,
            "segmind_max_in_flight": 40,
        }
    )


class _Images:
    """Pictures by their results: what is in them does not matter here."""

    async def clean(self, source: Path, target: Path, _rules: object, **_limits: int) -> CleanImage:
        await asyncio.sleep(0.3)
        path = target.with_suffix(".jpg")
        shutil.copyfile(source, path)
        return CleanImage(path=path, content_type="image/jpeg", width=1280, height=720, fingerprint="0" * 32)

    def expect(self) -> None:
        """No process is started."""

    async def aclose(self) -> None:
        """No process has to end."""


class _Videos:
    async def inspect(self, path: Path) -> VideoFacts:
        await asyncio.sleep(0.1)
        size = path.stat().st_size
        return VideoFacts(
            width=1280,
            height=720,
            duration_seconds=5.0,
            frame_rate=24.0,
            codec="h264",
            audio=False,
            size=size,
            container="mp4",
            plays=True,
        )


class _Fetcher:
    """Downloads by their results, which the plan draws."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def fetch(self, url: str, destination: Path, **_limits: int) -> Fetched:
        await asyncio.sleep(self._world.rng.uniform(0.2, 6.0))
        trouble = self._world.weather.fetch(of_ours="images.segmind" not in url)
        if trouble == "gone":
            raise FetchGone("a host", 404)
        if trouble:
            raise FetchFailed("a host", trouble)
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(b"something")
        return Fetched(size=9, content_type=None, sha256="0" * 64)


@contextmanager
def real_code_in(world: World) -> Generator[None]:
    """Let the bot's modules see the world's time and peers wherever they would see the machine's."""
    read_catalogues()
    now = _frozen_datetime(world)
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch("sys.unraisablehook", _ignored))  # a killed life's coroutines end as they can
        stack.enter_context(called_in_order(world.disk))
        stand_ins: dict[str, Any] = {
            "bot.segmind_account.open_segmind_session": world.segmind_session,
            "bot.media.fetch.open_fetch_session": _no_session,
            "bot.media.fetch.Fetcher": partial(_fetcher, world),
            "bot.resources.ImageChecker": _Images,
            "bot.engine.VideoChecker": _Videos,
            "bot.app.monotonic": world.loop.time,
            "bot.app.SystemClock": partial(VirtualClock, world),
            "bot.services.read_catalogues": lambda: None,
            "bot.segmind_account.monotonic": world.loop.time,
            "bot.discord_api.leave_by.monotonic": world.loop.time,
            "bot.jobs.clock.monotonic": world.loop.time,
            "bot.segmind.client.datetime": now,
            "discord.utils.utcnow": world.now,
        }
        for name, value in stand_ins.items():
            stack.enter_context(patch(name, value))
        yield


def _ignored(_unraisable: object) -> None:
    return None


def _no_session(*_: object) -> "_NoSession":
    return _NoSession()


def _fetcher(world: World, *_: object, **__: object) -> _Fetcher:
    return _Fetcher(world)


class _NoSession:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


def _frozen_datetime(world: World) -> type[datetime]:
    class WorldTime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override] # noqa: ARG003 - always UTC
            return world.now() + world.clock_error

    return WorldTime
