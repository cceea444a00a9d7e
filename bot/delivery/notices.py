"""Private words to members, where the channel cannot be used."""

import aiohttp
import discord
import structlog

from bot.jobs.model import Job
from bot.media.rules import ImageRules
from bot.presentation.language import speaking
from bot.presentation.notices import undelivered_controls
from bot.presentation.sentences import undelivered_notice

log = structlog.get_logger(__name__)


class NoticeDesk:
    """Sends direct messages; a member who takes none from here is left in peace."""

    def __init__(self, client: discord.Client, rules: ImageRules) -> None:
        self._client = client
        self._rules = rules

    async def undelivered(self, job: Job) -> None:
        try:
            member = await self._client.fetch_user(job.request.member_id)
            with speaking(job.request.locale):
                text, view = undelivered_notice(job, self._rules), undelivered_controls(job)
            await member.send(text, view=view, allowed_mentions=discord.AllowedMentions.none())
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("member_not_told", job=job.id, error=type(error).__name__)
