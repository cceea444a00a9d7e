"""Which branch of a `oneOf` or `anyOf` a value means."""

from sandbox.contract.document import Document
from sandbox.contract.values import Json, JsonObject, as_list, as_object

# Discord tells the members of a union apart by these properties.
DISCRIMINATORS = ("type", "trigger_type")


class Unions:
    def __init__(self, document: Document) -> None:
        self._document = document

    def meant(self, branches: list[Json], value: Json) -> list[JsonObject]:
        """Return the branches that a value can mean, judged by JSON type, constants and discriminators alone.

        Where only one branch beside `null` exists, a value that is not null means that one, whatever it is,
        so that its mistake is described against it. Several branches remain where nothing tells them apart.
        """
        schemas = [as_object(branch) for branch in branches]
        resolved = [(schema, self._document.resolve(schema)) for schema in schemas]
        if value is not None:
            resolved = [pair for pair in resolved if pair[1].get("type") != "null"]
            if len(resolved) == 1:
                return [resolved[0][0]]
        return [schema for schema, target in resolved if self._can_mean(target, value)]

    def _can_mean(self, schema: JsonObject, value: Json) -> bool:
        if not _has_type(schema.get("type"), value) or not _is_among_constants(schema, value):
            return False
        if isinstance(value, dict):
            properties = as_object(schema.get("properties"))
            return all(
                name not in value or _is_among_constants(self._document.resolve(properties.get(name)), value[name])
                for name in DISCRIMINATORS
            )
        return True


def _is_among_constants(schema: JsonObject, value: Json) -> bool:
    if "const" in schema and schema["const"] != value:
        return False
    return "enum" not in schema or value in as_list(schema["enum"])


def _has_type(expected: Json, value: Json) -> bool:
    names = [expected] if isinstance(expected, str) else as_list(expected)
    return not names or any(name in _type_names(value) for name in names)


def _type_names(value: Json) -> tuple[str, ...]:
    """Name a value in JSON Schema's words; a boolean is no integer there, and 2.0 is one."""
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean",)
        case int():
            return ("integer", "number")
        case float():
            return ("integer", "number") if value.is_integer() else ("number",)
        case str():
            return ("string",)
        case list():
            return ("array",)
        case dict():
            return ("object",)
