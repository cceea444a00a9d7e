"""HEIC files, decoded by libheif and shrunk without a second whole copy in Pillow."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PIL import Image
from pillow_heif import HeifFile, HeifImage, options

from bot.media.images.canvas import Canvas


@dataclass(slots=True, kw_only=True)
class Heic:
    """The primary image of a file, not decoded yet; libheif turns it upright as the file says."""

    image: HeifImage

    @property
    def profile(self) -> bytes:
        return cast("bytes | None", self.image.info.get("icc_profile")) or b""

    def decode(self, target: tuple[int, int]) -> Image.Image:
        """Return it at `target` size; raises what pillow-heif raises."""
        data, stride = memoryview(cast("bytes", self.image.data)), self.image.stride
        width, height = self.image.size
        canvas = Canvas(width=width, height=height, target=target)
        for top in range(0, height, canvas.strip_rows):
            rows = min(canvas.strip_rows, height - top)
            part = data[top * stride : (top + rows) * stride]
            mode = self.image.mode
            canvas.add(Image.frombytes(mode, (width, rows), part, "raw", mode, stride))
        return canvas.finish()


def read(path: Path) -> Heic:
    """Open a file; raises what pillow-heif raises."""
    options.DEPTH_IMAGES = options.AUX_IMAGES = options.THUMBNAILS = False
    options.DECODE_THREADS = 1
    file = HeifFile(path, convert_hdr_to_8bit=True)
    return Heic(image=file[file.primary_index])
