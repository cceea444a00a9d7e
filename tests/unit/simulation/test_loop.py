"""The virtual event loop: time jumps, order is drawn, and a killed life runs no further."""

import asyncio
import contextvars
from collections.abc import Generator

import pytest

from simulation.loop import LIFE, Life, Stuck, VirtualLoop


@pytest.fixture
def loop() -> Generator[VirtualLoop]:
    loop = VirtualLoop(1)
    yield loop
    loop.close()


def test_a_day_passes_at_once(loop: VirtualLoop) -> None:
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.time() == pytest.approx(86_400)


def test_what_waits_for_nothing_is_found_out(loop: VirtualLoop) -> None:
    with pytest.raises(Stuck):
        loop.run_until_complete(loop.create_future())


def test_the_order_of_what_is_ready_is_the_seeds() -> None:
    def order(seed: int) -> list[int]:
        loop, seen = VirtualLoop(seed), list[int]()

        async def note(number: int) -> None:
            await asyncio.sleep(0)
            seen.append(number)

        async def all_of_them() -> None:
            await asyncio.gather(*(note(number) for number in range(10)))

        loop.run_until_complete(all_of_them())
        loop.close()
        return seen

    assert order(1) == order(1)
    assert {tuple(order(seed)) for seed in range(5)} != {tuple(range(10))}


def test_work_for_a_thread_is_done_by_the_loop(loop: VirtualLoop) -> None:
    assert loop.run_until_complete(asyncio.to_thread(sum, [1, 2])) == 3


def test_a_killed_life_runs_no_further_and_a_frozen_one_goes_on_later(loop: VirtualLoop) -> None:
    life, steps = Life("one"), list[float]()
    context = contextvars.copy_context()
    context.run(LIFE.set, life)

    async def live() -> None:
        while True:
            steps.append(loop.time())
            await asyncio.sleep(1)

    async def world() -> None:
        task = loop.create_task(live(), context=context)
        await asyncio.sleep(2.5)
        life.frozen = True
        await asyncio.sleep(5)
        life.thaw(loop)
        await asyncio.sleep(1.1)
        life.dead = True
        await asyncio.sleep(10)
        assert not task.done()
        task._log_destroy_pending = False  # type: ignore[attr-defined]

    loop.run_until_complete(world())
    assert steps == pytest.approx([0, 1, 2, 7.5, 8.5])
