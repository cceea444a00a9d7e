"""Who a message mentions, as the sender's `allowed_mentions` permits.

https://docs.discord.com/developers/resources/message#allowed-mentions-object
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.discord.json_fields import is_object, snowflakes
from sandbox.discord.world.world import Guild, Message

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    users: list[int]
    roles: list[int]
    everyone: bool


def find_mentions(
    text: str,
    allowed: object,
    *,
    guild: Guild | None,
    known_users: Container[int],
    may_mention_everyone: bool,
    replied_to: Message | None = None,
) -> Mentions:
    """Return what `text` mentions: users and roles that exist, in order and once each.

    `allowed` is the payload's `allowed_mentions`; without one everything written mentions, and a reply
    mentions the author it answers.
    """
    rule = allowed if is_object(allowed) else None
    users = [each for each in _ids(_USER, text) if each in known_users and _permits(rule, "users", each)]
    if replied_to is not None and (rule is None or rule.get("replied_user")):
        users.append(replied_to.author.id)
    roles = [
        each
        for each in _ids(_ROLE, text)
        if guild is not None and each in guild.roles and _permits(rule, "roles", each)
    ]
    everyone = bool(_EVERYONE.search(text)) and may_mention_everyone and _parses(rule, "everyone")
    return Mentions(users=list(dict.fromkeys(users)), roles=list(dict.fromkeys(roles)), everyone=everyone)


def _ids(pattern: re.Pattern[str], text: str) -> list[int]:
    return [int(found) for found in pattern.findall(text)]


def _parses(rule: Mapping[str, Any] | None, kind: str) -> bool:
    return rule is None or kind in (rule.get("parse") or [])


def _permits(rule: Mapping[str, Any] | None, kind: str, subject: int) -> bool:
    return rule is None or _parses(rule, kind) or subject in snowflakes(rule.get(kind))
