"""Where settings are changed: members who may see the newest state, others are told why not."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.automod.book import RuleBook, RulesUnreadable
from bot.gate.denial import INVITED_WITH, NEEDED
from bot.jobs.decisions import Decided, Decision
from bot.jobs.storage.records import note
from bot.services import Services
from bot.settings.changes import SERVER, Change, changes_line, tidy
from bot.settings.check import check, made_worse, named_ids
from bot.settings.entries import Page
from bot.settings.findings import AutomodFacts, ChannelFacts, Finding, Purpose, ServerFacts
from bot.settings.model import UNSET, GuildSettings
from bot.settings.panel.ids import SETUP, WORD_FORMS, PanelAction, PanelId, forms
from bot.settings.panel.modals import RefusedForm, numbers_modal, setup_modal, words_modal
from bot.settings.panel.panel import owners_answer, pause_question, reset_question, settings_panel
from bot.settings.panel.parts import PanelState
from bot.settings.store import Noted
from bot.settings.typed_values import BadSetting, BadSettingCode
from bot.settings.words import (
    NO_SERVER,
    NOT_ALLOWED,
    SAVED,
    SET_UP,
    UNCHANGED,
    UNREADABLE,
    bad_setting_sentence,
    channel_names,
)
from bot.ui.answers import open_form, say, show
from bot.ui.language import _, server_locale, speaking

# By purpose: discord.py's names of the permissions that the bot needs in a channel, and Discord's words for them.
NEEDS: Final[Mapping[Purpose, Mapping[str, str]]] = {
    Purpose.REQUESTS: INVITED_WITH,
    Purpose.OUTPUT: NEEDED,
    Purpose.REVIEW: NEEDED,
    Purpose.LOG: NEEDED,
}
_IN_FORUMS: Final = frozenset(INVITED_WITH) - {"send_messages"}  # all posts of a forum are threads


def server_facts(
    guild: discord.Guild, named: Iterable[int], prices_usd: Mapping[int, Decimal], automod: AutomodFacts
) -> ServerFacts:
    """Gather what there is on a server; what the bot may do only in the channels that are `named`."""
    wanted = frozenset(named)
    channels = {
        channel.id: _looked_into(guild, channel) if channel.id in wanted else _facts(channel, missing={})
        for channel in guild.channels
        if not isinstance(channel, discord.CategoryChannel)
    }
    roles = frozenset(role.id for role in guild.roles)
    return ServerFacts(channels=channels, roles=roles, automod=automod, prices_usd=prices_usd)


async def automod_facts(book: RuleBook, guild_id: int) -> AutomodFacts:
    """Tell what of a server's AutoMod rules cannot be applied."""
    try:
        rules = await book.rules_for(guild_id)
    except RulesUnreadable:
        return AutomodFacts(readable=True, reached=False)
    if rules is None:
        return AutomodFacts(readable=False)
    bad = tuple((each.rule.name, each.pattern) for each in rules.unusable)
    return AutomodFacts(readable=True, presets=rules.presets, bad_patterns=bad)


def _looked_into(guild: discord.Guild, channel: discord.abc.GuildChannel) -> ChannelFacts:
    granted = channel.permissions_for(guild.me)
    is_forum = isinstance(channel, discord.ForumChannel)
    missing = {
        purpose: tuple(
            words
            for name, words in needed.items()
            if not getattr(granted, name) and (not is_forum or name in _IN_FORUMS)
        )
        for purpose, needed in NEEDS.items()
    }
    public = channel.permissions_for(guild.default_role).view_channel
    return _facts(channel, missing=missing, public=public)


def _facts(
    channel: discord.abc.GuildChannel, *, missing: Mapping[Purpose, tuple[str, ...]], public: bool = False
) -> ChannelFacts:
    return ChannelFacts(missing=missing, age_restricted=bool(getattr(channel, "nsfw", False)), public=public)


def noting(interaction: discord.Interaction[Any], now: datetime, guild_id: int) -> Noted:
    """Make what writes down who changed what, in the server's language, as it is searched for later.

    The log channel is told of it like of every decision.
    """

    async def write_down(connection: AsyncConnection, before: GuildSettings, after: GuildSettings) -> None:
        member_id = interaction.user.id
        with speaking(server_locale(after.language, interaction)):
            reason = changes_line(before, after)
        changed = Decision(
            guild_id=guild_id,
            member_id=member_id,
            kind=Decided.SETTINGS_CHANGED,
            at=now,
            by_id=member_id,
            reason=reason,
        )
        await note(connection, changed)

    return write_down


