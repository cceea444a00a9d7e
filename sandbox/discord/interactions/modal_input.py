"""A member fills in a modal: what the client lets them submit, and what it then sends."""

from sandbox.discord.interactions.resolving import ClientRefusal, Resolver
from sandbox.discord.interactions.select_input import choose
from sandbox.discord.json_fields import elements, integer, is_object, objects, one_or_many, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.components import SELECTS, ComponentType

MAX_TEXT_INPUT = 4000  # characters


async def submit(modal: JsonObject, values: JsonObject, resolver: Resolver) -> list[JsonObject]:
    """Return the components of a modal as submitted; `values` are by custom id or by label.

    What is not named keeps its default, as in a client. Raises `ClientRefusal` for what the fields refuse.
    """
    left = dict(values)
    submitted = [await _submit_top(component, left, resolver) for component in objects(modal.get("components"))]
    if left:
        raise ClientRefusal(f"the modal has no field {', '.join(sorted(left))}")
    return submitted


async def _submit_top(component: JsonObject, values: JsonObject, resolver: Resolver) -> JsonObject:
    shell: JsonObject = {"type": component["type"], "id": integer(component, "id")}
    if is_object(component.get("component")):
        field = component["component"]
        given = _given(values, field, text(component, "label"))
        return shell | {"component": await _field(field, given, resolver)}
    if component["type"] == ComponentType.ACTION_ROW:
        fields = objects(component.get("components"))
        return shell | {
            "components": [await _field(each, _given(values, each, text(each, "label")), resolver) for each in fields]
        }
    return shell


def _given(values: JsonObject, field: JsonObject, label: str) -> object:
    """Take the value for a field out of `values`; `None` if it was left as it is."""
    key = next((key for key in (text(field, "custom_id"), label) if key in values), None)
    return None if key is None else values.pop(key)


async def _field(field: JsonObject, given: object, resolver: Resolver) -> JsonObject:
    kind = field["type"]
    answer: JsonObject = {
        "type": kind,
        "id": integer(field, "id"),
        "custom_id": field["custom_id"],
    }
    if kind == ComponentType.TEXT_INPUT:
        return answer | {"value": _text_value(field, given)}
    if kind == ComponentType.FILE_UPLOAD:
        return answer | {"values": await _files(field, given, resolver)}
    if kind == ComponentType.CHECKBOX:
        return answer | {"value": bool(field.get("default") if given is None else given)}
    if kind == ComponentType.RADIO_GROUP:
        chosen = _options(field, None if given is None else [given], 1)
        return answer | {"value": chosen[0] if chosen else None}
    if kind == ComponentType.CHECKBOX_GROUP:
        return answer | {"values": _options(field, given, len(objects(field.get("options"))))}
    if kind in SELECTS:
        return answer | {"values": choose(field, given, resolver)}
    raise ClientRefusal(f"a modal cannot hold a component of type {kind}")


def _text_value(field: JsonObject, given: object) -> str:
    value = text(field, "value") if given is None else given
    name = field["custom_id"]
    if not isinstance(value, str):
        raise ClientRefusal(f"{name} is text")
    least, most = integer(field, "min_length"), integer(field, "max_length", MAX_TEXT_INPUT)
    if not value:
        if field.get("required", True):
            raise ClientRefusal(f"{name} must be filled in")
    elif not least <= len(value) <= most:
        raise ClientRefusal(f"{name} must have {least} to {most} characters")
    return value


async def _files(field: JsonObject, given: object, resolver: Resolver) -> list[str]:
    files = elements(given)
    required = field.get("required", True)
    least = integer(field, "min_values", 1) if required or files else 0
    most = integer(field, "max_values", 1)
    if not least <= len(files) <= most:
        raise ClientRefusal(f"{field['custom_id']} takes {least} to {most} files")
    return [await resolver.resolve_upload(each, field.get("file_types")) for each in files]


def _options(field: JsonObject, given: object, ceiling: int) -> list[str]:
    """Return the chosen values of a radio or checkbox group, by value or label."""
    options = objects(field.get("options"))
    if given is None:
        return [each["value"] for each in options if each.get("default")]
    wanted = one_or_many(given)
    chosen = [each["value"] for each in options if each["value"] in wanted or each["label"] in wanted]
    least = integer(field, "min_values", 1 if field.get("required", True) else 0)
    most = integer(field, "max_values", ceiling)
    if len(chosen) != len(wanted) or not least <= len(chosen) <= most:
        raise ClientRefusal(f"{field['custom_id']} takes {least} to {most} of its own options")
    return chosen
