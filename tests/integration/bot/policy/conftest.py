"""One database, as one process sees it and as several do."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack

import pytest

from bot.database.engine import open_database
from tests.support.ledgers import PROCESSES, Ledger


@pytest.fixture
async def ledger(database_url: str) -> AsyncGenerator[Ledger]:
    async with open_database(database_url) as engine:
        yield Ledger(engine)


@pytest.fixture
async def ledgers(database_url: str, ledger: Ledger) -> AsyncGenerator[Sequence[Ledger]]:
    """Give the same database as several processes see it."""
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(open_database(database_url)) for _ in range(PROCESSES - 1)]
        yield [ledger, *map(Ledger, others)]
