"""The buttons below a private notice."""

import discord
from discord import ui

from bot.jobs.model import Job
from bot.ui.custom_ids import resend_id
from bot.ui.language import _


def undelivered_controls(job: Job) -> ui.View:
    """Offer to send an undelivered video where it was asked for; the view is stopped, its id says it all."""
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label=_("Send again"), style=discord.ButtonStyle.secondary, custom_id=resend_id(job.id)))
    view.stop()
    return view
