"""Saving a character: what the form of `/cast` collected is judged, waits for consent where need be, and is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

import discord
from pydantic import TypeAdapter

from bot.cast.model import CastFull, NameTaken
from bot.cast.pictures import UnusablePicture
from bot.cast.view import (
    NAME_TAKEN,
    bad_name_sentence,
    full_sentence,
    picture_name,
    pictures_sentence,
    saved_sentence,
)
from bot.catalogue.models import CHARACTER_REFERENCES, CHARACTER_RULES
from bot.jobs.model import Reference
from bot.jobs.prompt import as_name, name_key
from bot.media.rules import judge_metadata
from bot.requests.refusal_words import image_sentence
from bot.services import Services
from bot.ui.answers import Shape, defer, say
from bot.ui.language import _
from cogs.requests.drafts import has_accepted
from cogs.requests.gatekeeping import may_be_written, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharacter:
    """What a member filled in; the frontal picture comes first."""

    kind: ClassVar[str] = "cast"

    name: str
    pictures: Sequence[Reference]

    @property
    def words(self) -> Sequence[str]:
        return (self.name,)

    @property
    def filenames(self) -> Sequence[str]:
        return ()  # which are shown to no one

    def facts(self) -> Mapping[str, Any]:
        return _ADAPTER.dump_python(self, mode="json")

    def only(self, *, words: bool, images: bool) -> Self:
        kept = self if words else replace(self, name="")
        return kept if images else replace(kept, pictures=())

    def fixed(self, name: str, frontal: Sequence[Reference], others: Sequence[Reference]) -> "NewCharacter":
        """Return the character as it was changed in its form; a field that was left empty keeps its images."""
        return NewCharacter(name=name, pictures=[*(frontal or self.pictures[:1]), *(others or self.pictures[1:])])


_ADAPTER: Final = TypeAdapter(NewCharacter)


def new_of_facts(facts: Mapping[str, Any]) -> NewCharacter:
    return _ADAPTER.validate_python(facts)


async def has_room(services: Services, interaction: discord.Interaction[Any], new: NewCharacter | None = None) -> bool:
    """Return whether a member may have one more character, and answer if not, before they fill in a form."""
    most = services.settings.cast_limit
    if await services.cast.store.count(interaction.user.id) < most:
        return True
    await refuse(services, interaction, full_sentence(most), new)
    return False


async def save_character(services: Services, interaction: discord.Interaction[Any], new: NewCharacter) -> None:
    """Save a character, or say why not."""
    name = as_name(new.name)
    if name is None:
        await refuse(services, interaction, bad_name_sentence(new.name), new)
        return
    if (fault := _judge(new.pictures)) is not None:
        await refuse(services, interaction, fault, new)
        return
    if not await has_room(services, interaction, new) or not await may_be_written(
        services, interaction, name, draft=new
    ):
        return
    if name_key(name) in await services.cast.store.by_names([name_key(name)], interaction.user.id, None):
        await refuse(services, interaction, _(NAME_TAKEN).format(name=name), new)
        return
    if not await has_accepted(services, interaction, new):
        return
    # Fetching and scaling take longer than the three seconds of an answer.
    await defer(interaction, Shape.PRIVATE)
    if why_not := await _save(services, interaction, name, new.pictures):
        await refuse(services, interaction, why_not, new)
    else:
        await say(interaction, saved_sentence(name))


async def _save(
    services: Services, interaction: discord.Interaction[Any], name: str, uploads: Sequence[Reference]
) -> str:
    """Fetch the pictures and keep them; say why not, or nothing."""
    most = services.settings.cast_limit
    try:
        pictures = await services.cast.pictures.take(interaction.id, uploads)
        await services.cast.store.add(
            interaction.id, interaction.user.id, name, pictures, most=most, now=services.clock.now()
        )
    except UnusablePicture as unusable:
        return image_sentence(unusable.fault, picture_name(unusable.number), CHARACTER_RULES)
    except NameTaken:
        return _(NAME_TAKEN).format(name=name)
    except CastFull:
        return full_sentence(most)
    return ""


def _judge(pictures: Sequence[Reference]) -> str | None:
    """Say what speaks against pictures by what Discord tells of them; None where nothing does."""
    if len(pictures) - 1 not in CHARACTER_REFERENCES:
        return pictures_sentence()
    for place, picture in enumerate(pictures, start=1):
        fault = judge_metadata(
            CHARACTER_RULES,
            size=picture.size,
            width=picture.width or None,
            height=picture.height or None,
        )
        if fault is not None:
            return image_sentence(fault, picture_name(place), CHARACTER_RULES)
    return None
