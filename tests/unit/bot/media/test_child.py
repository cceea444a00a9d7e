"""A process for one file ends with its work, however impatient who waits for it."""

import asyncio
import os

import pytest

from bot.media.child import Child
from bot.media.images.checker import PROCESS


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_process_that_waits_for_work_is_gone_before_its_cancelled_caller_goes_on(times: int) -> None:
    child = await Child.start(PROCESS)
    ending = asyncio.create_task(child.end())
    for _ in range(times):
        await asyncio.sleep(0)
        ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert not is_running(child.pid)


@pytest.mark.parametrize("turns", range(1, 6))
async def test_a_process_that_is_cancelled_twice_while_it_starts_leaves_none(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[asyncio.subprocess.Process] = []
    create = asyncio.create_subprocess_exec

    async def created(*arguments: str, **options: object) -> asyncio.subprocess.Process:
        started.append(await create(*arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", created)
    starting = asyncio.create_task(Child.start(PROCESS))
    for _ in range(turns):
        await asyncio.sleep(0)
    starting.cancel()
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert [process.returncode for process in started] == [-9]
    assert not is_running(started[0].pid)
