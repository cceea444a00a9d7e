"""Messages of ours that show something of a member whose data is deleted: noted with the deletion, emptied after it.

They are kept in the database until that is done, so that no restart and no trouble with Discord leaves one as it was.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

import discord
import structlog
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import emptied_messages, jobs
from bot.database.types import value_of
from bot.delivery.card_view import emptied_card, emptied_description, emptied_for_moderators
from bot.delivery.post_search import PostSearch
from bot.delivery.post_view import emptied_text
from bot.discord_api.errors import translated
from bot.jobs.clock import Clock
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, OutcomeUnclear, PortError, Posted
from bot.jobs.states import ENDED, State
from bot.jobs.storage.rows import from_row
from bot.jobs.storage.saving import FORGOTTEN
from bot.jobs.tasks import keep_looking, uncancelled
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

EVERY: Final = 20.0  # seconds
TRY_AGAIN: Final = timedelta(seconds=60)  # for one that someone took on, and did not finish
AT_ONCE: Final = 50
SEEK_AGAIN: Final = timedelta(minutes=10)  # for a channel that did not show whether there is a post
OVER: Final = ENDED | {State.UNDELIVERED}  # a deleted job that comes to none of these has a driver still
# Deleted jobs that have ended and may have posts that no one knows of.
_UNSOUGHT: Final = (
    *(jobs.c.forgotten > 0, jobs.c.state.in_(list(OVER))),
    *(jobs.c.post_attempts > 0, jobs.c.post_message_id.is_(None)),
)


class MessageKind(StrEnum):
    """What is to be done with a message."""

    CARD = "CARD"  # a status card: nothing stays but that it is deleted
    POST = "POST"  # a video: it stays, and is described in other words than the prompt's
    MODERATORS = "MODERATORS"  # what moderators were shown: nothing stays
    REMOVE = "REMOVE"  # the whole message goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Telltale:
    """One such message."""

    message_id: int
    guild_id: int
    channel_id: int
    deed: MessageKind
    locale: str  # of its readers


class Empties(Protocol):
    def posts_of(self, job: Job) -> AsyncIterator[Posted]:
        """Yield every post of a job, whatever the attempt. Raises `PortError`."""
        ...

    async def empty(self, telltale: Telltale) -> None:
        """Empty or delete a message; one that's deleted counts as done. Raises `PortError`."""
        ...


