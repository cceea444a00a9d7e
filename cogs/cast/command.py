"""`/cast`: characters and things that a member saves once and names in any prompt."""

import re
from io import BytesIO
from typing import Any, Final, Literal

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.cast.model import CastError, Character, CharacterGone, NameTaken, Picture
from bot.cast.view import (
    CAST_ADD_ID,
    FRONTAL,
    NAME,
    NOT_YOURS,
    OTHERS,
    REMOVED,
    RENAMED,
    RENAMED_TWICE,
    SHARED,
    SHARED_TWICE,
    SHARING_MODERATORS,
    SHARING_OFF,
    SHARING_OUTSIDE,
    UNSHARED,
    bad_name_sentence,
    cast_add_modal,
    cast_list,
    character_layout,
)
from bot.jobs.prompt import as_name
from bot.settings.model import CastSharing
from bot.ui.answers import Shape, open_form, say, show
from bot.ui.forms import FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.cast.saving import NewCharacter, has_room, save_character
from cogs.requests.characters import (
    find_character,
    own_choices,
    shareable_choices,
    sharing_guild,
    unknown_character,
    usable_choices,
)
from cogs.requests.gatekeeping import may_be_written

SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png"}


class CastAddButton(PressedItem, template=re.escape(CAST_ADD_ID)):
    """Does what `/cast add` does, where that took too long to open the form."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await _open(bot.services, interaction)


class CastCog(FormCog):
    form_pattern = re.escape(CAST_ADD_ID)
    shape = Shape.PRIVATE
    cast = app_commands.Group(name="cast", description="Save characters and objects to reuse by name in prompts")

    def __init__(self, services: Services) -> None:
        self._services = services

    @cast.command(name="add", description="Save a character or object with a front image and 1 to 3 more")
    async def add(self, interaction: discord.Interaction) -> None:
        await _open(self._services, interaction)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        new = NewCharacter(
            name=submission.text(NAME), pictures=[*submission.images(FRONTAL), *submission.images(OTHERS)]
        )
        await save_character(self._services, interaction, new)

    @cast.command(name="list", description="See your characters and those shared here")
    async def list(self, interaction: discord.Interaction) -> None:
        guild_id = await sharing_guild(self._services, interaction.guild_id)
        usable = await self._services.cast.store.usable(interaction.user.id, guild_id)
        await say(interaction, cast_list(usable, interaction.user.id, self._services.settings.cast_limit))

    @cast.command(name="show", description="See a character's images, visible only to you")
    @app_commands.describe(character="Choose one")
    @app_commands.autocomplete(character=usable_choices)
    async def show(self, interaction: discord.Interaction, character: str) -> None:
        found = await self._found(interaction, character)
        if found is None:
            return
        pictures = await self._services.cast.store.pictures(found.id)
        files = [_file(each.picture, place) for place, each in enumerate(pictures, start=1)]
        view = character_layout(found, interaction.user.id, files)
        await show(interaction, view=view, files=files)

    @cast.command(name="rename", description="Rename one of your characters")
    @app_commands.describe(character="Choose one", name="New name (letters, digits, -, and _)")
    @app_commands.autocomplete(character=own_choices)
    async def rename(self, interaction: discord.Interaction, character: str, name: str) -> None:
        found = await self._found(interaction, character, own=True)
        if found is None:
            return
        new = as_name(name)
        if new is None:
            answer = bad_name_sentence(name)
        elif not await may_be_written(self._services, interaction, new):
            return
        else:
            try:
                await self._services.cast.store.rename(found.id, interaction.user.id, new)
                answer = _(RENAMED).format(before=found.name, name=new)
            except NameTaken:
                answer = _(RENAMED_TWICE).format(name=new)
            except CharacterGone:
                answer = await unknown_character(self._services, interaction, character)
        await say(interaction, answer)

    @cast.command(name="remove", description="Delete one of your characters and its images")
    @app_commands.describe(character="Choose one")
    @app_commands.autocomplete(character=own_choices)
    async def remove(self, interaction: discord.Interaction, character: str) -> None:
        found = await self._found(interaction, character, own=True)
        if found is not None:
            await self._services.cast.store.remove(found.id, interaction.user.id)
            await say(interaction, _(REMOVED).format(name=found.name))

    @cast.command(name="share", description="Share one of your characters with this server, or stop sharing it")
    @app_commands.describe(character="Choose one", use="Choose who can use it (default: everyone in this server)")
    @app_commands.autocomplete(character=shareable_choices)
    async def share(
        self,
        interaction: discord.Interaction,
        character: str,
        use: Literal["everyone here", "only me"] = "everyone here",
    ) -> None:
        if interaction.guild_id is None:
            await say(interaction, _(SHARING_OUTSIDE))
        elif use == "only me":
            await self._unshare(interaction, character, interaction.guild_id)
        else:
            await self._share(interaction, character, interaction.guild_id)

    async def _share(self, interaction: discord.Interaction, character: str, guild_id: int) -> None:
        sharing = (await self._services.guild_settings.get(guild_id)).cast_sharing
        if sharing is CastSharing.OFF:
            await say(interaction, _(SHARING_OFF))
            return
        if sharing is CastSharing.MODERATORS and not interaction.permissions.manage_messages:
            await say(interaction, _(SHARING_MODERATORS))
            return
        found = await self._found(interaction, character, own=True)
        if found is None or not await may_be_written(self._services, interaction, found.name):
            return
        try:
            await self._services.cast.store.share(found.id, interaction.user.id, guild_id, self._services.clock.now())
            answer = _(SHARED).format(name=found.name)
        except NameTaken:
            answer = _(SHARED_TWICE).format(name=found.name)
        except CastError:
            answer = await unknown_character(self._services, interaction, character)
        await say(interaction, answer)

    async def _unshare(self, interaction: discord.Interaction, character: str, guild_id: int) -> None:
        """Take a character back from a server: its owner can, and who may manage messages there."""
        found = await find_character(self._services, character, interaction.user.id, guild_id)
        if found is None:
            await say(interaction, await unknown_character(self._services, interaction, character))
        elif found.owner_id != interaction.user.id and not interaction.permissions.manage_messages:
            await say(interaction, _(NOT_YOURS).format(name=found.name))
        else:
            await self._services.cast.store.unshare(found.id, guild_id)
            await say(interaction, _(UNSHARED).format(name=found.name))

    async def _found(self, interaction: discord.Interaction, text: str, *, own: bool = False) -> Character | None:
        """Find whom a member means, or say that there is nobody, or that it is not theirs to change."""
        guild_id = await sharing_guild(self._services, interaction.guild_id)
        found = await find_character(self._services, text, interaction.user.id, guild_id)
        if found is None:
            await say(interaction, await unknown_character(self._services, interaction, text))
        elif own and found.owner_id != interaction.user.id:
            await say(interaction, _(NOT_YOURS).format(name=found.name))
            return None
        return found


async def _open(services: Services, interaction: discord.Interaction[Any]) -> None:
    if await has_room(services, interaction):
        await open_form(interaction, cast_add_modal())


def _file(picture: Picture, place: int) -> discord.File:
    suffix = SUFFIXES.get(picture.content_type, "img")
    return discord.File(BytesIO(picture.content), filename=f"picture{place}.{suffix}")


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(CastAddButton)
    await bot.add_cog(CastCog(bot.services))
