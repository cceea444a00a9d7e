"""Characters in a request: those a member chose, those the prompt names, and the choices that are offered."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands

from bot.cast.model import Character
from bot.cast.view import choice_label
from bot.catalogue.model import VideoModel
from bot.jobs.model import Reference
from bot.jobs.prompt import PING, name_key, names_in, possible_keys
from bot.requests.reading import Read, Refusal, RefusalCode, Upload, read_request
from bot.requests.wish import Wish
from bot.services import Services
from bot.settings.model import CastSharing
from bot.ui.custom_ids import LARGEST_ID, read_id
from bot.ui.language import speak

ASKED_WITHIN: Final = 1.0  # seconds, of the three in which an interaction must be answered
MOST_NAMED: Final = 10  # of the characters there are, in the answer to a name that is no one's
MOST_CHOICES: Final = 25  # Discord's
Choices = list[app_commands.Choice[str]]


async def read_wish(
    services: Services, interaction: discord.Interaction[Any], wish: Wish, model: VideoModel
) -> Read | Refusal:
    """Read a wish with every character that the member may use here, or say what is wrong with it."""
    member_id = interaction.user.id
    guild_id = await sharing_guild(services, interaction.guild_id)
    chosen = list(wish.kept)
    while len(chosen) <= model.most_inputs and (ping := PING.search(wish.prompt)):
        if ping["sign"] in {"@&", "#"}:
            return Refusal(code=RefusalCode.ROLE_OR_CHANNEL, name=ping[0])
        character = await _mentioned(services, interaction, int(ping["id"]), guild_id)
        if character is None:
            return Refusal(code=RefusalCode.MEMBER, number=int(ping["id"]))
        if character.id not in {each.cast_id for each in chosen}:
            chosen.append(character.element)
        spaced = re.sub(rf"{re.escape(ping[0])}(?=\w)", f"{ping[0]} ", wish.prompt)
        wish = replace(wish, prompt=spaced.replace(ping[0], f"@{character.name}"))
    keys = possible_keys(wish.prompt)
    for text in wish.cast:
        character = await find_character(services, text, member_id, guild_id)
        if character is None:
            return Refusal(
                code=RefusalCode.UNKNOWN_CHARACTER, name=text, names=await _names(services, member_id, guild_id)
            )
        if character.id not in {each.cast_id for each in chosen}:
            chosen.append(character.element)
    known = await services.cast.store.by_names(keys, member_id, guild_id)
    read = read_request(
        wish.prompt,
        [_upload(number, image) for number, image in wish.images],
        model,
        chosen=chosen,
        known={key: character.element for key, character in known.items()},
    )
    if isinstance(read, Refusal) and read.code is RefusalCode.UNKNOWN_NAME:
        others = await _names(services, member_id, guild_id)
        return replace(read, names=(*read.names, *(each for each in others if each not in read.names)))
    return read


async def _mentioned(
    services: Services, interaction: discord.Interaction[Any], mentioned_id: int, guild_id: int | None
) -> Character | None:
    """Find the character that stands for a member: one that they share here under their name, or the requester's own.

    Discord tells no names with a text, so it is asked for them; without an answer, no character is found.
    """
    guild = interaction.guild
    if guild is None or mentioned_id > LARGEST_ID:
        return None
    try:
        async with asyncio.timeout(ASKED_WITHIN):
            member = guild.get_member(mentioned_id) or await guild.fetch_member(mentioned_id)
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return None
    called = [each for each in (member.nick, member.global_name, member.name) if each]
    keys = [name_key(name) for each in called for name in names_in(each)]
    theirs = (await services.cast.store.by_names(keys, mentioned_id, guild_id)).values()
    shared = [each for each in theirs if each.owner_id == mentioned_id and each.shared]
    own = (await services.cast.store.by_names(keys, interaction.user.id, None)).values()
    return next(iter([*shared, *own]), None)


async def find_character(services: Services, text: str, member_id: int, guild_id: int | None) -> Character | None:
    """Find whom a member means by an id, as autocomplete gives it, or by a name, with or without its `@`."""
    if (cast_id := read_id(text)) is not None:
        return await services.cast.store.by_id(cast_id, member_id, guild_id)
    key = name_key(text.strip().removeprefix("@"))
    return (await services.cast.store.by_names([key], member_id, guild_id)).get(key)


async def sharing_guild(services: Services, guild_id: int | None) -> int | None:
    """Return the server whose shared characters can be used, or None if sharing is off there."""
    if guild_id is None:
        return None
    settings = await services.guild_settings.get(guild_id)
    return None if settings.cast_sharing is CastSharing.OFF else guild_id


async def _names(services: Services, member_id: int, guild_id: int | None) -> tuple[str, ...]:
    usable = await services.cast.store.usable(member_id, guild_id)
    return tuple(f"@{each.name}" for each in usable[:MOST_NAMED])


def _upload(number: int, image: Reference) -> Upload:
    return Upload(
        option=number,
        size=image.size,
        width=image.width or None,
        height=image.height or None,
    )


def texts_of(read: Read, wish: Wish) -> Sequence[str]:
    """Return everything that a member wrote, or that is shown with it."""
    names = [each.name for each in read.elements]
    return (read.prompt, wish.prompt, *names, *(image.filename for _, image in wish.images))


async def usable_choices(interaction: discord.Interaction[Any], typed: str) -> Choices:
    """Offer everyone that a member can use here."""
    services: Services = interaction.client.services
    guild_id = await sharing_guild(services, interaction.guild_id)
    characters = await services.cast.store.usable(interaction.user.id, guild_id)
    speak(interaction.locale.value)
    wanted = name_key(typed.strip().removeprefix("@"))
    found = [each for each in characters if wanted in name_key(each.name)]
    return [
        app_commands.Choice(name=choice_label(each, interaction.user.id), value=str(each.id))
        for each in found[:MOST_CHOICES]
    ]
