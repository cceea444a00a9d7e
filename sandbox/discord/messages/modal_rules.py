"""What Discord takes as a modal.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal
"""

from collections.abc import Mapping

from sandbox.discord.file_types import MOST_FILE_TYPES, is_file_type
from sandbox.discord.http.form import Form
from sandbox.discord.messages.component_rules import (
    Tally,
    check_component,
    check_options,
    check_range,
    check_select,
    type_among,
)
from sandbox.discord.messages.components import SELECTS, ComponentType
from sandbox.discord.refusals import FormErrors, Path

IN_A_MODAL = (ComponentType.ACTION_ROW, ComponentType.TEXT_DISPLAY, ComponentType.LABEL)
IN_A_LABEL = (
    ComponentType.TEXT_INPUT,
    *SELECTS,
    ComponentType.FILE_UPLOAD,
    ComponentType.RADIO_GROUP,
    ComponentType.CHECKBOX_GROUP,
    ComponentType.CHECKBOX,
)


def check_modal(payload: Mapping[str, object], *, path: Path = ()) -> None:
    """Raise DiscordRefusal (50035) unless `payload`, which stands at `path` in the body, is a modal."""
    form, tally = Form(payload, FormErrors(), path), Tally()
    form.text("title", least=1, most=45, required=True)
    form.text("custom_id", least=1, most=100, required=True)
    for component in form.children("components", least=1, most=5, required=True):
        if type_among(component, IN_A_MODAL):
            _check_top(component, tally)
    form.errors.raise_if_any()


def _check_top(form: Form, tally: Tally) -> None:
    match form.data.get("type"):
        case ComponentType.LABEL:
            tally.component(form)
            _check_label(form, tally)
        case ComponentType.ACTION_ROW:
            tally.component(form)
            for child in form.children("components", least=1, most=1, required=True):
                if type_among(child, (ComponentType.TEXT_INPUT,)):
                    child.text("label", least=1, most=45, required=True)
                    _check_input(child, tally)
        case _:
            check_component(form, tally)


def _check_label(form: Form, tally: Tally) -> None:
    form.text("label", least=1, most=45, required=True)
    form.text("description", least=1, most=100)
    child = form.child("component", required=True)
    if child and type_among(child, IN_A_LABEL):
        _check_input(child, tally)


def _check_input(form: Form, tally: Tally) -> None:
    tally.component(form)
    kind = form.data.get("type")
    if kind in SELECTS:
        check_select(form, tally)
        form.forbid("disabled")
        return
    tally.custom_id(form)
    match kind:
        case ComponentType.TEXT_INPUT:
            _check_text_input(form)
        case ComponentType.FILE_UPLOAD:
            check_range(form, most=10)
            _check_file_types(form)
        case ComponentType.RADIO_GROUP:
            form.boolean("required")
            check_options(form, least=2, most=10)
        case ComponentType.CHECKBOX_GROUP:
            check_range(form, most=10)
            check_options(form, least=1, most=10)
        case _:
            form.boolean("default")


def _check_file_types(form: Form) -> None:
    for index, value in enumerate(form.array("file_types", most=MOST_FILE_TYPES)):
        if not is_file_type(value):
            form.errors.add((*form.path, "file_types", index), "BASE_TYPE_INVALID", f'"{value}" is no type of files')


def _check_text_input(form: Form) -> None:
    form.choice("style", (1, 2), required=True)
    form.text("placeholder", most=100)
    form.boolean("required")
    least = form.integer("min_length", least=0, most=4000)
    most = form.integer("max_length", least=1, most=4000)
    form.text("value", most=4000)
    if least is not None and most is not None and least > most:
        form.add("min_length", "BASE_TYPE_INVALID", "min_length must not be greater than max_length")
