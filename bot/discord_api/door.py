"""The way into Discord: waited for as long as Discord says, while what is paid for is followed."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, Final, Protocol

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import HTTPClient, Route
from discord.shard import EventItem, EventType, Shard
from yarl import URL

from bot.discord_api.reasons import retry_after
from bot.jobs.clock import Clock

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = 5.0  # seconds until Discord is asked again; doubled for each further time
LONGEST_WAIT: Final = 300.0
LOOK_AGAIN: Final = 600.0  # seconds; session starts may be given back earlier than was said
REQUEST_WAIT: Final = 30.0  # seconds that a request waits for the login before it is told that it was not sent
NOT_CONNECTED: Final = "not connected"
NO_TOKEN: Final = 401  # the status of an answer to a token that Discord does not accept
# What is no API at all answers text where discord.py looks for fields: TypeError, KeyError.
TROUBLE: Final = (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, TypeError, KeyError)

_passing: ContextVar[bool] = ContextVar("passing", default=False)


class NotLetIn(aiohttp.ClientConnectionError):
    """The request was not sent: Discord does not let this process in yet."""


class Door:
    """Logs a client in, however long that takes; requests of others wait meanwhile. `trouble` says what is wrong."""

    def __init__(self, http: HTTPClient, clock: Clock) -> None:
        self.trouble = NOT_CONNECTED
        self._http = http
        self._clock = clock
        self._open = asyncio.Event()
        self._tries: Counter[int] = Counter()  # of the first connection of each shard
        self._send: Callable[..., Coroutine[Any, Any, Any]] = http.request
        http.request = self._request  # pyright: ignore[reportAttributeAccessIssue] - what every call goes through

    async def enter(self, login: Callable[[], Awaitable[None]], meanwhile: Callable[[], Awaitable[object]]) -> None:
        """Log in; where Discord does not answer, or Cloudflare does, do `meanwhile` and try again.

        Raises `discord.LoginFailure` for a wrong token, and whatever goes wrong after the login.
        """
        wait, began = FIRST_WAIT, self._clock.monotonic()
        while True:
            try:
                with _passed():
                    await login()
            except discord.LoginFailure:
                raise
            except TROUBLE as error:
                if self._open.is_set():
                    raise
                pause = max(wait, retry_after(error) or 0.0)
                self._note(error, pause)
                await self._renew()
                await meanwhile()
                await self._clock.sleep(pause)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                break
        self.open()
        if self.trouble != NOT_CONNECTED:
            log.info("discord_reached", after_seconds=round(self._clock.monotonic() - began))
        self.trouble = NOT_CONNECTED  # until the gateway is

    def open(self) -> None:
        """Let every request through: the login is done."""
        self._open.set()

    async def gateway(self, sessions: Callable[[int], int]) -> tuple[int, str]:
        """Ask for the gateway's address and the advised shards, once there are session starts for all that begin here.

        `sessions` tells how many begin, of so many shards. Discord resets the token of a bot that begins more.
        """
        wait = FIRST_WAIT
        while True:
            try:
                shards, address, limit = await self._http.get_bot_gateway()
                left, reset_after = limit["remaining"], limit["reset_after"] / 1000
            except TROUBLE as error:
                cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
                pause = max(wait, retry_after(cause or error) or 0.0)
                self._note(error, pause)
                await self._clock.sleep(pause)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            if left >= min(sessions(shards), limit["total"]):
                self.trouble = NOT_CONNECTED
                return shards, address
            until = self._clock.now() + timedelta(seconds=reset_after)
            self.trouble = f"session starts left: {left}, more at {until:%H:%M} UTC"
            log.warning("no_session_start_left", left=left, until=until.isoformat(timespec="seconds"))
            await self._clock.sleep(min(reset_after + 1, LOOK_AGAIN))

    async def pause_before_connecting(self, shard_id: int) -> None:
        """Wait longer before each further try of a shard's first connection; discord.py alone waits 5 s each time."""
        tries = self._tries[shard_id]
        self._tries[shard_id] += 1
        if tries > 1:
            await self._clock.sleep(min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT) - FIRST_WAIT)

    async def has_start(self) -> bool:
        """Return whether Discord lets the bot begin one more session; only a clear yes is one.

        A token that Discord does not accept is for the gateway to refuse.
        """
        try:
            _, _, limit = await self._http.get_bot_gateway()
            left: int = limit["remaining"]
        except TROUBLE as error:
            return isinstance(error.__cause__, discord.HTTPException) and error.__cause__.status == NO_TOKEN
        return left > 0

    async def wait_for_start(self) -> None:
        """Return once Discord lets the bot begin a session, as it may after one was lost."""
        await self.gateway(lambda _shards: 1)

    def _note(self, error: BaseException, pause: float) -> None:
        kind = _kind(error)
        if kind != self.trouble:  # the pauses grow; the log has each reason once
            log.warning("discord_not_reached", error=kind, again_in_seconds=round(pause))
        self.trouble = kind

    async def _renew(self) -> None:
        """Close the session of a login that failed: discord.py makes a new one for each."""
        await self._http.close()
        self._http.connector = discord.utils.MISSING

    async def _request(self, route: Route, **options: Any) -> Any:
        if not (self._open.is_set() or _passing.get()):
            try:
                async with asyncio.timeout(REQUEST_WAIT):
                    await self._open.wait()
            except TimeoutError:
                raise NotLetIn(self.trouble) from None
        return await self._send(route, **options)


