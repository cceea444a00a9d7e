"""The invitation link, with the fewest permissions that serve."""

import discord
from discord.http import Route

from bot.config import Settings
from bot.gate.denial import INVITED_WITH


def invited_permissions(*, automod: bool = False) -> discord.Permissions:
    """Give what the bot needs in a server; with `automod`, also Manage Server, which reading AutoMod's rules takes."""
    return discord.Permissions(**dict.fromkeys(INVITED_WITH, True), manage_guild=automod)


def invitation(application_id: int, *, automod: bool = False) -> str:
    permissions = invited_permissions(automod=automod)
    return discord.utils.oauth_url(application_id, permissions=permissions, scopes=("bot", "applications.commands"))


async def application_id_of(settings: Settings) -> int:
    """Ask Discord which application the token belongs to."""
    Route.BASE = settings.discord_api_url
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(settings.discord_token.get_secret_value())
        return (await client.application_info()).id
