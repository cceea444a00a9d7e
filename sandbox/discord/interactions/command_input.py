"""A member fills in a command: what their client lets them do, and what it then sends.

A client offers registered commands only, to members who may use them, where they may be used, and holds the
options to their types and limits before anything is sent.
"""

from sandbox.discord.interactions.command_rules import CommandType, OptionType
from sandbox.discord.interactions.commands import CommandRegistry
from sandbox.discord.interactions.resolving import ClientRefusal, Resolver
from sandbox.discord.json_fields import integer, objects, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import WITHOUT_MESSAGES, Channel, User, World

_GUILD, _DIRECT = 0, 1


def find_command(
    registry: CommandRegistry,
    world: World,
    *,
    user: User,
    channel: Channel,
    kind: CommandType,
    name: str,
) -> JsonObject:
    """Return a command that this member may use in this channel; raises `ClientRefusal` otherwise."""
    guild = world.guild_of(channel)
    command = registry.usable(channel.guild_id, kind, name)
    if command is None or (guild is not None and world.bot.id not in guild.members):
        raise ClientRefusal(f"no command is called {name!r}")
    contexts = command.get("contexts")
    if contexts is not None and (_DIRECT if channel.guild_id is None else _GUILD) not in contexts:
        raise ClientRefusal(f"{name!r} cannot be used here")
    allowed = world.permissions(user.id, channel)
    needed = command.get("default_member_permissions")
    if guild is not None and needed is not None and _lacks(allowed, int(needed)):
        raise ClientRefusal(f"{user.username} lacks the permissions for {name!r}")
    if Permission.USE_APPLICATION_COMMANDS not in allowed:
        raise ClientRefusal(f"{user.username} may not use commands in #{channel.name}")
    if channel.type in WITHOUT_MESSAGES:
        raise ClientRefusal(f"#{channel.name} holds no messages")
    if channel.thread is not None and channel.thread.locked and Permission.MANAGE_THREADS not in allowed:
        raise ClientRefusal(f"#{channel.name} is locked")
    if command.get("nsfw") and guild is not None and not channel.nsfw:
        raise ClientRefusal(f"{name!r} is for age-restricted channels")
    return command


def _lacks(allowed: Permission, needed: int) -> bool:
    """Tell whether a command's default permissions exclude a member; 0 leaves administrators alone."""
    if Permission.ADMINISTRATOR in allowed:
        return False
    return not needed or bool(needed & ~int(allowed))


def find_options(command: JsonObject, path: list[str]) -> list[JsonObject]:
    """Return the options that are filled in below a path of subcommand names."""
    options = objects(command.get("options"))
    for name in path:
        inner = next((each for each in options if each["name"] == name and each["type"] <= 2), None)
        if inner is None:
            raise ClientRefusal(f"{command['name']!r} has no subcommand {name!r}")
        options = objects(inner.get("options"))
    if any(each["type"] <= OptionType.SUB_COMMAND_GROUP for each in options):
        raise ClientRefusal(f"{command['name']!r} needs a subcommand")
    return options


async def fill_in(options: list[JsonObject], values: JsonObject, resolver: Resolver) -> list[JsonObject]:
    """Return the options as an interaction carries them; raises `ClientRefusal` for a wrong or missing one."""
    unknown = values.keys() - {each["name"] for each in options}
    if unknown:
        raise ClientRefusal(f"there is no option {', '.join(sorted(unknown))}")
    missing = [each["name"] for each in options if each.get("required") and each["name"] not in values]
    if missing:
        raise ClientRefusal(f"{', '.join(missing)} must be given")
    return [
        {"name": each["name"], "type": each["type"], "value": await _value(each, values[each["name"]], resolver)}
        for each in options
        if each["name"] in values
    ]


def complete(options: list[JsonObject], values: JsonObject, focused: str) -> list[JsonObject]:
    """Return the options of an autocomplete request: unchecked as typed so far, attachments left out."""
    option = next((each for each in options if each["name"] == focused), None)
    if option is None or not option.get("autocomplete"):
        raise ClientRefusal(f"{focused!r} does not complete")
    return [
        {"name": each["name"], "type": each["type"], "value": values[each["name"]]}
        | ({"focused": True} if each is option else {})
        for each in options
        if each["name"] in values and each["type"] != OptionType.ATTACHMENT
    ]


def nest(path: list[str], command: JsonObject, filled: list[JsonObject]) -> list[JsonObject]:
    """Wrap filled options in the subcommands they belong to."""
    kinds: list[tuple[str, int]] = []
    options = objects(command.get("options"))
    for name in path:
        inner = next(each for each in options if each["name"] == name)
        kinds.append((name, inner["type"]))
        options = objects(inner.get("options"))
    for name, kind in reversed(kinds):
        filled = [{"name": name, "type": kind, "options": filled}]
    return filled


async def _value(option: JsonObject, value: object, resolver: Resolver) -> object:
    match OptionType(option["type"]):
        case OptionType.STRING:
            return _string(option, value)
        case OptionType.INTEGER | OptionType.NUMBER:
            return _number(option, value)
        case OptionType.BOOLEAN:
            if not isinstance(value, bool):
                raise ClientRefusal(f"{option['name']} is yes or no")
            return value
        case OptionType.USER:
            return resolver.resolve_user(value)
        case OptionType.CHANNEL:
            return resolver.resolve_channel(value, option.get("channel_types"))
        case OptionType.ROLE:
            return resolver.resolve_role(value)
        case OptionType.MENTIONABLE:
            return resolver.resolve_mentionable(value)
        case OptionType.ATTACHMENT:
            return await resolver.resolve_upload(value, option.get("file_types"))
        case _:
            raise ClientRefusal(f"{option['name']} takes no value")


def _string(option: JsonObject, value: object) -> object:
    if not isinstance(value, str):
        raise ClientRefusal(f"{option['name']} is text")
    if option.get("choices"):
        return _choice(option, value)
    least, most = integer(option, "min_length"), integer(option, "max_length", 6000)
    if not max(least, 1) <= len(value) <= most:
        raise ClientRefusal(f"{option['name']} must have {max(least, 1)} to {most} characters")
    return value


def _number(option: JsonObject, value: object) -> object:
    if option.get("choices"):
        return _choice(option, value)
    wanted = int if option["type"] == OptionType.INTEGER else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise ClientRefusal(f"{option['name']} is a number")
    least, most = option.get("min_value"), option.get("max_value")
    if (least is not None and value < least) or (most is not None and value > most):
        raise ClientRefusal(f"{option['name']} must be between {least} and {most}")
    return value


def _choice(option: JsonObject, value: object) -> object:
    """Return the value of the choice that is named, by its label or its value."""
    for choice in objects(option["choices"]):
        if value == choice["value"] or value == text(choice, "name"):
            return choice["value"]
    offered = ", ".join(text(each, "name") for each in objects(option["choices"]))
    raise ClientRefusal(f"{option['name']} must be one of: {offered}")
