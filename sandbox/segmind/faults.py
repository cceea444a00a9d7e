"""Faults on demand: which one hits a request, and what it does to the connection."""

import asyncio
import json
import random
import socket
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from aiohttp import web

from sandbox.segmind.settings import Fault, Operation


class FileAnswer(web.FileResponse):
    """A file on its way out, which still knows where it lies."""

    def __init__(self, path: Path, *, content_type: str) -> None:
        super().__init__(path, headers={"Content-Type": content_type})
        self.path = path


@dataclass(slots=True, kw_only=True)
class FaultPlan:
    """The faults in force, in the order in which they were added; the first that fits is taken."""

    randomness: random.Random
    faults: list[Fault] = field(default_factory=list[Fault])

    def take(self, operation: Operation, when: Literal["before", "after"]) -> Fault | None:
        """Choose the fault for this moment, and use up one of its count."""
        for position, fault in enumerate(self.faults):
            fits = fault.operation in {operation, "any"} and fault.when == when
            if fits and self.randomness.random() < fault.probability:
                self._use(position, fault)
                return fault
        return None

    def _use(self, position: int, fault: Fault) -> None:
        if fault.count is None:
            return
        if fault.count > 1:
            self.faults[position] = fault.model_copy(update={"count": fault.count - 1})
        else:
            del self.faults[position]


async def disturb(fault: Fault, request: web.Request, accepted: web.StreamResponse | None) -> web.StreamResponse | None:
    """Do to `request` what `fault` says; `accepted` is the true answer, when there is one already.

    Returns the answer to send in place of the true one, or None to go on as if nothing had been.
    """
    if fault.delay is not None:
        await asyncio.sleep(fault.delay)
    match fault.kind:
        case "reset":
            return _reset(request)
        case "stall":
            if fault.delay is None:
                await asyncio.Event().wait()  # until the client hangs up, which cancels this handler
            return None
        case "answer":
            return _answer(fault)
        case "hang_up_midway":
            return await _hang_up_midway(fault, request, accepted)


def _reset(request: web.Request) -> web.StreamResponse:
    """Close the connection so that the other side sees a reset rather than an end."""
    transport = request.transport
    if transport is not None:
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()  # goes nowhere


def _answer(fault: Fault) -> web.Response:
    text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
    default = "text/html" if isinstance(fault.body, str) else "application/json"
    response = web.Response(status=fault.status, text=text, content_type=fault.content_type or default)
    response.headers.update(fault.headers)
    return response


async def _hang_up_midway(
    fault: Fault, request: web.Request, accepted: web.StreamResponse | None
) -> web.StreamResponse:
    """Announce a whole body, send half of it and drop the connection."""
    body = _body(accepted if accepted is not None else _answer(fault))
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    response.content_type = "application/json" if accepted is None else accepted.content_type
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _body(response: web.StreamResponse) -> bytes:
    if isinstance(response, FileAnswer):
        return response.path.read_bytes()
    body = response.body if isinstance(response, web.Response) else None
    return bytes(body) if isinstance(body, bytes | bytearray) else b""
