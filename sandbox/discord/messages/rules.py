"""What Discord takes as a message, by its content, embeds, mentions, attachments and components.

https://docs.discord.com/developers/resources/message#create-message
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.discord.http.form import Form, is_snowflake
from sandbox.discord.messages.component_rules import MEDIA, WEB, check_layout, check_rows
from sandbox.discord.messages.modal_rules import check_modal
from sandbox.discord.refusals import (
    EMPTY_MESSAGE,
    REQUEST_ENTITY_TOO_LARGE,
    TOO_MANY_ATTACHMENTS,
    FormErrors,
    Path,
)

__all__ = ["IS_COMPONENTS_V2", "FileFacts", "check_message", "check_modal"]

IS_COMPONENTS_V2 = 1 << 15
REQUEST_LIMIT = 25 * 1024 * 1024  # bytes of files in one request, where no boost allows a file more
MAX_CONTENT, MAX_NONCE, MAX_ATTACHMENTS = 2000, 25, 10
MAX_EMBEDS, MAX_EMBED_TEXT = 10, 6000
EMBED_PARTS = ("title", "description", "author", "footer", "fields", "image", "thumbnail", "video")
MAX_INT64 = 2**63 - 1
MENTION_TYPES = ("users", "roles", "everyone")
LEGACY_FIELDS = ("content", "embeds", "poll", "sticker_ids")
FORWARD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """An uploaded file; `size` is in bytes."""

    filename: str
    size: int
    content_type: str


def check_message(
    payload: Mapping[str, object],
    *,
    files: Sequence[FileFacts],
    upload_limit: int,
    editing: bool = False,
    existing_v2: bool = False,
    known_filenames: Collection[str] = (),
    path: Path = (),
) -> None:
    """Raise DiscordRefusal unless Discord takes `payload` with `files` as a message, or as an edit of one.

    `upload_limit` is in bytes and holds for each file. An edit of a message that has the Components V2 flag sets
    `existing_v2`; `known_filenames` are the attachments that it keeps. `path` is where `payload` stands in the
    body (`("data",)` in an interaction's callback).
    """
    _check_sizes(files, upload_limit)
    form = Form(payload, FormErrors(), path)
    layout = _check_flags(form, existing_v2=existing_v2)
    _check_nonce(form)
    _check_mentions(form)
    _check_attachments(form)
    if layout:
        _check_no_legacy_fields(form)
        check_layout(form, {*known_filenames, *(file.filename for file in files)})
    else:
        form.text("content", most=MAX_CONTENT)
        form.snowflakes("sticker_ids", most=3)
        _check_embeds(form)
        check_rows(form)
    form.errors.raise_if_any()
    if _is_empty(form, files, layout=layout, editing=editing):
        raise EMPTY_MESSAGE.refusal()


def _check_sizes(files: Sequence[FileFacts], upload_limit: int) -> None:
    if any(file.size > upload_limit for file in files):
        raise REQUEST_ENTITY_TOO_LARGE.refusal()
    if sum(file.size for file in files) > max(upload_limit, REQUEST_LIMIT):
        raise REQUEST_ENTITY_TOO_LARGE.refusal()
    if len(files) > MAX_ATTACHMENTS:
        raise TOO_MANY_ATTACHMENTS.refusal()


def _check_flags(form: Form, *, existing_v2: bool) -> bool:
    """Tell whether the message has, or will have, the Components V2 flag."""
    flags = form.integer("flags", least=0, most=MAX_INT64)
    wanted = bool(flags and flags & IS_COMPONENTS_V2)
    if existing_v2 and flags is not None and not wanted:
        form.add("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "IS_COMPONENTS_V2 cannot be removed")
    return existing_v2 or wanted


def _check_nonce(form: Form) -> None:
    form.boolean("enforce_nonce")
    if isinstance(form.data.get("nonce"), int):
        form.integer("nonce", least=-MAX_INT64 - 1, most=MAX_INT64)
    else:
        form.text("nonce", most=MAX_NONCE)


def _check_mentions(form: Form) -> None:
    mentions = form.child("allowed_mentions")
    if mentions is None:
        return
    mentions.boolean("replied_user")
    parse = mentions.array("parse", most=len(MENTION_TYPES))
    for index, value in enumerate(parse):
        if value not in MENTION_TYPES:
            message = f"Value must be one of {MENTION_TYPES}."
            form.errors.add((*mentions.path, "parse", index), "BASE_TYPE_CHOICES", message)
    for kind in ("users", "roles"):
        if mentions.snowflakes(kind, most=100) and kind in parse:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            mentions.add(None, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def _check_attachments(form: Form) -> None:
    for attachment in form.children("attachments", most=MAX_ATTACHMENTS):
        if not is_snowflake(attachment.data.get("id")):
            attachment.add("id", "BASE_TYPE_REQUIRED", "This field is required")
        attachment.text("filename", least=1, most=1024)
        attachment.text("description", most=1024)


def _check_no_legacy_fields(form: Form) -> None:
    for key in LEGACY_FIELDS:
        if form.has(key):
            form.add(
                key,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _check_embeds(form: Form) -> None:
    size = sum(_check_embed(embed) for embed in form.children("embeds", most=MAX_EMBEDS))
    if size > MAX_EMBED_TEXT:
        message = f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}"
        form.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _check_embed(form: Form) -> int:
    """Check an embed and return how many characters of text it has."""
    size = _text_size(form, "title", 256) + _text_size(form, "description", 4096)
    form.url("url", WEB)
    form.integer("color", least=0, most=0xFFFFFF)
    _check_timestamp(form)
    for key in ("image", "thumbnail", "video"):
        media = form.child(key)
        if media:
            media.url("url", MEDIA)
    author, footer = form.child("author"), form.child("footer")
    if author:
        size += _text_size(author, "name", 256)
        author.url("url", WEB)
        author.url("icon_url", MEDIA)
    if footer:
        size += _text_size(footer, "text", 2048)
        footer.url("icon_url", MEDIA)
    for field in form.children("fields", most=25):
        size += _text_size(field, "name", 256, required=True)
        size += _text_size(field, "value", 1024, required=True)
        field.boolean("inline")
    if not any(form.has(key) for key in EMBED_PARTS):
        form.add("description", "BASE_TYPE_REQUIRED", "This field is required")
    return size


def _text_size(form: Form, key: str, most: int, *, required: bool = False) -> int:
    text = form.text(key, most=most, required=required)
    if required and text == "":
        form.add(key, "BASE_TYPE_REQUIRED", "This field is required")
    return len(text or "")


def _check_timestamp(form: Form) -> None:
    value = form.text("timestamp", most=64)
    if value:
        try:
            datetime.fromisoformat(value)
        except ValueError:
            message = f"Could not parse {value}. Should be ISO8601."
            form.add("timestamp", "DATE_TIME_TYPE_PARSE", message)


def _is_empty(form: Form, files: Sequence[FileFacts], *, layout: bool, editing: bool) -> bool:
    """Tell whether nothing would be shown; of a legacy message's edit only its keeper can tell."""
    if layout:
        return not form.has("components") and (not editing or "components" in form.data)
    if editing or files:
        return False
    content = form.data.get("content")
    reference = form.child("message_reference")
    forwards = reference is not None and reference.data.get("type") == FORWARD
    shown = any(form.has(key) for key in ("embeds", "sticker_ids", "components", "poll"))
    return not (shown or forwards or (isinstance(content, str) and content.strip()))
