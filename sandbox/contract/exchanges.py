"""REST exchanges held against the document: route, parameters, request and response."""

import re
from collections.abc import Iterator

from sandbox.contract.document import Document, Match, Parameter
from sandbox.contract.findings import Finding, Side, Verdict, finding_of, plain_finding
from sandbox.contract.recording import MULTIPART, Exchange
from sandbox.contract.schemas import SchemaChecker
from sandbox.contract.values import Json, JsonObject, as_object

BOOLEANS: dict[str, bool] = {
    "true": True,
    "True": True,
    "1": True,
    "false": False,
    "False": False,
    "0": False,
}
INTEGER = re.compile(r"-?\d+")
PATH_ID = re.compile(r"(?<=/)(\d+|:token)(?=/|$)")


class ExchangeChecker:
    def __init__(self, document: Document, schemas: SchemaChecker) -> None:
        self._document = document
        self._schemas = schemas

    def check(self, exchange: Exchange) -> Verdict:
        match = self._document.match(exchange.method, exchange.path)
        if match is None:
            route = f"{exchange.method} {PATH_ID.sub('{id}', exchange.path)}"
            unknown = plain_finding(route, Side.ROUTE, "is not in the document")
            return Verdict(route=route, is_exchange=True, findings=(unknown,))
        return Verdict(
            route=match.operation.route,
            is_exchange=True,
            request_checked=True,
            response_checked=match.operation.response(exchange.status) is not None,
            findings=(
                *self._parameters(match, exchange),
                *self._request(match, exchange),
                *self._response(match, exchange),
            ),
        )

    def _parameters(self, match: Match, exchange: Exchange) -> Iterator[Finding]:
        route = match.operation.route
        known = {parameter.name for parameter in match.operation.parameters if parameter.location == "query"}
        for name in exchange.query.keys() - known:
            yield plain_finding(route, Side.QUERY, f"{name} is not documented")
        for parameter in match.operation.parameters:
            if parameter.location == "path":
                values = [match.path_values[parameter.name]]
                yield from self._parameter(route, Side.PATH, parameter, values)
            elif parameter.name in exchange.query:
                yield from self._parameter(route, Side.QUERY, parameter, exchange.query[parameter.name])
            elif parameter.location == "query" and parameter.required:
                yield plain_finding(route, Side.QUERY, f"{parameter.name} is missing")

    def _parameter(self, route: str, side: Side, parameter: Parameter, values: list[str]) -> Iterator[Finding]:
        if not any(self._holds(parameter.schema, reading) for reading in _readings(values)):
            yield plain_finding(route, side, f"{parameter.name} does not fit its schema")

    def _holds(self, schema: JsonObject, value: Json) -> bool:
        return not any(self._schemas.violations(schema, value))

    def _request(self, match: Match, exchange: Exchange) -> Iterator[Finding]:
        operation = match.operation
        if exchange.request_type is None and exchange.request_body is None:
            if operation.request_required:
                yield plain_finding(operation.route, Side.REQUEST, "the body is missing")
            return
        schema = operation.request_content.get(exchange.request_type or "")
        if schema is None:
            message = f"a body of type {exchange.request_type} is not documented"
            yield plain_finding(operation.route, Side.REQUEST, message)
            return
        body = exchange.request_body
        if exchange.request_type == MULTIPART:
            # Discord describes a multipart body as the JSON's object with the files beside its properties.
            body = {**as_object(body), **dict.fromkeys(exchange.file_fields, "")}
        for violation in self._schemas.violations(schema, body):
            yield finding_of(operation.route, Side.REQUEST, violation)

    def _response(self, match: Match, exchange: Exchange) -> Iterator[Finding]:
        route, status = match.operation.route, exchange.status
        documented = match.operation.response(status)
        if documented is None:
            yield plain_finding(route, Side.RESPONSE, f"status {status} is not documented")
            return
        if not documented.content:
            if exchange.response_body is not None:
                yield plain_finding(route, Side.RESPONSE, f"status {status} is documented without a body")
            return
        schema = documented.content.get(exchange.response_type or "")
        if schema is None:
            message = f"a body of type {exchange.response_type} is not documented for status {status}"
            yield plain_finding(route, Side.RESPONSE, message)
            return
        for violation in self._schemas.violations(schema, exchange.response_body):
            yield finding_of(route, Side.RESPONSE, violation)


def _readings(values: list[str]) -> Iterator[Json]:
    """Yield what a parameter can mean: a string, an integer, a boolean, or a list (form style, exploded)."""
    if len(values) == 1:
        text = values[0]
        yield text
        if INTEGER.fullmatch(text):
            yield int(text)
        if text in BOOLEANS:
            yield BOOLEANS[text]
    yield [*values]
