"""The bot itself over REST: gateway address, users, application, its guilds and direct channels."""

from sandbox.discord.gateway import Gateway
from sandbox.discord.http.routing import Answer, Call, Route
from sandbox.discord.json_fields import snowflake
from sandbox.discord.refusals import CANNOT_MESSAGE_USER, UNKNOWN_USER
from sandbox.discord.world import payloads
from sandbox.discord.world.world import Guild, World


class AccountRoutes:
    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway
        self.shards = 1  # what the sandbox advises

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", template="/gateway", handler=self.gateway, token=False),
            Route(method="GET", template="/gateway/bot", handler=self.gateway_bot, bucket="gateway_bot"),
            Route(method="GET", template="/users/@me", handler=self.me),
            Route(method="GET", template="/users/@me/guilds", handler=self.guilds),
            Route(method="POST", template="/users/@me/channels", handler=self.open_direct_channel),
            Route(method="GET", template="/users/{user_id}", handler=self.user),
            Route(method="GET", template="/applications/@me", handler=self.application),
            Route(method="GET", template="/oauth2/applications/@me", handler=self.application),
        ]

    async def gateway(self, _call: Call) -> Answer:
        return Answer(body={"url": self._gateway.address()})

    async def gateway_bot(self, _call: Call) -> Answer:
        return Answer(body=self._gateway.describe(self.shards))

    async def me(self, _call: Call) -> Answer:
        return Answer(body=payloads.own_user(self._world.bot))

    async def user(self, call: Call) -> Answer:
        user = self._world.users.get(call.id("user_id"))
        if user is None:
            raise UNKNOWN_USER.refusal()
        return Answer(body=payloads.user(user))

    async def guilds(self, call: Call) -> Answer:
        """Answer the bot's guilds by id, after or before one, at most 200."""
        after = snowflake(call.query.get("after")) or 0
        before = snowflake(call.query.get("before"))
        limit = snowflake(call.query.get("limit")) or 200
        found = [
            each
            for each in sorted(self._world.guilds.values(), key=lambda guild: guild.id)
            if self._world.bot.id in each.members and each.id > after and (before is None or each.id < before)
        ]
        with_counts = call.query.get("with_counts") in {"true", "1", "True"}
        return Answer(body=[self._own_guild(each, with_counts=with_counts) for each in found[:limit]])

    def _own_guild(self, guild: Guild, *, with_counts: bool) -> dict[str, object]:
        found: dict[str, object] = {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == self._world.bot.id,
            "permissions": str(int(self._world.guild_permissions(self._world.bot.id, guild))),
            "features": [],
        }
        return found | payloads.guild_counts(guild) if with_counts else found

    async def open_direct_channel(self, call: Call) -> Answer:
        user = self._world.users.get(snowflake(call.body.object.get("recipient_id")) or 0)
        if user is None:
            raise UNKNOWN_USER.refusal()
        if user.bot:
            raise CANNOT_MESSAGE_USER.refusal()
        return Answer(body=payloads.channel(self._world.direct_channel(user)))

    async def application(self, _call: Call) -> Answer:
        return Answer(body=payloads.application(self._world))
