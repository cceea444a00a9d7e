"""Which files Discord lets members choose where we take images.

Discord takes `file_types` since August 2026, and discord.py 2.7 cannot send them yet: what it makes is completed here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from discord import AppCommandOptionType, ui

# What Discord counts as images, and what it does not: it looks at the extension alone. At most ten.
IMAGE_FILES: Final = ("image", ".heic", ".heif", ".hif", ".avif", ".bmp", ".tif", ".tiff", ".jfif", ".mpo")


class ImageUpload(ui.FileUpload[Any]):
    """A field for image files in a modal."""

    def to_component_dict(self) -> Any:
        return {**super().to_component_dict(), "file_types": list(IMAGE_FILES)}


def with_file_types(commands: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Complete commands, as they are registered: every attachment that they take is an image."""
    return [_completed(command) for command in commands]


def _completed(option: Mapping[str, Any]) -> dict[str, Any]:
    completed = dict(option)
    if "options" in option:
        completed["options"] = with_file_types(option["options"])
    if _is_attachment(option):
        completed["file_types"] = list(IMAGE_FILES)
    return completed


def _is_attachment(option: Mapping[str, Any]) -> bool:
    # Commands have types of their own, of which none is this number, and no `required`.
    return option.get("type") == AppCommandOptionType.attachment.value and "required" in option
