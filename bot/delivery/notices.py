"""Direct messages to members, where the channel cannot be used or does not notify them."""

from collections.abc import Awaitable, Callable

import discord
import structlog
from discord import ui

from bot.catalogue.offer import Offer
from bot.delivery.problem_words import undelivered_notice, withdrawn_notice
from bot.discord_api.errors import translated
from bot.discord_api.sending import notice_nonce
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.jobs.states import State
from bot.ui.custom_ids import resend_id, view_of
from bot.ui.language import _, speaking

log = structlog.get_logger(__name__)


def undelivered_controls(job: Job) -> ui.View:
    """Offer to send an undelivered video where it was requested; the view is stopped, its id says it all."""
    return view_of(ui.Button(label=_("Send again"), style=discord.ButtonStyle.secondary, custom_id=resend_id(job.id)))


class PrivateNotices:
    """Sends direct messages; a member who takes none from here is left in peace."""

    def __init__(
        self,
        client: discord.Client,
        offer: Offer,
        given: Callable[[Job], Awaitable[None]],
        turn: Callable[[int], Awaitable[None]] | None = None,
        *,
        owed: Callable[[Job], Awaitable[None]] | None = None,
    ) -> None:
        """`given` hears of each job whose member was told, or cannot be; until then the notice is owed.

        `owed` hears of those that owe one because their card cannot show what became of them.

        `turn` waits until a post may leave for a channel, where other processes post, too.
        """
        self._turn = turn
        self._client = client
        self._offer = offer
        self._given = given
        self._owed = owed

    async def owe(self, job: Job) -> None:
        """Tell the member of a job what its card cannot; where that fails it is told later."""
        if self._owed is not None:
            await self._owed(job)
        await self.tell(job)

    async def tell(self, job: Job) -> None:
        try:
            with translated():
                await self._tell(job)
        except OutcomeUnclear as error:
            log.warning("notice_unclear", job=job.id, error=error.detail)
        except PortError as error:
            log.info("member_not_told", job=job.id, error=error.detail)
            await self._given(job)
        else:
            await self._given(job)

    async def _tell(self, job: Job) -> None:
        member = await self._client.fetch_user(job.request.member_id)
        channel = await member.create_dm()
        if self._turn is not None:
            await self._turn(channel.id)
        with speaking(job.request.locale):
            if job.state is State.UNDELIVERED:
                text, view = undelivered_notice(job, self._offer), undelivered_controls(job)
            else:
                text, view = withdrawn_notice(job, self._offer), discord.utils.MISSING
        await channel.send(
            text,
            view=view,
            allowed_mentions=discord.AllowedMentions.none(),
            nonce=notice_nonce(job),
        )
