"""What the gateway asks of the world behind it."""

from collections.abc import Iterable
from typing import Protocol

from sandbox.discord.json_types import JsonObject


class GatewaySource(Protocol):
    def authenticate(self, token: str) -> bool:
        """Tell whether `token`, as IDENTIFY and RESUME carry it, is the bot's."""
        ...

    def ready(self, shard_id: int, shard_count: int, intents: int) -> JsonObject:
        """Return READY's `user`, `application` and `guilds` (unavailable, those of the shard)."""
        ...

    def guild_creates(self, shard_id: int, shard_count: int) -> Iterable[JsonObject]:
        """Return GUILD_CREATE's data for each guild of the shard."""
        ...

    def request_members(self, data: JsonObject) -> Iterable[JsonObject]:
        """Return GUILD_MEMBERS_CHUNK's data, chunk by chunk, for a request's `data`."""
        ...
