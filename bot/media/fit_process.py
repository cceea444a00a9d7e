"""The process that fits one video, from its start on; `bot.media.fitting` starts it with SOURCE FOLDER MAX_BYTES.

It prints one JSON line, with `path` or with `reason`, and ends with its parent, whose end it sees by the end of its
standard input. It gives way to all other work and takes a bounded amount of memory.
"""

import json
import os
import resource
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

import av.error

from bot.media.errors import MediaError
from bot.media.refit import refit

LOWEST_PRIORITY: Final = 19
# Of addresses, for that is what Linux bounds: x264 at 4096 by 2304 takes some 1 GiB. More is a film made to harm.
MEMORY: Final = 3 * 1024**3  # bytes
STANDARD_INPUT: Final = 0
END_OF_PARENT: Final = 2  # exit status


def main(source: str, folder: str, max_bytes: str) -> int:
    os.nice(LOWEST_PRIORITY)
    with suppress(ValueError, OSError):  # some systems do not bound it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a member's video is not for a core dump
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        outcome = {"path": str(refit(Path(source), Path(folder), int(max_bytes)))}
    except MediaError as error:
        outcome = {"reason": str(error)}
    except (av.error.FFmpegError, MemoryError, ValueError) as error:
        outcome = {"reason": type(error).__name__}
    print(json.dumps(outcome))  # noqa: T201 - read by the parent
    return 0


def _end_with_parent() -> None:
    # Not through `sys.stdin`, whose lock this thread would hold when the interpreter ends.
    while os.read(STANDARD_INPUT, 1):
        pass
    os._exit(END_OF_PARENT)
