"""Remembers the nonces of a few minutes, so that a repeated request does not post twice.

https://docs.discord.com/developers/resources/message#create-message
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sandbox.discord.json_types import JsonObject
from sandbox.discord.world.world import Message

MEMORY = 180.0  # seconds; Discord says "the past few minutes"


@dataclass(slots=True)
class Slot:
    """What a nonce made, if anything yet, and when."""

    message: Message | None = None
    at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class NonceMemory:
    """The nonces of one author; `lifetime` in seconds may be changed at any time, 0 forgets at once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._slots: dict[str, Slot] = {}
        self.lifetime = MEMORY

    @asynccontextmanager
    async def turn(self, payload: JsonObject) -> AsyncGenerator[Slot]:
        """Give the slot of a payload's nonce, to one request at a time.

        Its message is there only if the nonce is enforced and remembered; the request that makes a message
        hands it to `keep`.
        """
        nonce = payload.get("nonce")
        if nonce is None:
            yield Slot()
            return
        self._forget_old()
        slot = self._slots.setdefault(str(nonce), Slot())
        async with slot.lock:
            if payload.get("enforce_nonce") is not True:
                slot.message = None
            yield slot

    def keep(self, slot: Slot, message: Message) -> None:
        """Note the message that a slot's nonce made."""
        slot.message, slot.at = message, self._clock()

    def _forget_old(self) -> None:
        now = self._clock()
        for nonce, slot in list(self._slots.items()):
            if not slot.lock.locked() and now - slot.at >= self.lifetime:
                del self._slots[nonce]
