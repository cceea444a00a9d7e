"""Reported videos: taken off their posts and put back, deleted, and shown to moderators with what was reported.

The database decides: a post is brought in line with its job, as often as it takes. The bytes of a video that
was taken off its post are kept on this machine and on the moderators' message.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import discord
import structlog

from bot.catalogue.offer import Offer
from bot.database.tables import cases, jobs, reports
from bot.delivery.post_search import PostSearch
from bot.delivery.post_view import alt_text, hidden_controls, hidden_text, post_controls
from bot.discord_api.channel_pace import AtOnce, PacedChannels
from bot.discord_api.channels import is_age_restricted, is_public
from bot.discord_api.errors import translated, unless_gone
from bot.discord_api.sending import picture_files, send_once
from bot.jobs.clock import Clock
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear, PortError
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.records import DecisionStore
from bot.jobs.tasks import keep_looking, supervised, uncancelled
from bot.media.errors import MediaError
from bot.moderation.hidden_videos import POST_FILE, HiddenVideos
from bot.moderation.history import RecordReader
from bot.moderation.report_card import case_card, is_open, is_undecided, owners_card
from bot.moderation.store import Case, Reached, Report, ReportStore
from bot.settings.store import SettingsStore
from bot.ui.custom_ids import files_of
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

IMAGE: Final = "image"  # with which the names of a request's images begin
PATIENCE: Final = timedelta(seconds=45)  # for a run that is at it, and with what Discord left unclear
RENEW_EVERY: Final = 15.0  # seconds
LEISURE: Final = timedelta(minutes=10)  # until what Discord refused is tried again
JUST_NOW: Final = timedelta(seconds=10)  # how old a message that was sent now may seem
SWEEP_EVERY: Final = 20.0  # seconds
AT_ONCE: Final = 50
_SILENT: Final = discord.AllowedMentions.none()


@dataclass(slots=True, kw_only=True)
class _Hold:
    """A claimed case, and the time of its claim."""

    job_id: int
    claimed_at: datetime


class ReportMessages:
    def __init__(
        self,
        client: discord.Client,
        *,
        store: ReportStore,
        jobs: JobStore,
        decisions: DecisionStore,
        record: RecordReader,
        settings: SettingsStore,
        videos: HiddenVideos,
        offer: Offer,
        clock: Clock,
        turns: PacedChannels | None = None,
    ) -> None:
        """`turns` are those of all processes, where there are several."""
        self._client = client
        self._search = PostSearch(client)
        self._store = store
        self._jobs = jobs
        self._decisions = decisions
        self._record = record
        self._settings = settings
        self._videos = videos
        self._offer = offer
        self._clock = clock
        self._turns = turns or AtOnce()
        self._wanted = asyncio.Event()
        self._unseen: set[int] = set()  # jobs of whose reports no one could be told when that was tried last

    async def run(self, resumed: Callable[[], Awaitable[None]], hide_if_due: Callable[[int], Awaitable[None]]) -> None:
        """Handle owed cases, from when drivers may start, until cancelled; `hide_if_due` hears of each first."""
        await resumed()
        topics = (cases.name, reports.name, jobs.name)
        sweep = partial(self._sweep, hide_if_due)
        await keep_looking(
            sweep, self._store.engine, *topics, every=SWEEP_EVERY, clock=self._clock, hurry=self._wanted.wait
        )

    async def _sweep(self, hide_if_due: Callable[[int], Awaitable[None]]) -> bool:
        """Handle owed cases now; return whether any may be left."""
        self._wanted.clear()
        owing = await self._store.owing(at_most=AT_ONCE)
        for case in owing:
            await hide_if_due(case.job_id)
            await self.see_to(case.job_id)
        return await self._tidy() or bool(owing)

    async def look_again(self, guild_id: int) -> None:
        """Have moderators of a server shown what is undecided where they look now, if they do not see it there."""
        await self._store.look_again(guild_id)
        self._wanted.set()

    async def reached(self, job: Job) -> Reached:
        """Tell who has been told of a reported video, as far as this process knows."""
        case = await self._store.case(job.id)
        if case is None or case.message_id is None or job.id in self._unseen:
            return Reached.NO_ONE
        settings = await self._settings.get(job.request.guild_id)
        in_server = case.channel_id in {settings.review_channel_id, settings.log_channel_id}
        return Reached.MODERATORS if in_server else Reached.OWNER

    async def see_to(self, job_id: int) -> bool:
        """Update a video's post and the moderators' message to what is saved; return whether they show it.

        What Discord leaves unclear stays owed. Where someone is at it already, they go on with what is owed since.
        Never raises for what Discord does.
        """
        while await self._store.claim(job_id, claimed_at := self._clock.now(), PATIENCE):
            rests: list[timedelta | None] = []
            async with self._holding(job_id, claimed_at) as hold:
                job, case = await self._jobs.get(job_id), await self._store.case(job_id)
                if job is not None and case is not None:
                    rests.append(await self._tried(job, self._bring_in_line(job, case)))
                    rests.append(await self._tried(job, self._show_moderators(job)))
                    (self._unseen.discard if rests[-1] is None else self._unseen.add)(job_id)
            if waits := [rest for rest in rests if rest is not None]:
                await self._store.put_off(job_id, hold.claimed_at, self._clock.now() + min(waits))
                return rests[0] is None
            if await self._store.done(job_id, hold.claimed_at):
                return True
        case = await self._store.case(job_id)
        return case is None or not case.owed

    @asynccontextmanager
    async def _holding(self, job_id: int, claimed_at: datetime) -> AsyncGenerator[_Hold]:
        """Keep a case claimed for as long as a run takes: a process that dies in it has it for `PATIENCE` alone."""
        hold = _Hold(job_id=job_id, claimed_at=claimed_at)
        renewing = asyncio.create_task(
            supervised("case_renewal", lambda: self._keep_renewed(hold), self._clock), name="case_renewal"
        )
        try:
            yield hold
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _keep_renewed(self, hold: _Hold) -> None:
        while True:
            await self._clock.sleep(RENEW_EVERY)
            await self._renew(hold)

    @uncancelled
    async def _renew(self, hold: _Hold) -> None:
        now = self._clock.now()
        if await self._store.renew(hold.job_id, hold.claimed_at, now):
            hold.claimed_at = now

    async def _tried(self, job: Job, work: Coroutine[None, None, None]) -> timedelta | None:
        """Do one part; tell how long it rests, None where it is done. What is closed to the bot rests at leisure."""
        try:
            await work
        except OutcomeUnclear as error:
            log.warning("case_unclear", job=job.id, error=error.detail)
            return timedelta(0)
        except (PortError, MediaError, OSError) as error:
            log.warning("case_not_in_line", job=job.id, why=type(error).__name__, error=str(error))
            return LEISURE
        return None

    async def _bring_in_line(self, job: Job, case: Case) -> None:
        down = job.state in {State.TAKEN_DOWN, State.WITHHELD}
        async for posted in self._search.all(job):
            post = self._channel(job, posted.channel_id).get_partial_message(posted.message_id)
            known = posted.message_id == job.post_message_id
            if down or not known:  # a second one is nowhere to be put back
                with translated(), unless_gone():
                    await post.delete()
            elif job.hidden:
                await self._hide(job, post, case)
            elif case.post_text is not None:
                await self._put_back(job, post, case)
        if down:
            await self._videos.forget(job.id)

    async def _hide(self, job: Job, post: discord.PartialMessage, case: Case) -> None:
        """Take a video off its post, once its bytes and its words are kept."""
        with suppress(CardGone), translated():  # of a post that is gone there is nothing to hide
            message = await post.fetch()
            if case.post_text is None:
                await self._videos.keep(job, message)
                await self._store.note(job.id, post_text=message.content, post_link=_link_of(message))
            await self._turns.edit(job.video_channel_id)
            with speaking(job.request.guild_locale):
                text, view = hidden_text(), hidden_controls(job)
                await post.edit(content=text, attachments=[], view=view, allowed_mentions=_SILENT)

    async def _put_back(self, job: Job, post: discord.PartialMessage, case: Case) -> None:
        """Put its video and its words back into a post."""
        handling = job.request.handling
        link = job.output_url if case.post_link else None
        with_file = case.post_link != "open"
        path = await self._videos.find(job, case) if with_file else None
        await self._turns.edit(job.video_channel_id)
        # What someone deleted meanwhile stays deleted, and needs its video no more.
        with suppress(CardGone), translated(), speaking(job.request.guild_locale):
            view = post_controls(job, link=link, fitted=case.post_link == "fitted")
            changes: dict[str, Any] = {"content": case.post_text, "view": view, "allowed_mentions": _SILENT}
            if path is None:
                await post.edit(**changes)
            else:
                described = alt_text(job)
                with closing(discord.File(path, POST_FILE, spoiler=handling.spoiler, description=described)) as file:
                    await post.edit(**changes, attachments=[file])
        await self._store.note(job.id, post_text=None, post_link=None)
        await self._videos.forget(job.id)

    async def _show_moderators(self, job: Job) -> None:
        """Show moderators what was reported, and what became of it; the server's owner where that can't be."""
        case = await self._store.case(job.id)
        reports, count = await self._store.open(job.id)
        if case is None or (case.message_id is None and not count):
            return
        for channel_id in await self._places(job, case):
            with suppress(ChannelClosed):
                await self._show_in(job, case, channel_id, (reports, count))
                return
        if not count:
            raise ChannelClosed("no channel shows the report to moderators")
        await self._show_owner(job, case, (reports, count))

    async def _places(self, job: Job, case: Case) -> Sequence[int]:
        """Return the channels where moderators may read of a case, the best first: where it stands, if it can stay."""
        settings = await self._settings.get(job.request.guild_id)
        theirs = [each for each in (settings.review_channel_id, settings.log_channel_id) if each is not None]
        return sorted(theirs, key=lambda each: each != case.channel_id)

    async def _show_owner(self, job: Job, case: Case, told: tuple[Sequence[Report], int]) -> None:
        guild_id = job.request.guild_id
        with translated():
            guild = self._client.get_guild(guild_id) or await self._client.fetch_guild(guild_id, with_counts=False)
            owner = await self._client.fetch_user(guild.owner_id or 0)
            channel_id = (await owner.create_dm()).id
        record = await self._record.described(self._client, guild_id, job.request.member_id)
        made = await self._decisions.of_job(job.id)
        view = owners_card(job, self._offer, *told, record, made=made)
        await self._put(job, case, channel_id, view, [], kept=False)

    async def _show_in(self, job: Job, case: Case, channel_id: int, told: tuple[Sequence[Report], int]) -> None:
        """Show a case in a channel: only where it stands, if everyone sees it or it lacks the video's age gate."""
        with translated():
            public = await is_public(self._client, job.request.guild_id, channel_id)
            open_here = not job.request.handling.age_restricted or await is_age_restricted(self._client, channel_id)
        record = await self._record.described(self._client, job.request.guild_id, job.request.member_id)
        made = await self._decisions.of_job(job.id)

        def laid_out(video: str | None = None, pictures: Sequence[str] = ()) -> discord.ui.LayoutView:
            return case_card(
                job,
                self._offer,
                *told,
                record,
                video=video,
                pictures=pictures,
                made=made,
                bare=not open_here,
                public=public,
            )

        if public or not open_here or not is_open(job, told[1]):
            await self._put(job, case, channel_id, laid_out(), [], kept=False)
            return
        there = await self._there(job, case) if channel_id == case.channel_id else ()
        if there:  # what is on the message stays as it is, whatever became of the post
            pictures = [name for name in there if name != POST_FILE]
            await self._put(job, case, channel_id, laid_out(POST_FILE if POST_FILE in there else None, pictures), [])
            return
        async with self._videos.shown(job, case) as (video, images):
            with ExitStack() as opened:
                files = [opened.enter_context(closing(file)) for file in picture_files(images).values()]
                view = laid_out(POST_FILE if video is not None else None, [file.filename for file in files])
                if video is not None:
                    files.append(opened.enter_context(closing(discord.File(video, POST_FILE))))
                await self._put(job, case, channel_id, view, files, kept=False)

    async def _there(self, job: Job, case: Case) -> Sequence[str]:
        """Name what is attached to the moderators' message of a case."""
        with suppress(CardGone), translated():
            message = await self._channel(job, case.channel_id or 0).fetch_message(case.message_id or 0)
            return [name for name in files_of(message) if name == POST_FILE or name.startswith(IMAGE)]
        return ()

    async def _put(
        self,
        job: Job,
        case: Case,
        channel_id: int,
        view: discord.ui.LayoutView,
        files: list[discord.File],
        *,
        kept: bool = True,
    ) -> None:
        """Edit the message of a case, or send it to a channel; unless `kept`, `files` take the place of its own.

        What is to be decided once more gets a new message, which moderators notice. The last decision's line stays.
        """
        channel = self._channel(job, channel_id)
        with translated():
            there = case.message_id if channel_id == case.channel_id else None
            if there is not None and not (is_undecided(view.children) and await self._is_decided(channel, there)):
                extra: dict[str, Any] = {} if kept else {"attachments": files}
                if await self._edited(channel, there, view, extra):
                    return
            await self._turns.post(channel_id)
            message = await send_once(
                channel,
                "c",
                job.id,
                replaces=case.message_id,
                view=view,
                files=files,
                allowed_mentions=_SILENT,
            )
        await self._store.note(job.id, channel_id=channel_id, message_id=message.id)
        if self._clock.now() - message.created_at > JUST_NOW:
            await self._store.owe(job)  # it is an earlier try's, and shows what was so then
        if case.channel_id not in {None, channel_id}:
            await self._take_away(job, case)

    async def _is_decided(self, channel: discord.PartialMessageable, message_id: int) -> bool:
        with suppress(CardGone), translated():
            return not is_undecided((await channel.fetch_message(message_id)).components)
        return False

    async def _take_away(self, job: Job, case: Case) -> None:
        """Delete what moderators saw of a case where they look no longer."""
        channel = self._channel(job, case.channel_id or 0)
        try:
            with translated(), unless_gone():
                await channel.get_partial_message(case.message_id or 0).delete()
        except PortError as error:
            log.info("former_case_not_deleted", job=job.id, error=error.detail)

    async def _edited(
        self,
        channel: discord.PartialMessageable,
        message_id: int,
        view: discord.ui.LayoutView,
        extra: dict[str, Any],
    ) -> bool:
        await self._turns.edit(channel.id)
        try:
            with translated():
                message = channel.get_partial_message(message_id)
                await message.edit(view=view, allowed_mentions=_SILENT, **extra)
        except CardGone:
            return False
        return True

    async def _tidy(self) -> bool:
        """Forget the videos that no one will put back any more; return whether there were any."""
        kept = await self._videos.jobs()
        for job_id in kept:
            job, case = await self._jobs.get(job_id), await self._store.case(job_id)
            waits = job is not None and job.state is State.DELIVERED and (job.hidden or (case and case.owed))
            if not waits:
                await self._videos.forget(job_id)
        return bool(kept)

    def _channel(self, job: Job, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=job.request.guild_id)


def _link_of(message: discord.Message) -> str | None:
    """Return which button to the original a post has: "fitted" beside its file, "open" instead of one."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    linked = any(isinstance(each, discord.Button) and each.url for row in rows for each in row.children)
    if not linked:
        return None
    return "fitted" if message.attachments else "open"
