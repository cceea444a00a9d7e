"""What happens to the process and to the world now and then, as chance has it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import discord

from simulation.discord_world import Channel, Guild
from simulation.life import Lives
from simulation.people import Crowd
from simulation.segmind import PRICES
from simulation.watch import Watch
from simulation.world import World

LOSABLE = ("send_messages", "attach_files", "view_channel", "read_message_history")


class Events:
    """Lets each kind of event happen at its own times, until the weather is calm."""

    def __init__(self, world: World, lives: Lives, crowd: Crowd, watch: Watch) -> None:
        self._world = world
        self._lives = lives
        self._crowd = crowd
        self._watch = watch
        self._ending = asyncio.Lock()  # one end of the process at a time
        self._running: list[asyncio.Task[None]] = []

    def begin(self, group: asyncio.TaskGroup) -> None:
        lives = self._lives
        ends: Mapping[str, Callable[[], Awaitable[None]]] = {
            "killed": lives.kill,
            "stopped": lives.stop,
            "frozen": lives.freeze,
            "power_cut": lambda: lives.cut_power(self._watch.let_go),
        }
        others: Mapping[str, Callable[[], Awaitable[None]]] = {
            "clock_jumps": self._clock_jumps,
            "database_away": self._database_away,
            "key_refused": self._key_refused,
            "price_changes": self._price_changes,
            "channel_gone": self._channel_gone,
            "permission_lost": self._permission_lost,
            "role_lost": self._role_lost,
            "member_joins": self._member_joins,
        }
        self._running = [
            *(group.create_task(self._happen(name, do, self._ending)) for name, do in ends.items()),
            *(group.create_task(self._happen(name, do, asyncio.Lock())) for name, do in others.items()),
        ]

    async def end(self) -> None:
        """Let what is broken be as it was, and nothing happen any more."""
        self._world.chances.calm = True
        await asyncio.wait(self._running)

    async def _happen(self, name: str, do: Callable[[], Awaitable[None]], turn: asyncio.Lock) -> None:
        world = self._world
        while (after := world.chances.until(name)) < float("inf"):
            due = world.loop.time() + after
            while (left := due - world.loop.time()) > 0 and not world.chances.calm:
                await asyncio.sleep(min(left, 60.0))
            async with turn:
                if world.chances.calm:
                    return
                world.note(name, life=self._lives.process.life.name)
                await do()

    async def _clock_jumps(self) -> None:
        """Let the time of day be wrong for a while."""
        world = self._world
        if not world.wrong_clock:
            return
        world.clock_error = timedelta(hours=world.rng.choice((-30, -1, 1, 48)))
        await self._for(5, 90)
        world.clock_error = timedelta()

    async def _database_away(self) -> None:
        self._world.weather.database_away = True
        await self._for(5, 100)
        self._world.weather.database_away = False

    async def _key_refused(self) -> None:
        self._world.segmind.key_refused = True
        await self._for(30, 600)
        self._world.segmind.key_refused = False

    async def _price_changes(self) -> None:
        factor = self._world.rng.choice((0.5, 1.0, 1.5, 3.0))
        self._world.segmind.prices = {seconds: usd * factor for seconds, usd in PRICES.items()}

    async def _channel_gone(self) -> None:
        """Delete a channel, and make another in its place, of which the server's settings do not know."""
        world = self._world
        guild, channel = self._some_channel()
        del guild.channels[channel.id], world.discord.channels[channel.id]
        world.discord.messages.pop(channel.id, None)
        self._watch.channel_gone(channel.id)
        self._lives.tell("channel_delete", world.discord.channel_json(channel))
        await self._for(30, 600)
        another = world.discord.add_channel(guild, channel.name, moderators_only=channel.moderators_only)
        self._lives.tell("channel_create", world.discord.channel_json(another))
        place = next(each for each in self._crowd.places if each.guild is guild)
        place.videos, place.mods = (each if each is not channel else another for each in (place.videos, place.mods))
        await self._crowd.set_up(place)

    async def _permission_lost(self) -> None:
        _guild, channel = self._some_channel()
        channel.denied = discord.Permissions(**{self._world.rng.choice(LOSABLE): True}).value
        self._lives.tell("channel_update", self._world.discord.channel_json(channel))
        await self._for(20, 900)
        channel.denied = 0
        self._lives.tell("channel_update", self._world.discord.channel_json(channel))

    async def _role_lost(self) -> None:
        """Take a moderator's role away for a while."""
        place = self._world.rng.choice(self._crowd.places)
        role, member = place.guild.moderator_role, self._world.rng.choice(place.moderators)
        member.role_ids.discard(role)
        await self._for(30, 600)
        member.role_ids.add(role)

    async def _member_joins(self) -> None:
        self._crowd.joins()

    def _some_channel(self) -> tuple[Guild, Channel]:
        places = [
            (guild, channel) for guild in self._world.discord.guilds.values() for channel in guild.channels.values()
        ]
        return self._world.rng.choice(places)

    async def _for(self, least: float, most: float) -> None:
        """Wait for some seconds, or until the weather is calm."""
        until = self._world.loop.time() + self._world.rng.uniform(least, most)
        while self._world.loop.time() < until and not self._world.chances.calm:
            await asyncio.sleep(5.0)
