"""Who may decide for a server, judged from what Discord says with each press; never from a custom id."""

from typing import Any

import discord

from bot.jobs.model import Job
from bot.moderation.modals import ALSO, REASON, REASON_LIMIT
from bot.moderation.report_store import Case
from bot.moderation.review_store import Review
from bot.requests.reading import has_words
from bot.ui.forms import Submission


def may_review(interaction: discord.Interaction[Any], job: Job, review: Review | None, chosen: int | None) -> bool:
    """Tell whether who pressed may decide on a job: in a channel where moderators see it, with Manage Messages.

    That is where it is known to be shown, or the one that is `chosen` now: a card is there before that is noted.
    """
    return (
        review is not None
        and interaction.guild_id == job.request.guild_id
        and interaction.channel_id in {review.channel_id, chosen}
        and interaction.permissions.manage_messages
    )


def may_remove(interaction: discord.Interaction[Any], job: Job, case: Case | None = None) -> bool:
    """Tell whether who acts may take a video down.

    That is who may manage messages where the video stands, or, in the channel where moderators see its reports, there.
    """
    if interaction.guild is None or interaction.guild_id != job.request.guild_id:
        return False
    if case is not None and interaction.channel_id == case.channel_id:
        return interaction.permissions.manage_messages
    if interaction.channel_id in {job.request.channel_id, job.video_channel_id}:
        return interaction.permissions.manage_messages
    channel = interaction.guild.get_channel_or_thread(job.video_channel_id)
    if channel is None or not isinstance(interaction.user, discord.Member):
        return False
    return channel.permissions_for(interaction.user).manage_messages


def may_block(interaction: discord.Interaction[Any], case: Case | None = None) -> bool:
    """Tell whether who acts may keep a member from asking for videos in the whole server.

    That is who may manage messages or time out members everywhere in it, or manages messages where moderators see
    reports.
    """
    if case is not None and interaction.channel_id == case.channel_id and interaction.permissions.manage_messages:
        return True
    member = interaction.user
    if not isinstance(member, discord.Member):
        return False
    everywhere = member.guild_permissions
    return everywhere.manage_messages or everywhere.moderate_members


def reason_given(submission: Submission) -> str:
    """Read a reason as it was typed, no longer than the field takes; empty where it shows nothing."""
    typed = str(submission.fields.get(REASON, {}).get("value") or "").strip()[:REASON_LIMIT]
    return typed if has_words(typed) else ""


def also_chosen(submission: Submission, value: str) -> bool:
    return value in (submission.fields.get(ALSO, {}).get("values") or ())
