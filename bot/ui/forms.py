"""Modals by their custom id alone: whatever a member has typed reaches us after a restart, too, and however late."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import discord
from discord.ext import commands

from bot.jobs.model import Job, Reference
from bot.ui.answers import Shape, say
from bot.ui.failures import answer_broken
from bot.ui.language import N_, _, speak
from bot.ui.pressed_item import NO_RECORD
from bot.ui.text import END_ISOLATE, ISOLATE, clip, isolated, visible

LABEL_LIMIT: Final = 100  # characters of a field's description, or of one of its choices; Discord's
LEAST_NAME: Final = 8  # characters of a file's name that are shown
KEEPS: Final = N_("Leave this empty to keep: {names}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a member filled in, as Discord sends it: `fields` by custom id, uploads by their id."""

    fields: Mapping[str, Mapping[str, Any]]
    uploads: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Submission":
        fields = {each["custom_id"]: each for each in _leaves(data.get("components", ())) if "custom_id" in each}
        return cls(fields=fields, uploads=data.get("resolved", {}).get("attachments", {}))

    def text(self, field: str) -> str:
        return str(self.fields.get(field, {}).get("value") or "")

    def is_ticked(self, field: str) -> bool:
        return self.fields.get(field, {}).get("value") is True

    def chosen(self, field: str) -> Sequence[str]:
        """What was chosen or uploaded in a field: ids, in the member's order."""
        return [str(each) for each in self.fields.get(field, {}).get("values") or ()]

    def images(self, field: str) -> Sequence[Reference]:
        """What was uploaded in a field."""
        return [_reference(self.uploads[each]) for each in self.chosen(field) if each in self.uploads]


class FormCog(commands.Cog):
    """A cog that takes the submissions of its modals; a subclass defines their custom ids and handles them."""

    form_pattern: ClassVar[str]
    shape: ClassVar[Shape] = Shape.PRIVATE  # of the answer to a submission, should it take long

    @commands.Cog.listener("on_interaction")
    async def _receive(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
            return
        data: Mapping[str, Any] = interaction.data
        match = re.fullmatch(self.form_pattern, data.get("custom_id", ""))
        if match is None or not await interaction.client.arrivals.receive(interaction, self.shape):
            return
        speak(interaction.locale.value)
        try:
            await self.submitted(interaction, match, Submission.read(data))
        except Exception as error:  # noqa: BLE001 - whatever it is, who typed all that must be answered
            await answer_broken(interaction, self.qualified_name, error)

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission, /
    ) -> None:
        """Do what a modal with a custom id of this cog is for."""
        raise NotImplementedError


class JobFormCog(FormCog):
    """A cog whose modals are about one job each, which their custom id names."""

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission, /
    ) -> None:
        job = await interaction.client.services.store.get(int(match["job"]))
        if job is None or job.request.guild_id != interaction.guild_id:
            await self.submitted_without_record(interaction, submission)
        else:
            await self.submitted_for(interaction, job, submission)

    async def submitted_for(self, interaction: discord.Interaction[Any], job: Job, submission: Submission) -> None:
        """Do what the modal is for, with a job of this server."""
        raise NotImplementedError

    async def submitted_without_record(self, interaction: discord.Interaction[Any], submission: Submission) -> None:  # noqa: ARG002 - some give it back
        """Answer where the job is deleted, or of another server."""
        await say(interaction, _(NO_RECORD))


def kept_images(filenames: Sequence[str], sentence: str = KEEPS) -> str:
    """Name the images that are kept, for a form can't show them; `sentence` has a place for the names."""
    text = _(sentence)
    room = LABEL_LIMIT - len(text.replace("{names}", ""))
    each = max(room // len(filenames) - len(", "), LEAST_NAME)
    names = ", ".join(clip(visible(name), each) for name in filenames)
    return text.replace("{names}", isolated(clip(names, room - len(ISOLATE + END_ISOLATE))))


def _leaves(components: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _leaves(component.get("components", ()))
        if "component" in component:
            yield component["component"]


def _reference(upload: Mapping[str, Any]) -> Reference:
    return Reference(
        url=upload["url"],
        filename=upload["filename"],
        content_type=upload.get("content_type") or "",
        size=upload["size"],
        width=upload.get("width") or 0,
        height=upload.get("height") or 0,
    )
