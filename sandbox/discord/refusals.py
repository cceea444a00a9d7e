"""What Discord answers when it says no: one exception, and the reasons that the sandbox knows.

Codes and sentences follow Discord's list of JSON error codes
(https://docs.discord.com/developers/topics/opcodes-and-status-codes#json) and its form errors
(https://docs.discord.com/developers/reference#error-messages).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from sandbox.discord.json_types import JsonObject

INVALID_FORM_BODY = 50035

Path = tuple[str | int, ...]


class DiscordRefusal(Exception):
    """A request is refused with an HTTP status and Discord's error object."""

    def __init__(self, status: int, code: int, message: str, errors: JsonObject | None = None) -> None:
        super().__init__(status, code, message, errors)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> JsonObject:
        """Return the error object: `message`, `code` and, for a form, the tree of `errors`."""
        body: JsonObject = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body

    def __str__(self) -> str:
        detail = f" {self.errors}" if self.errors else ""
        return f"{self.status} ({self.code}): {self.message}{detail}"


class RateLimited(DiscordRefusal):
    """A 429, whose body tells how long to wait."""

    def __init__(self, *, retry_after: float, is_global: bool = False) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after = retry_after  # seconds
        self.is_global = is_global

    def body(self) -> JsonObject:
        return {
            "message": self.message,
            "code": self.code,
            "retry_after": round(self.retry_after, 3),
            "global": self.is_global,
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal that is always worded alike: `raise UNKNOWN_CHANNEL.refusal()`."""

    status: int
    code: int
    message: str

    def refusal(self) -> DiscordRefusal:
        return DiscordRefusal(self.status, self.code, self.message)


UNAUTHORIZED = Reason(401, 0, "401: Unauthorized")
NOT_FOUND = Reason(404, 0, "404: Not Found")
UNAVAILABLE = Reason(503, 0, "503: Service Unavailable")
METHOD_NOT_ALLOWED = Reason(405, 0, "405: Method Not Allowed")
UNKNOWN_CHANNEL = Reason(404, 10003, "Unknown Channel")
UNKNOWN_GUILD = Reason(404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = Reason(404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = Reason(404, 10008, "Unknown Message")
UNKNOWN_USER = Reason(404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = Reason(404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = Reason(404, 10062, "Unknown interaction")
UNKNOWN_APPLICATION_COMMAND = Reason(404, 10063, "Unknown application command")
TOO_MANY_ATTACHMENTS = Reason(400, 30015, "Maximum number of attachments in a message reached (10)")
REQUEST_ENTITY_TOO_LARGE = Reason(413, 40005, "Request entity too large")
ALREADY_ACKNOWLEDGED = Reason(400, 40060, "Interaction has already been acknowledged.")
MISSING_ACCESS = Reason(403, 50001, "Missing Access")
NOT_THE_AUTHOR = Reason(403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = Reason(400, 50006, "Cannot send an empty message")
CANNOT_MESSAGE_USER = Reason(403, 50007, "Cannot send messages to this user")
NOT_A_TEXT_CHANNEL = Reason(400, 50008, "Cannot send messages in a non-text channel")
MISSING_PERMISSIONS = Reason(403, 50013, "Missing Permissions")
INVALID_WEBHOOK_TOKEN = Reason(401, 50027, "Invalid Webhook Token")
ARCHIVED_THREAD = Reason(400, 50083, "Thread is archived")
ARCHIVED_TO_INTERACTIONS = Reason(403, 50083, "Thread is archived")
WRONG_CHANNEL_TYPE = Reason(400, 50024, "Cannot execute action on this channel type")
INVALID_JSON = Reason(400, 50109, "The request body contains invalid JSON.")
LOCKED_THREAD = Reason(403, 160005, "Thread is locked")

BY_CODE = {
    each.code: each
    for each in (
        *(UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_MESSAGE, UNKNOWN_USER, UNKNOWN_WEBHOOK),
        *(UNKNOWN_INTERACTION, UNKNOWN_APPLICATION_COMMAND, TOO_MANY_ATTACHMENTS, REQUEST_ENTITY_TOO_LARGE),
        *(ALREADY_ACKNOWLEDGED, MISSING_ACCESS, NOT_THE_AUTHOR, EMPTY_MESSAGE, CANNOT_MESSAGE_USER),
        *(NOT_A_TEXT_CHANNEL, WRONG_CHANNEL_TYPE),
        *(MISSING_PERMISSIONS, INVALID_WEBHOOK_TOKEN, ARCHIVED_THREAD, INVALID_JSON, LOCKED_THREAD),
        Reason(400, 30034, "Max number of daily application command creates has been reached (200)"),
        Reason(429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
        Reason(403, 40333, "internal network error"),
        Reason(400, INVALID_FORM_BODY, "Invalid Form Body"),
        Reason(400, 200000, "Message was blocked by automatic moderation"),
        Reason(400, 200001, "Title was blocked by automatic moderation"),
        Reason(400, 240000, "Message blocked by harmful links filter"),
    )
}
"""Reasons by their codes, for faults that name only the code; the last ones come from faults alone."""


def invalid_form(path: Sequence[str | int], code: str, message: str) -> DiscordRefusal:
    """Return the 400 (50035) for one wrong field."""
    errors = FormErrors()
    errors.add(tuple(path), code, message)
    return errors.refusal()


@dataclass(slots=True)
class FormErrors:
    """Collects what is wrong with a body, field by field, to refuse all of it at once."""

    _tree: JsonObject = field(default_factory=dict[str, object])

    def add(self, path: Path, code: str, message: str) -> None:
        """Note an error at `path`, such as `("embeds", 0, "title")`; an empty path is the body itself."""
        node = self._tree
        for step in path:
            node = cast("JsonObject", node.setdefault(str(step), {}))
        cast("list[JsonObject]", node.setdefault("_errors", [])).append({"code": code, "message": message})

    def refusal(self) -> DiscordRefusal:
        return DiscordRefusal(400, INVALID_FORM_BODY, "Invalid Form Body", self._tree)

    def raise_if_any(self) -> None:
        if self._tree:
            raise self.refusal()
