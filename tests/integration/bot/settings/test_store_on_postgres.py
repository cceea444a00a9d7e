"""A server's settings in PostgreSQL: many moderators in many processes, and no change is lost."""

import asyncio
from contextlib import AsyncExitStack

from bot.database.engine import open_database
from bot.settings.changes import add_and_remove, set_limits
from bot.settings.store import SettingsStore
from tests.support.jobs import NOON

GUILD, MODERATORS, PROCESSES = 7, 20, 4


async def test_twenty_moderators_at_once_lose_nothing(postgres_url: str) -> None:
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(open_database(postgres_url)) for _ in range(PROCESSES)]
        stores = [SettingsStore(engine) for engine in engines]
        await asyncio.gather(
            *(
                stores[each % PROCESSES].change(GUILD, add_and_remove("channels", [each], []), NOON)
                for each in range(MODERATORS)
            ),
            *(
                stores[each % PROCESSES].change(GUILD, set_limits({"per_day": str(each)}, each), NOON)
                for each in range(MODERATORS)
            ),
        )
        saved = await stores[0].get(GUILD)
    assert saved.channels == frozenset(range(MODERATORS))
    assert {role: limits.per_day for role, limits in saved.role_limits.items()} == dict(enumerate(range(MODERATORS)))
