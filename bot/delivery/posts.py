"""The finished videos in their channels, each posted once."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

import discord
import structlog

from bot.catalogue.offer import Offer
from bot.delivery.post_search import PostSearch, is_elsewhere
from bot.delivery.post_view import alt_text, fitted_note, link_note, post_controls, post_text
from bot.discord_api.errors import explained, translated, unless_gone
from bot.discord_api.leave_by import leaving_by
from bot.discord_api.sending import EVERYWHERE, post_nonce
from bot.jobs.model import Job
from bot.jobs.ports import CannotTell, ChannelClosed, LinksOff, Posted, Video
from bot.media.errors import CannotFit
from bot.media.videos.fitting import VideoFitter
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

FILENAME: Final = "reelcast.mp4"
FITTED: Final = "fitted.mp4"


class PostSender:
    """Posts videos that fit and finds them again, by channel and message id: no interaction token is involved."""

    def __init__(
        self,
        client: discord.Client,
        offer: Offer,
        fitting: VideoFitter,
        turn: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        """`turn` waits until a post may leave for a channel, where other processes post, too."""
        self._client = client
        self._offer = offer
        self._fitting = fitting
        self._search = PostSearch(client)
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
        try:
            return await self._post(job, video, leave_by)
        except ChannelClosed as error:
            raise await explained(self._client, job.request.guild_id, error) from error

    async def _post(self, job: Job, video: Video, leave_by: float) -> int:
        with translated(), leaving_by(leave_by), speaking(job.request.guild_locale):
            if video.as_link:
                if not job.request.handling.link_to_original:
                    raise LinksOff(f"{video.facts.size} bytes, of which the channel takes {video.over}")
                note = link_note(job, size=video.facts.size, limit=video.over)
                text = post_text(job, self._offer, note)
                return await self._send(job, video, text, post_controls(job, link=job.output_url), None)
            text, controls = post_text(job, self._offer), post_controls(job)
            if video.original is not None and job.request.handling.link_to_original:
                note = fitted_note(job, size=video.original.facts.size, plays=video.original.facts.plays)
                text = post_text(job, self._offer, note)
                controls = post_controls(job, link=job.output_url, fitted=True)
            spoiler = job.request.handling.spoiler
            described = alt_text(job)
            with closing(discord.File(video.path, FILENAME, spoiler=spoiler, description=described)) as file:
                return await self._send(job, video, text, controls, file)

    async def find(self, job: Job) -> Posted | None:
        return await self._search.find(job)

    async def _send(self, job: Job, video: Video, text: str, view: discord.ui.View, file: discord.File | None) -> int:
        card = discord.MessageReference(
            message_id=job.card_message_id or 0,
            channel_id=job.request.channel_id,
            guild_id=job.request.guild_id,
            # A card that someone deleted stops the posting, unless a person still asks for it.
            fail_if_not_exists=not _was_asked_for(job),
        )
        mentions = discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(job.request.member_id)], replied_user=False
        )
        # In another channel it answers nothing: discord.py has no value for "no reference".
        reply: dict[str, Any] = {} if is_elsewhere(job) else {"reference": card}
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
        """Return how many bytes a file in this server may have; remembered for this process."""
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


def _was_asked_for(job: Job) -> bool:
    """Return whether a person asked for this attempt, after one that failed."""
    return job.post_channel_id is not None


class MessageRemover:
    """Deletes our own messages, for which a bot needs no permission beyond seeing the channel."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._search = PostSearch(client)

    async def remove(self, job: Job) -> None:
        """Delete all posts of a job, then its card; what is gone already counts as deleted.

        Raises `ChannelClosed` or `OutcomeUnclear`; it may be asked for again.
        """
        untold: CannotTell | None = None
        try:
            async for post in self._search.all(job):
                await self._delete(job, post)
        except CannotTell as error:  # the next try would tell no more
            untold = error
        if job.card_message_id is not None:  # last, for its button can try once more
            await self._delete(job, Posted(channel_id=job.request.channel_id, message_id=job.card_message_id))
        if untold is not None:
            raise untold

    async def _delete(self, job: Job, message: Posted) -> None:
        channel = self._client.get_partial_messageable(message.channel_id, guild_id=job.request.guild_id)
        with translated(), unless_gone():
            await channel.get_partial_message(message.message_id).delete()
