"""Notices to the bot operator, each told once: remembered until its cause ends, after which it may be told again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.record_tables import operator_notices
from bot.database.statements import insert_if_absent
from bot.database.types import value_of


class NoticeKind(StrEnum):
    # What lasts until someone acts.
    KEY = "KEY"  # Segmind does not take it
    CREDITS = "CREDITS"  # `detail`: what is left, in dollars
    MODEL = "MODEL"  # retired, or not in the catalog; `detail`: which
    SCHEMA = "SCHEMA"  # a model takes other inputs than the bot sends; `detail`: which, and what
    PRICE = "PRICE"  # Segmind charges something else than is configured; `detail`: which model, and both
    SERVICE = "SERVICE"  # Segmind refuses for another reason; `detail`: its words
    ANOTHER_BOT = "ANOTHER_BOT"  # another process with the bot's token answers members
    # What lasts to the end of the period; `detail`: the cap, in dollars.
    DAY_NEAR = "DAY_NEAR"  # most of what the whole bot may spend in a UTC day is spent or reserved
    DAY_SPENT = "DAY_SPENT"  # all of it
    MONTH_NEAR = "MONTH_NEAR"
    MONTH_SPENT = "MONTH_SPENT"
    # What happened.
    CHARGE = "CHARGE"  # no one asked for it; `detail`: Segmind's request id
    ODD_COST = "ODD_COST"  # Segmind names a cost that none can be; `detail`: model, job and what is written
    LATE_REQUEST = "LATE_REQUEST"  # given up as never arrived, it was made after all; `detail`: the job
    INPUTS = "INPUTS"  # Segmind does not take what the bot sends to a model; `detail`: the model, and its words
    BROKEN = "BROKEN"  # jobs break before they are paid for; `detail`: one of them, and how
    UNSETTLED = "UNSETTLED"  # no one knows whether it was charged; `detail`: the job


HAPPENED: Final = (
    NoticeKind.CHARGE,
    NoticeKind.ODD_COST,
    NoticeKind.LATE_REQUEST,
    NoticeKind.INPUTS,
    NoticeKind.BROKEN,
    NoticeKind.UNSETTLED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotice:
    name: str  # what is told once by it
    kind: NoticeKind
    detail: str
    at: datetime

    @property
    def about(self) -> str:
        """Which of several of its kind it is."""
        return self.name.partition(":")[2]


class OperatorNotices:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def note(self, kind: NoticeKind, now: datetime, *, about: str = "", detail: str = "") -> bool:
        """Note something to be told; False where it is known already. `about` tells several of a kind apart."""
        name = f"{kind.value}:{about}"[:80]
        row = {"name": name, "kind": kind, "detail": detail, "at": now}
        async with self._engine.begin() as connection:
            noted = insert_if_absent(connection, operator_notices, row).returning(operator_notices.c.name)
            return (await connection.execute(noted)).one_or_none() is not None

    async def over(self, kind: NoticeKind, *, about: str = "") -> bool:
        """Note that a problem has ended, so that it is told if it comes again; tell whether it was on."""
        mine = operator_notices.c.name == f"{kind.value}:{about}"[:80]
        async with self._engine.connect() as connection:
            if not await connection.scalar(select(exists().where(mine))):
                return False
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(operator_notices).where(mine))).rowcount > 0

    async def current(self, *kinds: NoticeKind) -> Sequence[OperatorNotice]:
        """Read what is on of these kinds, told or not."""
        return await self._read(operator_notices.c.kind.in_(list(kinds)))

    async def untold(self) -> Sequence[OperatorNotice]:
        return await self._read(operator_notices.c.told_at.is_(None))

    async def told(self, notices: Sequence[OperatorNotice], now: datetime) -> None:
        names = [each.name for each in notices]
        async with self._engine.begin() as connection:
            mine = operator_notices.c.name.in_(names)
            await connection.execute(update(operator_notices).where(mine).values(told_at=now))

    async def _read(self, which: Any) -> Sequence[OperatorNotice]:
        query = select(operator_notices).where(which).order_by(operator_notices.c.at, operator_notices.c.name)
        async with self._engine.connect() as connection:
            return [value_of(OperatorNotice, row) for row in await connection.execute(query)]
