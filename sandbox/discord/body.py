"""Reads request bodies: JSON, or multipart with `payload_json` and files."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.discord.files import FileStore, Upload
from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import INVALID_JSON
from sandbox.discord.wire import is_object

STORED_FILE_LIMIT = 128 * 1024 * 1024  # bytes: above every guild's limit; beyond it only the size is kept
_FILE_PART = re.compile(r"files?\[?(\d+)?\]?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A decoded body: `payload` is the JSON value, `uploads` the files by their number."""

    content_type: str | None = None
    payload: Any = None
    uploads: dict[int, Upload] = field(default_factory=dict[int, Upload])
    multipart: bool = False

    @property
    def object(self) -> JsonObject:
        """Return the payload if it is an object, else an empty one."""
        return self.payload if is_object(self.payload) else {}


async def read_body(request: web.Request, files: FileStore) -> Body:
    """Read a request's body to its end; files go to disk.

    Raises `DiscordRefusal` for a body that cannot be decoded, `ConnectionError` if it ends too soon.
    """
    content_type = request.headers.get("Content-Type")
    if request.content_type == "multipart/form-data":
        try:
            return await _read_multipart(request, files)
        except ValueError:  # no boundary, or parts that are none
            raise INVALID_JSON.refusal() from None
    raw = await request.read()
    return Body(content_type=content_type, payload=_decode(raw)) if raw else Body()


async def _read_multipart(request: web.Request, files: FileStore) -> Body:
    payload: Any = None
    uploads: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        name = part.name or ""
        if name == "payload_json":
            payload = _decode(bytes(await part.read()))
        elif found := _FILE_PART.match(name):
            uploads[int(found.group(1) or len(uploads))] = await files.receive(
                part,
                filename=part.filename or "unknown",
                content_type=part.headers.get("Content-Type"),
                limit=STORED_FILE_LIMIT,
            )
    return Body(content_type="multipart/form-data", payload=payload, uploads=uploads, multipart=True)


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise INVALID_JSON.refusal() from None
