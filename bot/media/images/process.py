"""The process that makes one clean copy; `bot.media.images.checker` starts it, often before its work is known."""

import resource
from pathlib import Path
from typing import Any, Final

from bot.media.errors import ImageRefused
from bot.media.images.cleaning import CopyLimits, clean
from bot.media.rules import ImageFault, ImageRules
from bot.media.serving import bound, serve

# Of private memory that may be written, which is what Linux bounds by it. The worst images that are taken need less.
MEMORY: Final = 400 * 1024**2  # bytes
SECONDS: Final = 60


def main() -> int:
    # No lower priority than the bot's: a member waits for it, and on a busy machine it would hardly get its turn.
    bound(resource.RLIMIT_DATA, MEMORY, seconds=SECONDS)
    return serve(_cleaned)


def _cleaned(work: dict[str, Any]) -> dict[str, Any]:
    rules = ImageRules(**work["rules"])
    limits = CopyLimits(max_side=work["max_side"], max_bytes=work["max_bytes"])
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
        return {"trouble": [str(error)] if error.errno is None else [error.errno, error.strerror]}
    return {
        "path": str(target),
        "content_type": cleaned.content_type,
        "width": cleaned.width,
        "height": cleaned.height,
        "fingerprint": cleaned.fingerprint,
    }
