"""Who may decide for a server, judged from what Discord says with each press; never from a custom id."""

from typing import Any

import discord

from bot.interactions.forms import Submission
from bot.jobs.model import Job
from bot.policy.reviews import Review
from bot.presentation.moderation_modals import ALSO, REASON, REASON_LIMIT


def may_review(interaction: discord.Interaction[Any], job: Job, review: Review | None) -> bool:
    """Tell whether who pressed may decide on a job: in the channel where moderators see it, with Manage Messages."""
    return (
        review is not None
        and interaction.guild_id == job.request.guild_id
        and interaction.channel_id == review.channel_id
        and interaction.permissions.manage_messages
    )


def reason_given(submission: Submission) -> str:
    """Read a reason as it was typed, no longer than the field takes."""
    return str(submission.fields.get(REASON, {}).get("value") or "").strip()[:REASON_LIMIT]


def also_chosen(submission: Submission, value: str) -> bool:
    return value in (submission.fields.get(ALSO, {}).get("values") or ())
