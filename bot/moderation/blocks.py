"""Which members and images a server's moderators have blocked, and the list of blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import discord
from discord import ui
from sqlalchemy import and_, case, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import insert_if_absent, transaction
from bot.database.tables import blocked_images, blocks
from bot.database.types import value_of
from bot.jobs.decisions import Decision
from bot.jobs.storage.records import note
from bot.media.images.fingerprints import are_alike
from bot.moderation.ids import blocks_id
from bot.ui.custom_ids import view_of
from bot.ui.formats import date, number
from bot.ui.language import _
from bot.ui.text import clip, plain

FOR_GOOD: Final = "good"
LENGTHS: Final[Mapping[str, timedelta | None]] = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    FOR_GOOD: None,
}
MOST_OF_A_SERVER: Final = 5_000  # compared in some 3 ms; the oldest make room
PER_PAGE: Final = 8  # lines of some 220 characters, in a message's 2,000
REASON_LIMIT: Final = 60  # characters; escaped at most twice that


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A row of `blocks`, by the names of its columns."""

    guild_id: int
    member_id: int
    until: datetime | None  # none: permanently
    by_id: int
    reason: str
    at: datetime

    def counts_at(self, now: datetime) -> bool:
        return self.until is None or self.until > now


class _Clock(Protocol):
    def now(self) -> datetime: ...


class BlockStore:
    """A server's blocks of members. Those that have run out don't count."""

    def __init__(self, engine: AsyncEngine, clock: _Clock) -> None:
        self.engine = engine
        self._clock = clock

    async def put(
        self,
        block: Block,
        *decided: Decision,
        keeps_later: bool = False,
        within: AsyncConnection | None = None,
    ) -> datetime | None:
        """Block a member, and write down what was `decided`; return until when.

        A block that there is gives way to the new one; if that `keeps_later`, it does not end before the former would.
        Part of a transaction if one is given.
        """
        row: dict[str, Any] = asdict(block)
        mine = _of(block.guild_id, block.member_id)
        async with transaction(self.engine, within) as connection:
            await connection.execute(insert_if_absent(connection, blocks, row))
            if keeps_later and block.until is not None:
                until = literal(block.until, blocks.c.until.type)
                is_later = or_(blocks.c.until.is_(None), blocks.c.until > until)
                row["until"] = case((is_later, blocks.c.until), else_=until)
            putting = update(blocks).where(*mine).values(row).returning(blocks.c.until)
            ends: datetime | None = (await connection.execute(putting)).scalar_one()
            await note(connection, *decided)
        return ends

    async def lift(self, guild_id: int, member_id: int) -> Block | None:
        """Take a block away; return it, or None where none counted."""
        found = await self.get(guild_id, member_id)
        async with self.engine.begin() as connection:
            gone = await connection.execute(delete(blocks).where(*_of(guild_id, member_id)))
        return found if gone.rowcount else None

    async def get(self, guild_id: int, member_id: int) -> Block | None:
        """Return the block that counts now."""
        block = await self.last(guild_id, member_id)
        return block if block is not None and block.counts_at(self._clock.now()) else None

    async def last(self, guild_id: int, member_id: int) -> Block | None:
        """Return a member's block, even if it has run out."""
        query = select(blocks).where(*_of(guild_id, member_id))
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else value_of(Block, row)

    async def page(self, guild_id: int, *, first: int, at_most: int) -> tuple[Sequence[Block], int]:
        """Read a server's blocks from the newest on, leaving out `first` of them; and tell how many there are."""
        counts = or_(blocks.c.until.is_(None), blocks.c.until > self._clock.now())
        counting = and_(blocks.c.guild_id == guild_id, counts)
        query = select(blocks).where(counting).order_by(blocks.c.at.desc(), blocks.c.member_id)
        async with self.engine.connect() as connection:
            rows = await connection.execute(query.offset(first).limit(at_most))
            found = [value_of(Block, row) for row in rows]
            count = await connection.scalar(select(func.count()).select_from(blocks).where(counting))
        return found, count or 0


def _of(guild_id: int, member_id: int) -> tuple[Any, ...]:
    return blocks.c.guild_id == guild_id, blocks.c.member_id == member_id


