"""The process that makes one clean copy; `bot.media.images` starts it, often before its work is known.

It reads its work as one JSON line, prints one JSON line, with what it found or with `fault` or `trouble`, and ends. It
ends with its parent, too, whose end it sees by the end of its standard input, and when no work comes for long. It gives
way to all other work and takes a bounded amount of memory.
"""

import json
import os
import resource
import select
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final

from bot.media.cleaning import Limits, clean
from bot.media.errors import ImageRefused
from bot.media.rules import ImageFault, ImageRules

LOWEST_PRIORITY: Final = 19
# Of private memory that may be written, which is what Linux bounds by it. The worst images that are taken need less.
MEMORY: Final = 400 * 1024**2  # bytes
IDLE: Final = 20.0  # seconds
STANDARD_INPUT: Final = 0
END_OF_PARENT: Final = 2  # exit statuses
NO_WORK: Final = 3


def main() -> int:
    os.nice(LOWEST_PRIORITY)
    with suppress(ValueError, OSError):  # some systems don't bound it
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a member's image is not for a core dump
    work = _work()
    if work is None:
        return NO_WORK
    Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(_done(work)))  # noqa: T201 - read by the parent
    return 0


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


def _done(work: dict[str, Any]) -> dict[str, object]:
    rules = ImageRules(**work["rules"])
    limits = Limits(max_side=work["max_side"], max_bytes=work["max_bytes"])
    try:
        cleaned = clean(Path(work["source"]), rules, limits)
        target = Path(work["target"] + cleaned.suffix)
        part = target.with_suffix(".part")
        part.write_bytes(cleaned.copy)
        part.replace(target)
    except ImageRefused as refused:
        return {"fault": refused.fault.value}
    except MemoryError:
        return {"fault": ImageFault.UNUSABLE.value}
    except OSError as error:
        return {"trouble": str(error)}
    return {
        "path": str(target),
        "content_type": cleaned.content_type,
        "width": cleaned.width,
        "height": cleaned.height,
        "fingerprint": cleaned.fingerprint,
    }


def _end_with_parent() -> None:
    # Not through `sys.stdin`, whose lock this thread would hold when the interpreter ends.
    while os.read(STANDARD_INPUT, 1):
        pass
    os._exit(END_OF_PARENT)
