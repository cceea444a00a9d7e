"""Modals that Discord takes, and those it refuses, with its codes."""

from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import ui

from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.modal_rules import check_modal

Errors = Callable[[Callable[[], None]], dict[str, str]]

BUTTON: JsonObject = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}


def option(value: str, **fields: Any) -> JsonObject:
    return {"label": value, "value": value, **fields}


def text() -> JsonObject:
    return {"type": 10, "content": "words"}


def modal(*components: JsonObject, **fields: Any) -> JsonObject:
    return {"title": "Report", "custom_id": "report", "components": [*components], **fields}


def row(component: JsonObject) -> JsonObject:
    return {"type": 1, "components": [component]}


def select(**fields: Any) -> JsonObject:
    return {"type": 3, "custom_id": "pick", "options": [option("a")], **fields}


def label(component: JsonObject, **fields: Any) -> JsonObject:
    return {"type": 18, "label": "Why", "component": component, **fields}


def text_input(**fields: Any) -> JsonObject:
    return {"type": 4, "custom_id": "why", "style": 1, **fields}


async def test_a_modal_of_discord_py_is_taken() -> None:
    modal = ui.Modal(title="Report")
    modal.add_item(ui.TextDisplay("What is wrong?"))
    modal.add_item(ui.Label(text="Why", component=ui.TextInput(max_length=200)))
    modal.add_item(ui.Label(text="Images", component=ui.FileUpload(min_values=0, max_values=7)))
    modal.add_item(ui.Label(text="The member", component=ui.UserSelect(required=False)))
    modal.add_item(ui.Label(text="Length", component=ui.Select(options=[discord.SelectOption(label="5 seconds")])))

    check_modal(modal.to_dict())


@pytest.mark.parametrize(
    "component",
    [
        text(),
        row(text_input(label="Why")),
        label(text_input(style=2, min_length=0, max_length=4000, value="x" * 4000)),
        label(select()),
        *(label({"type": kind, "custom_id": "pick"}) for kind in range(5, 9)),
        label({"type": 19, "custom_id": "files", "min_values": 0, "max_values": 10}),
        label({"type": 19, "custom_id": "files", "file_types": ["image", ".heic"]}),
        label({"type": 21, "custom_id": "one", "options": [option("a"), option("b")]}),
        label({"type": 22, "custom_id": "some", "options": [option("a")], "min_values": 0}),
        label({"type": 23, "custom_id": "agree", "default": True}),
    ],
)
def test_a_modal_takes_these_components(component: JsonObject) -> None:
    check_modal(modal(component))


@pytest.mark.parametrize(
    ("payload", "path", "code"),
    [
        (modal(text(), title="x" * 46), "title", "BASE_TYPE_BAD_LENGTH"),
        (modal(text(), custom_id=None), "custom_id", "BASE_TYPE_REQUIRED"),
        (modal(), "components", "BASE_TYPE_BAD_LENGTH"),
        (modal(*[text()] * 6), "components", "BASE_TYPE_BAD_LENGTH"),
        (modal(text_input()), "components.0.type", "UNION_TYPE_CHOICES"),
        (modal(row(BUTTON)), "components.0.components.0.type", "UNION_TYPE_CHOICES"),
        (modal(row(text_input())), "components.0.components.0.label", "BASE_TYPE_REQUIRED"),
        (modal(label(BUTTON)), "components.0.component.type", "UNION_TYPE_CHOICES"),
        (modal(label(text_input(), label="x" * 46)), "components.0.label", "BASE_TYPE_BAD_LENGTH"),
        (
            modal(label(text_input(), description="x" * 101)),
            "components.0.description",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (modal(label(text_input(style=3))), "components.0.component.style", "BASE_TYPE_CHOICES"),
        (
            modal(label(text_input(placeholder="x" * 101))),
            "components.0.component.placeholder",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(label(text_input(min_length=5, max_length=4))),
            "components.0.component.min_length",
            "BASE_TYPE_INVALID",
        ),
        (modal(label(select(disabled=True))), "components.0.component.disabled", "BASE_TYPE_FORBIDDEN"),
        (
            modal(label({"type": 19, "custom_id": "files", "max_values": 11})),
            "components.0.component.max_values",
            "NUMBER_TYPE_MAX",
        ),
        (
            modal(label({"type": 19, "custom_id": "files", "file_types": ["image", "heic"]})),
            "components.0.component.file_types.1",
            "BASE_TYPE_INVALID",
        ),
        (
            modal(label({"type": 19, "custom_id": "files", "file_types": [".png"] * 11})),
            "components.0.component.file_types",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(label({"type": 21, "custom_id": "one", "options": [option("a")]})),
            "components.0.component.options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            modal(label(text_input()), label(text_input())),
            "components.1.component.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
    ],
)
def test_a_wrong_modal_is_refused(errors_of: Errors, payload: JsonObject, path: str, code: str) -> None:
    assert errors_of(lambda: check_modal(payload))[path] == code
