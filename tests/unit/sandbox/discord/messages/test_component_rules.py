"""Rows and layouts that Discord takes in a message, and those it refuses, with its codes."""

from collections.abc import Callable, Sequence
from typing import Any

import discord
import pytest
from discord import ui
from discord.http import handle_message_parameters

from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, FileFacts, check_message
from sandbox.discord.refusals import DiscordRefusal

Errors = Callable[[Callable[[], None]], dict[str, str]]

IMAGE = FileFacts(filename="cat.png", size=1000, content_type="image/png")


def send(payload: JsonObject, files: Sequence[FileFacts] = (), **options: Any) -> None:
    check_message(payload, files=files, upload_limit=1000, **options)


def row(*components: JsonObject) -> JsonObject:
    return {"type": 1, "components": [*components]}


def button(custom_id: str | None = "go", **fields: Any) -> JsonObject:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id, **fields}


def link(**fields: Any) -> JsonObject:
    return {"type": 2, "style": 5, "label": "Open", "url": "https://example.com", **fields}


def select(custom_id: str = "pick", **fields: Any) -> JsonObject:
    return {"type": 3, "custom_id": custom_id, "options": [option("a")], **fields}


def option(value: str, **fields: Any) -> JsonObject:
    return {"label": value, "value": value, **fields}


def text(content: str = "words") -> JsonObject:
    return {"type": 10, "content": content}


def gallery(*urls: str) -> JsonObject:
    return {"type": 12, "items": [{"media": {"url": url}} for url in urls]}


def layout(*components: JsonObject, **fields: Any) -> JsonObject:
    return {"flags": IS_COMPONENTS_V2, "components": [*components], **fields}


async def test_a_layout_view_of_discord_py_is_taken() -> None:
    card: ui.Container[ui.LayoutView] = ui.Container(
        ui.Section("A prompt", accessory=ui.Thumbnail("attachment://cat.png")),
        ui.Separator(spacing=discord.SeparatorSpacing.large),
        ui.MediaGallery(discord.MediaGalleryItem("https://example.com/a.png", description="A cat")),
        ui.File("attachment://cat.png"),
        ui.ActionRow(ui.Button(label="Cancel", custom_id="cancel")),
        accent_colour=0x00FF00,
    )
    view = ui.LayoutView()
    view.add_item(ui.TextDisplay("Your video")).add_item(card)

    with handle_message_parameters(view=view) as written:
        assert written.payload
        send(written.payload, [IMAGE])


# Rows.