class Emptying:
    """Any process does it; what one has taken on no other does at the same time."""

    def __init__(self, engine: AsyncEngine, messages: Empties, clock: Clock) -> None:
        self._engine = engine
        self._messages = messages
        self._clock = clock

    async def run(self, resumed: Callable[[], Awaitable[None]]) -> None:
        """Empty what is due now and then, from the moment when Discord can be spoken to, until cancelled."""
        await resumed()
        topics = (FORGOTTEN, jobs.name, emptied_messages.name)
        await keep_looking(self.sweep, self._engine, *topics, every=EVERY, clock=self._clock)

    async def sweep(self) -> bool:
        """Look for posts that no job knows of, then empty all that is due; return whether anything is left."""
        for job in await self._sought(self._clock.now()):
            await self._seek(job)
        while telltales := await self._take(self._clock.now()):
            for telltale in telltales:
                await self._empty(telltale)
        return await self._is_left()

    @uncancelled
    async def _is_left(self) -> bool:
        left = or_(exists().where(*_UNSOUGHT), exists(select(emptied_messages.c.message_id)))
        async with self._engine.connect() as connection:
            return bool(await connection.scalar(select(left)))

    async def _empty(self, telltale: Telltale) -> None:
        try:
            await self._messages.empty(telltale)
        except OutcomeUnclear as error:
            log.warning("message_not_emptied_yet", message=telltale.message_id, error=error.detail)
            return
        except PortError as error:
            log.info("message_out_of_reach", message=telltale.message_id, error=error.detail)
        await self._done(telltale)

    @uncancelled
    async def _sought(self, now: datetime) -> Sequence[Job]:
        """Read the deleted jobs that have ended and may have posts from attempts that got no answer, or a no."""
        due = or_(jobs.c.retry_at.is_(None), jobs.c.retry_at <= now)
        query = select(jobs).where(*_UNSOUGHT, due).limit(AT_ONCE)
        async with self._engine.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    async def _seek(self, job: Job) -> None:
        """Note the posts of a job; a channel that does not show all is looked through again, until the row goes."""
        left: dict[str, Any] = {"post_attempts": 0, "earlier_posts": []}
        try:
            async for post in self._messages.posts_of(job):
                await self._note_post(job, post)
        except PortError as error:
            log.warning("posts_not_sought", job=job.id, error=error.detail)
            left = {"retry_at": self._clock.now() + SEEK_AGAIN}
        await self._sought_for(job, left)

    @uncancelled
    async def _note_post(self, job: Job, post: Posted) -> None:
        deed = MessageKind.REMOVE if job.remove_posts else MessageKind.POST
        async with self._engine.begin() as connection:
            await note_message(connection, job, post.message_id, post.channel_id, deed, self._clock.now())

    @uncancelled
    async def _sought_for(self, job: Job, left: dict[str, Any]) -> None:
        mine = (jobs.c.id == job.id, jobs.c.version == job.version)
        async with self._engine.begin() as connection:
            await connection.execute(update(jobs).where(*mine).values(**left, version=job.version + 1))

    @uncancelled
    async def _take(self, now: datetime) -> Sequence[Telltale]:
        """Claim some messages; if this process dies, others claim them after a while."""
        due = emptied_messages.c.due_at <= now
        query = select(emptied_messages).where(due).order_by(emptied_messages.c.due_at).limit(AT_ONCE)
        taken: list[Telltale] = []
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return taken
        async with self._engine.begin() as connection:
            for row in rows:
                mine = emptied_messages.c.message_id == row.message_id
                later = update(emptied_messages).where(mine, due).values(due_at=now + TRY_AGAIN)
                if (await connection.execute(later)).rowcount:
                    taken.append(value_of(Telltale, row))
        return taken

    @uncancelled
    async def _done(self, telltale: Telltale) -> None:
        mine = emptied_messages.c.message_id == telltale.message_id
        async with self._engine.begin() as connection:
            await connection.execute(delete(emptied_messages).where(mine))


async def note_message(
    connection: AsyncConnection,
    job: Job,
    message_id: int | None,
    channel_id: int | None,
    deed: MessageKind,
    now: datetime,
) -> None:
    """Note, as part of a transaction, what is to be done with a message that shows something of a job."""
    if message_id is None or channel_id is None:
        return
    row: dict[str, Any] = {
        "message_id": message_id,
        "guild_id": job.request.guild_id,
        "channel_id": channel_id,
        "deed": deed,
        "locale": job.request.guild_locale,
        "due_at": now,
    }
    await connection.execute(insert_if_absent(connection, emptied_messages, row))


class MessageEmptier:
    """Edits our own messages, for which a bot needs no permission beyond seeing the channel."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._search = PostSearch(client)

    def posts_of(self, job: Job) -> AsyncIterator[Posted]:
        return self._search.all(job)

    async def empty(self, telltale: Telltale) -> None:
        channel = self._client.get_partial_messageable(telltale.channel_id, guild_id=telltale.guild_id)
        message = channel.get_partial_message(telltale.message_id)
        try:
            with translated(), speaking(telltale.locale):
                match telltale.deed:
                    case MessageKind.REMOVE:
                        await message.delete()
                    case MessageKind.CARD:
                        await _replace(message, emptied_card())
                    case MessageKind.MODERATORS:
                        await _replace(message, emptied_for_moderators())
                    case MessageKind.POST:
                        await _empty_post(await message.fetch())
        except CardGone:
            return  # someone deleted it


async def _replace(message: discord.PartialMessage, view: discord.ui.LayoutView) -> None:
    none = discord.AllowedMentions.none()
    await message.edit(content=None, embeds=[], attachments=[], view=view, allowed_mentions=none)


async def _empty_post(message: discord.Message) -> None:
    """Take the prompt from a post's words and from the description of its file; the file stays as it is."""
    for each in message.attachments:
        if each.description is not None:
            each.description = emptied_description()
    none = discord.AllowedMentions.none()
    await message.edit(content=emptied_text(message.content), attachments=message.attachments, allowed_mentions=none)
