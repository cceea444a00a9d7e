"""Messages that Discord takes, and those it refuses, with its codes."""

from collections.abc import Callable, Sequence
from typing import Any

import discord
import pytest
from discord import ui
from discord.http import handle_message_parameters

from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, REQUEST_LIMIT, FileFacts, check_message
from sandbox.discord.refusals import DiscordRefusal

Errors = Callable[[Callable[[], None]], dict[str, str]]

MIB = 1024 * 1024
UPLOAD_LIMIT = 10 * MIB
ROW: JsonObject = {
    "type": 1,
    "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}],
}
EMPTY_LAYOUT: JsonObject = {"flags": IS_COMPONENTS_V2, "components": []}
IMAGE = FileFacts(filename="cat.png", size=1000, content_type="image/png")


def send(payload: JsonObject, files: Sequence[FileFacts] = (), **options: Any) -> None:
    check_message(payload, files=files, upload_limit=options.pop("upload_limit", UPLOAD_LIMIT), **options)


def refusal(payload: JsonObject, files: Sequence[FileFacts] = (), **options: Any) -> tuple[int, int]:
    """Return the status and code with which a message is refused."""
    with pytest.raises(DiscordRefusal) as caught:
        send(payload, files, **options)
    return caught.value.status, caught.value.code


# What discord.py writes, Discord takes.


def written_by_discord_py(**parameters: Any) -> JsonObject:
    with handle_message_parameters(**parameters) as written:
        assert written.payload
        return written.payload


class Buttons(ui.View):
    """Two buttons and two selects."""

    @ui.button(label="Cancel", style=discord.ButtonStyle.danger)
    async def cancel(self, interaction: discord.Interaction, _: "ui.Button[Buttons]") -> None:
        raise NotImplementedError

    @ui.select(cls=ui.UserSelect, max_values=5)
    async def who(self, interaction: discord.Interaction, _: "ui.UserSelect[Buttons]") -> None:
        raise NotImplementedError


async def test_a_view_and_an_embed_of_discord_py_are_taken() -> None:
    view = Buttons()
    view.add_item(ui.Button(label="Site", url="https://example.com"))
    view.add_item(ui.Select(custom_id="pick", options=[discord.SelectOption(label="A", emoji="🎬")]))
    embed = discord.Embed(title="Done", description="x" * 4096, colour=0xFFFFFF, timestamp=discord.utils.utcnow())
    embed.add_field(name="Time", value="3 min").set_footer(text="Reelcast").set_image(url="attachment://cat.png")

    payload = written_by_discord_py(
        content="Here it is",
        embed=embed,
        view=view,
        nonce="job-1-post-1",
        allowed_mentions=discord.AllowedMentions(users=[discord.Object(5)], everyone=False, roles=False),
    )

    send(payload, [IMAGE])


# Content, flags, nonce, mentions, attachments.


@pytest.mark.parametrize(
    "payload",
    [
        {"content": "x" * 2000},
        {"content": None, "embeds": [{"title": "x"}]},
        {"sticker_ids": ["1"]},
        {"poll": {"question": {"text": "?"}}},
        {"components": [ROW]},
        {"message_reference": {"type": 1, "message_id": "1"}},
        {"content": "x", "nonce": 2**63 - 1, "enforce_nonce": True},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": [], "roles": ["1"]}},
        {"content": "x", "attachments": [{"id": 0, "description": "x" * 1024}]},
    ],
)
def test_a_message_of_any_kind_is_taken(payload: JsonObject) -> None:
    send(payload)


def test_files_alone_make_a_message() -> None:
    send({}, [IMAGE])


@pytest.mark.parametrize("payload", [{}, {"content": " \n"}, {"embeds": [], "components": []}, EMPTY_LAYOUT])
def test_an_empty_message_is_refused(payload: JsonObject) -> None:
    assert refusal(payload) == (400, 50006)


def test_an_edit_may_leave_everything_as_it_is() -> None:
    send({}, editing=True)
    send({"content": ""}, editing=True)
    send({}, editing=True, existing_v2=True)


