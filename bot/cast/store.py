"""Where saved characters are kept, with their images: in the database, which all machines share.

Its owner may use one everywhere, and members of a server that it is shared with, there. Every question is asked
for a member and a server; what is another's and not shared does not exist for them, whatever its id.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.cast.model import CastFull, Character, CharacterGone, NameTaken, Picture, StoredPicture
from bot.database.locks import Lock, exclusive
from bot.database.tables import cast_images, cast_members, cast_shares
from bot.jobs.prompt import name_key
from bot.jobs.tasks import uncancelled

MOST_LISTED: Final = 200  # of a server's shared ones, the newest


class CastStore:
    """Each method is one transaction. `guild_id` is None where a server shares nothing, or there is none."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(
        self, cast_id: int, owner_id: int, name: str, pictures: Sequence[Picture], *, most: int, now: datetime
    ) -> Character:
        """Save a character with its frontal image first; raises `NameTaken`, or `CastFull` beyond `most`."""
        row = {"id": cast_id, "owner_id": owner_id, "name": name, "name_key": name_key(name), "created_at": now}
        images = [
            {
                "cast_id": cast_id,
                "place": place,
                "content": each.content,
                "content_type": each.content_type,
                "fingerprint": each.fingerprint,
            }
            for place, each in enumerate(pictures)
        ]
        try:
            async with self._engine.begin() as connection:
                await exclusive(connection, Lock.SAVING_CHARACTER)
                if await _count(connection, owner_id) >= most:
                    raise CastFull
                await connection.execute(cast_members.insert().values(row))
                await connection.execute(cast_images.insert(), images)
        except IntegrityError as error:
            raise NameTaken from error
        return Character(id=cast_id, owner_id=owner_id, name=name, created_at=now)

    async def count(self, owner_id: int) -> int:
        async with self._engine.connect() as connection:
            return await _count(connection, owner_id)

    async def usable(self, member_id: int, guild_id: int | None) -> Sequence[Character]:
        """List a member's own by name, then those that others share with the server, the newest first."""
        shared = _shared_with(guild_id)
        own = select(cast_members, shared.label("shared")).where(cast_members.c.owner_id == member_id)
        others = select(cast_members, shared.label("shared")).where(shared, cast_members.c.owner_id != member_id)
        async with self._engine.connect() as connection:
            mine = (await connection.execute(own.order_by(cast_members.c.name_key))).all()
            theirs = (await connection.execute(others.order_by(cast_members.c.id.desc()).limit(MOST_LISTED))).all()
        return [_character(row) for row in (*mine, *theirs)]

    async def by_id(self, cast_id: int, member_id: int, guild_id: int | None) -> Character | None:
        return next(iter(await self._found(cast_members.c.id == cast_id, member_id, guild_id)), None)

    async def by_names(self, keys: Collection[str], member_id: int, guild_id: int | None) -> Mapping[str, Character]:
        """Find who is meant by each of these keys: a member's own before what is shared."""
        if not keys:
            return {}
        found = await self._found(cast_members.c.name_key.in_(list(keys)), member_id, guild_id)
        others_first = sorted(found, key=lambda each: each.owner_id == member_id)
        return {name_key(each.name): each for each in others_first}

    async def rename(self, cast_id: int, owner_id: int, name: str, *, unshared: Collection[int] = ()) -> None:
        """Give an own character another name, and take it back from the servers `unshared`.

        Raises `NameTaken` or `CharacterGone`.
        """
        mine = (cast_members.c.id == cast_id, cast_members.c.owner_id == owner_id)
        key, shares = name_key(name), cast_shares.c.cast_id == cast_id
        try:
            async with self._engine.begin() as connection:
                renamed = await connection.execute(update(cast_members).where(*mine).values(name=name, name_key=key))
                if renamed.rowcount == 0:
                    raise CharacterGone
                ended = cast_shares.c.guild_id.in_(list(unshared))
                await connection.execute(delete(cast_shares).where(shares, ended))
                await connection.execute(update(cast_shares).where(shares).values(name_key=key))
        except IntegrityError as error:
            raise NameTaken from error

    async def remove(self, cast_id: int, owner_id: int) -> bool:
        """Delete an own character with its images; return whether it was there."""
        mine = (cast_members.c.id == cast_id, cast_members.c.owner_id == owner_id)
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(cast_members).where(*mine))).rowcount > 0

    async def share(self, cast_id: int, owner_id: int, guild_id: int, now: datetime) -> None:
        """Let everyone in a server use an own character; raises `NameTaken` or `CharacterGone`."""
        mine = (cast_members.c.id == cast_id, cast_members.c.owner_id == owner_id)
        try:
            async with self._engine.begin() as connection:
                key = await connection.scalar(select(cast_members.c.name_key).where(*mine))
                if key is None:
                    raise CharacterGone
                there = exists().where(cast_shares.c.cast_id == cast_id, cast_shares.c.guild_id == guild_id)
                if not await connection.scalar(select(there)):
                    row = {"cast_id": cast_id, "guild_id": guild_id, "name_key": key, "shared_at": now}
                    await connection.execute(cast_shares.insert().values(row))
        except IntegrityError as error:
            raise NameTaken from error

    async def shared_in(self, cast_id: int) -> Sequence[int]:
        """Name the servers that a character is shared with."""
        query = select(cast_shares.c.guild_id).where(cast_shares.c.cast_id == cast_id)
        async with self._engine.connect() as connection:
            return (await connection.scalars(query)).all()

    async def unshare(self, cast_id: int, guild_id: int) -> bool:
        """Take a character back from a server; return whether it was shared there."""
        there = (cast_shares.c.cast_id == cast_id, cast_shares.c.guild_id == guild_id)
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(cast_shares).where(*there))).rowcount > 0

    @uncancelled
    async def pictures(self, cast_id: int) -> Sequence[StoredPicture]:
        """Return all images of a character, the frontal one first; empty if it was deleted."""
        query = select(cast_images).where(cast_images.c.cast_id == cast_id).order_by(cast_images.c.place)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            StoredPicture(
                picture=Picture(content=row.content, content_type=row.content_type, fingerprint=row.fingerprint),
                url=row.url,
                url_since=row.url_since,
            )
            for row in rows
        ]

    @uncancelled
    async def replace_picture(self, cast_id: int, place: int, picture: Picture) -> None:
        """Keep a clean copy instead of an image; what Segmind's storage holds of the former is not used any more."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(cast_images)
                .where(cast_images.c.cast_id == cast_id, cast_images.c.place == place)
                .values(
                    content=picture.content,
                    content_type=picture.content_type,
                    fingerprint=picture.fingerprint,
                    url=None,
                    url_since=None,
                )
            )

    @uncancelled
    async def keep_urls(self, cast_id: int, urls: Sequence[str], now: datetime) -> None:
        """Remember where Segmind's storage holds the images of a character, in their order."""
        async with self._engine.begin() as connection:
            for place, url in enumerate(urls):
                await connection.execute(
                    update(cast_images)
                    .where(cast_images.c.cast_id == cast_id, cast_images.c.place == place)
                    .values(url=url, url_since=now)
                )

    async def forget_member(self, member_id: int) -> int:
        """Delete everything that a member has saved, wherever it is shared; return how many characters it was."""
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(cast_members).where(cast_members.c.owner_id == member_id))).rowcount

    async def _found(self, condition: ColumnElement[bool], member_id: int, guild_id: int | None) -> Sequence[Character]:
        shared = _shared_with(guild_id)
        usable = (cast_members.c.owner_id == member_id) | shared
        query = select(cast_members, shared.label("shared")).where(condition, usable)
        async with self._engine.connect() as connection:
            return [_character(row) for row in await connection.execute(query)]


def _shared_with(guild_id: int | None) -> ColumnElement[bool]:
    if guild_id is None:
        return false()
    return exists().where(and_(cast_shares.c.cast_id == cast_members.c.id, cast_shares.c.guild_id == guild_id))


async def _count(connection: AsyncConnection, owner_id: int) -> int:
    query = select(func.count()).select_from(cast_members).where(cast_members.c.owner_id == owner_id)
    return (await connection.execute(query)).scalar_one()


def _character(row: Any) -> Character:
    return Character(
        id=row.id, owner_id=row.owner_id, name=row.name, created_at=row.created_at, shared=bool(row.shared)
    )
