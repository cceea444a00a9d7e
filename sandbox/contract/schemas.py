"""Values held against the document's schemas: what is wrong with them, and what no schema knows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from sandbox.contract.document import Document
from sandbox.contract.formats import FORMATS
from sandbox.contract.unions import Unions
from sandbox.contract.unknown import UnknownProperties
from sandbox.contract.values import Json, JsonObject, Place, clip

UNKNOWN = "unknown"  # our own rule beside the schema language's: a property that no schema names

Rule: TypeAlias = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    rule: str  # the keyword that refused: "type", "required", "format" …, or `UNKNOWN`
    place: Place  # of a missing property: where it should stand
    message: str
    value: Json  # of a missing property: the object that lacks it


class Validator(Protocol):
    """What is used of jsonschema's validators, which come without types."""

    def evolve(self, *, schema: JsonObject) -> "Validator": ...
    def iter_errors(self, instance: Json) -> Iterator[ValidationError]: ...


class SchemaChecker:
    """Hold values against schemas of one document.

    One validator is made, for the whole document; those for its schemas are evolved from it and share its
    view on the document, so that references are looked up in one place.
    """

    def __init__(self, document: Document) -> None:
        unions = Unions(document)
        rules = {"oneOf": _union_rule(unions), "anyOf": _union_rule(unions), "required": _required}
        make = cast("Callable[..., Validator]", validators.extend(Draft202012Validator, rules))
        self._root = make(document.root, format_checker=_format_checker())
        self._unknown = UnknownProperties(document, unions)

    def violations(self, schema: JsonObject, value: Json) -> Iterator[Violation]:
        """Yield each rule that a value breaks, then each property that its schema does not name."""
        for error in self._root.evolve(schema=schema).iter_errors(value):
            yield Violation(
                rule=str(error.validator),
                place=tuple(error.absolute_path),
                message=_describe(error),
                value=cast("Json", error.instance),
            )
        for place, unnamed in self._unknown.find(schema, value):
            yield Violation(rule=UNKNOWN, place=place, message="is in no schema", value=unnamed)


def _describe(error: ValidationError) -> str:
    """Say what was expected, without the value: equal mistakes then read equal."""
    if error.validator in ("required", "oneOf", "anyOf"):
        return error.message
    return f"expected {error.validator} {clip(str(error.validator_value))}"


def _union_rule(unions: Unions) -> Rule:
    def rule(validator: Any, branches: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
        """Judge by the branch that is meant, so that a mistake deep in a union is named where it stands.

        At least one branch has to fit. That `oneOf` also means "no two" is left aside: Discord's unions are
        told apart by a `type`, and where they are not, their optional properties overlap.
        """
        meant = unions.meant(branches, instance)
        if not meant:
            yield ValidationError("is none of the documented choices")
            return
        found = [list(validator.descend(instance, branch)) for branch in meant]
        yield from min(found, key=_distance)

    return rule


def _distance(errors: list[ValidationError]) -> tuple[int, int]:
    """Order the branches of a union: few errors are near, and of equally few those deep in the value."""
    return len(errors), -max((len(error.relative_path) for error in errors), default=0)


def _required(_validator: Any, names: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield ValidationError("is missing", path=(name,))


def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, holds in FORMATS.items():
        checker.checks(name)(holds)
    return checker
