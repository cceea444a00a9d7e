"""Whether a run's result can be asked for while it still goes on, as one request for its status and its result.

Segmind doesn't document what `GET /v2/requests/{id}` answers then. It's found out on a run in progress, and saved.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import marks
from bot.jobs.tasks import uncancelled

ONE: Final = "status_in_result"
TWO: Final = "no_status_in_result"


class OneRequest:
    """What is known of it, read once from the table of marks: True, False, or None until the first run in progress."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: bool | None = None
        self._is_read = False
        self._is_tried = False

    async def serves(self) -> bool | None:
        if not self._is_read:
            self._known = await self.read()
            self._is_read = True
        return self._known

    async def read(self) -> bool | None:
        """Read it anew: another process may have found it."""
        async with self._engine.connect() as connection:
            names = (await connection.scalars(select(marks.c.name).where(marks.c.name.in_([ONE, TWO])))).all()
        return None if not names else TWO not in names

    def take_trial(self) -> bool:
        """Tell whether to try it out now: it's unknown, and no one in this process does so already."""
        due = self._is_read and self._known is None and not self._is_tried
        self._is_tried = self._is_tried or due
        return due

    def trial_told_nothing(self) -> None:
        self._is_tried = False

    @uncancelled
    async def found(self, now: datetime, *, serves: bool) -> None:
        """Save what was found; that it doesn't serve holds, whatever another process finds."""
        self._known, self._is_read = serves, True
        async with self._engine.begin() as connection:
            if not serves:
                await connection.execute(delete(marks).where(marks.c.name == ONE))
            await connection.execute(insert_if_absent(connection, marks, {"name": ONE if serves else TWO, "at": now}))
