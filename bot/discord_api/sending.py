"""Messages that must not stand twice, although it can't be known whether they were sent.

Discord drops a repeat of the same nonce for some minutes, so each effect has one of its own. A nonce begins with the
kind of what is sent, a letter that no other kind has. Ids follow, each written with a fixed number of signs, so that no
two lists of ids make the same nonce. Discord takes at most 25 characters.

The nonces of version 0.1 had a dot, or another length, so none of them is among these. A post that was sent under one
of them before an upgrade is not doubled either: it is looked for in its channel, by its buttons, before it is repeated.
"""

import hashlib
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import discord

from bot.discord_api.errors import translated
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, OutcomeUnclear, Video
from bot.jobs.states import State
from bot.media.sniffing import HEAD, sniff

LIMIT: Final = 25  # characters; Discord's
EVERYWHERE: Final = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES  # of a file, in every channel
_SIGNS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_SIGNS: Final = 11  # enough for 64 bits
_STATES: Final = tuple(State)


def post_nonce(job: Job, video: Video) -> str:
    """Name an attempt to post a job's video: as it is, fitted to the server, fitted to every channel, or as a link."""
    if video.over is not None:
        kind = "l"
    elif video.original is None:
        kind = "p"
    else:
        kind = "g" if video.facts.size <= EVERYWHERE else "f"
    return kind + _id(job.id) + _number(job.post_attempts)


def shown_nonce(kind: str, job_id: int, channel_id: int, *, replaces: int | None) -> str:
    """Name a message for moderators in a channel, the first of its `kind` about a job or in place of a former one.

    `kind` is a lower-case letter. A message is of one kind and about one job, so its id stands for both.
    """
    if replaces is None:
        return kind + _id(job_id) + _id(channel_id)
    return kind.upper() + _id(replaces) + _id(channel_id)


def notice_nonce(job: Job) -> str:
    """Name the direct message about the state that a job came to."""
    moment = int(job.state_since.timestamp() * 1000)
    return "n" + _id(job.id) + _SIGNS[_STATES.index(job.state)] + _number(moment)


def done_nonce(job: Job) -> str:
    """Name the direct message about a posted video, of which each job has one at most."""
    return "d" + _id(job.id)


def words_nonce(kind: str, *words: str) -> str:
    """Name a message that has no ids of its own by its words, in 140 bits of a hash."""
    digest = int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest())
    return kind + _number(digest, signs=LIMIT)[-(LIMIT - 1) :]


def _id(value: int) -> str:
    return _number(value, signs=_ID_SIGNS)


def _number(value: int, *, signs: int = 1) -> str:
    """Write a number with at least so many signs, zeros first."""
    written = ""
    while value:
        value, sign = divmod(value, len(_SIGNS))
        written = _SIGNS[sign] + written
    return written.rjust(signs, _SIGNS[0])


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
