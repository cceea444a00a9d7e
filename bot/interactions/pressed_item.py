"""Components whose custom id says what a press means, so that they work after a restart."""

import re
from typing import Any, ClassVar, Self

import discord

from bot.interactions.answers import Shape
from bot.interactions.errors import answer_broken
from bot.presentation.language import speak


class PressedItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"reelcast:no-item"):
    """A button or a menu of ours; a subclass gives its `template`, and what a press does."""

    shape: ClassVar[Shape] = Shape.PRIVATE  # of the answer, should it take long
    templates: ClassVar[list[re.Pattern[str]]] = []  # of all subclasses

    def __init_subclass__(cls, *, template: re.Pattern[str] | str, **options: Any) -> None:
        super().__init_subclass__(template=template, **options)
        cls.templates.append(re.compile(template))

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match  # of the custom id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not await interaction.client.arrivals.receive(interaction, self.shape):
            return
        speak(interaction.locale.value)
        try:
            await self.answer(interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a press is for."""
        raise NotImplementedError