@contextmanager
def _passed() -> Generator[None]:
    token = _passing.set(True)
    try:
        yield
    finally:
        _passing.reset(token)


def _kind(error: BaseException) -> str:
    if isinstance(error, discord.GatewayNotFound) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, discord.HTTPException):
        who = "Cloudflare" if error.text.lstrip().startswith("<") else "Discord"
        return f"{who} answers {error.status}"
    if isinstance(error, TypeError | KeyError):
        return "DISCORD_API_URL doesn't lead to Discord"
    return f"doesn't answer ({type(error).__name__})"


_RESUME: Final = DiscordWebSocket.resume
_RECONNECT: Final = Shard.reconnect
_REIDENTIFY: Final = Shard.reidentify


class Starts(Protocol):
    """How many sessions Discord still lets the bot begin."""

    async def has_start(self) -> bool:
        """Return whether there is one left."""
        ...

    async def wait_for_start(self) -> None: ...


def begin_anew_at(address: str, starts: Starts) -> None:
    """Have sessions that cannot be resumed begin again at the gateway's `address`, all of this process.

    discord.py takes a constant of its own, not what Discord told it. Where a connection is lost after IDENTIFY and
    before READY it asks to RESUME a session that it knows nothing of, again and again without a pause. And it begins
    sessions without asking whether Discord has any left for the bot, whose token is reset if it has none.
    """

    async def postpone(shard: Shard, item: EventItem) -> None:
        await starts.wait_for_start()
        shard._queue_put(item)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def may_begin(shard: Shard, item: EventItem) -> bool:
        """Return whether a shard can begin a session now; if not, it tries again later, and no other waits for it."""
        if await starts.has_start():
            return True
        shard._task = asyncio.create_task(postpone(shard, item))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return False

    async def reconnect(self: Shard) -> None:
        if await may_begin(self, EventItem(EventType.reconnect, self, None)):
            await _RECONNECT(self)

    async def reidentify(self: Shard, exc: ReconnectWebSocket) -> None:
        resumes = exc.resume and self.ws.session_id is not None
        if resumes or await may_begin(self, EventItem(EventType.identify, self, exc)):
            await _REIDENTIFY(self, exc)

    DiscordWebSocket.DEFAULT_GATEWAY = URL(address)
    DiscordWebSocket.resume = _resume_what_there_is
    Shard.reconnect = reconnect
    Shard.reidentify = reidentify


async def _resume_what_there_is(self: DiscordWebSocket) -> None:
    if self.session_id is None:
        await self.identify()
    else:
        await _RESUME(self)


def is_connected(client: discord.Client) -> bool:
    """Return whether each shard of this process has its gateway; a client for REST alone needs but its login."""
    if isinstance(client, discord.AutoShardedClient):
        return client.is_ready() and not any(shard.is_closed() for shard in client.shards.values())
    return client.user is not None
