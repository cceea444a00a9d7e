import asyncio

from sandbox.segmind.clock import ServiceClock, http_date, iso

NOON = 1_787_227_200.0  # 2026-08-20T12:00:00Z


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = ServiceClock(start=NOON, frozen=True)
    assert clock.now() == NOON
    clock.advance(3600)
    assert clock.now() == NOON + 3600


def test_a_clock_that_is_not_frozen_starts_where_it_is_set_and_goes_on() -> None:
    clock = ServiceClock(start=NOON)
    assert NOON <= clock.now() < NOON + 60
    assert clock.now() <= clock.now()


async def test_sleepers_wake_in_the_order_of_their_instants_however_far_the_clock_jumps() -> None:
    clock = ServiceClock(start=NOON, frozen=True)
    woken: list[float] = []

    async def sleep(seconds: float) -> None:
        await clock.sleep_until(NOON + seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (10, 100):
            group.create_task(sleep(seconds))
        await asyncio.wait_for(clock.sleep_until(NOON), 1)
        clock.advance(50)
        await clock.sleep_until(NOON + 50)
        clock.advance(50)
    assert woken == [10, 100]


async def test_a_running_clock_wakes_its_sleepers_by_itself_or_when_it_is_moved() -> None:
    clock = ServiceClock(start=NOON)
    await asyncio.wait_for(clock.sleep_until(NOON + 0.01), 30)
    sleeper = asyncio.create_task(clock.sleep_until(NOON + 3600))
    asyncio.get_running_loop().call_soon(clock.advance, 3601)
    await asyncio.wait_for(sleeper, 30)


def test_instants_are_written_as_the_service_writes_them() -> None:
    assert iso(NOON) == "2026-08-20T12:00:00.000Z"
    assert http_date(NOON) == "Thu, 20 Aug 2026 12:00:00 GMT"
