"""What this Discord has none of, and clients ask for as they log in: emoji, stickers, sounds, webhooks, pins."""

from functools import partial

from sandbox.discord.access import Access
from sandbox.discord.http.routing import Answer, Call, Route
from sandbox.discord.refusals import MISSING_ACCESS, MISSING_PERMISSIONS
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import World

_APPLICATION, _GUILD, _CHANNEL = "/applications/{application_id}", "/guilds/{guild_id}", "/channels/{channel_id}"
NOTHING: dict[str, object] = {
    "/soundboard-default-sounds": [],
    "/sticker-packs": {"sticker_packs": []},
    "/voice/regions": [],
    f"{_APPLICATION}/emojis": {"items": []},
    f"{_APPLICATION}/entitlements": [],
    f"{_APPLICATION}/role-connections/metadata": [],
    f"{_APPLICATION}/skus": [],
    f"{_APPLICATION}/guilds/{{guild_id}}/commands/permissions": [],
    f"{_GUILD}/emojis": [],
    f"{_GUILD}/integrations": [],
    f"{_GUILD}/invites": [],
    f"{_GUILD}/scheduled-events": [],
    f"{_GUILD}/soundboard-sounds": {"items": []},
    f"{_GUILD}/stickers": [],
    f"{_GUILD}/webhooks": [],
    f"{_CHANNEL}/messages/pins": {"items": [], "has_more": False},
    f"{_CHANNEL}/pins": [],
}
_NEEDED = {
    "integrations": Permission.MANAGE_GUILD,
    "invites": Permission.MANAGE_GUILD,
    "webhooks": Permission.MANAGE_WEBHOOKS,
}


class EmptyRoutes:
    """Answers each of these with an empty list, to a bot that may ask."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access

    def routes(self) -> list[Route]:
        return [Route(method="GET", template=template, handler=partial(self._answer, template)) for template in NOTHING]

    async def _answer(self, template: str, call: Call) -> Answer:
        if "application_id" in call.parameters and call.id("application_id") != self._world.application_id:
            raise MISSING_ACCESS.refusal()
        if "channel_id" in call.parameters:
            self._access.channel(call.id("channel_id"))
        if "guild_id" in call.parameters:
            guild = self._access.guild(call.id("guild_id"))
            needed = _NEEDED.get(template.rsplit("/", 1)[-1], Permission(0))
            if needed not in self._world.guild_permissions(self._world.bot.id, guild):
                raise MISSING_PERMISSIONS.refusal()
        return Answer(body=NOTHING[template])
