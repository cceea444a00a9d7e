"""Properties that no schema names.

Discord's document hardly ever says `additionalProperties: false`, so that an invented or misspelt property
would pass. Here a property is unknown when none of the schemas that speak about its object names it: a
reference's target, every part of an `allOf`, and the branches of a union that the object can mean.
"""

from collections.abc import Iterator, Sequence

from sandbox.contract.document import Document
from sandbox.contract.unions import Unions
from sandbox.contract.values import Json, JsonObject, Place, as_list, as_object


class UnknownProperties:
    def __init__(self, document: Document, unions: Unions) -> None:
        self._document = document
        self._unions = unions

    def find(self, schema: JsonObject, value: Json) -> Iterator[tuple[Place, Json]]:
        """Yield the place and value of each unknown property; what lies below one is not looked at."""
        yield from self._find([schema], value, ())

    def _find(self, schemas: Sequence[Json], value: Json, place: Place) -> Iterator[tuple[Place, Json]]:
        if isinstance(value, dict):
            speaking = [part for schema in schemas for part in self._speaking(schema, value)]
            if any("properties" in part or "additionalProperties" in part for part in speaking):
                yield from self._find_in_object(speaking, value, place)
        elif isinstance(value, list):
            speaking = [part for schema in schemas for part in self._speaking(schema, value)]
            items = [part["items"] for part in speaking if "items" in part]
            for index, item in enumerate(value):
                yield from self._find(items, item, (*place, index))

    def _find_in_object(
        self, speaking: Sequence[JsonObject], value: JsonObject, place: Place
    ) -> Iterator[tuple[Place, Json]]:
        for name, item in value.items():
            named = [part["properties"] for part in speaking if name in as_object(part.get("properties"))]
            below = [as_object(properties)[name] for properties in named] or _additional(speaking)
            if below:
                yield from self._find(below, item, (*place, name))
            elif not _is_closed(speaking):
                yield (*place, name), item

    def _speaking(self, schema: Json, value: Json) -> Iterator[JsonObject]:
        """Take a schema apart into those without references and unions that speak about a value."""
        resolved = self._document.resolve(schema)
        yield resolved
        for part in as_list(resolved.get("allOf")):
            yield from self._speaking(part, value)
        for keyword in ("oneOf", "anyOf"):
            for branch in self._unions.meant(as_list(resolved.get(keyword)), value):
                yield from self._speaking(branch, value)


def _additional(speaking: Sequence[JsonObject]) -> list[Json]:
    """Return the schemas for properties without a name of their own; `true` allows any."""
    rules = [part.get("additionalProperties", False) for part in speaking]
    return [{} if rule is True else rule for rule in rules if rule is not False]


def _is_closed(speaking: Sequence[JsonObject]) -> bool:
    """Tell whether the schema language itself refuses unnamed properties, and so reports them."""
    return any(part.get("additionalProperties") is False for part in speaking)
