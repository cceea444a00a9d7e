"""A process that stands still in the middle of a transaction does not hold up the others for long."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.database import engine as engine_module
from bot.database.engine import open_database
from bot.database.locks import Lock, exclusive


async def test_the_locks_of_a_process_that_froze_in_a_transaction_come_free(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(postgres_url) as awake:
        monkeypatch.setattr(engine_module, "IDLE_TIMEOUT", 100)
        async with open_database(postgres_url, migrate=False) as frozen, asyncio.timeout(30):
            holding = await frozen.connect()
            await exclusive(holding, Lock.SUBMITTING)  # and from here on nothing more is heard of it
            async with awake.begin() as connection:
                await exclusive(connection, Lock.SUBMITTING)
            with pytest.raises(DBAPIError):
                await holding.execute(text("SELECT 1"))  # it wakes up, and what it began is undone
            await holding.invalidate()
            await holding.close()
