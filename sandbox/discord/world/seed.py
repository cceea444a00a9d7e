"""The world a sandbox starts with: two guilds, their channels, roles and members, and the bot.

*Film Club* has a moderator, ordinary members, a channel where the bot may not send, one that is
age-restricted and a thread. *Animation Guild* is boosted to tier 2, so that larger files pass.
Each has a channel for reviews that ordinary members don't see.
"""

import base64
import secrets

from sandbox.discord.world.clock import SandboxClock, SnowflakeMint
from sandbox.discord.world.permissions import Overwrite, Permission
from sandbox.discord.world.world import Channel, ChannelType, Guild, Member, Role, Thread, User, World

EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
)
MODERATOR = (
    Permission.MANAGE_MESSAGES
    | Permission.MODERATE_MEMBERS
    | Permission.MANAGE_THREADS
    | Permission.KICK_MEMBERS
    | Permission.VIEW_AUDIT_LOG
)
BOT = EVERYONE | Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD

FRESH = "New Server"
AN_ODD_WHILE = 3_600_001  # milliseconds, before which nothing was minted


def seed(clock: SandboxClock) -> World:
    """Make the world that every sandbox starts with; ids and the bot's token are new each time."""
    mint = SnowflakeMint(clock)
    bot = User(id=mint(), username="reelcast", bot=True)
    world = World(clock=clock, mint=mint, bot=bot, token=_token(bot.id))
    people = {name: User(id=mint(), username=name, global_name=name.title()) for name in _PEOPLE}
    world.users = {user.id: user for user in (bot, *people.values())}
    _film_club(world, people)
    _animation_guild(world, people)
    return world


_PEOPLE = ("ada", "mo", "mira", "noor")


def fresh_server(world: World, owner: User) -> Guild:
    """Make a server that the bot has just joined, with everyone in it and a moderators' channel that the bot sees."""
    taken = sum(each.name.startswith(FRESH) for each in world.guilds.values())
    guild = _guild(world, f"{FRESH} {taken + 1}" if taken else FRESH, owner)
    moderators = _role(world, guild, "Moderators", MODERATOR)
    for user in world.users.values():
        if not user.bot and user is not owner:
            _join(world, guild, user, *([moderators] if user.username == "mo" else []))
    bot_role = _join_bot(world, guild)
    _system_channel(world, guild)
    _channel(world, guild, "videos")
    _review_channel(world, guild, moderators, bot_role, name="moderators")
    return guild


def _token(bot_id: int) -> str:
    """Return a token whose first part tells the bot's id, as libraries read it."""
    id_part = base64.b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{id_part}.{secrets.token_urlsafe(6)}.{secrets.token_urlsafe(28)}"


def _film_club(world: World, people: dict[str, User]) -> None:
    guild = _guild(world, "Film Club", people["ada"])
    moderators = _role(world, guild, "Moderators", MODERATOR)
    trusted = _role(world, guild, "Trusted", Permission(0))
    _join(world, guild, people["mo"], moderators)
    _join(world, guild, people["mira"])
    _join(world, guild, people["noor"], trusted)
    bot_role = _join_bot(world, guild)
    videos = _channel(world, guild, "videos", topic="Videos made from reference images")
    _system_channel(world, guild)
    _review_channel(world, guild, moderators, bot_role)
    silent = Overwrite(id=bot_role.id, type=0, allow=0, deny=int(Permission.SEND_MESSAGES))
    _channel(world, guild, "announcements").overwrites = [silent]
    _channel(world, guild, "late-night").nsfw = True
    thread = _channel(world, guild, "storyboards")
    thread.type = ChannelType.PUBLIC_THREAD
    thread.parent_id = videos.id
    now, owner = world.clock(), people["mira"].id
    thread.thread = Thread(owner_id=owner, created_at=now, joined={owner: now})


def _animation_guild(world: World, people: dict[str, User]) -> None:
    guild = _guild(world, "Animation Guild", people["noor"])
    guild.premium_tier = 2
    _join(world, guild, people["mira"])
    bot_role = _join_bot(world, guild)
    _channel(world, guild, "videos")
    _system_channel(world, guild)
    _review_channel(world, guild, bot_role)


def _guild(world: World, name: str, owner: User) -> Guild:
    guild = Guild(id=_guild_id(world), name=name, owner_id=owner.id)
    guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=int(EVERYONE))
    world.guilds[guild.id] = guild
    _join(world, guild, owner)
    return guild


def _guild_id(world: World) -> int:
    """Mint an id so that of two shards each has a guild: the millisecond in an id says the shard."""
    minted = world.mint()
    same_shard = any((minted ^ other) & (1 << 22) == 0 for other in world.guilds)
    return minted - (AN_ODD_WHILE << 22) if same_shard else minted


def _role(world: World, guild: Guild, name: str, permissions: Permission) -> Role:
    role = Role(id=world.mint(), name=name, permissions=int(permissions), position=len(guild.roles))
    guild.roles[role.id] = role
    return role


def _join(world: World, guild: Guild, user: User, *roles: Role) -> None:
    guild.members[user.id] = Member(user=user, joined_at=world.clock(), role_ids=[role.id for role in roles])


def _join_bot(world: World, guild: Guild) -> Role:
    role = _role(world, guild, "Reelcast", BOT)
    role.bot_id = world.bot.id
    _join(world, guild, world.bot, role)
    return role


def _channel(world: World, guild: Guild, name: str, *, topic: str | None = None) -> Channel:
    channel = Channel(id=world.mint(), guild_id=guild.id, name=name, position=len(guild.channels), topic=topic)
    guild.channels[channel.id] = channel
    return channel


def _system_channel(world: World, guild: Guild) -> None:
    """Make the channel where Discord's own messages go, and a bot's when it joins."""
    guild.system_channel_id = _channel(world, guild, "general").id


def _review_channel(world: World, guild: Guild, *roles: Role, name: str = "review") -> None:
    """Make a channel that only these roles, and the owner, see."""
    hidden = Overwrite(id=guild.id, type=0, allow=0, deny=int(Permission.VIEW_CHANNEL))
    shown = [Overwrite(id=role.id, type=0, allow=int(Permission.VIEW_CHANNEL), deny=0) for role in roles]
    _channel(world, guild, name).overwrites = [hidden, *shown]
