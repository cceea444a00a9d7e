"""The requester's standing in the server at this moment, by Discord and the moderators' lists."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import discord
import structlog

from bot.database.changes import Remembered
from bot.database.record_tables import operator_blocks
from bot.database.tables import blocks
from bot.discord_api.channels import channel_of, home_id_of, is_age_restricted
from bot.discord_api.errors import translated
from bot.discord_api.reasons import Then, reason_of
from bot.gate.gate import Asked
from bot.gate.stops import OperatorStore
from bot.jobs.clock import Clock
from bot.jobs.decisions import Pause
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import Seen
from bot.moderation.blocks import BlockedImageStore, BlockStore
from bot.moderation.words import objection_told
from bot.records.log_channel import LogChannel
from bot.settings.model import GuildSettings
from bot.settings.store import SettingsStore
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

UNKNOWN_MEMBER: Final = 10007
NEVER: Final = datetime.max.replace(tzinfo=UTC)
BLOCKS: Final = (blocks.name, operator_blocks.name)  # who is blocked


class MemberStanding:
    """Reads a member over REST, without the gateway and its cache."""

    def __init__(
        self,
        client: discord.Client,
        settings: SettingsStore,
        blocks: BlockStore,
        stopped: OperatorStore,
        images: BlockedImageStore,
        log_channel: LogChannel,
        clock: Clock,
    ) -> None:
        self._client = client
        self._settings = settings
        self._blocks = blocks
        self._stopped = stopped
        self._images = images
        self._log_channel = log_channel
        self._clock = clock
        self._blocked_until = Remembered[tuple[int, int], datetime | None](blocks.engine, *BLOCKS)

    async def is_blocked(self, job: Job) -> bool:
        who = (job.request.guild_id, job.request.member_id)
        until = await self._blocked_until.read(who, partial(self._read_blocked_until, *who))
        return until is not None and until > self._clock.now()

    async def _read_blocked_until(self, guild_id: int, member_id: int) -> datetime | None:
        """Return when a member's block ends or ended, or None without a block. The clock may be set back."""
        if await self._stopped.is_blocked(guild_id, member_id) is not None:
            return NEVER
        block = await self._blocks.last(guild_id, member_id)
        return None if block is None else block.until or NEVER

    async def blocked_image(self, job: Job, fingerprints: Sequence[str]) -> int | None:
        place = await self._images.find(job.request.guild_id, fingerprints)
        if place is not None:
            log.info("blocked_image", job=job.id, guild=job.request.guild_id, member=job.request.member_id, place=place)
            await self._tell(job, ProblemCode.BLOCKED_IMAGE)
        return place

    async def seen(self, job: Job) -> Seen:
        with translated():
            member = await self._member(job)
            if member is None:
                return Seen(objection=ProblemCode.LEFT)
            if _ends(member.get("communication_disabled_until")) > self._clock.now():
                return Seen(objection=ProblemCode.TIMED_OUT)
            roles = _roles(job, member)
            settings = await self._settings.get(job.request.guild_id)
            if _lacks_role(settings, roles):
                return Seen(objection=ProblemCode.NOT_ALLOWED)
            await channel_of(self._client, job.video_channel_id)  # which may have been deleted
            if not await self._keeps_age_restriction(job):
                return Seen(objection=ProblemCode.AGE_RESTRICTED)
            if not settings.chosen:
                return Seen(roles=roles, manages_server=await self._manages_server(job, roles))
            if _is_open(settings, job):
                return Seen(roles=roles)
            return Seen(roles=roles, home_id=await home_id_of(self._client, _place_of(job)))

    async def objection(self, job: Job, seen: Seen | None = None) -> ProblemCode | None:
        if seen is None:
            if await self.is_blocked(job):
                return ProblemCode.BLOCKED
            seen = await self.seen(job)
        if seen.objection is not None:
            return seen.objection
        # Last: Discord may have taken its time.
        with translated():
            if not await self._is_allowed(job, seen):
                return ProblemCode.NOT_ALLOWED
        return ProblemCode.BLOCKED if await self.is_blocked(job) else None

    async def pause(self, job: Job) -> Pause | None:
        if await self._stopped.paused_since() is not None:
            return Pause.BOT
        settings = await self._settings.get(job.request.guild_id)
        if settings.paused:
            return Pause.SERVER
        if not any(channel.paused for channel in settings.channel_settings.values()):
            return None
        with translated():
            home_id = await self._last_home_id(job.request.channel_id)
        return Pause.CHANNEL if settings.in_channel(home_id).paused else None

    async def asked_anew(self, job: Job) -> Asked:
        """Return a job's member, roles, and place as they would be for a new request; raises as `objection`.

        Who left is taken for someone without a role.
        """
        request = job.request
        with translated():
            member = await self._member(job)
            home_id = await self._last_home_id(request.channel_id)
        joined_at: str | None = member["joined_at"] if member else None
        return Asked(
            guild_id=request.guild_id,
            channel_id=request.channel_id,
            member_id=request.member_id,
            parent_id=None if home_id == request.channel_id else home_id,
            role_ids=_roles(job, member),
            joined_at=discord.utils.parse_time(joined_at),
            age_restricted=request.handling.age_restricted,
        )

    async def tell(self, job: Job) -> None:
        if job.problem is not None:
            await self._tell(job, job.problem.code)

    async def _tell(self, job: Job, code: ProblemCode) -> None:
        with speaking(job.request.guild_locale):
            words = objection_told(job, code)
        if words is not None:
            await self._log_channel.say(job.request.guild_id, words)

    async def _member(self, job: Job) -> Any:
        """Read the requester as a member of the server; None if they no longer are one."""
        try:
            return await self._client.http.get_member(job.request.guild_id, job.request.member_id)
        except discord.NotFound as error:
            if error.code == UNKNOWN_MEMBER:
                return None
            raise

    async def _is_allowed(self, job: Job, seen: Seen) -> bool:
        """Return whether channel and roles still allow what they allowed when it was requested.

        Discord is asked only for what didn't matter when it was `seen`.
        """
        settings = await self._settings.get(job.request.guild_id)
        if not settings.chosen:
            manages = seen.manages_server
            return await self._manages_server(job, seen.roles) if manages is None else manages
        if _lacks_role(settings, seen.roles):
            return False
        if _is_open(settings, job):
            return True
        return settings.is_open(seen.home_id or await home_id_of(self._client, _place_of(job)))

    async def _keeps_age_restriction(self, job: Job) -> bool:
        """Return whether the video of an age-restricted channel goes to one that is age-restricted, too."""
        return not job.request.handling.age_restricted or await is_age_restricted(self._client, job.video_channel_id)

    async def _last_home_id(self, channel_id: int) -> int:
        """Return the id of a thread's channel, or of the channel itself, also where it is gone or closed to the bot."""
        try:
            return await home_id_of(self._client, channel_id)
        except (discord.NotFound, discord.Forbidden) as error:
            if reason_of(error).then is not Then.STOP:
                raise
        return channel_id

    async def _manages_server(self, job: Job, roles: frozenset[int]) -> bool:
        guild_id, member_id = job.request.guild_id, job.request.member_id
        guild = self._client.get_guild(guild_id) or await self._client.fetch_guild(guild_id, with_counts=False)
        held = [role.permissions for role in guild.roles if role.id in roles or role.is_default()]
        return guild.owner_id == member_id or any(each.manage_guild or each.administrator for each in held)


