"""Segmind as the settings have it: the session, the client, and the budget of requests."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.jobs.clock import AnswersFirst, Clock, monotonic
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.pacing.planner import Planner
from bot.segmind.budget import Budget, Rate
from bot.segmind.client import Endpoints, Heard, SegmindClient, Timeouts

TIMEOUTS: Final = Timeouts()
RESERVE: Final = 1  # requests a minute that polls leave free, so that a result can leave right after its notice


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmindAccount:
    client: SegmindClient
    planner: Planner  # gives the client's requests their turns
    budget: BudgetRow


def open_segmind_session() -> aiohttp.ClientSession:
    """Make the one session that requests with the key go through: no cookies, no proxy of the environment."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


def budget_row(settings: Settings, database: AsyncEngine, clock: Clock) -> BudgetRow:
    rate = settings.segmind_requests_per_minute
    return BudgetRow(database, Rate(requests_per_minute=rate, reserve=RESERVE), clock)


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


@asynccontextmanager
async def open_account(
    settings: Settings, database: AsyncEngine, clock: Clock, *, heard: Heard, answers_first: AnswersFirst
) -> AsyncGenerator[SegmindAccount]:
    """Open the session and a client whose requests all processes pace together; `heard` hears of each answer."""
    async with open_segmind_session() as session:
        budget = budget_row(settings, database, clock)
        planner = Planner(budget, clock, answers_first)
        client = segmind_client(settings, session, planner, heard=heard)
        yield SegmindAccount(client=client, planner=planner, budget=budget)
