"""Discord's JSON for what exists: users, roles, members, channels, guilds and the application."""

from sandbox.discord.json_types import JsonObject
from sandbox.discord.world.clock import timestamp
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel, ChannelType, Guild, Member, Role, Thread, User, World


def user(subject: User) -> JsonObject:
    """Return a user object as it appears within other objects."""
    payload: JsonObject = {
        "id": str(subject.id),
        "username": subject.username,
        "global_name": subject.global_name,
        "discriminator": f"{subject.id % 9999 + 1:04}" if subject.bot else "0",  # people have none since 2023
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "primary_guild": None,
        "avatar_decoration_data": None,
        "collectibles": None,
    }
    return payload | {"bot": True} if subject.bot else payload


def own_user(subject: User) -> JsonObject:
    """Return the user object that a bot gets of itself."""
    return user(subject) | {
        "mfa_enabled": True,
        "locale": subject.locale,
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def role(subject: Role) -> JsonObject:
    payload: JsonObject = {
        "id": str(subject.id),
        "name": subject.name,
        "permissions": str(subject.permissions),
        "position": subject.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": subject.bot_id is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return payload if subject.bot_id is None else payload | {"tags": {"bot_id": str(subject.bot_id)}}


def resolved_member(subject: Member) -> JsonObject:
    """Return a member as it stands beside its user in resolved data: without what voice channels know."""
    until = subject.timed_out_until
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None if until is None else timestamp(until),
        "flags": 0,
        "joined_at": timestamp(subject.joined_at),
        "nick": subject.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in subject.role_ids],
    }


def partial_member(subject: Member) -> JsonObject:
    """Return a member without its user, as it stands beside a user in messages."""
    return resolved_member(subject) | {"mute": False, "deaf": False}


def member(subject: Member) -> JsonObject:
    return partial_member(subject) | {"user": user(subject.user)}


def channel(subject: Channel) -> JsonObject:
    """Return a channel object; threads and direct channels have their own fields."""
    last = next(reversed(subject.messages), None)
    payload: JsonObject = {
        "id": str(subject.id),
        "type": int(subject.type),
        "flags": 0,
        "last_message_id": None if last is None else str(last),
    }
    if subject.type is ChannelType.DM:
        return payload | {"recipients": [user(each) for each in subject.recipients]}
    payload |= {
        "guild_id": str(subject.guild_id),
        "name": subject.name,
        "parent_id": None if subject.parent_id is None else str(subject.parent_id),
        "rate_limit_per_user": 0,
        "last_pin_timestamp": None,
    }
    return payload | (
        _guild_channel_fields(subject) if subject.thread is None else _thread_fields(subject, subject.thread)
    )


def _guild_channel_fields(subject: Channel) -> JsonObject:
    return {
        "position": subject.position,
        "topic": subject.topic,
        "nsfw": subject.nsfw,
        "permission_overwrites": [
            {"id": str(each.id), "type": each.type, "allow": str(each.allow), "deny": str(each.deny)}
            for each in subject.overwrites
        ],
        **_fields_of_kind(subject.type),
    }


def _fields_of_kind(kind: ChannelType) -> JsonObject:
    """Return what only channels of this kind have."""
    match kind:
        case ChannelType.VOICE | ChannelType.STAGE:
            return {"bitrate": 64_000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
        case ChannelType.FORUM | ChannelType.MEDIA:
            return {
                "available_tags": [],
                "default_reaction_emoji": None,
                "default_sort_order": None,
                "default_forum_layout": 0,
                "default_thread_rate_limit_per_user": 0,
                "default_auto_archive_duration": 1440,
            }
        case _:
            return {}


def _thread_fields(subject: Channel, thread: Thread) -> JsonObject:
    return {
        "owner_id": str(thread.owner_id),
        "message_count": len(subject.messages),
        "member_count": len(thread.joined),
        "total_message_sent": len(subject.messages),
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": timestamp(thread.created_at),
            "auto_archive_duration": 1440,
            "locked": thread.locked,
            "create_timestamp": timestamp(thread.created_at),
            "invitable": thread.invitable,
        },
    }


def thread_seen_by(subject: Channel, viewer: User) -> JsonObject:
    """Return a thread as it is told to one user: with their membership, if they are in it."""
    is_in = subject.thread is not None and viewer.id in subject.thread.joined
    return channel(subject) | {"member": thread_member(subject, viewer.id)} if is_in else channel(subject)


def thread_member(subject: Channel, user_id: int) -> JsonObject:
    """Return a member of a thread; raises `LookupError` for a user who is none."""
    if subject.thread is None:
        raise LookupError("not a thread")
    return {
        "id": str(subject.id),
        "user_id": str(user_id),
        "join_timestamp": timestamp(subject.thread.joined[user_id]),
        "flags": 0,
    }


def guild(subject: Guild) -> JsonObject:
    """Return a guild as REST answers it: without channels, members and threads."""
    return {
        "id": str(subject.id),
        "name": subject.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(subject.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None if subject.system_channel_id is None else str(subject.system_channel_id),
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each) for each in subject.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": subject.premium_tier,
        "premium_subscription_count": 7 if subject.premium_tier else 0,
        "preferred_locale": subject.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_counts(subject: Guild) -> JsonObject:
    """Return what is added to a guild where its counts are asked for."""
    count = len(subject.members)
    return {"approximate_member_count": count, "approximate_presence_count": count}


def gateway_guild(subject: Guild, world: World) -> JsonObject:
    """Return a guild as GUILD_CREATE carries it: every channel, the threads that the bot may view.

    Of the members only the bot itself is there; others come on request, as for any session without presences.
    """
    visible = [
        each for each in subject.channels.values() if Permission.VIEW_CHANNEL in world.permissions(world.bot.id, each)
    ]
    own = subject.members[world.bot.id]
    return guild(subject) | {
        "joined_at": timestamp(own.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(subject.members),
        "members": [member(own)],
        "channels": [channel(each) for each in subject.channels.values() if each.thread is None],
        "threads": [thread_seen_by(each, world.bot) for each in visible if each.thread is not None],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> JsonObject:
    """Return the application as it is told to its own bot; the first guild's owner owns it."""
    owner = world.users[next(iter(world.guilds.values())).owner_id]
    return {
        "id": str(world.application_id),
        "name": "Reelcast",
        "icon": None,
        "description": "Videos from reference images",
        "summary": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": world.verify_key,
        "flags": APPLICATION_FLAGS,
        "flags_new": str(APPLICATION_FLAGS),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
    }


# Limited presence, members and message content: what an application below 100 guilds may switch on.
APPLICATION_FLAGS = 1 << 13 | 1 << 15 | 1 << 19
