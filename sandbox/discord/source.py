"""What the gateway is told of the world: who may log in, and what they are shown first."""

import hmac
from collections.abc import Iterable

from sandbox.discord.json_fields import integer, snowflakes, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.world import payloads
from sandbox.discord.world.world import Guild, World


class WorldSource:
    """The world as `GatewaySource`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def authenticate(self, token: str) -> bool:
        return hmac.compare_digest(token.removeprefix("Bot ").encode(), self._world.token.encode())

    def ready(self, shard_id: int, shard_count: int, intents: int) -> JsonObject:  # noqa: ARG002 - all see the same
        return {
            "user": payloads.own_user(self._world.bot),
            "application": {
                "id": str(self._world.application_id),
                "flags": payloads.APPLICATION_FLAGS,
            },
            "guilds": [{"id": str(each.id), "unavailable": True} for each in self._guilds(shard_id, shard_count)],
            "private_channels": [],
            "session_type": "normal",
        }

    def guild_creates(self, shard_id: int, shard_count: int) -> Iterable[JsonObject]:
        found = self._guilds(shard_id, shard_count)
        return [payloads.gateway_guild(each, self._world) for each in found if each.available]

    def request_members(self, data: JsonObject) -> Iterable[JsonObject]:
        """Answer by user ids, or by the beginning of a name; one chunk holds all that there are."""
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return []
        wanted = snowflakes(data.get("user_ids"))
        query, limit = text(data, "query").lower(), integer(data, "limit")
        members = [
            each
            for each in guild.members.values()
            if (each.user.id in wanted if wanted else each.user.username.startswith(query))
        ]
        chunk: JsonObject = {
            "guild_id": str(guild.id),
            "members": [payloads.member(each) for each in members[: limit or None]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(each) for each in wanted if each not in guild.members],
            "presences": [],
        }
        return [chunk | {"nonce": data["nonce"]} if "nonce" in data else chunk]

    def _guilds(self, shard_id: int, shard_count: int) -> list[Guild]:
        return [
            each
            for each in self._world.guilds.values()
            if (each.id >> 22) % shard_count == shard_id and self._world.bot.id in each.members
        ]
