"""What a video says of itself: tags and comments that stay, and the mark of one that we changed."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.video.stream import VideoStream

MARK: Final = "Made with AI"
HEADER: Final = 8  # bytes, of a box
MOST: Final = 32_768  # characters of one tag; a longer one is no note that people read
# What describes the file itself, and not what is in it: the new file has its own.
_OF_THE_FILE: Final = frozenset(
    {"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "timecode", "creation_time"}
)
_OF_A_STREAM: Final = frozenset({"aigc", "comment", "copyright", "description", "synopsis", "title"})
# The keys that an MP4 has boxes for (`ilst`): any other takes keys by name (`mdta`).
_BOXED: Final = frozenset(
    {"album", "artist", "comment", "copyright", "date", "description", "genre", "keywords", "synopsis", "title"}
)


def carried(container: InputContainer, picture: VideoStream) -> dict[str, str]:
    """Return the tags for a file that is made of another: those of that one, and in the description that an AI made it.

    A C2PA manifest is not among them: it signs the bytes of the other file.
    """
    tags: dict[str, str] = {}
    for key, value in container.metadata.items():
        if key.lower() not in _OF_THE_FILE:
            tags[_named(key)] = value
    for key, value in picture.metadata.items():
        if key.lower() in _OF_A_STREAM:
            tags.setdefault(_named(key), value)
    kept = {key: value for key, value in tags.items() if value and len(value) <= MOST}
    described = kept.get("description", "")
    if MARK not in described:
        kept["description"] = f"{described}\n{MARK}" if described else MARK
    return kept


def flags(tags: Mapping[str, str]) -> str:
    """Return the options of FFmpeg's writer of MP4: the index in front, and tags by name where one has no box."""
    return "faststart" if tags.keys() <= _BOXED else "faststart+use_metadata_tags"


def add_notes(path: Path, notes: bytes) -> None:
    """Add an XMP box at the end of an MP4, where it moves nothing."""
    if notes:
        with path.open("ab") as file:
            file.write(struct.pack(">I4s", HEADER + len(notes), b"uuid") + notes)


def _named(key: str) -> str:
    """Spell a key as MP4 has it: Matroska writes all of them in capitals."""
    return key.lower() if key.lower() in _BOXED else key
