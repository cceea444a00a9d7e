"""Every answer of Discord's REST API, for whoever counts them."""

from collections.abc import Callable

import aiohttp


def count_answers(trace: aiohttp.TraceConfig, answered: Callable[[int], object]) -> aiohttp.TraceConfig:
    """Have a client's trace tell `answered` the status of each answer, those that discord.py repeats included."""

    async def tell(_session: object, _context: object, end: aiohttp.TraceRequestEndParams) -> None:
        answered(end.response.status)

    trace.on_request_end.append(tell)
    return trace
