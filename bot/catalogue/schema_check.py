"""What Segmind says that a model takes, held against what we send: for the operator to know, never to build a body."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, cast

from bot.catalogue.model import ElementInput, Inputs, VideoModel
from bot.catalogue.options import Options

_URL: Final = "https://images.example/1.jpg"
_LISTS: Final = ("enum", "options", "choices", "allowed_values", "values")
_SCALARS: Final = frozenset({"integer", "number", "boolean", "float", "int", "bool"})


@dataclass(frozen=True, slots=True)
class _Schema:
    fields: Mapping[str, Mapping[str, object]]
    required: frozenset[str]


def unmet(model: VideoModel, schema: object) -> list[str]:
    """Name what Segmind no longer takes of what we send to a model, or takes only with more; empty if all is well.

    A schema of an unknown shape tells nothing, and neither does what stands in none.
    """
    read = _read(schema)
    if not read.fields:
        return []
    bodies = list(_bodies(model))
    found: list[str] = []
    for name, value in {(name, _key(value)): value for body in bodies for name, value in body.items()}.items():
        found += _unmet_value(name[0], value, read.fields.get(name[0]))
    sent = set[str].intersection(*(set(body) for body in bodies))
    found += [f"`{name}` is required" for name in sorted(read.required - sent)]
    longest = _number(read.fields.get("prompt", {}).get("maxLength"))
    if longest is not None and longest < model.prompt_limit:
        found.append(f"`prompt` takes {longest:g} characters, not {model.prompt_limit}")
    return list(dict.fromkeys(found))


def _bodies(model: VideoModel) -> Iterator[Mapping[str, object]]:
    """Write bodies with each value that we send: the fewest and the most images, with characters and without."""
    elements = [ElementInput(frontal_url=_URL, reference_urls=[_URL])]
    casts: Sequence[Sequence[ElementInput]] = [[], elements] if model.takes_elements else [[]]
    counts = {max(model.images.least, 1), model.images.most}
    named = [[(option.name, value) for value in option.extremes] for option in model.options]
    for chosen, count, cast_in in product(product(*named), counts, casts):
        values = {name: value for name, value in chosen if value is not None}
        yield model.body(
            Inputs(
                prompt="A paper boat sails",
                image_urls=[_URL] * count,
                elements=cast_in,
                options=Options(model=model.slug, values=values),
            )
        )


def _unmet_value(name: str, value: object, field: Mapping[str, object] | None) -> Iterator[str]:
    if field is None:
        yield f"`{name}` is no longer taken"
        return
    kind = str(field.get("type", "")).lower()
    if isinstance(value, list):
        items = cast("list[object]", value)
        most = _number(field.get("maxItems"))
        if kind in _SCALARS:
            yield f"`{name}` is no longer a list"
        if most is not None and len(items) > most:
            yield f"`{name}` takes {most:g} at most, not {len(items)}"
        return
    if kind in {"array", "object"} or kind.endswith("[]"):
        yield f"`{name}` is a list now" if kind != "object" else f"`{name}` is an object now"
        return
    if not _is_taken(value, field):
        yield f"`{name}` no longer takes {value}"


def _is_taken(value: object, field: Mapping[str, object]) -> bool:
    """Return whether a single value is among those that a field allows; `5` and `"5"` are the same there."""
    for name in _LISTS:
        allowed = field.get(name)
        if isinstance(allowed, list) and allowed:
            values = [_plain(each) for each in cast("list[object]", allowed)]
            return _plain(value) in values
    number, least, most = _number(value), _number(field.get("minimum")), _number(field.get("maximum"))
    return number is None or ((least is None or number >= least) and (most is None or number <= most))


def _read(schema: object) -> _Schema:
    """Read JSON Schema, a list of named fields, or fields by their names."""
    if isinstance(schema, list):
        named = [_object(each) for each in cast("list[object]", schema)]
        fields = {
            str(each.get("name") or each.get("key")): each for each in named if each.get("name") or each.get("key")
        }
        return _Schema(fields, frozenset(name for name, each in fields.items() if _is_needed(each)))
    facts = _object(schema)
    source = _object(facts["properties"]) if "properties" in facts else facts
    fields = {name: _object(cast("object", each)) for name, each in source.items() if isinstance(each, dict)}
    listed = facts.get("required")
    names = {str(each) for each in cast("list[object]", listed)} if isinstance(listed, list) else set[str]()
    needed = {name for name in names if "default" not in fields.get(name, {})}
    return _Schema(fields, frozenset(needed | {name for name, each in fields.items() if _is_needed(each)}))


def _is_needed(field: Mapping[str, object]) -> bool:
    return field.get("required") is True and "default" not in field


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _plain(value: object) -> str:
    inner = _object(value)
    return str(inner.get("value", inner.get("const", value)) if inner else value).strip()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _key(value: object) -> str:
    return f"{len(cast('list[object]', value))} items" if isinstance(value, list) else repr(value)
