"""An OpenAPI 3.1 document: its routes, and what each says about requests and responses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from sandbox.contract.values import Json, JsonObject, as_list, as_object, parse_json

METHODS = ("get", "put", "post", "delete", "patch")
BASE_PATH = re.compile(r"^/api(/v\d+)?(?=/)")  # the document's routes begin behind its server's path


class DocumentError(Exception):
    """The specification cannot be read, or is no OpenAPI document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str
    location: str  # "path" or "query"; others are left alone
    required: bool
    schema: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    content: dict[str, JsonObject]  # media type → schema; empty for a response without a body


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    method: str
    template: str
    parameters: tuple[Parameter, ...]
    request_content: dict[str, JsonObject]  # media type → schema; empty where no body is documented
    request_required: bool
    responses: dict[str, Response]  # "200", "4XX", "default" → response

    @property
    def route(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def segments(self) -> tuple[str, ...]:
        return _segments(self.template)

    def response(self, status: int) -> Response | None:
        """Find what is documented for a status: itself first, then its range, then the default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    operation: Operation
    path_values: dict[str, str]


@dataclass(slots=True)
class Document:
    root: JsonObject
    _operations: dict[tuple[str, int], list[Operation]] = field(init=False)

    def __post_init__(self) -> None:
        if not as_object(self.root.get("paths")):
            raise DocumentError("the document has no paths")
        self._operations = {}
        for operation in self._read_operations():
            self._operations.setdefault((operation.method, len(operation.segments)), []).append(operation)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a JSON document; raises `DocumentError` where that fails."""
        try:
            root = parse_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DocumentError(f"{path} cannot be read as JSON: {error}") from error
        return cls(as_object(root))

    def match(self, method: str, path: str) -> Match | None:
        """Find the operation for a request; literal segments win over parameters, from the left."""
        base = BASE_PATH.match(path)
        if base is None:
            return None
        segments = _segments(path[base.end() :])
        matches = [
            operation
            for operation in self._operations.get((method.upper(), len(segments)), [])
            if _fits(operation.segments, segments)
        ]
        if not matches:
            return None
        best = min(matches, key=lambda operation: [_is_parameter(part) for part in operation.segments])
        values = {
            template[1:-1]: value
            for template, value in zip(best.segments, segments, strict=True)
            if _is_parameter(template)
        }
        return Match(operation=best, path_values=values)

    def resolve(self, node: Json) -> JsonObject:
        """Follow local references (`#/…`) until something else stands there."""
        node = as_object(node)
        while isinstance(reference := node.get("$ref"), str):
            node = self._at(reference)
        return node

    def has_component(self, name: str) -> bool:
        return name in as_object(as_object(self.root.get("components")).get("schemas"))

    def _at(self, reference: str) -> JsonObject:
        node: Json = self.root
        for step in reference.removeprefix("#/").split("/"):
            node = as_object(node).get(step.replace("~1", "/").replace("~0", "~"))
        if not isinstance(node, dict):
            raise DocumentError(f"the document refers to {reference}, which it does not contain")
        return node

    def _read_operations(self) -> Iterator[Operation]:
        for template, item in as_object(self.root["paths"]).items():
            shared = as_list(as_object(item).get("parameters"))
            for method in METHODS:
                if isinstance(described := as_object(item).get(method), dict):
                    yield self._read_operation(template, method, described, shared)

    def _read_operation(self, template: str, method: str, described: JsonObject, shared: list[Json]) -> Operation:
        request = self.resolve(described.get("requestBody"))
        parameters = [self.resolve(each) for each in (*shared, *as_list(described.get("parameters")))]
        return Operation(
            method=method.upper(),
            template=template,
            parameters=tuple(_read_parameter(parameter) for parameter in parameters),
            request_content=_read_content(request),
            request_required=request.get("required") is True,
            responses={
                status: Response(content=_read_content(self.resolve(response)))
                for status, response in as_object(described.get("responses")).items()
            },
        )


def _segments(path: str) -> tuple[str, ...]:
    return tuple(unquote(segment) for segment in path.strip("/").split("/"))


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def _fits(template: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    pairs = zip(template, segments, strict=True)
    return all(_is_parameter(part) or part == segment for part, segment in pairs)


def _read_parameter(parameter: JsonObject) -> Parameter:
    return Parameter(
        name=str(parameter.get("name")),
        location=str(parameter.get("in")),
        required=parameter.get("required") is True,
        schema=as_object(parameter.get("schema")),
    )


def _read_content(described: JsonObject) -> dict[str, JsonObject]:
    content = as_object(described.get("content"))
    return {media_type: as_object(as_object(entry).get("schema")) for media_type, entry in content.items()}
