"""The CDN: attachments at signed addresses that end, and a generated avatar for everyone."""

import io
import zlib

from aiohttp import web
from PIL import Image

from sandbox.discord.http.files import FileStore
from sandbox.discord.http.signed_urls import UrlSigner

GONE = "This content is no longer available."
# Files are anybody's and share their address with the page: what is opened by itself runs nothing and asks nobody.
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'",
    "X-Content-Type-Options": "nosniff",
}


class Cdn:
    """Serves files by their path; what is unsigned, expired or removed is a 404 alike."""

    def __init__(self, files: FileStore, signer: UrlSigner) -> None:
        self._files = files
        self._signer = signer

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        found = self._files.served(request.path)
        if found is None or not found.file.exists() or not self._signer.verify(request.path, request.query):
            return web.Response(status=404, text=GONE)
        content_type = found.content_type or "application/octet-stream"
        return web.FileResponse(found.file, headers={"Content-Type": content_type, **HARMLESS})

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        """Answer a square of a colour that the path decides."""
        colour = zlib.crc32(request.path.encode()) & 0xFFFFFF
        buffer = io.BytesIO()
        Image.new("RGB", (128, 128), f"#{colour:06x}").save(buffer, "PNG")
        return web.Response(body=buffer.getvalue(), content_type="image/png")
