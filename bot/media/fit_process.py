"""The process that works on one video, from its start on; `bot.media.child` starts it.

Its arguments are `inspect SOURCE` or `fit SOURCE FOLDER MAX_BYTES`. It prints one JSON line, and ends with its parent,
whose end it sees by the end of its standard input. It gives way to all other work and takes a bounded amount of memory.
"""

import json
import os
import resource
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any, Final

import av.error

from bot.media.errors import MediaError, VideoCut
from bot.media.refit import refit
from bot.media.videos import inspect_video

LOWEST_PRIORITY: Final = 19
# Of addresses, for that is what Linux bounds: x264 at 4096 by 2304 takes some 1 GiB. More is a film made to harm.
MEMORY: Final = 3 * 1024**3  # bytes
FIRST_TO_GO: Final = "1000"  # where the machine has no memory left, of all processes
STANDARD_INPUT: Final = 0
END_OF_PARENT: Final = 2  # exit status


def main(*arguments: str) -> int:
    bound()
    Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(outcome(*arguments)))  # noqa: T201 - read by the parent
    return 0


def bound() -> None:
    """Take the least of the machine that the work can be done with."""
    os.nice(LOWEST_PRIORITY)
    with suppress(ValueError, OSError):  # some systems do not bound it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a member's video is not for a core dump
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)


def outcome(verb: str, source: str, folder: str = "", max_bytes: str = "0") -> dict[str, Any]:
    """Do the work and tell of it: facts of the video, or `cut` or `reason` of why there is none."""
    try:
        if verb == "inspect":
            return asdict(inspect_video(Path(source)))
        fitted = refit(Path(source), Path(folder), int(max_bytes))
    except VideoCut as error:
        return {"cut": error.reason}
    except MediaError as error:
        return {"reason": str(error)}
    except (av.error.FFmpegError, MemoryError, ValueError) as error:
        return {"reason": type(error).__name__}
    return {"path": str(fitted.path), "facts": asdict(fitted.facts), "copied": fitted.copied}


def _end_with_parent() -> None:
    # Not through `sys.stdin`, whose lock this thread would hold when the interpreter ends.
    while os.read(STANDARD_INPUT, 1):
        pass
    os._exit(END_OF_PARENT)
