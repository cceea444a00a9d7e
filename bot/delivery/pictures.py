"""Clean copies as the files of a message."""

from collections.abc import Mapping
from pathlib import Path

import discord

from bot.media.sniffing import HEAD, sniff


def picture_files(pictures: Mapping[str, Path]) -> Mapping[str, discord.File]:
    """Open pictures to be sent, each under its name with the suffix of what it is."""
    return {name: discord.File(path, filename=f"{name}.{_kind(path)}") for name, path in pictures.items()}


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return (sniff(file.read(HEAD)) or "image/jpeg").removeprefix("image/")
