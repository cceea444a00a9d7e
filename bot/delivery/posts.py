"""The finished videos in their channels, each posted once."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import discord
import structlog

from bot.delivery.discord_errors import translated
from bot.delivery.leave_by import leaving_by
from bot.delivery.nonces import EVERYWHERE, post_nonce
from bot.jobs.model import Job
from bot.jobs.ports import CannotTell, CardGone, LinksOff, Video
from bot.media.errors import CannotFit
from bot.media.fitting import FittingDesk
from bot.presentation.controls import DetailsId
from bot.presentation.language import speaking
from bot.presentation.post import alt_text, fitted_text, link_text, post_controls, post_text

log = structlog.get_logger(__name__)

FILENAME: Final = "reelcast.mp4"
FITTED: Final = "fitted.mp4"
CLOCK_SLACK: Final = timedelta(minutes=2)  # by which our clock may drift from Discord's in the life of a job
MOST_MESSAGES: Final = 2_000  # looked through for a post of ours before we say that we cannot tell


class PostDesk:
    """Posts videos that fit and finds them again, by channel and message id: no interaction token is involved."""

    def __init__(
        self, client: discord.Client, fitting: FittingDesk, turn: Callable[[int], Awaitable[None]] | None = None
    ) -> None:
        """`turn` waits until a post may leave for a channel, where other processes post, too."""
        self._client = client
        self._fitting = fitting
        self._turn = turn
        self._upload_limits: dict[int, int] = {}

    async def prepare(self, job: Job, video: Video, *, refused: bool = False) -> Video:
        prepared = await self._fitting_video(job, video, refused=refused)
        if self._turn is not None:  # now: once the intent to post is saved, the post has to leave soon
            await self._turn(_channel_id(job))
        return prepared

    async def _fitting_video(self, job: Job, video: Video, *, refused: bool) -> Video:
        original = video.original or video
        with translated():
            limit = EVERYWHERE if refused else await self._upload_limit(job.request.guild_id)
        if refused and video.facts.size <= limit:
            # Nothing smaller would be taken either, for all that we know.
            return replace(original, over=min(limit, original.facts.size))
        if original.facts.plays and original.facts.size <= limit:
            return original
        fitted = original.path.with_name(FITTED)
        try:
            fit = await self._fitting.fit(original.path, fitted, max_bytes=limit)
        except CannotFit as error:
            log.warning("cannot_fit", job=job.id, size=original.facts.size, limit=limit, why=error.reason)
            return replace(original, over=limit) if original.facts.size > limit else replace(original, unfit=True)
        is_as_good = fit.copied and original.facts.size <= limit
        return Video(path=fitted, facts=fit.facts, original=None if is_as_good else original)

    async def post(self, job: Job, video: Video, *, leave_by: float) -> int:
        with translated(), leaving_by(leave_by), speaking(job.request.guild_locale):
            if video.as_link:
                if not job.request.handling.link_to_original:
                    raise LinksOff(f"{video.facts.size} bytes, of which the channel takes {video.over}")
                text = link_text(job, size=video.facts.size, limit=video.over)
                return await self._send(job, video, text, post_controls(job, link=job.output_url), None)
            text, controls = post_text(job), post_controls(job)
            if video.original is not None and job.request.handling.link_to_original:
                text = fitted_text(job, size=video.original.facts.size, plays=video.original.facts.plays)
                controls = post_controls(job, link=job.output_url, fitted=True)
            spoiler = job.request.handling.spoiler
            described = alt_text(job)
            with closing(discord.File(video.path, FILENAME, spoiler=spoiler, description=described)) as file:
                return await self._send(job, video, text, controls, file)

    async def find(self, job: Job) -> int | None:
        """Look through what came after the card, or after the intent to post elsewhere, for our post."""
        seen = 0
        with translated():
            card_gone = await self._make_sure_that_we_see(job)
            history = self._channel(job).history(after=_earliest(job), limit=MOST_MESSAGES, oldest_first=True)
            async for message in history:
                seen += 1
                if message.author == self._client.user and _is_post(message, job):
                    return message.id
        if seen == MOST_MESSAGES:
            raise CannotTell(f"more than {MOST_MESSAGES} messages to look through")
        # In another channel there is no card, which is all that we want to know.
        if card_gone and not (_was_asked_for(job) or _is_elsewhere(job)):
            raise CardGone("deleted before the post was made")
        return None

    async def _make_sure_that_we_see(self, job: Job) -> bool:
        """Ask for the card: without Read Message History the list of messages is empty, and no error.

        Return whether the card is gone, which only whoever may read the history is told.
        """
        try:
            with translated():
                await self._channel(job).fetch_message(job.card_message_id or 0)
        except CardGone:
            return True
        return False

    async def _send(self, job: Job, video: Video, text: str, view: discord.ui.View, file: discord.File | None) -> int:
        card = discord.MessageReference(
            message_id=job.card_message_id or 0,
            channel_id=job.request.channel_id,
            guild_id=job.request.guild_id,
            # A card that somebody deleted stops the posting, unless a person asks for it all the same.
            fail_if_not_exists=not _was_asked_for(job),
        )
        mentions = discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(job.request.member_id)], replied_user=False
        )
        # In another channel it answers nothing: discord.py has no value for "no reference".
        reply: dict[str, Any] = {} if _is_elsewhere(job) else {"reference": card}
        message = await self._channel(job).send(
            text,
            view=view,
            allowed_mentions=mentions,
            nonce=post_nonce(job, video),
            file=file or discord.utils.MISSING,
            **reply,
        )
        return message.id

    async def _upload_limit(self, guild_id: int) -> int:
        """Tell how many bytes a file in this server may have; remembered for this process."""
        guild = self._client.get_guild(guild_id)
        if guild is not None:
            return guild.filesize_limit
        if guild_id not in self._upload_limits:
            self._upload_limits[guild_id] = (await self._client.fetch_guild(guild_id)).filesize_limit
        return self._upload_limits[guild_id]

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(_channel_id(job), guild_id=job.request.guild_id)


def _channel_id(job: Job) -> int:
    return job.video_channel_id


def _is_elsewhere(job: Job) -> bool:
    return _channel_id(job) != job.request.channel_id


def _was_asked_for(job: Job) -> bool:
    """Tell whether a person asked for this attempt, after one that failed."""
    return job.post_channel_id is not None


def _earliest(job: Job) -> discord.Object:
    """Give the message id, or the time as one, after which the post must be."""
    if _is_elsewhere(job):
        # The job's id tells when it was asked for by Discord's clock: our own may be well ahead of that.
        ahead = job.created_at - discord.utils.snowflake_time(job.id)
        return discord.Object(discord.utils.time_snowflake(job.state_since - ahead - CLOCK_SLACK))
    return discord.Object(job.card_message_id or 0)


def _is_post(message: discord.Message, job: Job) -> bool:
    """Tell whether a message is this job's post: of this attempt, or of a later one."""
    ids = (DetailsId.parse(custom_id) for custom_id in _custom_ids(message))
    return any(
        found.place == "post" and found.job_id == job.id and found.attempt >= job.post_attempts
        for found in ids
        if found
    )


def _custom_ids(message: discord.Message) -> set[str]:
    return {
        component.custom_id
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for component in row.children
        if isinstance(component, discord.Button) and component.custom_id
    }
