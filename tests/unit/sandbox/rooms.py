"""A small document written here, of one service of rooms and notes, and exchanges with it."""

from collections.abc import Sequence
from typing import Any

ID = {"$ref": "#/components/schemas/Id"}
TEXT = {"type": "string", "maxLength": 5}
ROOM_PARAMETER = {"name": "room", "in": "path", "required": True, "schema": ID}


def json_content(schema: object) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


NOTE = {
    "type": "object",
    "required": ["id", "at"],
    "properties": {
        "id": ID,
        "at": {"type": "string", "format": "date-time"},
        "link": {"type": ["string", "null"], "format": "uri"},
        "size": {"type": "integer", "format": "int32"},
        "parts": {
            "type": "array",
            "items": {
                "oneOf": [
                    {"$ref": "#/components/schemas/Words"},
                    {"$ref": "#/components/schemas/Picture"},
                ]
            },
        },
        "reply_to": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Note"}]},
        "labels": {"type": "object", "additionalProperties": TEXT},
    },
}
SCHEMAS = {
    "Id": {"type": "string", "pattern": "^(0|[1-9][0-9]*)$", "format": "snowflake"},
    "Note": NOTE,
    "MessageResponse": NOTE,
    "Words": {
        "type": "object",
        "required": ["type", "text"],
        "properties": {"type": {"type": "integer", "enum": [1]}, "text": TEXT},
    },
    "Picture": {
        "type": "object",
        "required": ["type", "url"],
        "properties": {"type": {"type": "integer", "enum": [2]}, "url": {"type": "string"}},
    },
    "NewNote": {
        "allOf": [
            {"type": "object", "properties": {"text": TEXT}},
            {"type": "object", "properties": {"loud": {"type": "boolean"}}},
        ]
    },
    "Refusal": {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}}},
}
NOTES = {
    "parameters": [ROOM_PARAMETER],
    "get": {
        "parameters": [
            {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
            {"name": "loud", "in": "query", "schema": {"type": "boolean"}},
            {"name": "ids", "in": "query", "schema": {"type": "array", "items": ID}},
        ],
        "responses": {
            "200": json_content({"type": "array", "items": {"$ref": "#/components/schemas/Note"}}),
            "4XX": {"$ref": "#/components/responses/Refused"},
        },
    },
    "post": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/NewNote"}},
                "multipart/form-data": {
                    "schema": {
                        "allOf": [
                            {"$ref": "#/components/schemas/NewNote"},
                            {"type": "object", "properties": {"files[0]": {"type": "string"}}},
                        ]
                    }
                },
            },
        },
        "responses": {"204": {"description": "noted"}, "4XX": {"$ref": "#/components/responses/Refused"}},
    },
}
OWN_NOTE = {"get": {"responses": {"200": json_content({"type": "object", "properties": {"mine": {}}})}}}
ONE_NOTE = {
    "parameters": [ROOM_PARAMETER, {"name": "note", "in": "path", "required": True, "schema": ID}],
    "get": {"responses": {"200": json_content({"$ref": "#/components/schemas/Note"})}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/rooms/{room}/notes": NOTES,
        "/rooms/{room}/notes/{note}": ONE_NOTE,
        "/rooms/{room}/notes/@own": OWN_NOTE | {"parameters": [ROOM_PARAMETER]},
    },
    "components": {
        "schemas": SCHEMAS,
        "responses": {"Refused": json_content({"$ref": "#/components/schemas/Refusal"})},
    },
}
GOOD_NOTE = {"id": "7", "at": "2026-08-01T10:00:00.000000+00:00"}


def exchange(
    method: str,
    path: str,
    *,
    query: dict[str, Any] | None = None,
    body: Any = None,
    files: Sequence[str] = (),
    status: int = 200,
    answer: Any = None,
    answer_type: str | None = "application/json",
) -> dict[str, Any]:
    multipart = {"payload_json": body, "files": [{"name": name} for name in files]} if files else None
    json_type = None if body is None else "application/json"
    return {
        "request": {
            "method": method,
            "path": "/api/v10" + path,
            "query": query or {},
            "content_type": "multipart/form-data; boundary=x" if files else json_type,
            "body": None if files else body,
            "multipart": multipart,
        },
        "response": {
            "status": status,
            "content_type": None if answer is None else answer_type,
            "body": answer,
        },
    }


def got_note(note: Any) -> dict[str, Any]:
    return exchange("GET", "/rooms/1/notes/7", answer=note)


def posted(body: Any, files: Sequence[str] = ()) -> dict[str, Any]:
    return exchange("POST", "/rooms/1/notes", body=body, files=files, status=204)
