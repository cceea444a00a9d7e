"""What members gave and the bot still needs an answer for, kept in the database, so that no one types it twice.

A request waits for its member to accept the notice, or to fix what it was refused for. Images are kept as the addresses
of the uploads: none is downloaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Protocol, Self

from sqlalchemy import Delete, Text, and_, delete, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import paused_requests

KEPT_FOR: Final = timedelta(days=1)  # the answer to an interaction is on the screen no longer than that
REFUSED_KEPT_FOR: Final = timedelta(minutes=15)  # Discord removes a command's uploads about then
MOST_OF_ONE: Final = 5  # of one member; the oldest make room
REFUSED: Final = "a_refusal"  # the first key of the facts, as sorted, of what was refused
_IS_REFUSED: Final = type_coerce(paused_requests.c.facts, Text).startswith(f'{{"{REFUSED}":')


class Draft(Protocol):
    """What a member gave in a form or a command."""

    kind: ClassVar[str]  # the key of its facts, which says whose form takes it up

    def facts(self) -> Mapping[str, Any]:
        """Return the draft as JSON can hold it."""
        ...

    @property
    def words(self) -> Sequence[str]:
        """What the member wrote; a server's rules may block it."""
        ...

    @property
    def filenames(self) -> Sequence[str]:
        """The names of its images, as far as a server's rules apply to them."""
        ...

    def only(self, *, words: bool, images: bool) -> Self:
        """Return the draft with the member's words and images, or without."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Drafts that wait for a member's answer: their facts, by kind."""

    facts: Mapping[str, Any]
    paused_at: datetime


class PausedStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def pause(
        self, request_id: int, member_id: int, draft: Draft, now: datetime, *, refused: bool = False
    ) -> None:
        """Keep a draft under the id of its interaction: for a day, or 15 minutes if it was refused."""
        mine = paused_requests.c.member_id == member_id
        newest = select(paused_requests.c.id).where(mine).order_by(paused_requests.c.paused_at.desc())
        facts = {draft.kind: draft.facts(), **({REFUSED: True} if refused else {})}
        row = {"id": request_id, "member_id": member_id, "facts": facts, "paused_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(_old(now))
            await connection.execute(delete(paused_requests).where(*_own(request_id, member_id)))
            await connection.execute(paused_requests.insert().values(row))
            kept = (await connection.scalars(newest.limit(MOST_OF_ONE))).all()
            await connection.execute(delete(paused_requests).where(mine, paused_requests.c.id.not_in(kept)))

    async def look(self, request_id: int, member_id: int, now: datetime) -> Paused | None:
        """Read a member's draft and leave it where it is; None where it is gone or has expired."""
        query = select(paused_requests.c.facts, paused_requests.c.paused_at).where(*_own(request_id, member_id))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _paused(row, now)

    async def resume(self, request_id: int, member_id: int, now: datetime) -> Paused | None:
        """Take a member's draft out; of two presses at once, one gets it."""
        taking = (
            delete(paused_requests)
            .where(*_own(request_id, member_id))
            .returning(paused_requests.c.facts, paused_requests.c.paused_at)
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(taking)).one_or_none()
        return None if row is None else _paused(row, now)

    async def thin(self, now: datetime) -> int:
        """Delete what has not been answered in time; return how many rows."""
        async with self._engine.begin() as connection:
            return (await connection.execute(_old(now))).rowcount

    async def forget_member(self, member_id: int) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(paused_requests).where(paused_requests.c.member_id == member_id))


def _paused(row: Any, now: datetime) -> Paused | None:
    kept_for = REFUSED_KEPT_FOR if REFUSED in row.facts else KEPT_FOR
    return None if row.paused_at < now - kept_for else Paused(facts=row.facts, paused_at=row.paused_at)


def _old(now: datetime) -> Delete:
    paused_at = paused_requests.c.paused_at
    expired = and_(_IS_REFUSED, paused_at < now - REFUSED_KEPT_FOR)
    return delete(paused_requests).where(or_(paused_at < now - KEPT_FOR, expired))


def _own(request_id: int, member_id: int) -> tuple[Any, ...]:
    return paused_requests.c.id == request_id, paused_requests.c.member_id == member_id
