"""The process that looks into one video, or fits it."""

import resource
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import av.error

from bot.media.errors import MediaError, VideoCut
from bot.media.serving import bound, serve
from bot.media.videos.inspecting import inspect_video
from bot.media.videos.refit import refit

LOWEST_PRIORITY: Final = 19
# Of addresses, for that is what Linux bounds: x264 at 4096 by 2304 takes some 1 GiB. More is a film made to harm.
MEMORY: Final = 3 * 1024**3  # bytes
SECONDS: Final = 600


def main() -> int:
    bound(resource.RLIMIT_AS, MEMORY, seconds=SECONDS, niceness=LOWEST_PRIORITY)
    return serve(lambda work: outcome(**work))


def outcome(verb: str, source: str, folder: str = "", max_bytes: int = 0) -> dict[str, Any]:
    """Do the work and tell of it: facts of the video, or `cut` or `reason` of why there is none."""
    try:
        if verb == "inspect":
            return asdict(inspect_video(Path(source)))
        fitted = refit(Path(source), Path(folder), max_bytes)
    except VideoCut as error:
        return {"cut": error.reason}
    except MediaError as error:
        return {"reason": str(error)}
    except (av.error.FFmpegError, MemoryError, ValueError, IndexError) as error:
        return {"reason": type(error).__name__}
    return {"path": str(fitted.path), "facts": asdict(fitted.facts), "copied": fitted.copied}
