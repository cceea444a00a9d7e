"""Reference images as the service gets them: fetched over HTTP, refused when they are none."""

import asyncio
import io
import warnings

import aiohttp
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MIN_SIDE = 300  # pixels
MAX_PIXELS = 50_000_000
MAX_OBLONG = 2.5  # longer side to shorter side
FORMATS = ("JPEG", "PNG", "WEBP")
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)  # seconds


class ImageRefusedError(Exception):
    """An image URL with which no run can work; `status` is the HTTP status, where one came."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


async def fetch_image(session: aiohttp.ClientSession, url: str) -> bytes:
    """Fetch `url` and make sure that it is an image of the model's liking. Raises ImageRefusedError."""
    try:
        async with session.get(url, timeout=TIMEOUT) as response:
            if response.status != 200:
                raise ImageRefusedError(f"the server answered {response.status}", status=response.status)
            data = await _read_capped(response)
    except TimeoutError:
        raise ImageRefusedError("the server did not answer in time") from None
    except (aiohttp.ClientError, ValueError) as error:
        raise ImageRefusedError(f"it could not be fetched ({type(error).__name__})") from error
    reason = await asyncio.to_thread(objection, data)
    if reason is not None:
        raise ImageRefusedError(reason, status=200)
    return data


async def _read_capped(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > MAX_BYTES:
            raise ImageRefusedError("it is larger than 10 MB", status=200)
    return bytes(data)


def objection(data: bytes) -> str | None:
    """Say why the model would not take these bytes, or None. Decodes the image whole."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            short, long = sorted(image.size)
            if short < MIN_SIDE:
                return f"its shorter side is under {MIN_SIDE} pixels"
            if long > MAX_OBLONG * short:
                return "its aspect ratio is not between 1:2.5 and 2.5:1"
            if short * long > MAX_PIXELS:
                return "it has too many pixels"
            image.load()
    except Image.DecompressionBombWarning:
        return "it has too many pixels"
    except Exception:  # noqa: BLE001 - Pillow's decoders raise whatever broken data leads them to
        return "it is not a valid image"
    return None


def shape_of(data: bytes) -> str:
    """Give an image's width to its height as it is seen, such as `400:320`."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = ImageOps.exif_transpose(image).size
    return f"{width}:{height}"
