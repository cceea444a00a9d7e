"""`/operator`: the panel of the bot operator, whom Discord is asked about at each press."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import discord
import structlog
from discord import app_commands, ui

from bot.app import Reelcast, Services
from bot.gate.stops import OperatorBlock, Target
from bot.jobs.errors import WrongState
from bot.jobs.prices import Price
from bot.jobs.states import ENDED, State
from bot.jobs.storage.rows import count_by_state, newest_jobs
from bot.members.words import sent_again_sentence
from bot.operator.notices import NoticeKind
from bot.operator.panel import (
    BLOCK_FORM,
    BLOCKS_PER_PAGE,
    OPERATOR_PATTERN,
    REASON,
    REASON_LIMIT,
    SERVERS_PER_PAGE,
    STUCK_PER_PAGE,
    TARGET,
    TARGET_ID,
    Listed,
    OperatorVerb,
    Overview,
    PriceLine,
    block_modal,
    blocks_page,
    overview_page,
    pause_page,
    servers_page,
    stuck_page,
)
from bot.operator.stuck_jobs import STUCK, Looked, TooSoon
from bot.ui.answers import Shape, defer, open_form, say, show
from bot.ui.custom_ids import read_id
from bot.ui.forms import FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem

log = structlog.get_logger(__name__)

CREDITS_WITHIN: Final = 5.0  # seconds that Segmind has to tell the credits
MOST_STUCK: Final = 500  # listed
_NOW: Final = tuple(state for state in State if state not in ENDED)
# Where what a press does is seen.
_PAGES: Final[Mapping[OperatorVerb, OperatorVerb]] = {
    OperatorVerb.PAUSE_NOW: OperatorVerb.OVERVIEW,
    OperatorVerb.RESUME: OperatorVerb.OVERVIEW,
    **dict.fromkeys(
        (OperatorVerb.LOOK, OperatorVerb.GIVE_UP, OperatorVerb.SEND, OperatorVerb.CLOSE), OperatorVerb.STUCK
    ),
    **dict.fromkeys((OperatorVerb.UNBLOCK_SERVER, OperatorVerb.UNBLOCK_MEMBER), OperatorVerb.BLOCKS),
}
_LOOKED: Final[Mapping[Looked, Callable[[], str]]] = {
    Looked.FOUND: lambda: _("Found. Segmind has the request, and the job continues."),
    Looked.ABSENT: lambda: _(
        "The request isn't in Segmind's history. Use *Close and release* to free its reserved cost."
    ),
    Looked.UNREADABLE: lambda: _("Segmind's history can't be read right now. Try again in a minute."),
}
_SHORTEST_ID: Final = 15  # digits: Discord has no shorter one


class OperatorPanel:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._operating = services.operating

    async def admits(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether who acts runs this bot, as Discord says now, and answer if not."""
        if await self._operating.operators.includes(interaction.user.id):
            return True
        log.warning("not_the_operator", user=interaction.user.id, guild=interaction.guild_id)
        await say(interaction, _("Only the bot operator can do that (the owner of its application, or its team)."))
        return False

    async def press(self, interaction: discord.Interaction[Any], verb: OperatorVerb, target: int) -> None:
        """Do what a press asks for, and show the page on which it is seen."""
        do: Mapping[OperatorVerb, Callable[[int], Awaitable[str]]] = {
            OperatorVerb.PAUSE_NOW: self._pause,
            OperatorVerb.RESUME: self._resume,
            OperatorVerb.LOOK: self._look,
            OperatorVerb.GIVE_UP: self._give_up,
            OperatorVerb.SEND: self._send,
            OperatorVerb.CLOSE: self._close,
            OperatorVerb.UNBLOCK_SERVER: self._unblock_server,
            OperatorVerb.UNBLOCK_MEMBER: self._unblock_member,
        }
        await defer(interaction)
        notice = ""
        if verb in do:
            log.info("operator_acts", user=interaction.user.id, what=verb.value, target=target)
            notice = await do[verb](target)
        await self.show(interaction, _PAGES.get(verb, verb), 0 if verb in do else target, notice)

    async def show(
        self, interaction: discord.Interaction[Any], page: OperatorVerb, first: int = 0, notice: str = ""
    ) -> None:
        """Show a page as things stand now; the interaction has been deferred."""
        view = await self._page(page, first, notice)
        await show(interaction, view=view)

    async def block(self, interaction: discord.Interaction[Any], target: Target, target_id: int, reason: str) -> None:
        """Block a server or a member everywhere; the bot operator cannot block themselves."""
        await defer(interaction)
        if target is Target.MEMBER and await self._operating.operators.includes(target_id):
            notice = _("You can't block a bot operator. Nothing was changed.")
        else:
            now = self._services.clock.now()
            block = OperatorBlock(target=target, target_id=target_id, reason=reason, by_id=interaction.user.id, at=now)
            await self._operating.store.block(block)
            log.info("operator_blocks", user=interaction.user.id, target=target.value, target_id=target_id)
            notice = _("✅ Blocked everywhere from now on.")
            guild_id, member_id = (target_id, None) if target is Target.SERVER else (None, target_id)
            await self._services.moderation.end_what_waits(guild_id, member_id)
        await self.show(interaction, OperatorVerb.BLOCKS, 0, notice)

    async def _page(self, page: OperatorVerb, first: int, notice: str) -> ui.LayoutView:
        operating, today = self._operating, self._services.clock.now().date()
        match page:
            case OperatorVerb.STUCK:
                jobs = await newest_jobs(operating.database, STUCK, at_most=MOST_STUCK)
                first = _within(first, len(jobs), STUCK_PER_PAGE)
                shown = jobs[first : first + STUCK_PER_PAGE]
                return stuck_page(shown, Listed(first=first, count=len(jobs)), notice)
            case OperatorVerb.SERVERS:
                servers, count = await operating.figures.servers(today, first=first, at_most=SERVERS_PER_PAGE)
                bot = operating.operators.client
                names = {each.guild_id: guild.name for each in servers if (guild := bot.get_guild(each.guild_id))}
                return servers_page(servers, names, Listed(first=first, count=count), notice)
            case OperatorVerb.BLOCKS:
                blocks, count = await operating.store.blocks(first=first, at_most=BLOCKS_PER_PAGE)
                return blocks_page(blocks, Listed(first=first, count=count), notice)
            case OperatorVerb.PAUSE:
                return pause_page()
            case _:
                return overview_page(await self._overview(), notice)

    async def _overview(self) -> Overview:
        services, operating = self._services, self._operating
        now = services.clock.now()
        left = await operating.budget.left()
        return Overview(
            spent=await operating.figures.spent(now.date()),
            per_day_usd=services.settings.spend_limit_usd_per_day,
            per_month_usd=services.settings.spend_limit_usd_per_month,
            credits_usd=await operating.credits(within=CREDITS_WITHIN),
            budget_left=left.requests,
            budget_per_minute=left.per_minute,
            one_request=await operating.figures.one_request(),
            states=await count_by_state(operating.database, _NOW),
            servers=len(operating.operators.client.guilds),
            prices=[self._price(price) for price in await services.operating.prices.all()],
            paused_since=await operating.store.paused_since(),
            notices=await operating.notices.current(*NoticeKind),
        )

    def _price(self, price: Price) -> PriceLine:
        model = self._services.offer.described(price.model)
        return PriceLine(
            title=model.title if model else price.model,
            duration=price.duration,
            configured=price.configured,
            charged=price.charged,
        )

    async def _pause(self, _target: int) -> str:
        await self._operating.store.pause(self._services.clock.now())
        return _("⏸️ Paused. No new jobs start anywhere. Jobs in progress continue.")

    async def _resume(self, _target: int) -> str:
        await self._operating.store.resume()
        return _("▶️ Members can make videos again.")

    async def _look(self, job_id: int) -> str:
        try:
            looked = await self._operating.doubts.look(job_id)
        except WrongState as error:
            return _moved_on(error)
        return _LOOKED[looked]()

    async def _give_up(self, job_id: int) -> str:
        try:
            looked = await self._operating.doubts.give_up(job_id)
        except WrongState as error:
            return _moved_on(error)
        except TooSoon:
            return _("It was sent a moment ago and might still show up. Try again in two minutes.")
        if looked is not Looked.ABSENT:
            return _LOOKED[looked]()
        return _(
            "Job closed and its reserved cost released. If the request turns up within a day, the video will "
            "still arrive."
        )

    async def _send(self, job_id: int) -> str:
        job = await self._services.store.get(job_id)
        if job is None:
            return _moved_on(WrongState(job_id, None))
        try:
            sent = await self._services.jobs.control.send_again(job_id, job.video_channel_id)
        except WrongState as error:
            return _moved_on(error)
        return sent_again_sentence(sent.video_channel_id, reviewed=sent.state is State.REVIEW)

    async def _close(self, job_id: int) -> str:
        try:
            await self._operating.doubts.close(job_id)
        except WrongState as error:
            return _moved_on(error)
        return _("Closed. The video won't be posted, and the member is notified.")

    async def _unblock_server(self, target_id: int) -> str:
        return await self._unblock(Target.SERVER, target_id)

    async def _unblock_member(self, target_id: int) -> str:
        return await self._unblock(Target.MEMBER, target_id)

    async def _unblock(self, target: Target, target_id: int) -> str:
        lifted = await self._operating.store.lift(target, target_id)
        return _("✅ Unblocked.") if lifted else _("It was already unblocked.")


