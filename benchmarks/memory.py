"""How much memory a process and its children take: watched from outside, and bounded where the machine allows it."""

import os
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MIB: Final = 1024 * 1024
EVERY: Final = 0.01  # seconds
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_GROUPS: Final = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))  # version 1, version 2
_LIMITS: Final = ("memory.limit_in_bytes", "memory.max")


@dataclass(slots=True)
class Peak:
    """Bytes in memory of a process and its children together."""

    idle: int
    most: int = 0
    of_child: int = 0  # the largest that a single child had

    @property
    def above_idle(self) -> int:
        return self.most - self.idle


@dataclass(slots=True)
class Group:
    """A control group whose processes are ended where they take more memory together."""

    folder: Path

    def add(self, *pids: int) -> None:
        """Put processes into it; those that they start are in it, too."""
        for pid in pids:
            (self.folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def close(self) -> None:
        """Give the processes back to the group around it, and remove it."""
        for pid in (self.folder / "cgroup.procs").read_text(encoding="ascii").split():
            with suppress(OSError):  # it has just ended
                (self.folder.parent / "cgroup.procs").write_text(pid, encoding="ascii")
        with suppress(OSError):  # what has just ended may still be in it
            self.folder.rmdir()


@contextmanager
def watched(pid: int) -> Generator[Peak]:
    """Watch a process and its children until the block ends; what they have at its beginning is idle."""
    peak = Peak(idle=sum(_resident(each) for each in tree(pid)))
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(EVERY):
            sizes = {each: _resident(each) for each in tree(pid) if each == pid or not _is_copy(each, pid)}
            peak.most = max(peak.most, sum(sizes.values()))
            peak.of_child = max([peak.of_child, *(size for each, size in sizes.items() if each != pid)])

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


@contextmanager
def bounded(limit: int) -> Generator[Group | None]:
    """Make a control group of so many bytes, without swap; None where this user may make none."""
    group = next(_made(limit), None)
    try:
        yield group
    finally:
        if group is not None:
            group.close()


def tree(pid: int) -> list[int]:
    """List a process and all its descendants."""
    found = [pid]
    for each in found:
        try:
            for thread in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (thread / "children").read_text(encoding="ascii").split())
        except (OSError, ValueError):
            continue
    return found


def _is_copy(child: int, parent: int) -> bool:
    """Tell whether a child has not become a program of its own yet: its memory is still its parent's."""
    try:
        lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in (child, parent)]
    except OSError:
        return True  # it has just ended
    return lines[0] == lines[1]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _made(limit: int) -> Iterator[Group]:
    for root, name in zip(_GROUPS, _LIMITS, strict=True):
        folder = root / f"reelcast-{os.getpid()}-{time.monotonic_ns()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            (folder / name).write_text(str(limit), encoding="ascii")
        except OSError:
            folder.rmdir()
            continue
        yield Group(folder)
