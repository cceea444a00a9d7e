"""Pictures made small enough to stand beside others in one message."""

from pathlib import Path
from typing import Final

from bot.media.images import ImageDesk
from bot.media.rules import SHOWABLE

SHOWN_BYTES: Final = 3_000_000  # of one reference in a message: seven of them fit a request of 25 MiB
SHOWN_SIDE: Final = 2_048  # pixels


async def fitting_picture(images: ImageDesk, name: str, path: Path) -> tuple[str, Path]:
    """Give a picture the name of a file, and a copy that fits where the original is too large."""
    facts = await images.inspect(path, SHOWABLE)
    if facts.size > SHOWN_BYTES:
        path = await images.scale(path, path.with_suffix(".shown"), max_bytes=SHOWN_BYTES, max_side=SHOWN_SIDE)
        facts = await images.inspect(path, SHOWABLE)
    return f"{name}.{facts.content_type.removeprefix('image/')}", path
