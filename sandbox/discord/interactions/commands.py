"""The application commands that the bot registered, globally and per guild."""

from collections.abc import Callable

from sandbox.discord.interactions.command_rules import CommandType, check_command, check_commands
from sandbox.discord.json_fields import integer, objects, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import UNKNOWN_APPLICATION_COMMAND

Scope = int | None
"""A guild's id, or `None` for global commands."""

_KEPT = (
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "nsfw",
    "contexts",
    "integration_types",
)


class CommandRegistry:
    """Keeps definitions as Discord answers them; a command's id lasts as long as its name and type."""

    def __init__(self, application_id: int, mint: Callable[[], int]) -> None:
        self._application_id = application_id
        self._mint = mint
        self._scopes: dict[Scope, dict[int, JsonObject]] = {}

    def all(self, scope: Scope) -> list[JsonObject]:
        """Return the commands of a scope."""
        return list(self._scopes.get(scope, {}).values())

    def get(self, scope: Scope, command_id: int) -> JsonObject:
        """Return a command; raises `DiscordRefusal` (10063) for an unknown one."""
        found = self._scopes.get(scope, {}).get(command_id)
        if found is None:
            raise UNKNOWN_APPLICATION_COMMAND.refusal()
        return found

    def overwrite(self, scope: Scope, definitions: list[JsonObject]) -> list[JsonObject]:
        """Replace all commands of a scope."""
        check_commands(definitions)
        made = [self._make(scope, definition) for definition in definitions]
        self._scopes[scope] = {int(each["id"]): each for each in made}
        return made

    def upsert(self, scope: Scope, definition: JsonObject) -> tuple[JsonObject, bool]:
        """Create a command, or replace the one of its name and type; tells whether it is new."""
        check_command(definition)
        known = {int(each["id"]) for each in self.all(scope)}
        made = self._make(scope, definition)
        self._scopes.setdefault(scope, {})[int(made["id"])] = made
        return made, int(made["id"]) not in known

    def edit(self, scope: Scope, command_id: int, changes: JsonObject) -> JsonObject:
        """Change the fields that are named."""
        current = self.get(scope, command_id)
        merged = current | {key: value for key, value in changes.items() if key in _KEPT}
        check_command(merged)
        _write_permissions(merged)
        merged["version"] = str(self._mint())
        self._scopes[scope][command_id] = merged
        return merged

    def delete(self, scope: Scope, command_id: int) -> None:
        self.get(scope, command_id)
        del self._scopes[scope][command_id]

    def usable(self, guild_id: Scope, kind: CommandType, name: str) -> JsonObject | None:
        """Find a command by name as a member's client does: the guild's own first, then the global one."""
        for scope in (guild_id, None):
            for command in self.all(scope):
                if command["type"] == kind and command["name"] == name:
                    return command
        return None

    def _make(self, scope: Scope, definition: JsonObject) -> JsonObject:
        kind = integer(definition, "type", CommandType.CHAT_INPUT)
        known = (each for each in self.all(scope) if each["type"] == kind and each["name"] == definition["name"])
        existing = next(known, None)
        made: JsonObject = {
            "id": str(self._mint()) if existing is None else existing["id"],
            "application_id": str(self._application_id),
            "version": str(self._mint()),
            "type": kind,
            "default_member_permissions": None,
            "nsfw": False,
            "contexts": None,
            "integration_types": [0],
            "name_localizations": None,
            "description_localizations": None,
        }
        made |= {key: definition[key] for key in _KEPT if definition.get(key) is not None}
        _write_permissions(made)
        made["description"] = text(definition, "description")
        if kind == CommandType.CHAT_INPUT:
            made["options"] = [_without_nulls(each) for each in objects(definition.get("options"))]
        return made if scope is None else made | {"guild_id": str(scope)}


def _write_permissions(command: JsonObject) -> None:
    """Turn the default permissions, which are sent as a number or a string, into a string."""
    if command["default_member_permissions"] is not None:
        command["default_member_permissions"] = str(command["default_member_permissions"])


def _without_nulls(option: JsonObject) -> JsonObject:
    """Return an option as Discord answers it: without the fields that were null, nested ones likewise."""
    kept = {key: value for key, value in option.items() if value is not None}
    for key in ("options", "choices"):
        if key in kept:
            kept[key] = [_without_nulls(each) for each in kept[key]]
    return kept
