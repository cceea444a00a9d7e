"""The bot operator, and notices to them: each is told once, and again only after its cause has ended.

The operator is the application's owner in Discord, or its team.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import aiohttp
import discord
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.changes import Remembered
from bot.database.record_tables import operator_notices
from bot.database.statements import insert_if_absent
from bot.database.types import value_of
from bot.discord_api.reasons import Then, reason_of
from bot.discord_api.sending import words_nonce

log = structlog.get_logger(__name__)

REMEMBERED: Final = 60.0  # seconds for which Discord's word on who they are counts
_TEAM_ROLES: Final = frozenset({discord.TeamMemberRole.admin, discord.TeamMemberRole.developer})
_AWAY: Final = (aiohttp.ClientError, OSError)  # a timeout is an OSError


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
        self._all = Remembered[None, Sequence[tuple[OperatorNotice, bool]]](engine, operator_notices.name)

    async def note(self, kind: NoticeKind, now: datetime, *, about: str = "", detail: str = "") -> bool:
        """Note something to be told; False where it is known already. `about` tells several of a kind apart."""
        name = f"{kind.value}:{about}"[:80]
        if any(notice.name == name for notice, _ in await self._read()):
            return False
        row = {"name": name, "kind": kind, "detail": detail, "at": now}
        async with self._engine.begin() as connection:
            noted = insert_if_absent(connection, operator_notices, row).returning(operator_notices.c.name)
            return (await connection.execute(noted)).one_or_none() is not None

    async def over(self, kind: NoticeKind, *, about: str = "") -> bool:
        """Note that a problem has ended, so that it is told if it comes again; return whether it was on."""
        name = f"{kind.value}:{about}"[:80]
        if not any(notice.name == name for notice, _ in await self._read()):
            return False
        async with self._engine.begin() as connection:
            gone = delete(operator_notices).where(operator_notices.c.name == name)
            return (await connection.execute(gone)).rowcount > 0

    async def current(self, *kinds: NoticeKind) -> Sequence[OperatorNotice]:
        """Read what is on of these kinds, told or not."""
        return [notice for notice, _ in await self._read() if notice.kind in kinds]

    async def untold(self) -> Sequence[OperatorNotice]:
        return [notice for notice, told in await self._read() if not told]

    async def told(self, notices: Sequence[OperatorNotice], now: datetime) -> None:
        names = [each.name for each in notices]
        async with self._engine.begin() as connection:
            mine = operator_notices.c.name.in_(names)
            await connection.execute(update(operator_notices).where(mine).values(told_at=now))

    async def _read(self) -> Sequence[tuple[OperatorNotice, bool]]:
        """Read all that are on, which are few, the oldest first, each with whether it was told."""

        async def read() -> Sequence[tuple[OperatorNotice, bool]]:
            query = select(operator_notices).order_by(operator_notices.c.at, operator_notices.c.name)
            async with self._engine.connect() as connection:
                rows = (await connection.execute(query)).all()
            return [(value_of(OperatorNotice, row), row.told_at is not None) for row in rows]

        return await self._all.read(None, read)


class Operators:
    """Asks Discord who they are, and writes to them."""

    def __init__(self, client: discord.Client, monotonic: Callable[[], float]) -> None:
        self.client = client
        self._monotonic = monotonic
        self._known: frozenset[int] = frozenset()
        self._asked_at: float | None = None

    async def includes(self, user_id: int) -> bool:
        """Return whether a person runs this bot. Raises what Discord's client does where it cannot be asked."""
        return user_id in await self._operators()

    async def tell(self, words: str) -> bool:
        """Write to each of them; False where Discord is in trouble, and it is to be tried again. Never raises."""
        reached = 0
        try:
            for user_id in sorted(await self._operators()):
                reached += await self._write(user_id, words)
        except (discord.HTTPException, *_AWAY) as error:
            if is_trouble(error):
                log.warning("operator_not_told_yet", error=type(error).__name__)
                return False
            log.warning("operator_unknown", error=type(error).__name__)
        if not reached:
            log.error("operator_not_reached")
        return True

    async def _write(self, user_id: int, words: str) -> bool:
        """Send a direct message; False to who takes none."""
        try:
            user = await self.client.fetch_user(user_id)
            nonce = words_nonce("o", str(user_id), words)
            await user.send(words, allowed_mentions=discord.AllowedMentions.none(), nonce=nonce)
        except discord.HTTPException as error:
            if is_trouble(error):
                raise
            return False
        return True

    async def _operators(self) -> frozenset[int]:
        now = self._monotonic()
        if self._asked_at is None or now - self._asked_at > REMEMBERED:
            info = await self.client.application_info()
            self._known = _people(info)
            self._asked_at = now
        return self._known


def is_trouble(error: Exception) -> bool:
    """Tell an answer, or none, that is Discord's own trouble, from one that will be the same next time."""
    return not isinstance(error, discord.HTTPException) or reason_of(error).then is not Then.STOP


def _people(info: discord.AppInfo) -> frozenset[int]:
    """Return the ids of an application's operators: its owner, or the members of its team who can change it."""
    if info.team is None:
        return frozenset({info.owner.id})
    joined = (
        each.id
        for each in info.team.members
        if each.role in _TEAM_ROLES and each.membership_state is discord.TeamMembershipState.accepted
    )
    return frozenset({*joined, *([info.team.owner_id] if info.team.owner_id else [])})