def ends_at(length: str, now: datetime) -> datetime | None:
    """Return when a block that begins `now` ends; None if it's permanent. Raises `KeyError` for an unknown length."""
    lasts = LENGTHS[length]
    return None if lasts is None else now + lasts


class BlockedImageStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(
        self,
        guild_id: int,
        fingerprints: Sequence[str],
        *,
        by_id: int,
        reason: str,
        now: datetime,
        within: AsyncConnection | None = None,
    ) -> int:
        """Block images; return how many were not blocked before. What is too plain to be known again is left out.

        Part of a transaction if one is given.
        """
        mine = blocked_images.c.guild_id == guild_id
        newest = select(blocked_images.c.fingerprint).where(mine).order_by(blocked_images.c.at.desc())
        async with transaction(self._engine, within) as connection:
            known = await _known_in(connection, guild_id)
            given = [each for each in dict.fromkeys(fingerprints) if each]
            new = [each for each in given if not any(are_alike(each, one) for one in known)]
            for each in new:
                row = {"guild_id": guild_id, "fingerprint": each, "by_id": by_id, "reason": reason, "at": now}
                await connection.execute(insert_if_absent(connection, blocked_images, row))
            if len(known) + len(new) > MOST_OF_A_SERVER:
                kept = newest.limit(MOST_OF_A_SERVER)
                await connection.execute(delete(blocked_images).where(mine, blocked_images.c.fingerprint.not_in(kept)))
        return len(new)

    async def allow(self, guild_id: int, fingerprints: Sequence[str]) -> int:
        """Block images no longer; return how many entries that were."""
        known = await self._of(guild_id)
        gone = [each for each in known if any(are_alike(each, one) for one in fingerprints)]
        mine = blocked_images.c.guild_id == guild_id
        async with self._engine.begin() as connection:
            await connection.execute(delete(blocked_images).where(mine, blocked_images.c.fingerprint.in_(gone)))
        return len(gone)

    async def find(self, guild_id: int, fingerprints: Sequence[str]) -> int | None:
        """Return which of these images is blocked, as its place from 0; None where none is."""
        known = await self._of(guild_id)
        for place, each in enumerate(fingerprints):
            if any(are_alike(each, one) for one in known):
                return place
        return None

    async def _of(self, guild_id: int) -> Sequence[str]:
        async with self._engine.connect() as connection:
            return await _known_in(connection, guild_id)


async def _known_in(connection: AsyncConnection, guild_id: int) -> Sequence[str]:
    """Read the fingerprints that a server blocks."""
    query = select(blocked_images.c.fingerprint).where(blocked_images.c.guild_id == guild_id)
    return (await connection.scalars(query)).all()


def blocks_list(found: Sequence[Block], *, page: int, pages: int, count: int) -> str:
    """Write a page of who is blocked in a server, a line each."""
    if not count:
        return _("No one is blocked here.")
    head = _("Blocked here: {count} (page {page} of {pages})").format(
        count=number(count), page=number(page), pages=number(pages)
    )
    return "\n".join([head, *(_line(block) for block in found)])


def _line(block: Block) -> str:
    until = _("Permanent") if block.until is None else _("until {date}").format(date=date(block.until))
    by = _("by {moderator}").format(moderator=f"<@{block.by_id}>")
    reason = plain(clip(" ".join(block.reason.split()), REASON_LIMIT))
    facts = [f"<@{block.member_id}>", until, by, *([reason] if reason else [])]
    return f"- {' · '.join(facts)}"


def blocks_turner(page: int, pages: int) -> ui.View:
    """Make the buttons that turn the pages, where there is more than one."""
    back = _button(_("Back"), page - 1, at_end=page <= 1)
    more = _button(_("Next"), page + 1, at_end=page >= pages)
    return view_of(back, more) if pages > 1 else view_of()


def _button(label: str, page: int, *, at_end: bool) -> ui.Button[Any]:
    return ui.Button(
        label=label, style=discord.ButtonStyle.secondary, custom_id=blocks_id(max(page, 0)), disabled=at_end
    )
