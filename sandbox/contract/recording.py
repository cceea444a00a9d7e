"""What the local Discord recorded: REST exchanges and gateway dispatches, one JSON object a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.contract.values import Json, JsonObject, as_list, as_object, parse_json

MULTIPART = "multipart/form-data"


class RecordingError(Exception):
    """A recording that cannot be read, or a line in it that is neither exchange nor dispatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    method: str
    path: str
    query: dict[str, list[str]]
    request_type: str | None  # media type without parameters
    request_body: Json  # the JSON body, or the `payload_json` of a multipart one
    file_fields: tuple[str, ...]  # names of the multipart fields that carry files
    status: int
    response_type: str | None
    response_body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    event: str
    data: Json


def read_recording(path: Path) -> Iterator[Exchange | Dispatch]:
    """Yield the lines of a recording in their order; raises `RecordingError` with the line's number."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield _read_line(as_object(parse_json(line)))
                except (ValueError, KeyError) as error:
                    raise RecordingError(f"{path}, line {number}: {error!r}") from error
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error


def _read_line(line: JsonObject) -> Exchange | Dispatch:
    if "dispatch" in line:
        dispatch = as_object(line["dispatch"])
        return Dispatch(event=str(dispatch["event"]), data=dispatch["data"])
    request, response = as_object(line["request"]), as_object(line["response"])
    multipart = as_object(request.get("multipart"))
    return Exchange(
        method=str(request["method"]),
        path=str(request["path"]),
        query={name: _query_values(value) for name, value in as_object(request.get("query")).items()},
        request_type=_media_type(request.get("content_type")),
        request_body=multipart.get("payload_json") if multipart else request.get("body"),
        file_fields=tuple(str(as_object(each)["name"]) for each in as_list(multipart.get("files"))),
        status=int(str(response["status"])),
        response_type=_media_type(response.get("content_type")),
        response_body=response.get("body"),
    )


def _query_values(value: Json) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _media_type(value: Json) -> str | None:
    return value.partition(";")[0].strip().lower() if isinstance(value, str) and value else None
