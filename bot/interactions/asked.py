"""What the gate has to know of a request, read from the interaction it came with."""

from collections.abc import Iterable
from typing import Any

import discord

from bot.gate.gate import Asked
from bot.requests.reading import Options


def asked_by(
    interaction: discord.Interaction[Any],
    *,
    texts: Iterable[str] = (),
    options: Options | None = None,
) -> Asked:
    """Read who asks, and where; what is asked for is given, as far as it is known already."""
    channel, member, guild = interaction.channel, interaction.user, interaction.guild
    permissions = interaction.permissions
    here = channel.parent if isinstance(channel, discord.Thread) else channel
    return Asked(
        guild_id=interaction.guild_id or 0,
        channel_id=interaction.channel_id or 0,
        member_id=member.id,
        parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
        category_id=here.category_id if isinstance(here, discord.abc.GuildChannel) else None,
        role_ids=frozenset(role.id for role in member.roles) if isinstance(member, discord.Member) else frozenset(),
        manage_guild=permissions.manage_guild or permissions.administrator,
        joined_at=member.joined_at if isinstance(member, discord.Member) else None,
        age_restricted=is_age_restricted(channel),
        age_restricted_channels=frozenset(
            each.id for each in (guild.channels if guild else ()) if is_age_restricted(each)
        ),
        texts=tuple(texts),
        options=options,
    )


def is_age_restricted(channel: object) -> bool:
    """Tell whether only adults see a channel; a thread is as its parent."""
    is_nsfw = getattr(channel, "is_nsfw", None)
    return bool(is_nsfw and is_nsfw())
