"""What both services do to the bot meanwhile: a choice of troubles, repeatable by its seed."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.chaos.audit import Against
from benchmarks.chaos.world import SEATS, THREADS, World
from bot.database.engine import open_database
from bot.jobs.clock import SystemClock
from bot.moderation.blocks import Block, BlockStore
from bot.settings.model import GuildSettings
from bot.settings.store import SettingsStore
from sandbox.member import ControlError
from sandbox.segmind.reports import FaultSpec

EVERY: Final = 0.7  # seconds between two troubles
SHORT_STALL: Final = 2.0  # seconds
HTML: Final = "<html><body><h1>Bad Gateway</h1></body></html>"
REFUSED: Final[dict[str, object]] = {"error": "Invalid parameter: prompt"}
DOWN: Final[dict[str, object]] = {"error": "Internal server error"}
HIDDEN: Final = 0.3  # of the times that the history changes its manner, it shows nothing for a while
PAGES: Final = 230  # requests of somebody else with this account: more than two pages of the history
MOST_429S: Final = 4  # the bot learns from each that Segmind grants less than is set, and goes on more slowly
DELETED_ONE_IN: Final = 4  # cards at the most: the other jobs are to be delivered
UNWANTED_FOR: Final = 12.0  # seconds: well over the time that a POST may be on its way
MOST_DROPS: Final = 8  # connections to the gateway: whoever loses one after the other waits ever longer for the next
READS: Final = ("status", "result", "history", "output")

# After a POST with one of these ends nobody knows whether it was taken.
UNKNOWN_ENDS: Final[tuple[FaultSpec, ...]] = (
    {"kind": "reset", "operation": "submit", "when": "before"},
    {"kind": "answer", "operation": "submit", "when": "before", "status": 502, "body": HTML},
    {"kind": "answer", "operation": "submit", "when": "before", "status": 504, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "before", "status": 503, "body": HTML},
    {"kind": "stall", "operation": "submit", "when": "before"},
    # These are sent again, once the history lacks them.
    {"kind": "answer", "operation": "submit", "when": "before", "status": 500, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "before", "status": 503, "body": DOWN},
)
# How the history writes ids: as the answers to submits do, without their dashes, or as ids of its own.
ID_FORMS: Final = ("same", "plain", "other")
PRICES: Final = ("0.70", "1.35", "1.60")  # dollars for 5 seconds
ODD_COSTS: Final[tuple[object, ...]] = (None, None, None, -500, "1_000", 1e9)  # None: the true one is told
# Segmind has taken the run, and says something else or nothing.
TAKEN: Final[tuple[FaultSpec, ...]] = (
    {"kind": "reset", "operation": "submit", "when": "after"},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 502, "body": HTML},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 504, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 500, "body": HTML},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 500, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 503, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 408, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 409, "body": DOWN},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 403, "body": HTML},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 413, "body": HTML},
    {"kind": "answer", "operation": "submit", "when": "after", "status": 200, "body": HTML},
    {"kind": "hang_up_midway", "operation": "submit", "when": "after"},
    {"kind": "stall", "operation": "submit", "when": "after"},
)
# It surely was not taken.
NOT_TAKEN: Final[tuple[FaultSpec, ...]] = (
    {"kind": "answer", "operation": "submit", "when": "before", "status": 400, "body": REFUSED},
)
DISCORD_ROUTES: Final = ("/channels/{channel_id}/messages", "/interactions/", "/channels/{channel_id}/messages/")


class Weather:
    def __init__(self, world: World, draw: random.Random, *, hurry: bool) -> None:
        self._world = world
        self._draw = draw
        self._hurry = hurry
        self._refusals_left = MOST_429S
        self._drops_left = MOST_DROPS
        self._deleted = 0
        submits = (*TAKEN, *NOT_TAKEN) if hurry else (*UNKNOWN_ENDS, *TAKEN, *NOT_TAKEN)
        self._submits = tuple(each for each in submits if not (hurry and each["kind"] == "stall"))
        self._troubles: tuple[Callable[[], Awaitable[None]], ...] = (
            self._a_submit_goes_wrong,
            self._a_read_goes_wrong,
            self._too_many_requests,
            self._discord_breaks,
            self._discord_breaks,
            self._discord_has_had_enough,
            self._the_gateway_drops,
            self._nonces_are_forgotten,
            self._the_history_is_late,
            self._a_card_is_deleted,
            self._prices_change,
            self._somebody_is_unwanted,
        )
        self._lift: Callable[[], Awaitable[None]] | None = None
        self._lift_at = 0.0  # Unix seconds

    async def begin(self) -> None:
        """Add requests of another program to the account's past, two with equal inputs each.

        With time enough, the history has ids of its own: what is found there is followed by it alone.
        """
        form = self._draw.choice(ID_FORMS[:2]) if self._hurry else ID_FORMS[-1]
        await self._world.segmind.configure(history_ids=form)
        for number in range(PAGES // 2):
            body = {"prompt": f"Somebody else's {number}", "duration": 5}
            await self._world.segmind.insert_request(body, age=600.0 + number, copies=2)

    async def blow(self) -> None:
        """Make trouble after trouble, until cancelled."""
        while True:
            await self._draw.choice(self._troubles)()
            if time.time() > self._lift_at:
                await self._lift_what_was_decided()
            await asyncio.sleep(EVERY)

    async def end(self) -> None:
        """Let everything be well again."""
        world = self._world
        await world.segmind.clear_faults()
        await world.segmind.configure(history_lag=0.0, history_hidden=False)
        await world.sandbox.admin.clear_faults()
        await world.sandbox.admin.refuse_resume(on=False)
        await self._lift_what_was_decided()

    async def _a_submit_goes_wrong(self) -> None:
        fault = self._draw.choice(self._submits)
        await self._world.segmind.add_faults({**fault, "count": 1})

    async def _a_read_goes_wrong(self) -> None:
        operation = self._draw.choice(READS)
        kinds: tuple[FaultSpec, ...] = (
            {"kind": "reset"},
            {"kind": "hang_up_midway", "when": "after"},
            {"kind": "stall", "delay": SHORT_STALL},
            {"kind": "answer", "status": 500, "body": DOWN},
            {"kind": "answer", "status": 503, "body": DOWN},
            {"kind": "answer", "status": 502, "body": HTML},
        )
        fault = self._draw.choice(kinds)
        await self._world.segmind.add_faults({**fault, "operation": operation, "count": self._draw.randint(1, 3)})

    async def _too_many_requests(self) -> None:
        if not self._refusals_left:
            return
        self._refusals_left -= 1
        reset = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        operation = self._draw.choice(("submit", *READS[:3]))
        await self._world.segmind.add_faults(
            {
                "kind": "answer",
                "operation": operation,
                "status": 429,
                "body": {"error": "Rate limit exceeded"},
                "headers": {"x-rate-limit-reset-at-utc": reset},
                "count": 1,
            }
        )

    async def _discord_breaks(self) -> None:
        """Answer 5xx, or nothing at all, before or after a request took effect."""
        await self._world.sandbox.admin.fault(
            method=self._draw.choice(("POST", "PATCH", "GET")),
            route=self._draw.choice(DISCORD_ROUTES),
            status=self._draw.choice((0, 500, 502, 503, 504)),
            moment=self._draw.choice(("before", "after")),
            html=self._draw.random() < 0.5,  # noqa: PLR2004 - half of them
        )

    async def _discord_has_had_enough(self) -> None:
        await self._world.sandbox.admin.fault(
            method=self._draw.choice(("POST", "PATCH")), route=DISCORD_ROUTES[0], status=429, retry_after=0.5
        )

    async def _the_gateway_drops(self) -> None:
        if not self._drops_left:
            return
        self._drops_left -= 1
        admin = self._world.sandbox.admin
        await admin.refuse_resume(on=self._draw.choice((True, False)))
        how = self._draw.randrange(3)
        if how == 0:
            await admin.drop_gateway()
        elif how == 1:
            await admin.drop_gateway(code=4000)
        else:
            await admin.request_reconnect()

    async def _nonces_are_forgotten(self) -> None:
        await self._world.sandbox.admin.set_nonce_memory(self._draw.choice((0.0, 180.0)))

    async def _the_history_is_late(self) -> None:
        # Less than a job in doubt waits before its request is sent again.
        lags = (0.0, 1.0, 3.0) if self._hurry else (0.0, 3.0, 10.0)
        hidden = not self._hurry and self._draw.random() < HIDDEN
        await self._world.segmind.configure(history_lag=self._draw.choice(lags), history_hidden=hidden)

    async def _prices_change(self) -> None:
        price, told = self._draw.choice(PRICES), self._draw.choice(ODD_COSTS)
        await self._world.segmind.configure(prices={"5": price}, told_cost=told)

    async def _somebody_is_unwanted(self) -> None:
        """Block a member, or close a channel, whether the bot lives or not; undone after a while."""
        if self._lift is not None:
            return
        seat = self._draw.randrange(len(SEATS))
        _, guild, channel = SEATS[seat]
        admin = self._world.sandbox.admin
        guild_id, channel_id = int(admin.guild_id(guild)), int(admin.channel_id(channel, guild=guild))
        member_id = self._world.seats[seat].id
        # A thread stays open for as long as its channel is.
        blocks = self._draw.random() < 0.5 or channel in THREADS  # noqa: PLR2004 - half of them
        url = self._world.variables["DATABASE_URL"]

        async def decide(*, allow: bool) -> None:
            async with open_database(url, migrate=False) as database:
                if blocks:
                    await _block(BlockStore(database, SystemClock()), guild_id, member_id, allow=allow)
                else:
                    await _close(SettingsStore(database), guild_id, channel_id, allow=allow)

        async def lift() -> None:
            began = self._world.against[-1]
            self._world.against[-1] = replace(began, until=time.time())
            await decide(allow=True)

        await decide(allow=False)
        self._world.against.append(Against(seat=seat, since=time.time(), until=float("inf")))
        self._lift, self._lift_at = lift, time.time() + UNWANTED_FOR

    async def _lift_what_was_decided(self) -> None:
        if (lift := self._lift) is not None:
            self._lift = None
            await lift()

    async def _a_card_is_deleted(self) -> None:
        """Have what a job makes be undeliverable, so that its member has to be told in private."""
        world = self._world
        if not world.newest or self._deleted * DELETED_ONE_IN >= len(world.answered):
            return
        self._deleted += 1
        card = world.newest.popleft()
        with suppress(ControlError):  # gone already
            await world.sandbox.admin.delete_message(card.channel_id, card.id)


async def _block(store: BlockStore, guild_id: int, member_id: int, *, allow: bool) -> None:
    if allow:
        await store.lift(guild_id, member_id)
    else:
        block = Block(guild_id=guild_id, member_id=member_id, until=None, by_id=0, reason="", at=datetime.now(UTC))
        await store.put(block)


async def _close(store: SettingsStore, guild_id: int, channel_id: int, *, allow: bool) -> None:
    def change(settings: GuildSettings) -> GuildSettings:
        open_now = settings.channels or frozenset()
        return replace(settings, channels=open_now | {channel_id} if allow else open_now - {channel_id})

    await store.change(guild_id, change, datetime.now(UTC))


@asynccontextmanager
async def bad_weather(world: World, draw: random.Random, *, hurry: bool) -> AsyncGenerator[Weather]:
    """Make trouble as long as the block runs; in a `hurry` no POST is lost on its way, and none goes unanswered."""
    weather = Weather(world, draw, hurry=hurry)
    await weather.begin()
    blowing = asyncio.create_task(weather.blow(), name="weather")
    try:
        yield weather
    finally:
        blowing.cancel()
        await asyncio.gather(blowing, return_exceptions=True)
        await weather.end()
