"""What Discord takes as the components of a message, of the first kind (rows) and the second (layouts).

https://docs.discord.com/developers/components/reference
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import IntEnum

from sandbox.discord.http.form import Form, is_snowflake
from sandbox.discord.messages.components import SELECTS, ComponentType

MAX_ROWS, MAX_COMPONENTS = 5, 40
MAX_TEXT = 4000  # characters that a layout's text displays have in all
MAX_INT32 = 2**31 - 1
WEB = ("http", "https")
MEDIA = (*WEB, "attachment")


class ButtonStyle(IntEnum):
    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4
    LINK = 5
    PREMIUM = 6


DEFAULT_VALUE_TYPES = {
    ComponentType.USER_SELECT: ("user",),
    ComponentType.ROLE_SELECT: ("role",),
    ComponentType.MENTIONABLE_SELECT: ("user", "role"),
    ComponentType.CHANNEL_SELECT: ("channel",),
}
IN_A_CONTAINER = (
    ComponentType.ACTION_ROW,
    ComponentType.SECTION,
    ComponentType.TEXT_DISPLAY,
    ComponentType.MEDIA_GALLERY,
    ComponentType.FILE,
    ComponentType.SEPARATOR,
)
IN_A_LAYOUT = (*IN_A_CONTAINER, ComponentType.CONTAINER)


@dataclass(slots=True)
class Tally:
    """What is counted over all components of a message or modal; `filenames` is what may be referred to."""

    filenames: Collection[str] = ()
    components: int = 0
    text: int = 0
    _custom_ids: set[str] = field(default_factory=set[str])
    _ids: set[int] = field(default_factory=set[int])

    def component(self, form: Form) -> None:
        """Count a component and check the `id` that any may have."""
        self.components += 1
        number = form.integer("id", least=0, most=MAX_INT32)
        if number:
            if number in self._ids:
                form.add("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            self._ids.add(number)

    def custom_id(self, form: Form) -> None:
        """Check the `custom_id` of an interactive component."""
        custom_id = form.text("custom_id", least=1, most=100, required=True)
        if custom_id is None:
            return
        if custom_id in self._custom_ids:
            form.add("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        self._custom_ids.add(custom_id)


def check_rows(form: Form) -> None:
    """Check `components` of a message without the Components V2 flag: up to five action rows."""
    tally = Tally()
    for row in form.children("components", most=MAX_ROWS):
        if type_among(row, (ComponentType.ACTION_ROW,)):
            check_component(row, tally)


def check_layout(form: Form, filenames: Collection[str]) -> None:
    """Check `components` of a message with the Components V2 flag."""
    tally = Tally(filenames)
    for component in form.children("components", most=MAX_COMPONENTS):
        if type_among(component, IN_A_LAYOUT):
            check_component(component, tally)
    if tally.components > MAX_COMPONENTS:
        form.add(
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components exceeds the maximum of {MAX_COMPONENTS}",
        )
    if tally.text > MAX_TEXT:
        form.add(
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Displayable text size exceeds the maximum size of {MAX_TEXT}",
        )


def type_among(form: Form, types: Collection[int]) -> bool:
    """Tell whether a component is of one of `types`, and note it where it is not."""
    value = form.data.get("type")
    if value in types:
        return True
    if value is None:
        form.require("type")
    else:
        listed = ", ".join(str(int(each)) for each in sorted(types))
        form.add("type", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed}).')
    return False


def check_component(form: Form, tally: Tally) -> None:
    """Check a component whose type fits its place, and all within it."""
    tally.component(form)
    CHECKS[_type_of(form)](form, tally)


def check_select(form: Form, tally: Tally) -> None:
    """Check a select of any kind, in a row or in a label."""
    tally.custom_id(form)
    form.text("placeholder", most=150)
    form.boolean("disabled")
    check_range(form, most=25)
    kind = _type_of(form)
    if kind is ComponentType.STRING_SELECT:
        check_options(form, least=1, most=25)
        return
    for value in form.children("default_values", most=25):
        value.choice("type", DEFAULT_VALUE_TYPES[kind], required=True)
        if not is_snowflake(value.data.get("id")):
            value.add("id", "NUMBER_TYPE_COERCE", f'Value "{value.data.get("id")}" is not snowflake.')


def check_range(form: Form, *, most: int) -> None:
    """Check how many values a component takes: `min_values` (0 to `most`) and `max_values` (1 to `most`)."""
    form.boolean("required")
    least = form.integer("min_values", least=0, most=most)
    greatest = form.integer("max_values", least=1, most=most)
    if (1 if least is None else least) > (1 if greatest is None else greatest):
        form.add("min_values", "BASE_TYPE_INVALID", "min_values must not be greater than max_values")


def check_options(form: Form, *, least: int, most: int) -> None:
    """Check the options that a component offers."""
    values: set[str] = set()
    for option in form.children("options", least=least, most=most, required=True):
        option.text("label", least=1, most=100, required=True)
        option.text("description", most=100)
        option.boolean("default")
        value = option.text("value", least=1, most=100, required=True)
        if value in values:
            message = "The specified option value is already used"
            option.add("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(value or "")


def _type_of(form: Form) -> ComponentType:
    return ComponentType(int(str(form.data["type"])))


def _check_row(form: Form, tally: Tally) -> None:
    children = form.children("components", least=1, most=5, required=True)
    fitting = [child for child in children if type_among(child, (ComponentType.BUTTON, *SELECTS))]
    for child in fitting:
        check_component(child, tally)
    if len(fitting) > 1 and any(child.data.get("type") in SELECTS for child in fitting):
        form.add("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row holds buttons or a single select")


def _check_button(form: Form, tally: Tally) -> None:
    form.boolean("disabled")
    form.text("label", most=80)
    style = form.choice("style", tuple(int(each) for each in ButtonStyle), required=True)
    if style == ButtonStyle.PREMIUM:
        form.require("sku_id")
        form.forbid("custom_id", "label", "url", "emoji")
        return
    form.forbid("sku_id")
    if style == ButtonStyle.LINK:
        form.url("url", (*WEB, "discord"), most=512, required=True)
        form.forbid("custom_id")
    elif style is not None:
        tally.custom_id(form)
        form.forbid("url")
    if not form.has("label") and not form.has("emoji"):
        form.add(None, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required")


def _check_section(form: Form, tally: Tally) -> None:
    for child in form.children("components", least=1, most=3, required=True):
        if type_among(child, (ComponentType.TEXT_DISPLAY,)):
            check_component(child, tally)
    accessory = form.child("accessory", required=True)
    if accessory and type_among(accessory, (ComponentType.BUTTON, ComponentType.THUMBNAIL)):
        check_component(accessory, tally)


def _check_container(form: Form, tally: Tally) -> None:
    form.boolean("spoiler")
    form.integer("accent_color", least=0, most=0xFFFFFF)
    for child in form.children("components", least=1, most=MAX_COMPONENTS, required=True):
        if type_among(child, IN_A_CONTAINER):
            check_component(child, tally)


def _check_text_display(form: Form, tally: Tally) -> None:
    tally.text += len(form.text("content", least=1, most=MAX_TEXT, required=True) or "")


def _check_separator(form: Form, _: Tally) -> None:
    form.boolean("divider")
    form.choice("spacing", (1, 2))


def _check_gallery(form: Form, tally: Tally) -> None:
    for item in form.children("items", least=1, most=10, required=True):
        _check_media_item(item, tally)


def _check_file(form: Form, tally: Tally) -> None:
    form.boolean("spoiler")
    _check_media(form, "file", ("attachment",), tally)


def _check_media_item(form: Form, tally: Tally) -> None:
    form.boolean("spoiler")
    form.text("description", least=1, most=1024)
    _check_media(form, "media", MEDIA, tally)


def _check_media(form: Form, key: str, schemes: Collection[str], tally: Tally) -> None:
    media = form.child(key, required=True)
    url = media and media.url("url", schemes, required=True)
    if not media or not url or not url.startswith("attachment://"):
        return
    if url.removeprefix("attachment://") not in tally.filenames:
        message = "The attachment that is referred to was not found"
        media.add("url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)


CHECKS: dict[int, Callable[[Form, Tally], None]] = {
    ComponentType.ACTION_ROW: _check_row,
    ComponentType.BUTTON: _check_button,
    ComponentType.SECTION: _check_section,
    ComponentType.TEXT_DISPLAY: _check_text_display,
    ComponentType.THUMBNAIL: _check_media_item,
    ComponentType.MEDIA_GALLERY: _check_gallery,
    ComponentType.FILE: _check_file,
    ComponentType.SEPARATOR: _check_separator,
    ComponentType.CONTAINER: _check_container,
    **dict.fromkeys(SELECTS, check_select),
}
