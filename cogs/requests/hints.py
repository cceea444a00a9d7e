"""Help where it is asked for, and once to who asks for their first video."""

from typing import Any

import aiohttp
import discord
import structlog

from bot.gate.denial import Denial
from bot.jobs.model import Job
from bot.members.forgetting_words import your_data_controls
from bot.members.help_words import help_here, help_text, hint_controls, hint_text
from bot.services import Services
from bot.ui.answers import say
from cogs.requests.gatekeeping import as_seen, asked_by

log = structlog.get_logger(__name__)


async def show_help(services: Services, interaction: discord.Interaction[Any]) -> None:
    """Answer with what the bot does, and what counts for who asks in this place."""
    here = ""
    if interaction.guild_id is not None:
        verdict = await services.gate.rules.judge(asked_by(interaction))
        denial = as_seen(interaction, verdict) if isinstance(verdict, Denial) else None
        settings = await services.guild_settings.get(interaction.guild_id)
        here = help_here(denial, settings.review)
    await say(interaction, help_text(here=here), view=your_data_controls())


async def hint_newcomer(services: Services, interaction: discord.Interaction[Any], job: Job) -> None:
    """Tell who has just asked for their first video how to go on; nothing comes of it where Discord is in trouble."""
    if not await services.store.is_first(job) or not await services.members.preferences.hint(job.request.member_id):
        return
    try:
        await say(interaction, hint_text(), view=hint_controls())
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("hint_not_given", error=type(error).__name__)
