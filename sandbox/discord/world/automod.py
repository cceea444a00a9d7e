"""AutoMod rules as Discord answers them. The sandbox keeps rules to be read; it does not enforce them.

https://docs.discord.com/developers/resources/auto-moderation
"""

from enum import IntEnum
from typing import Any

from sandbox.discord.json_fields import is_object, objects, snowflakes, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.world.world import Guild


class Trigger(IntEnum):
    KEYWORD = 1
    SPAM = 3
    KEYWORD_PRESET = 4
    MENTION_SPAM = 5
    MEMBER_PROFILE = 6


_METADATA: dict[Trigger, dict[str, Any]] = {
    Trigger.KEYWORD: {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
    Trigger.SPAM: {},
    Trigger.KEYWORD_PRESET: {"presets": [], "allow_list": []},
    Trigger.MENTION_SPAM: {"mention_total_limit": 20, "mention_raid_protection_enabled": False},
    Trigger.MEMBER_PROFILE: {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
}


def changed_rule(rule: JsonObject, payload: JsonObject, *, guild: Guild) -> JsonObject:
    """Return a rule with what is given in place of what it had; its trigger cannot change."""
    given = payload.get("trigger_metadata")
    metadata = rule["trigger_metadata"] | (given if is_object(given) else {})
    wanted = {**rule, **payload, "trigger_type": rule["trigger_type"], "trigger_metadata": metadata}
    return rule_from(wanted, rule_id=int(rule["id"]), guild=guild)


def rule_from(payload: JsonObject, *, rule_id: int, guild: Guild) -> JsonObject:
    """Return a whole rule; what is not given has Discord's default. Raises `ValueError` for a wrong trigger."""
    trigger = Trigger(payload.get("trigger_type", Trigger.KEYWORD))
    given = payload.get("trigger_metadata")
    defaults = _METADATA[trigger]
    metadata = {key: value for key, value in given.items() if key in defaults} if is_object(given) else {}
    return {
        "id": str(rule_id),
        "guild_id": str(guild.id),
        "creator_id": str(guild.owner_id),
        "name": text(payload, "name") or "Rule",
        "event_type": 2 if trigger is Trigger.MEMBER_PROFILE else 1,
        "trigger_type": int(trigger),
        "trigger_metadata": defaults | metadata,
        "actions": objects(payload.get("actions")) or [{"type": 1, "metadata": {}}],
        "enabled": payload.get("enabled", True) is True,
        "exempt_roles": [str(each) for each in snowflakes(payload.get("exempt_roles"))],
        "exempt_channels": [str(each) for each in snowflakes(payload.get("exempt_channels"))],
    }
