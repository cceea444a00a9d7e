"""What `/readyz` tells: Discord, the database and Segmind, each in order or with a word on what is not."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.observing.segmind_state import SegmindState

OK: Final = "ok"
NOT_CONNECTED: Final = "not connected"
DATABASE_WITHIN: Final = 0.5  # seconds; whoever asks waits a second


class Readiness:
    """`connected` tells whether this process has what it needs of Discord; `troubles` say what is wrong, by part."""

    def __init__(
        self,
        *,
        connected: Callable[[], bool],
        database: AsyncEngine,
        segmind: SegmindState,
        troubles: Mapping[str, Callable[[], str]] | None = None,
    ) -> None:
        self._connected = connected
        self._troubles = {"discord": lambda: NOT_CONNECTED, "database": lambda: "", **(troubles or {})}
        self._database = database
        self._segmind = segmind

    async def report(self) -> Mapping[str, str]:
        """Give each part's state in a word; `OK` if it is in order."""
        others = {part: tell() or OK for part, tell in self._troubles.items() if part not in {"discord", "database"}}
        return {
            "discord": OK if self._connected() else self._troubles["discord"](),
            "database": await self._ask_database(),
            "segmind": self._segmind.trouble or OK,
            **others,
        }

    async def _ask_database(self) -> str:
        known = self._troubles["database"]
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                if known():
                    # A full disk can still be read: only a write shows that there is room again.
                    async with self._database.begin() as connection:
                        await connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
                async with self._database.connect() as connection:
                    await connection.execute(text("SELECT 1"))
        except TimeoutError:
            return known() or "does not answer in time"
        except (SQLAlchemyError, OSError) as error:
            return known() or f"cannot be used ({type(error).__name__})"
        return known() or OK
