"""The AutoMod rules of servers as they stand: read when they are first needed, then kept by Discord's events.

Only the process that a server's interactions arrive at needs them, and it has that server's events too: shards share
nothing here. What was read is read again after a gap in the events, and now and then in case one got lost.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from bot.automod.rules import Automod, AutomodRule

log = structlog.get_logger(__name__)

READ_WITHIN: Final = 1.5  # seconds, of the three in which an interaction must be answered
READ_AGAIN_AFTER: Final = 600.0  # seconds
TRY_AGAIN_AFTER: Final = 5.0  # seconds after a reading that failed
LAST_KNOWN_FOR: Final = 3_600.0  # seconds that rules count which cannot be read again
MOST_SERVERS: Final = 1_000  # whose rules are kept ready; the one unused longest goes first
MOST_READINGS: Final = 3  # in a row, where rules change while they are read


class RulesForbidden(Exception):
    """Discord says that the bot may not read a server's rules."""


class RulesUnreadable(Exception):
    """A server's rules would count, and cannot be read right now."""


class RuleSource(Protocol):
    def may_read(self, guild_id: int) -> bool:
        """Return whether the bot has Manage Server, as far as is known without asking."""
        ...

    async def read(self, guild_id: int) -> Sequence[AutomodRule]:
        """Read a server's rules; raises `RulesForbidden` or `RulesUnreadable`."""
        ...


@dataclass(slots=True)
class _Server:
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: dict[int, AutomodRule] | None = None  # by id; None before the first reading
    ready: Automod | None = None  # made of `rules`; None where they changed since
    changes: int = 0  # how many events there were
    read_at: float = -math.inf  # monotonic, of the last reading that succeeded
    tried_at: float = -math.inf
    complete: bool = False  # no event can have been missed since


class RuleBook:
    def __init__(self, source: RuleSource, monotonic: Callable[[], float]) -> None:
        self._source = source
        self._monotonic = monotonic
        self._servers: dict[int, _Server] = {}  # the one used longest ago first

    async def rules_for(self, guild_id: int) -> Automod | None:
        """Return a server's rules; None where the bot lacks Manage Server, so that they cannot be applied.

        Rules that cannot be read again count on for an hour. Raises `RulesUnreadable` where there are none to go by.
        """
        if not self._may_read(guild_id):
            return None
        server = self._used(guild_id)
        async with server.reading:
            if self._is_due(server):
                await self._read(guild_id, server)
            if not self._may_read(guild_id):  # any more
                return None
            if self._monotonic() - server.read_at >= LAST_KNOWN_FOR:
                raise RulesUnreadable
            return await _made_ready(server)

    def changed(self, guild_id: int, rule: AutomodRule) -> None:
        """Take note that a server has made or changed a rule."""
        self._note(guild_id, rule.id, rule)

    def removed(self, guild_id: int, rule_id: int) -> None:
        self._note(guild_id, rule_id, None)

    def missed_events(self, concerned: Callable[[int], bool]) -> None:
        """Read the rules of the servers concerned, which are told by their ids, again before they are used again."""
        for guild_id, server in self._servers.items():
            if concerned(guild_id):
                server.changes += 1
                server.complete = False

    def _note(self, guild_id: int, rule_id: int, rule: AutomodRule | None) -> None:
        server = self._servers.get(guild_id)
        if server is None:
            return
        server.changes += 1
        if server.rules is not None:
            kept = {each: known for each, known in server.rules.items() if each != rule_id}
            server.rules = kept if rule is None else {**kept, rule_id: rule}
            server.ready = None

    def _may_read(self, guild_id: int) -> bool:
        """Return whether the bot has Manage Server; without it no events come, so what was read is forgotten."""
        may = self._source.may_read(guild_id)
        if not may:
            self._servers.pop(guild_id, None)
        return may

    def _used(self, guild_id: int) -> _Server:
        server = self._servers.pop(guild_id, None) or _Server()
        self._servers[guild_id] = server
        if len(self._servers) > MOST_SERVERS:
            del self._servers[next(iter(self._servers))]
        return server

    def _is_due(self, server: _Server) -> bool:
        now = self._monotonic()
        if server.complete and now - server.read_at < READ_AGAIN_AFTER:
            return False
        has_failed = server.tried_at > server.read_at
        return not has_failed or now - server.tried_at >= TRY_AGAIN_AFTER

    async def _read(self, guild_id: int, server: _Server) -> None:
        """Read a server's rules; where that fails, what is known stays as it is.

        A refusal is a failure like any: a proxy may say so, and a permission may be back before the gateway tells.
        Whether the rules count at all depends on what the gateway tells.
        """
        server.tried_at = self._monotonic()
        try:
            async with asyncio.timeout(READ_WITHIN):
                server.rules = await self._read_steadily(guild_id, server)
        except RulesForbidden:
            log.warning("automod_forbidden", guild=guild_id)
            return
        except (RulesUnreadable, TimeoutError) as error:
            log.warning("automod_unread", guild=guild_id, error=type(error).__name__)
            return
        server.ready = None
        server.complete = True
        server.read_at = server.tried_at = self._monotonic()

    async def _read_steadily(self, guild_id: int, server: _Server) -> dict[int, AutomodRule]:
        """Read until nothing changed meanwhile: an answer may be older than an event that came before it."""
        found: Sequence[AutomodRule] = ()
        for _ in range(MOST_READINGS):
            changes = server.changes
            found = await self._source.read(guild_id)
            if changes == server.changes:
                break
        return {rule.id: rule for rule in found}


async def _made_ready(server: _Server) -> Automod | None:
    """Return the rules as they are now, made ready in a thread of their own: thousands of keywords take a while."""
    ready = server.ready
    for _ in range(MOST_READINGS):
        if server.rules is None or server.ready is not None:
            return server.ready
        changes = server.changes
        ready = await asyncio.to_thread(Automod, tuple(server.rules.values()))
        if changes == server.changes:
            server.ready = ready
    return ready
