"""Reads request bodies: JSON, multipart with `payload_json` and files, or the fields of a form."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from sandbox.discord.http.files import FileStore, Upload
from sandbox.discord.json_fields import is_object
from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import INVALID_JSON, invalid_form

STORED_FILE_LIMIT = 128 * 1024 * 1024  # bytes: above every guild's limit; beyond it only the size is kept
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_FORM_NUMBERS, _FORM_SWITCHES = frozenset({"flags", "type"}), frozenset({"tts", "enforce_nonce"})
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


async def read_body(request: web.Request, files: FileStore, accepted: Collection[str] = (JSON, MULTIPART)) -> Body:
    """Read a request's body to its end; files go to disk.

    Raises `DiscordRefusal` for a body of another type than `accepted`, or that cannot be decoded;
    `ConnectionError` if it ends too soon.
    """
    content_type = request.headers.get("Content-Type")
    if request.content_type == MULTIPART and MULTIPART in accepted:
        try:
            return await _read_multipart(request, files)
        except ValueError:  # no boundary, or parts that are none
            raise INVALID_JSON.refusal() from None
    raw = await request.read()
    if not raw:
        return Body()
    if request.content_type not in accepted:
        named = ", ".join(f"'{each}'" for each in accepted)
        raise invalid_form((), "CONTENT_TYPE_INVALID", f'Expected "Content-Type" header to be one of {{{named}}}.')
    return Body(content_type=content_type, payload=_read_form(raw) if request.content_type == FORM else _decode(raw))


def _read_form(raw: bytes) -> JsonObject:
    """Read the fields of a form, of which those that are numbers or switches become such."""
    try:
        fields = dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise INVALID_JSON.refusal() from None
    payload: JsonObject = dict(fields)
    if "payload_json" in fields:
        decoded = _decode(fields["payload_json"].encode())
        return decoded if is_object(decoded) else {}
    payload |= {key: int(fields[key]) for key in _FORM_NUMBERS & fields.keys() if fields[key].isdecimal()}
    return payload | {key: fields[key] in {"true", "True", "1"} for key in _FORM_SWITCHES & fields.keys()}


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
    return Body(content_type=MULTIPART, payload=payload, uploads=uploads, multipart=True)


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise INVALID_JSON.refusal() from None
