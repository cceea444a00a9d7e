"""`/cast`: the panel of the characters and objects that a member saves once and names in any prompt."""

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.cast.model import CastError, Character, CharacterGone, NameTaken, StoredPicture
from bot.cast.view import (
    CAST_ADD_ID,
    CAST_PATTERN,
    FIX_EXPIRED,
    FRONTAL,
    GONE,
    NAME,
    NOT_YOURS,
    OTHERS,
    REMOVED,
    RENAME_PATTERN,
    RENAMED,
    RENAMED_TWICE,
    SHARED,
    SHARED_TWICE,
    SHARING_MODERATORS,
    SHARING_OFF,
    UNSHARED,
    UNSHARED_ELSEWHERE,
    CastId,
    CastVerb,
    bad_name_sentence,
    cast_add_modal,
    cast_page,
    character_page,
    delete_question,
    rename_modal,
)
from bot.catalogue.models import CHARACTER_REFERENCES
from bot.jobs.prompt import as_name
from bot.settings.model import CastSharing
from bot.ui.answers import Shape, open_form, say, show, take_controls_away
from bot.ui.custom_ids import fix_id, fix_pattern, read_id
from bot.ui.forms import FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.cast.saving import NewCharacter, has_room, new_of_facts, save_character
from cogs.requests.characters import sharing_guild
from cogs.requests.gatekeeping import may_be_written, refuse, servers_refusing

_SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png"}


class CastPanel:
    """The characters of the member who acts, and those shared where they act."""

    def __init__(self, services: Services, interaction: discord.Interaction[Any]) -> None:
        self._services = services
        self._interaction = interaction
        self._store = services.cast.store
        self._member_id = interaction.user.id

    async def press(self, pressed: CastId, chosen: Sequence[str]) -> None:
        """Do what a component is for."""
        if pressed.verb is CastVerb.LIST:
            await self.show(pressed.target)
            return
        target = read_id(chosen[0]) if pressed.verb is CastVerb.OPEN and chosen else pressed.target
        character = await self.find(target or 0, own=pressed.verb in {CastVerb.RENAME, CastVerb.ASK, CastVerb.DELETE})
        if character is None:
            return
        match pressed.verb:
            case CastVerb.RENAME:
                await open_form(self._interaction, rename_modal(character))
            case CastVerb.SHARE:
                await self._share(character)
            case CastVerb.UNSHARE:
                await self._unshare(character)
            case CastVerb.ASK:
                await show(self._interaction, view=delete_question(character), files=[])
            case CastVerb.DELETE:
                await self._store.remove(character.id, self._member_id)
                await self.show(notice=_(REMOVED).format(name=character.name))
            case _:
                await self.show_one(character)

    async def show(self, page: int = 0, notice: str = "") -> None:
        """Show the list in the message of the pressed component, or else in a new one."""
        guild_id = await sharing_guild(self._services, self._interaction.guild_id)
        usable = await self._store.usable(self._member_id, guild_id)
        view = cast_page(usable, self._member_id, self._services.settings.cast_limit, page=page, notice=notice)
        await show(self._interaction, view=view, files=[])

    async def show_one(self, character: Character, notice: str = "") -> None:
        """Show a character with its images."""
        pictures = await self._store.pictures(character.id)
        files = [_file(each, place) for place, each in enumerate(pictures, start=1)]
        can = await self._can(character)
        view = character_page(character, self._member_id, files, can=can, notice=notice)
        await show(self._interaction, view=view, files=files)

    async def rename(self, character: Character, typed: str) -> None:
        """Give one of the member's own characters the name they typed, or say why not."""
        new = as_name(typed)
        if new is None:
            await say(self._interaction, bad_name_sentence(typed))
            return
        if not await may_be_written(self._services, self._interaction, new):
            return
        elsewhere = {*await self._store.shared_in(character.id)} - {self._interaction.guild_id}
        refusing = await servers_refusing(self._services, self._interaction, elsewhere, new)
        try:
            await self._store.rename(character.id, self._member_id, new, unshared=refusing)
        except NameTaken:
            await say(self._interaction, _(RENAMED_TWICE).format(name=new))
        except CharacterGone:
            await say(self._interaction, _(GONE))
        else:
            told = [_(RENAMED).format(before=character.name, name=new), _(UNSHARED_ELSEWHERE) if refusing else ""]
            await self._show_changed(character, " ".join(filter(None, told)))

    async def find(self, character_id: int, *, own: bool) -> Character | None:
        """Find a character, the member's `own` alone if need be; otherwise say that it isn't there, or isn't theirs."""
        guild_id = await sharing_guild(self._services, self._interaction.guild_id)
        found = await self._store.by_id(character_id, self._member_id, guild_id)
        if found is None:
            await say(self._interaction, _(GONE))
        elif own and found.owner_id != self._member_id:
            await say(self._interaction, _(NOT_YOURS).format(name=found.name))
            return None
        return found

    async def _share(self, character: Character) -> None:
        guild_id = self._interaction.guild_id or 0
        sharing = (await self._services.guild_settings.get(guild_id)).cast_sharing
        if character.owner_id != self._member_id:
            await say(self._interaction, _(NOT_YOURS).format(name=character.name))
        elif sharing is CastSharing.OFF:
            await say(self._interaction, _(SHARING_OFF))
        elif sharing is CastSharing.MODERATORS and not self._interaction.permissions.manage_messages:
            await say(self._interaction, _(SHARING_MODERATORS))
        elif await may_be_written(self._services, self._interaction, character.name):
            try:
                await self._store.share(character.id, self._member_id, guild_id, self._services.clock.now())
            except NameTaken:
                await say(self._interaction, _(SHARED_TWICE).format(name=character.name))
            except CastError:
                await say(self._interaction, _(GONE))
            else:
                await self._show_changed(character, _(SHARED).format(name=character.name))

    async def _unshare(self, character: Character) -> None:
        """Take a character back from a server: its owner can, and anyone with Manage Messages there."""
        if character.owner_id != self._member_id and not self._interaction.permissions.manage_messages:
            await say(self._interaction, _(NOT_YOURS).format(name=character.name))
            return
        await self._store.unshare(character.id, self._interaction.guild_id or 0)
        await self._show_changed(character, _(UNSHARED).format(name=character.name))

    async def _show_changed(self, character: Character, notice: str) -> None:
        """Show a character as it is now, or the list where it is no longer the member's to see."""
        guild_id = await sharing_guild(self._services, self._interaction.guild_id)
        changed = await self._store.by_id(character.id, self._member_id, guild_id)
        if changed is None:
            await self.show(notice=notice)
        else:
            await self.show_one(changed, notice)

    async def _can(self, character: Character) -> Sequence[CastVerb]:
        """Say which buttons a character has for the member."""
        guild_id, moderates = self._interaction.guild_id, self._interaction.permissions.manage_messages
        own = character.owner_id == self._member_id
        sharing: list[CastVerb] = []
        if character.shared and (own or moderates):
            sharing.append(CastVerb.UNSHARE)
        elif own and guild_id is not None:
            setting = (await self._services.guild_settings.get(guild_id)).cast_sharing
            if setting is CastSharing.MEMBERS or (setting is CastSharing.MODERATORS and moderates):
                sharing.append(CastVerb.SHARE)
        return [CastVerb.RENAME, *sharing, CastVerb.ASK] if own else sharing


