"""The invitation link, with the fewest permissions that serve."""

import discord
from discord.http import Route

from bot.policy.permissions import INVITED_WITH
from bot.settings import Settings


def invited_permissions() -> discord.Permissions:
    return discord.Permissions(**dict.fromkeys(INVITED_WITH, True))


def invitation(application_id: int) -> str:
    return discord.utils.oauth_url(
        application_id, permissions=invited_permissions(), scopes=("bot", "applications.commands")
    )


async def application_id_of(settings: Settings) -> int:
    """Ask Discord which application the token belongs to."""
    Route.BASE = settings.discord_api_url
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(settings.discord_token.get_secret_value())
        return (await client.application_info()).id
