"""Messages that must not stand twice, although no one may know whether they were sent."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import discord

from bot.discord_api.errors import translated
from bot.discord_api.nonces import shown_nonce
from bot.jobs.ports import CardGone, OutcomeUnclear
from bot.media.sniffing import HEAD, sniff


async def send_once(
    channel: discord.PartialMessageable, kind: str, job_id: int, *, replaces: int | None, **parts: Any
) -> discord.Message:
    """Send a message of a kind about a job, or find the one that an earlier try left: Discord drops a nonce's repeat.

    `replaces` is a former message of that kind. Raises `OutcomeUnclear` where it was sent before and deleted since, and
    what the channel's `send` does.
    """
    # Under the same nonce Discord remembers the former message for some minutes, deleted or not.
    nonce = shown_nonce(kind, job_id, channel.id, replaces=replaces)
    try:
        with translated():
            return await channel.send(**parts, nonce=nonce)
    except CardGone as error:
        raise OutcomeUnclear("sent before, and deleted since") from error


def picture_files(pictures: Mapping[str, Path]) -> Mapping[str, discord.File]:
    """Open images to be sent, each under its name with the suffix of what it is."""
    return {name: discord.File(path, filename=f"{name}.{_kind(path)}") for name, path in pictures.items()}


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return (sniff(file.read(HEAD)) or "image/jpeg").removeprefix("image/")