class CastItem(PressedItem, template=CAST_PATTERN):
    """Any component of the panel."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        chosen = self.item.values if isinstance(self.item, discord.ui.Select) else []
        await CastPanel(bot.services, interaction).press(CastId.of(self.match), chosen)


class FixCharacterButton(PressedItem, template=fix_pattern(NewCharacter.kind)):
    """Opens the form with what was refused, which is kept under the id in the button's custom id."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services, request_id = bot.services, int(self.match["request"])
        paused = await services.paused.look(request_id, interaction.user.id, services.clock.now())
        if paused is None or NewCharacter.kind not in paused.facts:
            await say(interaction, _(FIX_EXPIRED))
            return
        new = new_of_facts(paused.facts[NewCharacter.kind])
        names = [each.filename for each in new.pictures]
        form = cast_add_modal(fix_id(new.kind, request_id), name=new.name, filenames=names)
        await open_form(interaction, form)


class FixCharacterCog(FormCog):
    """Takes the form of *Fix it*."""

    form_pattern = fix_pattern(NewCharacter.kind)

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        services = self._services
        paused = await services.paused.resume(int(match["request"]), interaction.user.id, services.clock.now())
        await take_controls_away(interaction)
        known = paused is not None and NewCharacter.kind in paused.facts
        kept = new_of_facts(paused.facts[NewCharacter.kind]) if paused and known else NewCharacter(name="", pictures=())
        new = kept.fixed(submission.text(NAME), submission.images(FRONTAL), submission.images(OTHERS))
        if not known:
            whole = len(new.pictures) > CHARACTER_REFERENCES.least
            await refuse(services, interaction, _(FIX_EXPIRED), new if whole else replace(new, pictures=()))
        else:
            await save_character(services, interaction, new)


class CastAddButton(PressedItem, template=re.escape(CAST_ADD_ID)):
    """Opens the form that adds a character."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        if await has_room(bot.services, interaction):
            await open_form(interaction, cast_add_modal())


class CastAddCog(FormCog):
    """Takes the form that adds a character."""

    form_pattern = re.escape(CAST_ADD_ID)

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        new = NewCharacter(
            name=submission.text(NAME), pictures=[*submission.images(FRONTAL), *submission.images(OTHERS)]
        )
        await save_character(self._services, interaction, new)


class CastRenameCog(FormCog):
    """Takes the form that renames a character."""

    form_pattern = RENAME_PATTERN
    shape = Shape.UPDATE

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        panel = CastPanel(self._services, interaction)
        character = await panel.find(int(match["character"]), own=True)
        if character is not None:
            await panel.rename(character, submission.text(NAME))


class CastCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="cast", description="Save characters and objects to reuse by name in prompts")
    async def cast(self, interaction: discord.Interaction) -> None:
        await CastPanel(self._services, interaction).show()


def _file(stored: StoredPicture, place: int) -> discord.File:
    suffix = _SUFFIXES.get(stored.picture.content_type, "img")
    return discord.File(BytesIO(stored.picture.content), filename=f"picture{place}.{suffix}")


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(CastItem, CastAddButton, FixCharacterButton)
    await bot.add_cog(CastCog(bot.services))
    await bot.add_cog(CastAddCog(bot.services))
    await bot.add_cog(CastRenameCog(bot.services))
    await bot.add_cog(FixCharacterCog(bot.services))
