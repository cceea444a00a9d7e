"""Appends every exchange and every dispatched event to a file, one JSON line each.

What is secret stays out: no header is kept, and an interaction's token in a path becomes `:token`.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from sandbox.discord.http.body import Body
from sandbox.discord.json_types import JsonObject

_TOKEN_SEGMENT = re.compile(r"(/(?:webhooks|interactions)/\d+)/[^/]+")


class Recording:
    """An open recording; without a path nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            self._file = self._path.open("a", encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def exchange(self, request: JsonObject, response: JsonObject) -> None:
        """Record a request and what was answered."""
        self._write({"request": request, "response": response})

    def dispatch(self, event: str, shard: int, data: JsonObject) -> None:
        """Record an event that the gateway sent."""
        shown = data | {"token": ":token"} if "token" in data else data
        self._write({"dispatch": {"event": event, "shard": shard, "data": shown}})

    def _write(self, line: JsonObject) -> None:
        if self._file is None:
            return
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        self._file.write(json.dumps({"at": at} | line, separators=(",", ":")) + "\n")
        self._file.flush()


def describe_request(method: str, path: str, query: dict[str, str], body: Body) -> JsonObject:
    """Return the recorded form of a request; files are described, not kept."""
    multipart: JsonObject | None = None
    if body.multipart:
        files = [
            {
                "name": f"files[{number}]",
                "filename": upload.filename,
                "content_type": upload.content_type,
                "size": upload.size,
            }
            for number, upload in sorted(body.uploads.items())
        ]
        multipart = {"payload_json": body.payload, "files": files}
    return {
        "method": method,
        "path": _TOKEN_SEGMENT.sub(r"\1/:token", path),
        "query": query,
        "content_type": body.content_type,
        "body": None if body.multipart else body.payload,
        "multipart": multipart,
    }


def describe_response(status: int, content_type: str | None, body: object) -> JsonObject:
    """Return the recorded form of a response."""
    return {"status": status, "content_type": content_type, "body": body}
