"""Whether a run's result can be asked for while it still goes on, as one request for its status and its result.

Segmind doesn't document what `GET /v2/requests/{id}` answers then. It's found out on a run in progress, and saved.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import marks
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import Claim
from bot.segmind.client import SegmindClient
from bot.segmind.errors import NotFinished, RecordGone, Refused, SegmindError, UnreadableAnswer
from bot.segmind.models import GOES_ON, RunResult, RunState, RunStatus

log = structlog.get_logger(__name__)

ONE: Final = "status_in_result"
TWO: Final = "no_status_in_result"
MOST_TRIES: Final = 3  # of one process, until an answer tells
_ODD: Final = (RecordGone, Refused, UnreadableAnswer)


class OneRequest:
    """What is known of it, read once from the table of marks: True, False, or None until the first run in progress."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: bool | None = None
        self._is_read = False
        self._tries = 0

    async def serves(self) -> bool | None:
        if not self._is_read:
            self._known = await self.read()
            self._is_read = True
        return self._known

    async def read(self) -> bool | None:
        """Read again what was found; another process may have found it."""
        async with self._engine.connect() as connection:
            names = (await connection.scalars(select(marks.c.name).where(marks.c.name.in_([ONE, TWO])))).all()
        return None if not names else TWO not in names

    async def look(self, segmind: SegmindClient, request_id: str, claim: Claim, now: datetime) -> RunStatus | RunResult:
        """Return a run's status, or its result in place of that. Raises `SegmindError`."""
        if not await self.serves():
            status = await segmind.status(request_id, claim=claim)
            if status.state in GOES_ON and self._known is None and self._tries < MOST_TRIES:
                await self._try_out(segmind, request_id, claim, now)
            return status
        with suppress(*_ODD):
            found = await _in_one(segmind, request_id, claim)
            if isinstance(found, RunResult) or found.state in GOES_ON:
                return found
        # Odd, unless the status has no better answer either.
        status = await segmind.status(request_id, claim=claim)
        if status.state in GOES_ON:
            log.warning("status_in_result_dropped", request_id=request_id)
            await self.found(now, serves=False)
        return status

    async def _try_out(self, segmind: SegmindClient, request_id: str, claim: Claim, now: datetime) -> None:
        """Find out whether the result of an unfinished run has its status."""
        self._tries += 1
        try:
            found = await _in_one(segmind, request_id, claim)
            serves = None if isinstance(found, RunResult) else found.state in GOES_ON  # it may have ended meanwhile
        except _ODD:
            serves = False
        except SegmindError:
            serves = None
        if serves is None:
            return
        log.info("status_in_result", request_id=request_id, serves=serves)
        await self.found(now, serves=serves)

    @uncancelled
    async def found(self, now: datetime, *, serves: bool) -> None:
        """Save what was found; that it doesn't serve holds, whatever another process finds."""
        self._known, self._is_read = serves, True
        # A power cut may undo this: it's found out once more then.
        async with self._engine.execution_options(durable=False).begin() as connection:
            if not serves:
                await connection.execute(delete(marks).where(marks.c.name == ONE))
            await connection.execute(insert_if_absent(connection, marks, {"name": ONE if serves else TWO, "at": now}))


async def _in_one(segmind: SegmindClient, request_id: str, claim: Claim) -> RunStatus | RunResult:
    """Ask for the result of a run, which may be its status."""
    try:
        return await segmind.result(request_id, claim=claim)
    except NotFinished as unfinished:
        return RunStatus(word=unfinished.word, state=RunState.read(unfinished.word))