log = structlog.get_logger(__name__)


class SettingsEditor:
    """Shows and changes the settings of the server that an interaction is in, or of `guild` in its owner's messages."""

    def __init__(self, services: Services, guild: discord.Guild | None = None) -> None:
        self._services = services
        self._store = services.guild_settings
        self._guild = guild

    async def admits(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether a member may change settings here, and answer if not.

        Discord hides the commands by default from who may not, but a server can show them to others, and a panel stays
        open while its reader loses the permission.
        """
        guild = self._guild_of(interaction)
        if self._guild is not None:
            may = self._guild.owner_id == interaction.user.id
        else:
            may = interaction.guild_id is not None and interaction.permissions.manage_guild
        if not may:
            await say(interaction, _(NOT_ALLOWED))
            return False
        if guild is None or guild.unavailable:
            await say(interaction, _(NO_SERVER))
            return False
        return True

    async def show(
        self, interaction: discord.Interaction[Any], page: Page, channel_id: int = SERVER, notice: str = ""
    ) -> None:
        """Show a page of the panel as things stand now."""
        if not await self.admits(interaction):
            return
        settings = await self.settings(interaction)
        await self._show(interaction, page, settings, await self._facts(interaction, settings), channel_id, notice)

    async def open_form(
        self, interaction: discord.Interaction[Any], form: PanelId, typed: Sequence[str] = (), custom_id: str = ""
    ) -> None:
        """Open a form of the panel, with what was typed in it before."""
        if not await self.admits(interaction):
            return
        guild, settings = self._guild_of(interaction), await self.settings(interaction)
        if form.name == SETUP and guild is not None and guild.text_channels:
            prices = await self._services.operating.prices.least()
            facts = server_facts(guild, (), prices, AutomodFacts(readable=False))
            opened = custom_id or str(replace(form, action=PanelAction.FORM, value=""))
            # In a direct message no menu lists a server's channels by itself.
            named = {each.id: each.name for each in guild.text_channels} if self._guild else None
            modal = setup_modal(opened, settings, facts, typed=typed, review=form.value, named=named)
            await open_form(interaction, modal)
        elif form.name in WORD_FORMS:
            await open_form(interaction, words_modal(form.name, typed))
        elif form.name in forms():
            role = guild.get_role(form.target) if guild else None
            name = role.name if role else _("deleted role")
            await open_form(interaction, numbers_modal(form.name, settings, form.target, name, typed=typed))
        else:
            await say(interaction, _(NO_SERVER if form.name == SETUP else UNREADABLE))

    async def change(
        self,
        interaction: discord.Interaction[Any],
        make: Callable[[], Change],
        page: Page,
        channel_id: int = SERVER,
        *,
        typed: RefusedForm | None = None,
        left: RefusedForm | None = None,
    ) -> None:
        """Apply what `make` gives to the newest settings, and show what they are now and what that made wrong.

        Both may raise `BadSetting`, which is answered with its sentence, and with what was `typed` in a form; nothing
        is changed then. `left` is what of a form was refused while the rest counts.
        """
        if not await self.admits(interaction):
            return
        before = UNSET
        guild = self._guild_of(interaction)
        guild_id = guild.id if guild else 0

        def noted(newest: GuildSettings) -> GuildSettings:
            nonlocal before
            before = newest
            after = change(newest)
            if after.review_channel_id != newest.review_channel_id and _is_seen_by_everyone(guild, after):
                raise BadSetting(BadSettingCode.EXPOSED, "review_channel_id")
            return after

        try:
            change = make()
            now = self._services.clock.now()
            after = await self._store.change(guild_id, noted, now, noted=noting(interaction, now, guild_id))
        except BadSetting as error:
            await self._refuse(interaction, error, page, channel_id, typed)
            return
        done = _(SAVED)
        if typed is not None and typed.form.name == SETUP:
            done = _(SET_UP).format(channels=channel_names(after.channels or ()))
        await self._show_change(interaction, before, after, page, channel_id, left, done)
        if _read_in(before) != _read_in(after):
            await self._services.moderators.look_again(guild_id)
        if _open_to(before) != _open_to(after):
            await self._services.moderation.end_what_waits(guild_id)

    async def tidy(self, interaction: discord.Interaction[Any]) -> None:
        """Forget the channels and roles that no longer exist."""
        if await self.admits(interaction):
            facts = await self._facts(interaction)
            await self.change(interaction, lambda: tidy(facts.channels.keys(), facts.roles), Page.CHECK)

    async def ask_to_pause(self, interaction: discord.Interaction[Any]) -> None:
        """Have a moderator confirm that new videos are to be paused in the whole server."""
        if await self.admits(interaction):
            await show(interaction, view=pause_question())

    async def ask_to_reset(self, interaction: discord.Interaction[Any]) -> None:
        """Have a moderator confirm that every setting is to be forgotten."""
        if await self.admits(interaction):
            await show(interaction, view=reset_question())

    async def show_words(self, interaction: discord.Interaction[Any]) -> None:
        """Show the list of blocked words in a file, so that only those who open it read them."""
        if not await self.admits(interaction):
            return
        words = (await self.settings(interaction)).words
        if words:
            file = discord.File(io.BytesIO("\n".join(words).encode()), filename="words.txt")
            await say(interaction, _("Blocked words, in addition to AutoMod's:"), file=file)
        else:
            await say(interaction, _("This server's list of blocked words is empty."))

    async def settings(self, interaction: discord.Interaction[Any]) -> GuildSettings:
        guild = self._guild_of(interaction)
        return await self._store.get(guild.id if guild else 0)

    def _guild_of(self, interaction: discord.Interaction[Any]) -> discord.Guild | None:
        return self._guild or interaction.guild

    async def _refuse(
        self,
        interaction: discord.Interaction[Any],
        error: BadSetting,
        page: Page,
        channel_id: int,
        typed: RefusedForm | None,
    ) -> None:
        sentence = bad_setting_sentence(error)
        if typed is None:
            await say(interaction, sentence)
            return
        settings = await self.settings(interaction)
        facts = await self._facts(interaction, settings)
        refused = replace(typed, sentence=sentence)
        await self._show(interaction, page, settings, facts, channel_id, refused=refused)

    async def _show_change(
        self,
        interaction: discord.Interaction[Any],
        before: GuildSettings,
        after: GuildSettings,
        page: Page,
        channel_id: int,
        left: RefusedForm | None,
        done: str,
    ) -> None:
        facts = await self._facts(interaction, before, after)
        if after == before:
            await self._show(interaction, page, after, facts, channel_id, _(UNCHANGED), refused=left)
            return
        guild = self._guild_of(interaction)
        changed = [each.name for each in fields(after) if getattr(after, each.name) != getattr(before, each.name)]
        log.info("settings_changed", guild=guild and guild.id, member=interaction.user.id, changed=changed)
        worse = made_worse(check(before, facts), check(after, facts))
        await self._show(interaction, page, after, facts, channel_id, done, worse=worse, refused=left)

    async def _facts(self, interaction: discord.Interaction[Any], *settings: GuildSettings) -> ServerFacts:
        """Gather what is known of the server, looking into the channels that any of the settings name."""
        guild = self._guild_of(interaction)
        if guild is None:
            raise LookupError("only who is admitted on a server sees its settings")
        named = frozenset[int]().union(*(named_ids(each)[0] for each in settings))
        automod = await automod_facts(self._services.gate.automod, guild.id)
        return server_facts(guild, named, await self._services.operating.prices.least(), automod)

    async def _show(
        self,
        interaction: discord.Interaction[Any],
        page: Page,
        settings: GuildSettings,
        facts: ServerFacts,
        channel_id: int,
        notice: str = "",
        *,
        worse: Sequence[Finding] = (),
        refused: RefusedForm | None = None,
    ) -> None:
        state = PanelState(settings=settings, facts=facts, findings=check(settings, facts), channel_id=channel_id)
        if self._guild is not None:  # the panel works in its server alone
            await show(interaction, view=owners_answer(self._guild.id, state, notice, refused))
            return
        await show(interaction, view=settings_panel(page, state, notice, worse=worse, refused=refused))


def _open_to(settings: GuildSettings) -> tuple[object, ...]:
    """Return what says where and from whom requests are taken, and where their videos go."""
    outputs = {channel_id: each.output_channel_id for channel_id, each in settings.channel_settings.items()}
    return settings.channels, settings.everywhere, settings.roles, settings.output_channel_id, outputs


def _is_seen_by_everyone(guild: discord.Guild | None, settings: GuildSettings) -> bool:
    """Return whether @everyone sees the review channel; what cannot be told here is checked when something is shown."""
    channel_id = settings.review_channel_id
    channel = None if guild is None or channel_id is None else guild.get_channel(channel_id)
    return guild is not None and channel is not None and channel.permissions_for(guild.default_role).view_channel


def _read_in(settings: GuildSettings) -> tuple[int | None, int | None]:
    """Return the channels where moderators read what waits for them."""
    return settings.review_channel_id, settings.log_channel_id
