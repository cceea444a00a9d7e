"""Where a job's posts are: of its last attempt, and of earlier ones that may have been posted without an answer."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from bot.discord_api.errors import translated
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import CannotTell, CardGone, NotTaken, Posted
from bot.ui.custom_ids import DetailsId, button_ids

log = structlog.get_logger(__name__)

CLOCK_SLACK: Final = timedelta(minutes=2)  # by which our clock may drift from Discord's in the life of a job
LATE: Final = timedelta(minutes=10)  # after an attempt's end, for a post that Discord made late
MOST_MESSAGES: Final = 2_000  # looked through for a post of ours before we say that we cannot tell


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The messages of a channel among which a post of some attempt may be.

    The attempt has posted nothing before `began`, where that is known. What is older is looked through as well, from
    both ends and for as long as `MOST_MESSAGES` allow: there may be a post that only a lost database knew.
    """

    channel_id: int
    after: discord.Object
    began: discord.Object | None
    before: discord.Object | None = None


class PostSearch:
    """Knows a post by its button *Details*, which carries the job and the attempt in its custom id."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def find(self, job: Job) -> Posted | None:
        """Look for a post of the attempt in progress, then for one of an earlier attempt.

        Raises `CannotTell`, `CardGone`, and what `translated` does, where the channel of this attempt does not show
        whether there is one. An earlier channel that does not show it is no obstacle: a person has asked for the post.
        """
        card_gone = await self._sees(job, job.video_channel_id)
        async for found in self._posts_in(job, _present(job)):
            return found
        for window in _earlier(job):
            try:
                await self._sees(job, window.channel_id)
                async for found in self._posts_in(job, window):
                    return found
            except (CannotTell, NotTaken) as error:
                log.warning("earlier_post_not_sought", job=job.id, channel=window.channel_id, error=error.detail)
        # In another channel there is no card, which is all that we want to know.
        if card_gone and not (job.post_channel_id is not None or is_elsewhere(job)):
            raise CardGone("deleted before the post was made")
        return None

    async def all(self, job: Job) -> AsyncIterator[Posted]:
        """Yield every post of a job: the one that is known, then what earlier attempts may have left.

        Raises `NotTaken`, `CannotTell` or `OutcomeUnclear` where a channel does not show it.
        """
        known = None
        if job.post_message_id is not None:
            known = Posted(channel_id=job.video_channel_id, message_id=job.post_message_id)
            yield known
        if not job.has_unknown_posts:
            return
        untold: CannotTell | None = None
        for window in _ended(job):
            try:
                await self._sees(job, window.channel_id)
                async for found in self._posts_in(job, window):
                    if found != known:
                        yield found
            except CannotTell as error:
                untold = error  # once all that can be found is found
            except NotTaken as error:
                if error.problem is not ProblemCode.CHANNEL_GONE:
                    raise
        if untold is not None:
            raise untold

    async def _posts_in(self, job: Job, window: _Window) -> AsyncIterator[Posted]:
        """Yield the posts in a window, newest first; then raise `CannotTell` if it was too much to look through."""
        seen, oldest = 0, 0
        channel = self._channel(job, window.channel_id)
        with translated():
            newest = channel.history(after=window.after, before=window.before, limit=MOST_MESSAGES, oldest_first=False)
            async for message in newest:
                seen, oldest = seen + 1, message.id
                if self._is_post(message, job):
                    yield Posted(channel_id=window.channel_id, message_id=message.id)
            if seen < MOST_MESSAGES:
                return
            between = {"after": window.after, "before": discord.Object(oldest)}
            async for message in channel.history(**between, limit=MOST_MESSAGES, oldest_first=True):
                if self._is_post(message, job):
                    yield Posted(channel_id=window.channel_id, message_id=message.id)
        if window.began is not None and oldest > window.began.id:
            raise CannotTell(f"more than {MOST_MESSAGES} messages to look through")

    async def _sees(self, job: Job, channel_id: int) -> bool:
        """Ask for the card: without Read Message History the list of messages is empty, and no error.

        Return whether the card is gone. Discord tells that only with the permission to read the history.
        """
        try:
            with translated():
                await self._channel(job, channel_id).fetch_message(job.card_message_id or 0)
        except CardGone:
            return True
        return False

    def _is_post(self, message: discord.Message, job: Job) -> bool:
        """Return whether a message is this job's post, of whichever attempt: another bot may write any custom id."""
        if message.author != self._client.user:
            return False
        ids = (DetailsId.parse(custom_id) for custom_id in button_ids(message.components))
        return any(found.place == "post" and found.job_id == job.id for found in ids if found)

    def _channel(self, job: Job, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=job.request.guild_id)


def is_elsewhere(job: Job) -> bool:
    """Return whether a job's video goes to another channel than its card."""
    return job.video_channel_id != job.request.channel_id


def _present(job: Job) -> _Window:
    """Return the window of the attempt in progress."""
    if is_elsewhere(job):
        began = _at(job, job.state_since - CLOCK_SLACK)
        return _Window(channel_id=job.video_channel_id, after=began, began=began)
    began = _at(job, job.attempt_began - CLOCK_SLACK)
    return _Window(channel_id=job.video_channel_id, after=_card(job), began=began)


def _earlier(job: Job) -> Sequence[_Window]:
    return [_window(job, each.channel_id, _at(job, each.ended_at + LATE), each.began_at) for each in job.earlier_posts]


def _ended(job: Job) -> Sequence[_Window]:
    """Return the windows of all attempts of a job, of which none is in progress."""
    return _earlier(job) if job.last_attempt_is_noted else [*_earlier(job), _last(job)]


def _last(job: Job) -> _Window:
    """Return the window of the last attempt, of which no more is known than when its job came where it is now."""
    if job.post_message_id is None:
        return _window(job, job.video_channel_id, _at(job, job.state_since + LATE))
    posted_at = discord.utils.snowflake_time(job.post_message_id)
    return _window(job, job.video_channel_id, discord.Object(discord.utils.time_snowflake(posted_at + LATE)))


def _window(job: Job, channel_id: int, before: discord.Object, began_at: datetime | None = None) -> _Window:
    after = _card(job)
    if channel_id != job.request.channel_id:
        after = _at(job, (job.completed_at or job.created_at) - CLOCK_SLACK)
    began = None if began_at is None else _at(job, began_at - CLOCK_SLACK)
    return _Window(channel_id=channel_id, after=after, began=began, before=before)


def _card(job: Job) -> discord.Object:
    return discord.Object(job.card_message_id or 0)


def _at(job: Job, moment: datetime) -> discord.Object:
    """Write a moment of our clock as an id by Discord's, which the job's own id tells: ours may be well ahead."""
    ahead = job.created_at - discord.utils.snowflake_time(job.id)
    return discord.Object(discord.utils.time_snowflake(moment - ahead))
