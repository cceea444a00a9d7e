"""What waits for moderators, in their channel: one message a case, found again by its buttons, settled at the end.

A request that is shown while its video is made gives way to the message of the finished video, which has its images.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

import discord
import structlog

from bot.catalogue.offer import Offer
from bot.discord_api.channel_pace import AtOnce, PacedChannels
from bot.discord_api.channels import is_age_restricted, is_public
from bot.discord_api.errors import translated, unless_gone
from bot.discord_api.sending import picture_files, send_once
from bot.jobs.clock import Clock
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import (
    CardGone,
    ChannelClosed,
    Exposed,
    NotTaken,
    PortError,
    ReviewPart,
    Unrestricted,
    Video,
    reference_name,
)
from bot.jobs.states import ENDED, REVIEWED, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.records import DecisionStore
from bot.moderation.history import MemberRecord, RecordReader
from bot.moderation.ids import ReviewVerb, review_id
from bot.moderation.review_card import PROMPT_FILE, PROMPT_LIMIT, decided_card, review_card
from bot.moderation.store import Review, ReviewStore, is_waiting
from bot.moderation.words import (
    review_closed_told,
    review_exposed_told,
    review_unrestricted_told,
    why_reviewed,
)
from bot.records.log_channel import Heard, LogChannel
from bot.settings.store import SettingsStore
from bot.ui.custom_ids import button_ids, files_of
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

VIDEO_FILE: Final = "video.mp4"
LOOK_EVERY: Final = timedelta(minutes=10)  # whether what is shown is still there
TRY_EVERY: Final = timedelta(seconds=60)  # to show what is not
SURE_FOR: Final = timedelta(seconds=30)  # so long after a move no one else can have shown the job before us
MOST_MESSAGES: Final = 200  # looked through for a message that an earlier try may have left
MOST_BYTES: Final = 24 * 1024 * 1024  # of all files of one message; Discord takes 25 MiB in a request
MOST_SETTLED: Final = 50  # at once; the next sweep has the others
_SILENT: Final = discord.AllowedMentions.none()


class ReviewMessages:
    def __init__(
        self,
        client: discord.Client,
        *,
        store: ReviewStore,
        jobs: JobStore,
        decisions: DecisionStore,
        record: RecordReader,
        settings: SettingsStore,
        log_channel: LogChannel,
        offer: Offer,
        clock: Clock,
        turns: PacedChannels | None = None,
    ) -> None:
        """`turns` are those of all processes, where there are several."""
        self._client = client
        self._store = store
        self._jobs = jobs
        self._decisions = decisions
        self._record = record
        self._settings = settings
        self._log_channel = log_channel
        self._offer = offer
        self._clock = clock
        self._turns = turns or AtOnce()
        self._wanted = asyncio.Event()
        self._complained: dict[int, int | None] = {}  # by server: the channel that it was told is closed

    async def show_request(self, job: Job, pictures: Mapping[str, Path]) -> None:
        channel_id = await self._chosen(job)
        review = await self._store.get(job.id)
        if review and review.request_message_id and ReviewPart.REQUEST not in await self.missing(job):
            return
        message_id = await self._send(job, channel_id, ReviewPart.REQUEST, pictures, None, before=review)
        await self._note(job, review, channel_id, request_message_id=message_id)

    async def show_video(self, job: Job, video: Video, pictures: Mapping[str, Path]) -> None:
        channel_id = await self._chosen(job)
        review = await self._store.get(job.id)
        room = MOST_BYTES - (0 if video.as_link else video.facts.size)
        fits = sum(path.stat().st_size for path in pictures.values()) <= room
        message_id = await self._send(job, channel_id, ReviewPart.VIDEO, pictures if fits else {}, video, before=review)
        await self._note(job, review, channel_id, video_message_id=message_id)
        whole = fits and len(pictures) == len(job.request.references)
        if whole and await self._replaced(job, review, channel_id, message_id):
            await self._store.shown(job.id, channel_id, request_message_id=message_id)

    async def _replaced(self, job: Job, before: Review | None, channel_id: int, message_id: int) -> bool:
        """Delete the request's message, which the video's has replaced; return whether it's deleted."""
        former = before.request_message_id if before is not None and before.channel_id == channel_id else None
        return former in {None, message_id} or await self._take_away(job, channel_id, former or 0)

    async def pictures(self, job: Job) -> Mapping[str, str]:
        review = await self._store.get(job.id)
        if review is None or review.channel_id is None or review.request_message_id is None:
            return {}
        try:
            with translated():
                message = await self._channel(job, review.channel_id).fetch_message(review.request_message_id)
        except NotTaken as error:
            if error.problem in {ProblemCode.CARD_GONE, ProblemCode.CHANNEL_GONE}:
                return {}
            raise
        found = {name.partition(".")[0]: url for name, url in files_of(message).items()}
        return {name: url for name, url in found.items() if name in _names_of(job)}

    async def claim(self, job: Job, *, at_once: bool = False) -> bool:
        if at_once:
            return await self._store.claim(job.id, job.request.guild_id, self._clock.now(), timedelta(0))
        review = await self._store.get(job.id)
        chosen = (await self._settings.get(job.request.guild_id)).review_channel_id
        rest = TRY_EVERY if review is None or _lacks(job, review, chosen) else LOOK_EVERY
        now = self._clock.now()
        if review is not None and review.tried_at is not None and now - review.tried_at < rest:
            return False
        return await self._store.claim(job.id, job.request.guild_id, now, rest)

    async def wanted(self) -> None:
        await self._wanted.wait()
        self._wanted.clear()

    async def look_again(self, guild_id: int) -> None:
        """Check all that waits in a server: this process at once, or another with its next sweep."""
        self._complained.pop(guild_id, None)
        await self._store.look_again(guild_id)
        self._wanted.set()

    async def missing(self, job: Job) -> frozenset[ReviewPart]:
        review = await self._store.get(job.id)
        try:
            chosen = await self._chosen(job)
        except (Exposed, Unrestricted):
            await self._withdraw(job, review)
            raise
        lacking = _lacks(job, review, chosen)
        for part in _parts_of(job) - lacking:
            if not await self._is_there(job, chosen, _message_of(review, part)):
                lacking |= {part}
        return lacking

    async def not_shown(self, job: Job, error: PortError) -> None:
        guild_id = job.request.guild_id
        chosen = (await self._settings.get(guild_id)).review_channel_id
        log.warning("review_channel_closed", guild=guild_id, job=job.id, channel=chosen, error=error.detail)
        if guild_id in self._complained and self._complained[guild_id] == chosen:
            return
        self._complained[guild_id] = chosen
        with speaking(job.request.guild_locale):
            if chosen is not None and isinstance(error, Exposed):
                words = review_exposed_told(chosen)
            elif chosen is not None and isinstance(error, Unrestricted):
                words = review_unrestricted_told(chosen)
            else:
                problem = error.problem if isinstance(error, NotTaken) else ProblemCode.CHANNEL
                words = review_closed_told(chosen, problem)
        if await self._log_channel.send(guild_id, words) is Heard.NOBODY:
            self._complained.pop(guild_id, None)  # a log channel that is chosen later is told

    async def settle(self, job: Job) -> None:
        review = None if is_waiting(job) else await self._store.get(job.id)
        if review is not None:
            await self._settle(job, review)

    async def settle_all(self) -> bool:
        opened = await self._store.opened(at_most=MOST_SETTLED)
        for review in opened:
            job = await self._jobs.get(review.job_id)
            if job is None:
                await self._store.close(review.job_id)
            elif not is_waiting(job):
                await self._settle(job, review)
        return bool(opened or await self._store.waiting())

    async def _settle(self, job: Job, review: Review) -> None:
        """Edit what moderators see to how it ended; what Discord leaves unclear is tried again by the sweep."""
        messages = {review.request_message_id, review.video_message_id} - {None}
        try:
            for message_id in messages:
                if message_id is not None and review.channel_id is not None:
                    last = message_id == (review.video_message_id or message_id)
                    await self._rewrite(job, review.channel_id, message_id, last=last)
        except ChannelClosed as error:
            log.info("review_not_settled", job=job.id, error=error.detail)
        except PortError as error:
            log.warning("review_not_settled", job=job.id, why=type(error).__name__, error=error.detail)
            await self._store.tried(job.id, self._clock.now())
            return
        await self._store.close(job.id)

    async def _rewrite(self, job: Job, channel_id: int, message_id: int, *, last: bool) -> None:
        """Leave one line of a decided case; its images stay attached, unseen, while the job may still need them.

        Only the `last` of two messages of a case is left, if the other one isn't needed for that.
        """
        needed = job.approved and job.state not in ENDED and not all(each.card_name for each in job.request.references)
        hidden = await self._is_exposed(job, channel_id) or not await self._may_show(job, channel_id)
        if hidden or not (last or needed):
            await self._take_away(job, channel_id, message_id)
            return
        made = await self._decisions.of_job(job.id)
        await self._turns.edit(channel_id)
        with translated(), unless_gone():
            message = await self._channel(job, channel_id).fetch_message(message_id)
            files: Mapping[str, str] = files_of(message) if needed else {}
            kept: list[Any] = [_Kept(url) for name, url in files.items() if name.partition(".")[0] in _names_of(job)]
            await message.edit(view=decided_card(job, made), attachments=kept, allowed_mentions=_SILENT)

    async def _chosen(self, job: Job) -> int:
        """Return the channel where moderators look now.

        Raises `ChannelClosed` where none is chosen, `Exposed` where everyone sees it, and `Unrestricted` where a job
        may not be shown there.
        """
        chosen = (await self._settings.get(job.request.guild_id)).review_channel_id
        if chosen is None:
            raise ChannelClosed("no review channel is chosen")
        if await self._is_exposed(job, chosen):
            raise Exposed("everyone can see the review channel")
        if not await self._may_show(job, chosen):
            raise Unrestricted("the review channel isn't age-restricted")
        return chosen

    async def _is_exposed(self, job: Job, channel_id: int) -> bool:
        with translated():
            return await is_public(self._client, job.request.guild_id, channel_id)

    async def _may_show(self, job: Job, channel_id: int) -> bool:
        """Return whether a channel is as restricted now as the one where a job was requested."""
        with translated():
            return not job.request.handling.age_restricted or await is_age_restricted(self._client, channel_id)

    async def _send(
        self,
        job: Job,
        channel_id: int,
        part: ReviewPart,
        pictures: Mapping[str, Path],
        video: Video | None,
        *,
        before: Review | None,
    ) -> int:
        """Show a part of a job; `before` says where it was shown, and is no more."""
        channel = self._channel(job, channel_id)
        with translated():
            if self._clock.now() - job.state_since > SURE_FOR and (found := await self._find(job, channel)):
                return found
        record = await self._record_of(job)
        with ExitStack() as opened:
            files = [opened.enter_context(closing(file)) for file in picture_files(pictures).values()]
            names = [file.filename for file in files]
            shown = None if video is None or video.as_link else VIDEO_FILE
            if video is not None and shown is not None:
                files.append(opened.enter_context(closing(discord.File(video.path, filename=shown))))
            if cut := len(job.request.prompt) > PROMPT_LIMIT:
                files.append(discord.File(BytesIO(job.request.prompt.encode()), filename=PROMPT_FILE))
            link = job.output_url if video is not None and shown is None else None
            why = await self._why(job, record)
            view = review_card(job, self._offer, record, names, video=shown, link=link, why=why, cut=cut)
            with translated():
                await self._turns.post(channel_id)
                # What is only for later, while the video is made, makes no sound.
                quiet = part is ReviewPart.REQUEST and job.state is not State.HELD
                message = await send_once(
                    channel,
                    part.value[0].lower(),
                    job.id,
                    replaces=_message_of(before, part),
                    view=view,
                    files=files,
                    allowed_mentions=_SILENT,
                    silent=quiet,
                )
        self._complained.pop(job.request.guild_id, None)
        return message.id

    async def _why(self, job: Job, record: MemberRecord) -> str:
        days = (await self._settings.get(job.request.guild_id)).new_member_days
        is_new = days > 0 and (record.joined_at is None or job.created_at - record.joined_at < timedelta(days=days))
        with speaking(job.request.guild_locale):
            return why_reviewed(job, is_new=is_new)

    async def _find(self, job: Job, channel: discord.PartialMessageable) -> int | None:
        """Look through the newest messages for what an earlier try may have left."""
        verb = ReviewVerb.APPROVE if job.state in REVIEWED else ReviewVerb.REJECT
        async for message in channel.history(after=discord.Object(job.id), limit=MOST_MESSAGES, oldest_first=False):
            if message.author == self._client.user and review_id(verb, job.id) in button_ids(message.components):
                return message.id
        return None

    async def _is_there(self, job: Job, channel_id: int, message_id: int | None) -> bool:
        try:
            with translated():
                await self._channel(job, channel_id).fetch_message(message_id or 0)
        except CardGone:
            return False
        return True

    async def _note(self, job: Job, before: Review | None, channel_id: int, **messages: int) -> None:
        """Note where a job is shown; what moderators saw of it in a former channel is taken away there."""
        await self._store.claim(job.id, job.request.guild_id, self._clock.now(), timedelta(0))
        if before is None or before.channel_id in {None, channel_id}:
            await self._store.shown(job.id, channel_id, **messages)
            return
        others = {"request_message_id": None, "video_message_id": None}
        await self._store.shown(job.id, channel_id, **{**others, **messages})
        await self._take_all_away(job, before)

    async def _withdraw(self, job: Job, review: Review | None) -> None:
        """Take away what moderators see of a job in a channel that is no longer as restricted as it has to be."""
        if review is not None:
            await self._take_all_away(job, review)

    async def _take_all_away(self, job: Job, review: Review) -> None:
        for part in ReviewPart:
            message_id = _message_of(review, part)
            if message_id is not None and review.channel_id is not None:
                await self._take_away(job, review.channel_id, message_id)

    async def _take_away(self, job: Job, channel_id: int, message_id: int) -> bool:
        """Delete a message; return whether it is gone."""
        try:
            with translated(), unless_gone():
                await self._channel(job, channel_id).get_partial_message(message_id).delete()
        except PortError as error:
            log.info("former_review_not_deleted", job=job.id, error=error.detail)
            return False
        return True

    async def _record_of(self, job: Job) -> MemberRecord:
        return await self._record.described(self._client, job.request.guild_id, job.request.member_id)

    def _channel(self, job: Job, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=job.request.guild_id)


def _parts_of(job: Job) -> frozenset[ReviewPart]:
    return frozenset({ReviewPart.VIDEO if job.state is State.REVIEW else ReviewPart.REQUEST})


def _lacks(job: Job, review: Review | None, chosen: int | None) -> frozenset[ReviewPart]:
    """Tell what of a job was never shown in the channel that is chosen now, as far as we know."""
    if review is None or review.channel_id != chosen:
        return _parts_of(job)
    return frozenset(part for part in _parts_of(job) if _message_of(review, part) is None)


def _message_of(review: Review | None, part: ReviewPart) -> int | None:
    if review is None:
        return None
    return review.request_message_id if part is ReviewPart.REQUEST else review.video_message_id


class _Kept:
    """An attachment that an edit leaves on its message, known by its address alone."""

    def __init__(self, url: str) -> None:
        self._id = PurePosixPath(urlsplit(url).path).parts[-2]

    def to_dict(self) -> dict[str, str]:
        return {"id": self._id}


def _names_of(job: Job) -> frozenset[str]:
    """Name the images of a job's references as its message has them, without what tells the kind of file."""
    return frozenset(reference_name(number) for number in range(1, len(job.request.references) + 1))
