"""Files as clients see them: uploads that last, and outputs that end."""

import base64
import binascii
import re
from pathlib import Path
from typing import cast

from aiohttp import web

from sandbox.segmind.api import read_json
from sandbox.segmind.faults import FileAnswer
from sandbox.segmind.ledger import StoredFile
from sandbox.segmind.refusals import RefusalError
from sandbox.segmind.service import Service

DATA_URL = re.compile(r"data:(?P<type>(?P<kind>image|audio|video)/(?P<suffix>[\w.+-]+));base64,(?P<data>.*)", re.DOTALL)


class Storage:
    """Handlers for uploads and files; uploads are kept in `folder`."""

    def __init__(self, service: Service, base_url: str, folder: Path) -> None:
        self._service = service
        self._base_url = base_url
        self._folder = folder

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/upload-asset", self.upload)
        router.add_get("/assets/{name}", self.file)
        router.add_get("/outputs/{name}", self.file)

    async def upload(self, request: web.Request) -> web.Response:
        """Store each data URL of `data_urls`; nothing is stored unless all can be."""
        body = await read_json(request)
        data_urls = body.get("data_urls")
        if not isinstance(data_urls, list) or not data_urls:
            raise RefusalError(400, "data_urls must be a non-empty list")
        files = [_decode(data_url) for data_url in cast("list[object]", data_urls)]
        urls = [self._store(*file) for file in files]
        return web.json_response({"file_urls": urls, "message": "Files uploaded successfully"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Send a file to whoever knows its name, with ranges; an ended or unknown one is 404."""
        stored = self._service.ledger.file(request.match_info["name"], now=self._service.clock.now())
        if stored is None:
            return web.Response(status=404, text="Not Found")
        return FileAnswer(stored.path, content_type=stored.content_type)

    def _store(self, content_type: str, suffix: str, data: bytes) -> str:
        name = f"{self._service.ledger.new_id()}.{suffix}"
        path = self._folder / name
        path.write_bytes(data)
        self._service.ledger.files[name] = StoredFile(path=path, content_type=content_type)
        return f"{self._base_url}/assets/{name}"


def _decode(data_url: object) -> tuple[str, str, bytes]:
    """Split a data URL into content type, file suffix and bytes."""
    match = DATA_URL.fullmatch(data_url) if isinstance(data_url, str) else None
    if match is None:
        raise RefusalError(400, "data_urls must hold base64 data URLs of images, audio or video")
    try:
        data = base64.b64decode(match["data"], validate=True)
    except binascii.Error:
        raise RefusalError(400, "data_urls holds invalid base64") from None
    suffix = match["suffix"].removeprefix("x-").partition("+")[0]
    return match["type"], "jpg" if suffix == "jpeg" else suffix, data
