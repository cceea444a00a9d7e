"""Bots as processes of their own that don't load their modules anew: copies of one process that has loaded them.

A bot's start is mostly imports, and the end-to-end tests start some two hundred. What a start from nothing does is for
the tests of the command line, and of the demo.
"""

import asyncio
import os
import runpy
import sys
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from sandbox.demo.processes import LONGEST_LINE, Child

FORKSERVER: Final = get_context("forkserver")
FORKSERVER.set_forkserver_preload(["tests.support.preloaded"])


class Forked:
    """A copy that runs, as `asyncio.subprocess.Process` shows one."""

    def __init__(self, process: ForkServerProcess, stdout: StreamReader) -> None:
        self.stdout = stdout
        self._process = process
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._end)

    async def wait(self) -> int:
        """Return the exit status once it has ended, negative for a signal."""
        await self._ended.wait()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal; raises `ProcessLookupError` if it has ended."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set()


@asynccontextmanager
async def forked(
    name: str, module: str, *arguments: str, folder: Path, environment: Mapping[str, str]
) -> AsyncGenerator[Child]:
    """Run `python -m MODULE …` of this project in `folder`, as long as the block runs, in a copy."""
    ours, theirs = Pipe(duplex=False)
    process = FORKSERVER.Process(target=_run, args=(theirs, module, arguments, str(folder), dict(environment)))
    process.start()
    theirs.close()
    stdout = StreamReader(limit=LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: StreamReaderProtocol(stdout), os.fdopen(os.dup(ours.fileno()), "rb")
    )
    ours.close()
    child = Child(name, Forked(process, stdout))
    try:
        yield child
    finally:
        await asyncio.shield(asyncio.ensure_future(child.stop()))
        transport.close()


def _run(out: Connection, module: str, arguments: tuple[str, ...], folder: str, environment: dict[str, str]) -> None:
    """Become what `python -m MODULE …` would be, in the copy."""
    os.setsid()
    for stream in (sys.stdout, sys.stderr):
        os.dup2(out.fileno(), stream.fileno())
        stream.reconfigure(write_through=True)  # pyright: ignore[reportAttributeAccessIssue] - TextIOWrapper
    out.close()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
