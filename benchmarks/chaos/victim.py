"""`python -m benchmarks.chaos.victim run|worker`: the very same bot, which stops dead where it was told to.

The traps hang on the store and on aiohttp from outside, in this process alone. `CHAOS_TRAPS` names a file with a JSON
object of boundaries, each with the number of the passage at which the trap snaps; `CHAOS_SIGNAL` names what happens
then, to this process and by itself: SIGKILL, or SIGSTOP. Of all processes that share the folder `CHAOS_CLAIMS` one
stops at each boundary. With `CHAOS_HURRY` it waits less for what does not come.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp.client_reqrep import ClientRequest
from sqlalchemy import Connection, Engine, event
from yarl import URL

from benchmarks.chaos.boundaries import (
    ANSWERED,
    BEFORE,
    COMMITTED,
    LEFT,
    WRITTEN,
    claim,
    operation_of,
    request_boundary,
    save_boundary,
)
from bot.command_line import app
from bot.jobs.driving import one_process, owed
from bot.jobs.driving.one_process import InProcessDispatcher
from bot.jobs.steps import settling
from bot.jobs.storage.jobs import JobStore
from bot.jobs.upkeep import reconciler

RECONCILE_EVERY: Final = 10.0  # seconds: ten minutes are longer than this benchmark
# In a hurry: seconds between two sweeps, what a card and what a request in doubt are waited for at the most. The latter
# is added to the 30 s of a submit, which a process that is found dead cannot take any more.
HURRIED_SWEEP: Final = 2.0
HURRIED_CARD: Final = timedelta(seconds=15)
HURRIED_ARRIVAL: Final = timedelta(seconds=-25)
QUIET_FOR: Final = timedelta(seconds=150)  # the weather hides no request for so long
HURRIED_QUIET: Final = timedelta(seconds=20)

Method = Callable[..., Awaitable[Any]]


class Traps:
    """Passages still to be let by, for each boundary with a trap."""

    def __init__(self, passages: Mapping[str, int], claims: Path, number: signal.Signals) -> None:
        self._passages = dict(passages)
        self._claims = claims
        self._signal = number

    def pass_by(self, boundary: str) -> None:
        """Pass a boundary, if its trap lets us."""
        if boundary not in self._passages:
            return
        self._passages[boundary] -= 1
        if self._passages[boundary] == 0 and claim(self._claims, boundary):
            say("snapped", boundary=boundary, at=time.time())
            os.kill(os.getpid(), self._signal)


def say(event_name: str, **facts: object) -> None:
    """Write a line that is whole when this process ends at once."""
    os.write(sys.stderr.fileno(), f"{json.dumps({'event': event_name, **facts})}\n".encode())


def set_on_saves(traps: Traps) -> None:
    """Watch every transaction that saves a job: before its commit, and after it."""
    saving: ContextVar[str | None] = ContextVar("saving", default=None)

    def watched(save: Method) -> Method:
        @wraps(save)
        async def watching(store: JobStore, job: Any, *decided: Any, **options: Any) -> Any:
            token = saving.set(job.state.value)
            try:
                saved = await save(store, job, *decided, **options)
            finally:
                saving.reset(token)
            traps.pass_by(save_boundary(job.state.value, COMMITTED))
            return saved

        return watching

    def committing(_connection: Connection) -> None:
        if (state := saving.get()) is not None:
            traps.pass_by(save_boundary(state, WRITTEN))

    for name in ("add", "save", "save_submitting"):
        setattr(JobStore, name, watched(getattr(JobStore, name)))
    event.listen(Engine, "commit", committing)


def set_on_requests(traps: Traps) -> None:
    """Watch every request of aiohttp: before it leaves, when all of it has left, and when its answer came."""

    def at(method: str, url: URL, moment: str) -> None:
        if (operation := operation_of(method, url)) is not None:
            traps.pass_by(request_boundary(operation, moment))

    request, send, write = aiohttp.ClientSession._request, ClientRequest.send, ClientRequest.write_bytes  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    start = aiohttp.ClientResponse.start

    async def requesting(session: aiohttp.ClientSession, method: str, url: Any, **options: Any) -> Any:
        at(method, URL(url), BEFORE)
        return await request(session, method, url, **options)

    async def sending(asked: ClientRequest, connection: Any) -> Any:
        response = await send(asked, connection)
        if not asked.body:
            at(asked.method, asked.url, LEFT)
        return response

    async def writing(asked: ClientRequest, *arguments: Any) -> None:
        await write(asked, *arguments)
        at(asked.method, asked.url, LEFT)

    async def starting(response: aiohttp.ClientResponse, connection: Any) -> Any:
        started = await start(response, connection)
        at(response.method, response.url, ANSWERED)
        return started

    for owner, name, watched in (
        (aiohttp.ClientSession, "_request", requesting),
        (ClientRequest, "send", sending),
        (ClientRequest, "write_bytes", writing),
        (aiohttp.ClientResponse, "start", starting),
    ):
        setattr(owner, name, watched)


def tell_when_resumed() -> None:
    """Say when every unfinished job has its driver, and how much processor time that took."""
    resume = InProcessDispatcher.resume

    async def resuming(dispatcher: InProcessDispatcher) -> int:
        unfinished = await resume(dispatcher)
        say("resumed", at=time.time(), cpu=time.process_time(), unfinished=unfinished)
        return unfinished

    setattr(InProcessDispatcher, "resume", resuming)  # noqa: B010 - as the others


def hurry() -> None:
    """Wait less where nothing but time is to pass: for a card that never came, for a request that never left."""
    for module, name, value in (
        (one_process, "SWEEP_EVERY", HURRIED_SWEEP),
        (owed, "CARD_WITHIN", HURRIED_CARD),
        (settling, "LATEST_ARRIVAL", HURRIED_ARRIVAL),
        (settling, "QUIET_FOR", HURRIED_QUIET),
    ):
        setattr(module, name, value)


def main() -> None:
    traps = Traps(
        json.loads(Path(os.environ["CHAOS_TRAPS"]).read_text(encoding="utf-8")),
        Path(os.environ["CHAOS_CLAIMS"]),
        signal.Signals[os.environ["CHAOS_SIGNAL"]],
    )
    set_on_saves(traps)
    set_on_requests(traps)
    tell_when_resumed()
    setattr(reconciler, "EVERY", RECONCILE_EVERY)  # noqa: B010 - a constant elsewhere
    setattr(settling, "QUIET_FOR", QUIET_FOR)  # noqa: B010 - as above
    if os.environ.get("CHAOS_HURRY"):
        hurry()
    app(sys.argv[1:])


if __name__ == "__main__":
    main()
