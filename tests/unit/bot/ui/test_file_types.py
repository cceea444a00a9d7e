"""Discord is told which files are taken, wherever members choose some."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from discord import app_commands, ui
from discord.app_commands.transformers import CommandParameter
from discord.components import FileUploadComponent

from bot.app import Reelcast
from bot.cast.view import cast_add_modal
from bot.catalogue.offer import Offer
from bot.requests.forms import edit_modal, video_modal
from bot.ui.commands import IMAGE_FILES
from sandbox.discord.interactions.command_rules import check_commands
from sandbox.discord.messages.modal_rules import check_modal
from tests.support.jobs import a_request
from tests.support.messages import command_payloads

ATTACHMENT, FILE_UPLOAD = 11, 19
TYPES = list(IMAGE_FILES)


def options_of(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for option in entry.get("options", ()):
        yield option
        yield from options_of(option)


def test_the_library_cannot_say_it_itself_and_when_it_can_ours_is_to_go() -> None:
    assert "file_types" not in inspect.signature(ui.FileUpload).parameters
    assert "file_types" not in FileUploadComponent.__slots__
    assert "file_types" not in inspect.signature(CommandParameter).parameters


def test_what_is_sent_is_within_discords_limits() -> None:
    assert len(TYPES) == len(set(TYPES)) <= 10
    assert TYPES[0] == "image"
    assert all(each.startswith(".") and each == each.lower() for each in TYPES[1:])
    assert {".heic", ".heif", ".avif"} < set(TYPES)


async def test_every_attachment_of_a_command_takes_images_and_nothing_else_takes_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered: list[dict[str, Any]] = []

    async def request(_route: object, *, json: Sequence[dict[str, Any]]) -> Sequence[object]:
        registered.extend(json)
        return []

    bot = Reelcast(shard_count=1)
    monkeypatch.setattr(bot.http, "request", request)
    payloads = [each async for each in command_payloads(app_commands.Translator())]
    await bot.http.bulk_upsert_global_commands(1, payload=payloads)
    check_commands(registered)
    options = [option for command in registered for option in options_of(command)]
    taking = [option for option in options if option["type"] == ATTACHMENT]
    assert {option["name"] for option in taking} >= {"image1", "image7", "image"}
    assert all(option["file_types"] == TYPES for option in taking)
    assert not [option for option in options if option["type"] != ATTACHMENT and "file_types" in option]
    assert not [command for command in registered if "file_types" in command]


@pytest.mark.parametrize(
    "modal",
    [video_modal(Offer()), edit_modal(1, a_request(), Offer()), cast_add_modal()],
    ids=lambda modal: modal.title,
)
def test_every_field_for_files_in_a_modal_takes_images(modal: ui.Modal) -> None:
    payload: dict[str, Any] = modal.to_dict()
    check_modal(payload)
    fields = [top["component"] for top in payload["components"] if "component" in top]
    taking = [field for field in fields if field["type"] == FILE_UPLOAD]
    assert taking
    assert all(field["file_types"] == TYPES for field in taking)
