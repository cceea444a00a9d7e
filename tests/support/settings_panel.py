"""A moderator at the settings panel on SimCord's Discord."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
import simcord
from simcord.results import InteractionResult, ResponseMessage

from bot.settings.model import GuildSettings
from tests.unit.cogs.stage import Stage, texts


@dataclass(slots=True)
class Moderator:
    """Who has Manage Server, and the panel that they see."""

    stage: Stage
    actor: simcord.MemberActor
    panel: ResponseMessage | None = None

    async def open(self, page: str | None = None) -> str:
        """Use `/settings`; returns the text of the panel that it opens, or of its answer."""
        options = {} if page is None else {"page": page}
        return self._seen(await self.actor.slash(self.stage.channel, "settings", **options))

    async def click(self, name: str) -> str:
        """Press the button whose custom id has this name in it, with its value after a colon."""
        return self._seen(await self.actor.click(self._opened(), custom_id=self.custom_id(name)))

    async def choose(self, name: str, *values: Any) -> str:
        """Choose in the menu whose custom id has this name in it."""
        return self._seen(await self.actor.select(self._opened(), list(values), custom_id=self.custom_id(name)))

    async def fill_in(self, name: str, values: Mapping[str, Any], *chosen: Any) -> str:
        """Press the button, or choose in the menu, that opens a modal, and submit that."""
        opened = await self.open_form(name, *chosen)
        return await self.submit(opened, values)

    async def open_form(self, name: str, *chosen: Any) -> InteractionResult:
        """Press the button, or choose in the menu, that opens a modal."""
        if chosen:
            return await self.actor.select(self._opened(), list(chosen), custom_id=self.custom_id(name))
        return await self.actor.click(self._opened(), custom_id=self.custom_id(name))

    async def submit(self, opened: InteractionResult, values: Mapping[str, Any]) -> str:
        """Submit a modal; what is not given keeps what stood in it."""
        return self._seen(await self.stage.submit(opened, dict(values), who=self.actor))

    async def pause(self) -> str:
        """Pause new videos in the whole server, which is asked first."""
        assert (await self.click("paused")).startswith("Pause new videos in the whole server?")
        return await self.click("pause")

    async def settings(self) -> GuildSettings:
        return await self.stage.bot.services.guild_settings.get(self.stage.guild.id)

    def custom_id(self, name: str) -> str:
        """Find the custom id of the panel's component that a name means."""
        found = [each for each in self.custom_ids() if f":{name}:" in f"{each}:"]
        assert len(found) == 1, (name, self.custom_ids())
        return found[0]

    def custom_ids(self) -> Sequence[str]:
        return [each["custom_id"] for each in components(self._opened()) if "custom_id" in each]

    def component(self, name: str) -> dict[str, Any]:
        wanted = self.custom_id(name)
        [found] = [each for each in components(self._opened()) if each.get("custom_id") == wanted]
        return found

    def _opened(self) -> ResponseMessage:
        assert self.panel is not None, "no panel is open"
        return self.panel

    def _seen(self, result: InteractionResult) -> str:
        """Note the panel that is shown now; returns what is said, all of which only the moderator sees."""
        said = [each for each in (result.response, *result.followups) if each is not None]
        assert said, "there was no answer"
        assert all(each.ephemeral for each in said)
        for each in said:
            if any("settings" in component.get("custom_id", "") for component in components(each)):
                self.panel = each
        return "\n".join(each.content or texts(each) for each in said)


def a_moderator(stage: Stage, name: str = "mo") -> Moderator:
    allowed = discord.Permissions(manage_guild=True, view_channel=True, use_application_commands=True)
    role = stage.guild.create_role(f"{name}'s role", permissions=allowed)
    return Moderator(stage, stage.guild.add_member(stage.env.create_user(name), roles=[role]))


def typed(opened: InteractionResult) -> dict[str, Any]:
    """Return what stands in the fields of a modal: text, or ids, or the option that is chosen."""
    assert opened.modal is not None
    found: dict[str, Any] = {}
    for field in (each["component"] for each in opened.modal["components"]):
        chosen = [each["value"] for each in field.get("options", ()) if each.get("default")]
        named = [int(each["id"]) for each in field.get("default_values") or ()]
        found[field["custom_id"]] = field.get("value") or chosen or named or ""
    return found


def components(message: ResponseMessage) -> Sequence[dict[str, Any]]:
    """Give every component of a message."""

    def walk(several: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for each in several:
            yield each
            yield from walk(each.get("components", ()))
            if "accessory" in each:
                yield each["accessory"]

    return list(walk(message.components))


def hidden_channel(stage: Stage, mo: Moderator, name: str) -> Any:
    """Make a channel that the bot and a moderator see, and members do not."""
    assert stage.guild.me is not None
    hidden: dict[Any, discord.PermissionOverwrite] = {
        stage.guild.default_role: discord.PermissionOverwrite(view_channel=False),
        stage.guild.me: discord.PermissionOverwrite(view_channel=True),
        mo.actor: discord.PermissionOverwrite(view_channel=True),
    }
    return stage.guild.create_text_channel(name, overwrites=hidden)
