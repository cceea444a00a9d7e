"""`python -m benchmarks.scale.counted FILE COMMAND`: `bot COMMAND`, counting in a file what it sends and receives.

Images and videos are looked into within the bot instead of in a process each, which takes the same for every video and
most of the time of such a benchmark.
"""

import asyncio
import mmap
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Bytes:
    """What went over the sockets so far, as the process saw it."""

    from_discord: int = 0
    to_discord: int = 0
    from_segmind: int = 0
    to_segmind: int = 0

    @property
    def all(self) -> int:
        return sum(getattr(self, each.name) for each in fields(Bytes))

    def since(self, before: "Bytes") -> "Bytes":
        return Bytes(*(getattr(self, each.name) - getattr(before, each.name) for each in fields(Bytes)))

    def __add__(self, other: "Bytes") -> "Bytes":
        return Bytes(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Bytes)))


SIZE: Final = 8 * len(fields(Bytes))


def read_bytes(file: Path) -> Bytes:
    return Bytes(*memoryview(file.read_bytes()).cast("q"))


def count_sockets(counts: memoryview, segmind: frozenset[int]) -> None:
    """Count what Python's sockets send and receive from now on; peers at other ports than Segmind's are Discord."""
    kept = {name: getattr(socket.socket, name) for name in ("recv", "recv_into", "send", "sendmsg")}

    def counted(name: str, place: int) -> None:
        def call(self: socket.socket, *arguments: Any) -> Any:
            result = kept[name](self, *arguments)
            size = len(result) if isinstance(result, bytes) else result
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                counts[place + 2 * (self.getpeername()[1] in segmind)] += size
            return result

        setattr(socket.socket, name, call)

    for name in kept:
        counted(name, int(name.startswith("send")))


def look_within() -> None:
    """Have this process look into images and videos itself."""
    from bot.media.images import checker, process  # noqa: PLC0415 - once sockets are counted
    from bot.media.videos import checker as videos  # noqa: PLC0415
    from bot.media.videos.process import outcome  # noqa: PLC0415

    async def run(_self: object, work: Mapping[str, object]) -> Any:
        plain = {key: str(each) if isinstance(each, Path) else each for key, each in work.items()}
        return checker._image(await asyncio.to_thread(process._cleaned, plain))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def outcome_of(_module: str, *, source: Path, time_limit: float, verb: str) -> dict[str, Any]:  # noqa: ARG001
        return await asyncio.to_thread(outcome, verb, str(source))

    checker.ImageChecker.expect = lambda _self: None  # type: ignore[method-assign] # no process is started
    checker.ImageChecker._run = run  # type: ignore[method-assign] # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    videos.outcome_of = outcome_of  # type: ignore[assignment]


def main() -> None:
    """Count into the file that the first argument names, and run the bot."""
    file = Path(sys.argv.pop(1))
    with file.open("r+b") as opened:
        counts = memoryview(mmap.mmap(opened.fileno(), SIZE)).cast("q")
    ports = (urlsplit(each).port for name, each in os.environ.items() if name.startswith("SEGMIND_") and "://" in each)
    count_sockets(counts, frozenset(port for port in ports if port))
    look_within()
    from bot import __main__  # noqa: PLC0415 - which loads what the above stands in for

    __main__.main()


if __name__ == "__main__":
    main()