@pytest.mark.parametrize(
    ("payload", "path", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": 5}, "content", "STRING_TYPE_CONVERT"),
        ({"nonce": "x" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
        ({"nonce": 2**63}, "nonce", "NUMBER_TYPE_MAX"),
        ({"enforce_nonce": "yes"}, "enforce_nonce", "BOOLEAN_TYPE_CONVERT"),
        ({"flags": "4"}, "flags", "NUMBER_TYPE_COERCE"),
        ({"sticker_ids": ["1", "2", "3", "4"]}, "sticker_ids", "BASE_TYPE_MAX_LENGTH"),
        ({"components": {}}, "components", "LIST_TYPE_CONVERT"),
        ({"components": ["row"]}, "components.0", "MODEL_TYPE_CONVERT"),
        ({"attachments": [{"id": 0}] * 11}, "attachments", "BASE_TYPE_MAX_LENGTH"),
        ({"attachments": [{}]}, "attachments.0.id", "BASE_TYPE_REQUIRED"),
        (
            {"attachments": [{"id": 0, "description": "x" * 1025}]},
            "attachments.0.description",
            "BASE_TYPE_MAX_LENGTH",
        ),
    ],
)
def test_a_wrong_field_is_named(errors_of: Errors, payload: JsonObject, path: str, code: str) -> None:
    assert errors_of(lambda: send({"content": "x", **payload}))[path] == code


@pytest.mark.parametrize(
    ("mentions", "path", "code"),
    [
        ({"parse": ["users"], "users": ["1"]}, "", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
        ({"parse": ["roles"], "roles": ["1"]}, "", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
        ({"parse": ["here"]}, ".parse.0", "BASE_TYPE_CHOICES"),
        ({"users": [str(each) for each in range(101)]}, ".users", "BASE_TYPE_MAX_LENGTH"),
        ({"users": ["1", "1"]}, ".users", "SET_TYPE_ALREADY_CONTAINS_VALUE"),
        ({"roles": ["everyone"]}, ".roles.0", "NUMBER_TYPE_COERCE"),
    ],
)
def test_wrong_allowed_mentions_are_refused(errors_of: Errors, mentions: JsonObject, path: str, code: str) -> None:
    found = errors_of(lambda: send({"content": "x", "allowed_mentions": mentions}))

    assert found == {f"allowed_mentions{path}": code}


def test_the_path_of_an_interaction_callback_is_told(errors_of: Errors) -> None:
    assert errors_of(lambda: send({"content": "x" * 2001}, path=("data",))) == {"data.content": "BASE_TYPE_MAX_LENGTH"}


def test_everything_that_is_wrong_is_told_at_once(errors_of: Errors) -> None:
    found = errors_of(lambda: send({"content": "x" * 2001, "embeds": [{"title": "x" * 257}]}))

    assert [*found] == ["content", "embeds.0.title"]


# Uploads.


def test_a_file_over_the_limit_is_too_large() -> None:
    at, over = (FileFacts(filename="a", size=UPLOAD_LIMIT + extra, content_type="") for extra in (0, 1))

    send({}, [at])
    assert refusal({}, [over]) == (413, 40005)


def test_files_together_must_fit_one_request() -> None:
    files = [FileFacts(filename=str(each), size=REQUEST_LIMIT // 5, content_type="") for each in range(5)]

    send({}, files)
    assert refusal({}, [*files, IMAGE]) == (413, 40005)


def test_a_boosted_limit_lets_one_file_fill_it() -> None:
    send({}, [FileFacts(filename="a", size=50 * MIB, content_type="")], upload_limit=50 * MIB)


def test_an_eleventh_file_is_refused() -> None:
    send({}, [IMAGE] * 10)
    assert refusal({}, [IMAGE] * 11) == (400, 30015)


# Embeds.


@pytest.mark.parametrize(
    ("embed", "path", "code"),
    [
        ({}, ".description", "BASE_TYPE_REQUIRED"),
        ({"title": "x" * 257}, ".title", "BASE_TYPE_MAX_LENGTH"),
        ({"description": "x" * 4097}, ".description", "BASE_TYPE_MAX_LENGTH"),
        ({"author": {"name": "x" * 257}}, ".author.name", "BASE_TYPE_MAX_LENGTH"),
        ({"footer": {"text": "x" * 2049}}, ".footer.text", "BASE_TYPE_MAX_LENGTH"),
        ({"fields": [{"name": "x", "value": "x" * 1025}]}, ".fields.0.value", "BASE_TYPE_MAX_LENGTH"),
        ({"fields": [{"name": "", "value": "x"}]}, ".fields.0.name", "BASE_TYPE_REQUIRED"),
        ({"fields": [{"name": "x"}]}, ".fields.0.value", "BASE_TYPE_REQUIRED"),
        ({"fields": [{"name": "x", "value": "x"}] * 26}, ".fields", "BASE_TYPE_MAX_LENGTH"),
        ({"title": "x", "color": 0x1000000}, ".color", "NUMBER_TYPE_MAX"),
        ({"title": "x", "timestamp": "soon"}, ".timestamp", "DATE_TIME_TYPE_PARSE"),
        ({"title": "x", "url": "ftp://x"}, ".url", "URL_TYPE_INVALID_SCHEME"),
        ({"title": "x", "image": {"url": "http://"}}, ".image.url", "URL_TYPE_INVALID_URL"),
        ({"title": "x", "thumbnail": {"url": "http://[x/"}}, ".thumbnail.url", "URL_TYPE_INVALID_URL"),
    ],
)
def test_a_wrong_embed_is_refused(errors_of: Errors, embed: JsonObject, path: str, code: str) -> None:
    assert errors_of(lambda: send({"embeds": [embed]}))[f"embeds.0{path}"] == code


def test_embeds_share_six_thousand_characters(errors_of: Errors) -> None:
    send({"embeds": [{"description": "x" * 3000}] * 2})

    found = errors_of(
        lambda: send({"embeds": [{"description": "x" * 3000}, {"description": "x" * 2999, "title": "xx"}]})
    )

    assert found == {"embeds": "MAX_EMBED_SIZE_EXCEEDED"}


def test_an_eleventh_embed_is_refused(errors_of: Errors) -> None:
    assert errors_of(lambda: send({"embeds": [{"title": "x"}] * 11})) == {"embeds": "BASE_TYPE_MAX_LENGTH"}
