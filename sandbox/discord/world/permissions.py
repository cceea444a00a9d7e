"""What a member may do in a channel, by Discord's own algorithm.

https://docs.discord.com/developers/topics/permissions
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag, auto


class Permission(IntFlag):
    CREATE_INSTANT_INVITE = auto()
    KICK_MEMBERS = auto()
    BAN_MEMBERS = auto()
    ADMINISTRATOR = auto()
    MANAGE_CHANNELS = auto()
    MANAGE_GUILD = auto()
    ADD_REACTIONS = auto()
    VIEW_AUDIT_LOG = auto()
    PRIORITY_SPEAKER = auto()
    STREAM = auto()
    VIEW_CHANNEL = auto()
    SEND_MESSAGES = auto()
    SEND_TTS_MESSAGES = auto()
    MANAGE_MESSAGES = auto()
    EMBED_LINKS = auto()
    ATTACH_FILES = auto()
    READ_MESSAGE_HISTORY = auto()
    MENTION_EVERYONE = auto()
    USE_EXTERNAL_EMOJIS = auto()
    VIEW_GUILD_INSIGHTS = auto()
    CONNECT = auto()
    SPEAK = auto()
    MUTE_MEMBERS = auto()
    DEAFEN_MEMBERS = auto()
    MOVE_MEMBERS = auto()
    USE_VAD = auto()
    CHANGE_NICKNAME = auto()
    MANAGE_NICKNAMES = auto()
    MANAGE_ROLES = auto()
    MANAGE_WEBHOOKS = auto()
    MANAGE_GUILD_EXPRESSIONS = auto()
    USE_APPLICATION_COMMANDS = auto()
    REQUEST_TO_SPEAK = auto()
    MANAGE_EVENTS = auto()
    MANAGE_THREADS = auto()
    CREATE_PUBLIC_THREADS = auto()
    CREATE_PRIVATE_THREADS = auto()
    USE_EXTERNAL_STICKERS = auto()
    SEND_MESSAGES_IN_THREADS = auto()
    USE_EMBEDDED_ACTIVITIES = auto()
    MODERATE_MEMBERS = auto()
    VIEW_CREATOR_MONETIZATION_ANALYTICS = auto()
    USE_SOUNDBOARD = auto()
    CREATE_GUILD_EXPRESSIONS = auto()
    CREATE_EVENTS = auto()
    USE_EXTERNAL_SOUNDS = auto()
    SEND_VOICE_MESSAGES = auto()
    SET_VOICE_CHANNEL_STATUS = 1 << 48  # bit 47 is no longer in use
    SEND_POLLS = auto()
    USE_EXTERNAL_APPS = auto()
    PIN_MESSAGES = auto()
    BYPASS_SLOWMODE = auto()


ALL = sum(Permission)
ROLE, MEMBER = 0, 1

_WHILE_TIMED_OUT = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
_ONLY_WITH_A_MESSAGE = int(
    Permission.MENTION_EVERYONE | Permission.SEND_TTS_MESSAGES | Permission.ATTACH_FILES | Permission.EMBED_LINKS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrite:
    """A channel's exception for a role (`type` 0) or a member (`type` 1)."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


def base(
    *,
    owner: bool,
    member_role_ids: Collection[int],
    everyone_role_id: int,
    role_permissions: Mapping[int, int],
) -> int:
    """Return the bits that a member has in the guild at large: owners and administrators have all."""
    found = role_permissions.get(everyone_role_id, 0)
    for role_id in member_role_ids:
        found |= role_permissions.get(role_id, 0)
    return ALL if owner or found & Permission.ADMINISTRATOR else found


def compute(
    *,
    owner: bool,
    member_role_ids: Collection[int],
    everyone_role_id: int,
    role_permissions: Mapping[int, int],
    overwrites: Sequence[Overwrite],
    member_id: int,
    timed_out: bool = False,
    in_thread: bool = False,
) -> int:
    """Return the bits that a member has in a channel; neither overwrite nor timeout touches an administrator.

    A thread is judged by its parent's `overwrites`; there SEND_MESSAGES_IN_THREADS stands for SEND_MESSAGES.
    """
    found = base(
        owner=owner,
        member_role_ids=member_role_ids,
        everyone_role_id=everyone_role_id,
        role_permissions=role_permissions,
    )
    if owner or found & Permission.ADMINISTRATOR:
        return ALL
    found = _overwritten(found, overwrites, everyone_role_id, member_role_ids, member_id)
    if timed_out:
        found &= _WHILE_TIMED_OUT
    return _without_implied(found, in_thread=in_thread)


def _overwritten(
    found: int,
    overwrites: Sequence[Overwrite],
    everyone_role_id: int,
    member_role_ids: Collection[int],
    member_id: int,
) -> int:
    """Apply the overwrites in order: everyone's, then all roles' together, then the member's."""
    everyone = [each for each in overwrites if each.type == ROLE and each.id == everyone_role_id]
    roles = [
        each for each in overwrites if each.type == ROLE and each.id in member_role_ids and each.id != everyone_role_id
    ]
    member = [each for each in overwrites if each.type == MEMBER and each.id == member_id]
    for layer in (everyone, roles, member):
        allow = deny = 0
        for each in layer:
            allow |= each.allow
            deny |= each.deny
        found = (found & ~deny) | allow
    return found


def _without_implied(found: int, *, in_thread: bool) -> int:
    """Take away what is of no use without seeing the channel, or without writing in it."""
    if not found & Permission.VIEW_CHANNEL:
        return 0
    send = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
    return found if found & send else found & ~_ONLY_WITH_A_MESSAGE
