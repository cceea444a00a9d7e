"""What Discord tells of a server, as the check of its settings wants to know it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

import discord

from bot.automod.book import RuleBook, RulesUnreadable
from bot.gate.denial import INVITED_WITH, NEEDED
from bot.settings.findings import AutomodFacts, ChannelFacts, Purpose, ServerFacts
from bot.settings.model import GuildSettings

# By purpose: discord.py's names of the permissions that the bot needs in a channel, and Discord's words for them.
NEEDS: Final[Mapping[Purpose, Mapping[str, str]]] = {
    Purpose.REQUESTS: INVITED_WITH,
    Purpose.OUTPUT: NEEDED,
    Purpose.REVIEW: NEEDED,
    Purpose.LOG: NEEDED,
}
_IN_FORUMS: Final = frozenset(INVITED_WITH) - {"send_messages"}  # all posts of a forum are threads


def server_facts(
    guild: discord.Guild, named: Iterable[int], prices_usd: Mapping[int, Decimal], automod: AutomodFacts
) -> ServerFacts:
    """Gather what there is on a server; what the bot may do only in the channels that are `named`."""
    wanted = frozenset(named)
    channels = {
        channel.id: _looked_into(guild, channel) if channel.id in wanted else _facts(channel, missing={})
        for channel in guild.channels
        if not isinstance(channel, discord.CategoryChannel)
    }
    roles = frozenset(role.id for role in guild.roles)
    return ServerFacts(channels=channels, roles=roles, automod=automod, prices_usd=prices_usd)


async def automod_facts(book: RuleBook, guild_id: int) -> AutomodFacts:
    """Tell what of a server's AutoMod rules cannot be applied."""
    try:
        rules = await book.rules_for(guild_id)
    except RulesUnreadable:
        return AutomodFacts(readable=True, reached=False)
    if rules is None:
        return AutomodFacts(readable=False)
    bad = tuple((each.rule.name, each.pattern) for each in rules.unusable)
    return AutomodFacts(readable=True, presets=rules.presets, bad_patterns=bad)


def named_channels(settings: GuildSettings) -> frozenset[int]:
    """Give every channel that settings name."""
    own = settings.channel_settings
    single = (
        *(settings.output_channel_id, settings.review_channel_id, settings.log_channel_id),
        *(each.output_channel_id for each in own.values()),
    )
    return frozenset({*(settings.channels or ()), *own, *(each for each in single if each is not None)})


def _looked_into(guild: discord.Guild, channel: discord.abc.GuildChannel) -> ChannelFacts:
    granted = channel.permissions_for(guild.me)
    is_forum = isinstance(channel, discord.ForumChannel)
    missing = {
        purpose: tuple(
            words
            for name, words in needed.items()
            if not getattr(granted, name) and (not is_forum or name in _IN_FORUMS)
        )
        for purpose, needed in NEEDS.items()
    }
    public = channel.permissions_for(guild.default_role).view_channel
    return _facts(channel, missing=missing, public=public)


def _facts(
    channel: discord.abc.GuildChannel, *, missing: Mapping[Purpose, tuple[str, ...]], public: bool = False
) -> ChannelFacts:
    return ChannelFacts(missing=missing, age_restricted=bool(getattr(channel, "nsfw", False)), public=public)
