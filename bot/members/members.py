"""What a member has of their own, opened together, and the direct message when a video is posted."""

from dataclasses import dataclass
from functools import partial

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.delivery.problem_words import done_notice
from bot.discord_api.errors import translated
from bot.discord_api.sending import done_nonce
from bot.jobs.clock import Clock
from bot.jobs.driving.one_process import Drivers
from bot.jobs.model import Job
from bot.jobs.ports import Cards, OutcomeUnclear, PortError
from bot.jobs.storage.jobs import JobStore
from bot.jobs.tasks import Work
from bot.members.emptying import MessageEmptier
from bot.members.forgetting import Forgetting
from bot.members.list_view import post_address
from bot.members.preferences import PreferenceStore
from bot.ui.language import speaking

log = structlog.get_logger(__name__)


class DoneNotices:
    """Tells at most once: a process that dies between the post and the message never sends it, as the post is there."""

    def __init__(self, client: discord.Client, preferences: PreferenceStore) -> None:
        self._client = client
        self._preferences = preferences

    async def tell(self, job: Job) -> None:
        """Send the post's link to its requester, if they want it; members without direct messages get none.

        Never raises for what Discord does.
        """
        member_id = job.request.member_id
        wants = await self._preferences.get(member_id)
        link = post_address(job)
        if not wants.tell_when_done or link is None:
            return
        with speaking(job.request.locale):
            text = done_notice(job, link)
        try:
            with translated():
                member = await self._client.fetch_user(member_id)
                await member.send(text, allowed_mentions=discord.AllowedMentions.none(), nonce=done_nonce(job))
        except OutcomeUnclear as error:
            log.info("member_not_told_of_video", job=job.id, error=error.detail)
        except PortError as error:
            log.info("member_takes_no_words", job=job.id, error=error.detail)
            await self._preferences.words_refused(member_id, refused=True)
        else:
            if wants.takes_no_words:
                await self._preferences.words_refused(member_id, refused=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    preferences: PreferenceStore
    forgetting: Forgetting
    work: Work


def members_of(
    client: discord.Client,
    database: AsyncEngine,
    preferences: PreferenceStore,
    store: JobStore,
    cards: Cards,
    drivers: Drivers,
    clock: Clock,
) -> Members:
    forgetting = Forgetting(database, MessageEmptier(client), store, dispatcher=drivers, cards=cards, clock=clock)
    return Members(
        preferences=preferences,
        forgetting=forgetting,
        work={"forgetting": forgetting.run, "emptying": partial(forgetting.emptying.run, drivers.resumed)},
    )
