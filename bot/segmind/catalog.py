"""Segmind's public list of models, whose shape is not documented: read for what it tells of those that we offer."""

from collections.abc import Mapping, Sequence
from typing import cast

from bot.segmind import reading
from bot.segmind.models import CatalogEntry

_SLUGS = ("slug", "model_id", "id", "name")
_RETIRED = ("is_depreciated", "is_deprecated", "depreciated", "deprecated", "retired")  # the first is spelled so


def entries(listed: object) -> Sequence[CatalogEntry] | None:
    """Read the models out of a list, or of the first list in an object; None where there is none."""
    candidates = [listed, *reading.nested(listed).values()]
    found = next((cast("list[object]", each) for each in candidates if isinstance(each, list)), None)
    if found is None:
        return None
    read = (_entry(reading.nested(item)) for item in found)
    return [entry for entry in read if entry is not None]


def _entry(facts: Mapping[str, object]) -> CatalogEntry | None:
    slug = next((slug for name in _SLUGS if (slug := reading.text(facts.get(name))) is not None), None)
    if slug is None:
        return None
    schema = facts.get("parameters_schema")
    if isinstance(schema, str):
        schema = reading.json_value(schema)
    return CatalogEntry(slug=slug, retired=any(_is_true(facts.get(name)) for name in _RETIRED), schema=schema)


def _is_true(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"true", "1", "yes"})