def _moved_on(error: WrongState) -> str:
    """Say that a panel shows what is no longer so."""
    if error.state is None:
        return _("That job is no longer in the records.")
    return _("That job has already moved on. Its state is now {state}.").format(state=error.state.value)


def _within(first: int, count: int, per_page: int) -> int:
    """Return the page that there is, where what stood on the asked one is settled by now."""
    return first if first < count else max(count - 1, 0) // per_page * per_page


class OperatorButton(PressedItem, template=OPERATOR_PATTERN):
    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        panel = OperatorPanel(bot.services)
        if not await panel.admits(interaction):
            return
        verb = OperatorVerb(self.match["verb"])
        if verb is OperatorVerb.BLOCK:
            await open_form(interaction, block_modal())
        else:
            await panel.press(interaction, verb, int(self.match["target"]))


class OperatorCog(FormCog):
    """The command, and the modal that blocks.

    Discord has no way to show a command to the owner of an application alone. It shows this one to the administrators
    of `OPERATOR_SERVER_ID`, or else of every server. Other people who use it are refused.
    """

    form_pattern = BLOCK_FORM
    shape = Shape.UPDATE

    def __init__(self, services: Services) -> None:
        self._panel = OperatorPanel(services)

    @app_commands.command(name="operator", description="See credits, jobs, servers, and blocks (bot operator only)")
    @app_commands.guild_only()
    @app_commands.default_permissions()
    async def operator(self, interaction: discord.Interaction) -> None:
        if await self._panel.admits(interaction):
            await defer(interaction)
            await self._panel.show(interaction, OperatorVerb.OVERVIEW)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        if not await self._panel.admits(interaction):
            return
        typed = submission.text(TARGET_ID).strip()
        target_id = read_id(typed)
        if target_id is None or len(typed) < _SHORTEST_ID:
            await say(
                interaction,
                _("That isn't an ID. Turn on Discord's Developer Mode, then use *Copy User ID* or *Copy Server ID*."),
            )
            return
        server = submission.text(TARGET) == Target.SERVER.value
        target = Target.SERVER if server else Target.MEMBER
        await self._panel.block(interaction, target, target_id, submission.text(REASON).strip()[:REASON_LIMIT])


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(OperatorButton)
    home = bot.services.settings.operator_server_id
    places: dict[str, Any] = {} if home is None else {"guild": discord.Object(home)}
    await bot.add_cog(OperatorCog(bot.services), **places)
