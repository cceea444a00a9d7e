"""The status cards in their channels: edits that coalesce, at a pace Discord is comfortable with."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import discord
import structlog

from bot.catalogue.offer import Offer
from bot.delivery.card_view import next_change, status_card
from bot.delivery.edit_queue import EditQueue
from bot.discord_api.errors import translated
from bot.discord_api.sending import picture_files
from bot.jobs.clock import Clock
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, NotTaken, PortError, shown
from bot.jobs.run_times import RunTime, RunTimes
from bot.jobs.states import DRIVEN, WITHDRAWN, State
from bot.ui.custom_ids import DetailsId, button_ids, files_of

log = structlog.get_logger(__name__)

TOKEN_LIFE: Final = 14 * 60.0  # seconds; Discord knows an interaction's token for a minute more
MOST_MESSAGES: Final = 200  # looked through for a card, which comes within seconds of its command


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What edits a card by its interaction's token, and until when."""

    edit: Callable[..., Awaitable[object]]
    until: float  # on the monotonic clock


class CardEditor:
    """Keeps each job's card at the job's newest value."""

    def __init__(
        self,
        client: discord.Client,
        offer: Offer,
        clock: Clock,
        *,
        run_times: RunTimes | None = None,
        shown: Callable[[Job], Awaitable[None]] | None = None,
        newest: Callable[[int], Awaitable[Job | None]] | None = None,
        turn: Callable[[int], Awaitable[None]] | None = None,
        unshown: Callable[[Job], Awaitable[None]] | None = None,
    ) -> None:
        """`shown` hears of each job that no one drives whose card shows it now, or cannot any more.

        `unshown` hears of each of these that came to nothing and whose card cannot say so.

        `newest` reads a job again, where other processes may have moved it and edit its card; `turn` waits until an
        edit may leave for a channel, where they do.
        """
        self._client = client
        self._offer = offer
        self._clock = clock
        self._run_times = run_times or RunTimes(offer=offer)
        self._channels: dict[int, EditQueue] = {}
        self._positions: dict[int, int] = {}  # of waiting jobs, where the queue told them
        self._tell_shown = shown
        self._read = newest
        self._turn = turn
        self._tell_unshown = unshown
        self._answers: dict[int, _Answer] = {}  # by job: cards that are answers to interactions which still live
        self._shown: dict[int, int] = {}  # by job: a hash of what its card shows
        self._believed: dict[int, RunTime] = {}  # by job: what its card's estimate is made from, which so stays put

    def changed(self, job: Job) -> None:
        if job.card_message_id is None:
            return
        if job.state is not State.WAITING:
            self._positions.pop(job.id, None)
        self._channel_of(job).changed(job)

    def view(self, job: Job, *, gallery: bool = True) -> discord.ui.LayoutView:
        """Lay out a job's card as it is now; without `gallery` as the first edit of a deferred answer may be."""
        return status_card(
            job,
            self._offer,
            now=self._clock.now(),
            position=self._positions.get(job.id),
            run_time=self._run_time(job),
            gallery=gallery,
        )

    def moved_up(self, job: Job, position: int) -> None:
        """Take note of a waiting job's place in the queue: the card shows it when nothing else is to be shown."""
        if job.card_message_id is not None:
            self._positions[job.id] = position
            self._channel_of(job).moved_up(job)

    def answered(self, job: Job, edit: Callable[..., Awaitable[object]]) -> None:
        """Take note of a card that was just sent, and of what edits it by its interaction's token.

        That serves where the bot itself cannot edit the card, as in a private thread that it is not in, for as long as
        Discord knows the token.
        """
        now = self._clock.monotonic()
        for job_id in [job_id for job_id, each in self._answers.items() if each.until <= now]:
            del self._answers[job_id]
            self._shown.pop(job_id, None)  # another process may show it by now
        self._answers[job.id] = _Answer(edit=edit, until=now + TOKEN_LIFE)
        self._shown[job.id] = _face(self.view(job))

    async def find(self, job: Job) -> int | None:
        """Search the messages right after the interaction, whose id is the job's, for its answer."""
        with translated():
            async for message in self._channel(job).history(
                after=discord.Object(job.id), limit=MOST_MESSAGES, oldest_first=True
            ):
                ours = message.author == self._client.user  # another bot may write any custom id
                if ours and str(DetailsId.of_card(job)) in button_ids(message.components):
                    return message.id
        return None

    async def attach(self, job: Job, pictures: Mapping[str, Path]) -> Mapping[str, str]:
        files = picture_files(pictures)
        try:
            names = {name: file.filename for name, file in files.items()}
            named = job.evolve(**shown(job.request, names))
            waiting = named.move(State.WAITING, self._clock.now()) if job.state is State.PREPARING else named
            if self._turn is not None:
                await self._turn(job.request.channel_id)
            await self._show(waiting, attachments=list(files.values()))
        finally:
            for file in files.values():
                file.close()
        await self._look_again(job)
        return names

    async def attachment_urls(self, job: Job) -> Mapping[str, str]:
        with translated():
            message = await self._channel(job).fetch_message(job.card_message_id or 0)
        return files_of(message)

    async def close(self, grace: float) -> None:
        """Let the edits that still wait go out, for `grace` seconds at the most."""
        for channel in self._channels.values():
            channel.wind_up()
        workers = [channel.worker for channel in self._channels.values()]
        if workers:
            await asyncio.wait(workers, timeout=grace)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _channel_of(self, job: Job) -> EditQueue:
        channel_id = job.request.channel_id
        if channel_id not in self._channels:
            turn = None if self._turn is None else partial(self._turn, channel_id)
            queue = EditQueue(self._show_and_tell, self._clock, turn)
            self._channels[channel_id] = queue
            queue.start(f"cards-{channel_id}", ended=lambda: self._channels.pop(channel_id))
        return self._channels[channel_id]

    async def _show_and_tell(self, job: Job) -> None:
        """Show a job as it is by now.

        An edit of a card looks before and after: of several processes that edit it at once, the one whose edit
        comes last shows the last word, too.
        """
        job = await self._newest_of(job)
        channel = self._channel_of(job)
        self._plan(channel, job)
        try:
            await self._show(job)
        except NotTaken as error:
            channel.rests(job.id)
            if not await self._show_by_token(job, error):
                await self._note_unshown(job)
                await self._told(job)
                raise
        await self._told(job)
        await self._look_again(job)

    async def _show_by_token(self, job: Job, error: NotTaken) -> bool:
        """Show a job by its interaction's token where the bot may not; return whether that was done."""
        answer = self._answers.get(job.id)
        if answer is None or answer.until <= self._clock.monotonic() or isinstance(error, CardGone):
            return False
        try:
            await self._show(job, edit=answer.edit)
        except PortError as refused:
            log.info("card_not_edited_by_token", job=job.id, error=refused.detail)
            return False
        return True

    async def _note_unshown(self, job: Job) -> None:
        """Have a member told in private that nothing came of a request; of all else they hear in another way."""
        if self._tell_unshown is not None and job.state is State.FAILED and not job.forgotten:
            await self._tell_unshown(job)

    async def _newest_of(self, job: Job) -> Job:
        if self._read is None:
            return job
        newest = await self._read(job.id)
        if newest is None:
            return job if job.forgotten else job.bare()  # no one has it on record any more: nothing of it is shown
        return newest if newest.version > job.version else job

    async def _look_again(self, shown: Job) -> None:
        newest = await self._newest_of(shown)
        if newest is not shown:
            self.changed(newest)

    async def _told(self, job: Job) -> None:
        if self._tell_shown is not None and job.state not in DRIVEN:
            await self._tell_shown(job)

    async def _show(self, job: Job, *, edit: Callable[..., Awaitable[object]] | None = None, **extra: Any) -> None:
        view = self.view(job)
        face = _face(view)
        if not extra and self._shown.get(job.id) == face:
            return
        if job.forgotten or job.is_refused or (job.state in WITHDRAWN and not job.shows_contents):
            extra.setdefault("attachments", [])  # what the layout does not show could still be fetched
        edit = edit or self._channel(job).get_partial_message(job.card_message_id or 0).edit
        with translated():
            await edit(view=view, allowed_mentions=discord.AllowedMentions.none(), **extra)
        if job.state in DRIVEN:
            self._shown[job.id] = face
        else:
            self._shown.pop(job.id, None)
            self._believed.pop(job.id, None)

    def _run_time(self, job: Job) -> RunTime:
        expected = self._run_times.expected(job.request.model, job.request.duration)
        return self._believed.setdefault(job.id, expected) if job.state in DRIVEN else expected

    def _plan(self, channel: EditQueue, job: Job) -> None:
        """Schedule an edit of a card whose text changes at some moment."""
        now = self._clock.now()
        moment = next_change(job, now, self._run_time(job))
        if moment is None:
            channel.rests(job.id)
        else:
            channel.show_at(self._clock.monotonic() + (moment - now).total_seconds(), job)

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(job.request.channel_id, guild_id=job.request.guild_id)


def _face(view: discord.ui.LayoutView) -> int:
    return hash(json.dumps(view.to_components(), sort_keys=True))