def _roles(job: Job, member: Any) -> frozenset[int]:
    """Read a member's roles: @everyone, whose id is the server's, can be chosen as well, and Discord leaves it out."""
    held = [int(role) for role in member["roles"]] if member else []
    return frozenset({job.request.guild_id, *held})


def _lacks_role(settings: GuildSettings, held: frozenset[int]) -> bool:
    return bool(settings.chosen and settings.roles and not settings.roles & held)


def _place_of(job: Job) -> int:
    """Return the channel that has to be open: where it was requested, or another that it was sent to since."""
    sent = job.post_channel_id
    return job.request.channel_id if sent is None or sent == job.usual_channel_id else sent


def _is_open(settings: GuildSettings, job: Job) -> bool:
    """Return whether a job's channel is open by itself, whatever a thread's parent is."""
    return settings.is_open(_place_of(job)) or job.post_channel_id in _outputs(settings)


def _outputs(settings: GuildSettings) -> frozenset[int]:
    """Tell the channels that videos go to, which need not be open to requests."""
    chosen = [settings.output_channel_id, *(each.output_channel_id for each in settings.channel_settings.values())]
    return frozenset(each for each in chosen if each is not None)


def _ends(moment: str | None) -> datetime:
    """Read when a timeout ends; long ago where there is none."""
    return discord.utils.parse_time(moment) if moment else discord.utils.snowflake_time(0)