@pytest.mark.parametrize(
    ("components", "path", "code"),
    [
        ([row(button(str(each))) for each in range(6)], "components", "BASE_TYPE_MAX_LENGTH"),
        ([button()], "components.0.type", "UNION_TYPE_CHOICES"),
        ([text()], "components.0.type", "UNION_TYPE_CHOICES"),
        ([{"components": []}], "components.0.type", "BASE_TYPE_REQUIRED"),
        ([row()], "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        ([row(*(button(str(each)) for each in range(6)))], "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        ([row(row(button()))], "components.0.components.0.type", "UNION_TYPE_CHOICES"),
        ([row(select(), button())], "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        ([row(select("a"), select("b"))], "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        (
            [row(button()), row(button())],
            "components.1.components.0.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            [row(button("a", id=7), button("b", id=7))],
            "components.0.components.1.id",
            "COMPONENT_ID_DUPLICATED",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    errors_of: Errors, components: list[JsonObject], path: str, code: str
) -> None:
    assert errors_of(lambda: send({"components": components}))[path] == code


@pytest.mark.parametrize(
    ("component", "field", "code"),
    [
        (button("x" * 101), "custom_id", "BASE_TYPE_BAD_LENGTH"),
        (button(""), "custom_id", "BASE_TYPE_BAD_LENGTH"),
        (button(custom_id=None), "custom_id", "BASE_TYPE_REQUIRED"),
        (button(label="x" * 81), "label", "BASE_TYPE_MAX_LENGTH"),
        (button(style=7), "style", "BASE_TYPE_CHOICES"),
        (button(style=None), "style", "BASE_TYPE_REQUIRED"),
        (button(url="https://example.com"), "url", "BASE_TYPE_FORBIDDEN"),
        (button(disabled=1), "disabled", "BOOLEAN_TYPE_CONVERT"),
        (link(url=None), "url", "BASE_TYPE_REQUIRED"),
        (link(url="javascript:alert(1)"), "url", "URL_TYPE_INVALID_SCHEME"),
        (link(url="https://example.com/" + "x" * 500), "url", "BASE_TYPE_MAX_LENGTH"),
        (link(custom_id="go"), "custom_id", "BASE_TYPE_FORBIDDEN"),
        ({"type": 2, "style": 6}, "sku_id", "BASE_TYPE_REQUIRED"),
        ({"type": 2, "style": 6, "sku_id": "1", "label": "Buy"}, "label", "BASE_TYPE_FORBIDDEN"),
        (select(placeholder="x" * 151), "placeholder", "BASE_TYPE_MAX_LENGTH"),
        (select(options=[]), "options", "BASE_TYPE_BAD_LENGTH"),
        (select(options=[option(str(each)) for each in range(26)]), "options", "BASE_TYPE_BAD_LENGTH"),
        (
            select(options=[option("a"), option("a")]),
            "options.1.value",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (select(options=[option("x" * 101)]), "options.0.value", "BASE_TYPE_BAD_LENGTH"),
        (
            select(options=[option("a", description="x" * 101)]),
            "options.0.description",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (select(min_values=26), "min_values", "NUMBER_TYPE_MAX"),
        (select(max_values=0), "max_values", "NUMBER_TYPE_MIN"),
        (select(min_values=2), "min_values", "BASE_TYPE_INVALID"),
        (
            {"type": 5, "custom_id": "who", "default_values": [{"type": "role", "id": "1"}]},
            "default_values.0.type",
            "BASE_TYPE_CHOICES",
        ),
        (
            {"type": 8, "custom_id": "where", "default_values": [{"type": "channel", "id": "here"}]},
            "default_values.0.id",
            "NUMBER_TYPE_COERCE",
        ),
    ],
)
def test_a_wrong_button_or_select_is_refused(errors_of: Errors, component: JsonObject, field: str, code: str) -> None:
    assert errors_of(lambda: send({"components": [row(component)]}))[f"components.0.components.0.{field}"] == code


def test_a_button_needs_a_label_or_an_emoji(errors_of: Errors) -> None:
    send({"components": [row(button(label=None, emoji={"name": "🎬"}))]})

    found = errors_of(lambda: send({"components": [row(button(label=None))]}))

    assert found == {"components.0.components.0": "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"}


def test_a_link_may_open_discord_itself() -> None:
    send({"components": [row(link(url="discord://-/channels/1/2"))]})


@pytest.mark.parametrize(
    "fields",
    [{"content": "x"}, {"embeds": [{"title": "x"}]}, {"poll": {"question": {}}}, {"sticker_ids": ["1"]}],
)
def test_a_layout_carries_none_of_the_older_fields(errors_of: Errors, fields: JsonObject) -> None:
    found = errors_of(lambda: send(layout(text(), **fields)))

    assert found == dict.fromkeys(fields, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")


def test_an_edit_to_a_layout_empties_the_older_fields() -> None:
    send(layout(text(), content=None, embeds=[]), editing=True)


def test_a_layout_never_goes_back(errors_of: Errors) -> None:
    def edit(payload: JsonObject) -> None:
        send(payload, editing=True, existing_v2=True)

    edit({"components": [text()]})
    assert errors_of(lambda: edit({"content": "x"})) == {
        "content": "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    }
    assert [*errors_of(lambda: edit({"flags": 0}))] == ["flags"]
    with pytest.raises(DiscordRefusal, match="Cannot send an empty message"):
        edit({"components": []})


def test_a_layout_has_at_most_forty_components_counted_through_all_levels(errors_of: Errors) -> None:
    container = {"type": 17, "components": [text()] * 38}

    send(layout(container, text()))
    assert errors_of(lambda: send(layout(container, text(), text()))) == {
        "components": "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"
    }


def test_a_layout_has_at_most_four_thousand_characters_in_all(errors_of: Errors) -> None:
    inner = {"type": 17, "components": [text("x" * 2000)]}

    send(layout(text("x" * 2000), inner))
    assert errors_of(lambda: send(layout(text("x" * 2001), inner))) == {
        "components": "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
    }


@pytest.mark.parametrize(
    ("component", "path", "code"),
    [
        (button(), ".type", "UNION_TYPE_CHOICES"),
        ({"type": 99}, ".type", "UNION_TYPE_CHOICES"),
        (text(""), ".content", "BASE_TYPE_BAD_LENGTH"),
        ({"type": 17, "components": []}, ".components", "BASE_TYPE_BAD_LENGTH"),
        (
            {"type": 17, "components": [{"type": 17, "components": [text()]}]},
            ".components.0.type",
            "UNION_TYPE_CHOICES",
        ),
        (
            {"type": 17, "accent_color": 0x1000000, "components": [text()]},
            ".accent_color",
            "NUMBER_TYPE_MAX",
        ),
        ({"type": 9, "components": [text()]}, ".accessory", "BASE_TYPE_REQUIRED"),
        ({"type": 9, "components": [text()], "accessory": select()}, ".accessory.type", "UNION_TYPE_CHOICES"),
        ({"type": 9, "components": [text()] * 4, "accessory": link()}, ".components", "BASE_TYPE_BAD_LENGTH"),
        (
            {"type": 9, "components": [row(button())], "accessory": link()},
            ".components.0.type",
            "UNION_TYPE_CHOICES",
        ),
        (gallery(), ".items", "BASE_TYPE_BAD_LENGTH"),
        (gallery(*["https://example.com"] * 11), ".items", "BASE_TYPE_BAD_LENGTH"),
        (gallery("file:///etc/passwd"), ".items.0.media.url", "URL_TYPE_INVALID_SCHEME"),
        (
            {"type": 12, "items": [{"media": {"url": "https://example.com"}, "description": "x" * 1025}]},
            ".items.0.description",
            "BASE_TYPE_BAD_LENGTH",
        ),
        ({"type": 13, "file": {"url": "https://example.com"}}, ".file.url", "URL_TYPE_INVALID_SCHEME"),
        ({"type": 13}, ".file", "BASE_TYPE_REQUIRED"),
        (
            {"type": 13, "file": {"url": "attachment://dog.png"}},
            ".file.url",
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
        ),
        ({"type": 14, "spacing": 3}, ".spacing", "BASE_TYPE_CHOICES"),
    ],
)
def test_a_wrong_part_of_a_layout_is_refused(errors_of: Errors, component: JsonObject, path: str, code: str) -> None:
    assert errors_of(lambda: send(layout(component), [IMAGE]))[f"components.0{path}"] == code


def test_a_layout_may_refer_to_files_sent_and_kept(errors_of: Errors) -> None:
    shown = gallery("attachment://cat.png", "attachment://dog.png")

    send(layout(shown), [IMAGE], editing=True, known_filenames=["dog.png"])
    assert [*errors_of(lambda: send(layout(shown), [IMAGE]))] == ["components.0.items.1.media.url"]


def test_a_refusal_has_the_nested_body_that_discord_answers() -> None:
    with pytest.raises(DiscordRefusal) as caught:
        send({"content": "x", "components": [row(button(label="x" * 81))]})

    assert caught.value.body() == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "components": {
                "0": {
                    "components": {
                        "0": {
                            "label": {
                                "_errors": [
                                    {
                                        "code": "BASE_TYPE_MAX_LENGTH",
                                        "message": "Must be 80 or fewer in length.",
                                    }
                                ]
                            }
                        }
                    }
                }
            }
        },
    }
