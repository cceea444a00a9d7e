"""A member chooses in a select menu, in a message or a modal."""

from sandbox.discord.interactions.resolving import ClientRefusal, Resolver
from sandbox.discord.json_fields import integer, objects, one_or_many
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.components import ComponentType


def choose(select: JsonObject, given: object, resolver: Resolver) -> list[str]:
    """Return the values that a select sends; `None` keeps its defaults.

    Options of a string select are named by value or label, everything else by id.
    """
    wanted = _defaults(select) if given is None else given
    chosen = one_or_many(wanted)
    least = integer(select, "min_values", 1) if select.get("required", True) else 0
    most = integer(select, "max_values", 1)
    if not least <= len(chosen) <= most:
        raise ClientRefusal(f"{select['custom_id']} takes {least} to {most} values")
    return [_value(select, each, resolver) for each in chosen]


def _defaults(select: JsonObject) -> list[object]:
    options = [each["value"] for each in objects(select.get("options")) if each.get("default")]
    return options or [each["id"] for each in objects(select.get("default_values"))]


def _value(select: JsonObject, wanted: object, resolver: Resolver) -> str:
    match select["type"]:
        case ComponentType.STRING_SELECT:
            for option in objects(select.get("options")):
                if wanted in (option["value"], option["label"]):
                    return option["value"]
            raise ClientRefusal(f"{select['custom_id']} has no option {wanted!r}")
        case ComponentType.USER_SELECT:
            return resolver.resolve_user(wanted)
        case ComponentType.ROLE_SELECT:
            return resolver.resolve_role(wanted)
        case ComponentType.MENTIONABLE_SELECT:
            return resolver.resolve_mentionable(wanted)
        case _:
            return resolver.resolve_channel(wanted, select.get("channel_types"))
