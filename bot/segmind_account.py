"""Segmind as the settings have it: the session, the client, and the budget of requests."""

from typing import Final

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.jobs.clock import monotonic
from bot.jobs.pacing.budget import BudgetRow
from bot.segmind.budget import Budget, Gcra
from bot.segmind.client import Endpoints, Heard, SegmindClient, Timeouts

TIMEOUTS: Final = Timeouts()
BURST_EVERY: Final = (
    250  # requests a minute: one more at once makes good a turn that a busy machine gave some 0.1 s late
)


def open_segmind_session() -> aiohttp.ClientSession:
    """Make the one session that requests with the key go through: no cookies, no proxy of the environment."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


def budget_row(settings: Settings, database: AsyncEngine) -> BudgetRow:
    rate = settings.segmind_requests_per_minute
    return BudgetRow(database, Gcra(requests_per_minute=rate, burst=1 + rate // BURST_EVERY))


def segmind_client(
    settings: Settings, session: aiohttp.ClientSession, budget: Budget, *, heard: Heard | None = None
) -> SegmindClient:
    endpoints = Endpoints(
        api=settings.segmind_api_url, history=settings.segmind_history_url, storage=settings.segmind_storage_url
    )
    return SegmindClient(
        session,
        key=settings.segmind_api_key,
        endpoints=endpoints,
        budget=budget,
        timeouts=TIMEOUTS,
        clock=monotonic,
        heard=heard,
    )
