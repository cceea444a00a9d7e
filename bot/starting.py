"""The first minutes of a process: what it needs is waited for, and `/readyz` says for what."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from typing import Any, Final, TypeVar

import structlog

from bot.config import service_manager
from bot.database.outages import explained, may_pass
from bot.jobs.clock import Clock
from bot.jobs.tasks import heed_cancellation
from bot.observing.health import Outside
from bot.observing.metrics import Metrics

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = 1.0  # seconds until the database is tried again; doubled for each further time
LONGEST_WAIT: Final = 60.0
STARTING: Final = "starting"

T = TypeVar("T")


class Front:
    """What a process shows of itself: that it starts and what it waits for, then what `inner` knows."""

    def __init__(self, metrics: Metrics) -> None:
        self.inner: Outside | None = None
        self.waits_for = STARTING
        self._metrics = metrics

    def stopped(self) -> Sequence[str]:
        return self.inner.stopped() if self.inner else ()

    async def ready(self) -> Mapping[str, str]:
        return await self.inner.ready() if self.inner else {"database": self.waits_for}

    async def page(self) -> bytes:
        return await self.inner.page() if self.inner else self._metrics.page()


async def open_persistently(
    stack: AsyncExitStack,
    opened: Callable[[], AbstractAsyncContextManager[T]],
    front: Front,
    clock: Clock,
    address: str,
) -> T:
    """Open what needs the database at `address`, as soon as that is there; raises what waiting does not mend."""
    wait, began = FIRST_WAIT, clock.monotonic()
    while True:
        try:
            there = await stack.enter_async_context(opened())
        except Exception as error:
            heed_cancellation()
            if not may_pass(error):
                raise
            sentence = explained(error, address)
            if front.waits_for != sentence:
                log.warning("database_not_there", error=sentence)
            front.waits_for = sentence
            await clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            if front.waits_for != STARTING:
                log.info("database_there", after_seconds=round(clock.monotonic() - began))
            return there


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do the work until it ends or SIGINT or SIGTERM comes, then let it clean up; raises what it raised."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    address, within = service_manager()
    alive = asyncio.create_task(_keep_telling(address, within), name="service-manager")
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    working = asyncio.create_task(work, name="work")
    stop = asyncio.create_task(stopped.wait(), name="stop-signal")
    try:
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
        log.info("stopping")
    finally:
        alive.cancel()
        tell_service_manager(address, "STOPPING=1")
        stop.cancel()
        working.cancel()
        await asyncio.wait({working, stop})


def tell_service_manager(address: str, state: str) -> None:
    """Tell systemd, or no one where it did not start this process; the protocol: `man sd_notify`."""
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.setblocking(False)  # one that does not listen must not hold up the loop
        told.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        told.send(state.encode())


async def _keep_telling(address: str, within: float | None) -> None:
    """Say that the process is there, and then in time that its loop still turns."""
    tell_service_manager(address, "READY=1")
    while within is not None:
        tell_service_manager(address, "WATCHDOG=1")
        await asyncio.sleep(within / 3)
