"""AutoMod rules as Discord gives them to members with Manage Server, by REST and with its events."""

from collections.abc import Sequence
from typing import Final

import aiohttp
import discord

from bot.automod.book import RulesForbidden, RulesUnreadable
from bot.automod.rules import AutomodRule, RuleKind

# What the other triggers look at, no request for a video has: floods of messages, mentions, names of members.
_KINDS: Final = {
    discord.AutoModRuleTriggerType.keyword: RuleKind.KEYWORDS,
    discord.AutoModRuleTriggerType.keyword_preset: RuleKind.PRESET,
}


class AutomodSource:
    """Reads rules for the servers that `client` has on its gateway."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def may_read(self, guild_id: int) -> bool:
        """Return whether the bot has Manage Server; of a server that is not known yet, that it may."""
        me = self._me(guild_id)
        return me is None or me.guild_permissions.manage_guild

    async def read(self, guild_id: int) -> Sequence[AutomodRule]:
        """Read a server's rules; raises `RulesForbidden` or `RulesUnreadable`."""
        me = self._me(guild_id)
        if me is None:
            raise RulesUnreadable
        try:
            rules = await me.guild.fetch_automod_rules()
        except discord.Forbidden as error:
            raise RulesForbidden from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise RulesUnreadable from error
        return [known for rule in rules if (known := rule_of(rule))]

    def _me(self, guild_id: int) -> discord.Member | None:
        guild = self._client.get_guild(guild_id)
        user = self._client.user
        return guild.get_member(user.id) if guild and user else None


def rule_of(rule: discord.AutoModRule) -> AutomodRule | None:
    """Return a rule as a value; None for one that doesn't judge texts."""
    kind = _KINDS.get(rule.trigger.type)
    if kind is None:
        return None
    return AutomodRule(
        id=rule.id,
        name=rule.name,
        kind=kind,
        enabled=rule.enabled,
        keywords=tuple(rule.trigger.keyword_filter),
        patterns=tuple(rule.trigger.regex_patterns),
        allowed=tuple(rule.trigger.allow_list),
        exempt_role_ids=frozenset(rule.exempt_role_ids),
        exempt_channel_ids=frozenset(rule.exempt_channel_ids),
    )
