"""What every process for a file does around its work: `bot.media.child` starts it, and tells it what to do.

It reads its work as one JSON line, prints one JSON line, and ends. It ends with its parent, too, whose end it sees by
the end of its standard input, and when no work comes for long. It takes a bounded amount of memory and of processor
time.
"""

import json
import os
import resource
import select
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final

FIRST_TO_GO: Final = "1000"  # where the machine has no memory left, of all processes
IDLE: Final = 20.0  # seconds
STANDARD_INPUT: Final = 0
END_OF_PARENT: Final = 2  # exit statuses
NO_WORK: Final = 3


def serve(do: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Do the work that is sent; return the exit status."""
    work = _work()
    if work is None:
        return NO_WORK
    Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(do(work)))  # noqa: T201 - read by the parent
    return 0


def bound(kind: int, memory: int, *, seconds: int, niceness: int = 0) -> None:
    """Limit this process's memory in bytes, by one of the kinds that Linux limits, and its processor time."""
    os.nice(niceness)
    # A member's file is not for a core dump. The time is for what hangs where the end of the bot doesn't reach it.
    for each, most in ((kind, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # some systems don't bound it
            resource.setrlimit(each, (most, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)


def _work() -> dict[str, Any] | None:
    line = b""
    while not line.endswith(b"\n"):
        if not select.select([STANDARD_INPUT], [], [], IDLE)[0]:
            return None
        piece = os.read(STANDARD_INPUT, 65_536)
        if not piece:
            os._exit(END_OF_PARENT)
        line += piece
    return json.loads(line)


def _end_with_parent() -> None:
    # Not through `sys.stdin`, whose lock this thread would hold when the interpreter ends.
    while os.read(STANDARD_INPUT, 1):
        pass
    os._exit(END_OF_PARENT)
