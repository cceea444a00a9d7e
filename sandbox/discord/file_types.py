"""The files that an option or a field takes, by their extensions alone (Discord's `file_types`, since August 2026)."""

import re
from pathlib import PurePosixPath
from typing import Final

from sandbox.discord.json_fields import elements

MOST_FILE_TYPES: Final = 10
FILE_TYPE: Final = re.compile(r"image|video|audio|\.[a-z0-9]+")
_EXTENSIONS: Final = {
    "image": (".png", ".jpg", ".jpeg", ".gif", ".webp"),
    "video": (".mp4", ".mov", ".webm"),
    "audio": (".mp3", ".ogg", ".wav", ".flac", ".m4a"),
}


def is_file_type(value: object) -> bool:
    return isinstance(value, str) and FILE_TYPE.fullmatch(value) is not None


def takes(file_types: object, filename: str) -> bool:
    """Tell whether a file may be chosen; all may where no types are named."""
    types = [str(each) for each in elements(file_types)]
    extensions = {extension for each in types for extension in _EXTENSIONS.get(each, (each,))}
    return not types or PurePosixPath(filename).suffix.lower() in extensions
