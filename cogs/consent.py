"""The button of the notice before a member's first images."""

import re
from typing import Any, Self

import discord

from bot.app import Reelcast
from bot.interactions.consent import ask
from bot.interactions.errors import answer_broken, say
from bot.interactions.resuming import resume
from bot.policy.consent import WORDING
from bot.presentation.consent import CONSENT_PATTERN, NOTHING_LEFT
from bot.presentation.language import _, speak


class ConsentButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=CONSENT_PATTERN):
    """Records that who presses accepts, and goes on with what they had asked for."""

    def __init__(self, custom_id: str, version: int, request_id: int) -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self._version = version
        self._request_id = request_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string, int(match["version"]), int(match["request"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        try:
            await self._pressed(interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)

    async def _pressed(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services = bot.services
        member_id = interaction.user.id
        if self._version != WORDING:
            await ask(interaction, self._request_id)
            return
        await services.consents.give(member_id, locale=interaction.locale.value, now=services.clock.now())
        paused = await services.paused.resume(self._request_id, member_id)
        if paused is None:
            await say(interaction, _(NOTHING_LEFT))
        else:
            await resume(services, interaction, paused)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ConsentButton)
