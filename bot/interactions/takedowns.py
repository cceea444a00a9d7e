"""What a moderator does to a video and its member in one go, each part of it written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from bot.interactions.moderators import also_chosen, reason_given
from bot.jobs.decisions import Decided, Decision, decision_on
from bot.jobs.model import Job
from bot.moderation.blocks import LENGTHS, Block, ends_at
from bot.moderation.modals import BLOCK, BLOCK_IMAGES, GIVE_BACK
from bot.moderation.report_words import blocked_answer, given_back, not_all_removed, taken_down_answer
from bot.moderation.review_words import images_blocked_sentence
from bot.services import Services
from bot.ui.forms import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a moderator has chosen besides the takedown."""

    reason: str
    block: str | None = None  # for how long: one of `LENGTHS`
    give_back: bool = False
    block_images: bool = False

    @classmethod
    def read(cls, submission: Submission) -> "Measures":
        chosen = submission.fields.get(BLOCK, {}).get("value")
        return cls(
            reason=reason_given(submission),
            block=chosen if chosen in LENGTHS else None,
            give_back=also_chosen(submission, GIVE_BACK),
            block_images=also_chosen(submission, BLOCK_IMAGES),
        )


async def take_down(
    services: Services, interaction: discord.Interaction[Any], job: Job, measures: Measures, *, blocks: bool
) -> str:
    """Take a video down with all that was chosen; `blocks` is whether who acts may block. Return what was done.

    Raises `WrongState` where there is nothing to take down; nothing else is done then.
    """
    by_id = interaction.user.id
    taken = await services.moderation.take_down(job.id, by_id, measures.reason)
    said = [taken_down_answer(taken)]
    if measures.block is not None and blocks:
        until = await block_member(services, by_id, job.request.guild_id, job.request.member_id, measures, job.id)
        said.append(blocked_answer(job.request.member_id, until))
    if measures.give_back:
        counted = await services.usage.give_back(job.id)
        if counted:
            await services.moderators.decisions.add(
                _decision(services, job, Decided.QUOTA_GIVEN_BACK, by_id, measures.reason)
            )
        said.append(given_back(counted=counted))
    if measures.block_images:
        said.append(images_blocked_sentence(await block_pictures(services, by_id, job, measures.reason)))
    if not await services.moderators.cases.see_to(job.id):
        said.append(not_all_removed())
    return "\n".join(said)


async def block_member(
    services: Services, by_id: int, guild_id: int, member_id: int, measures: Measures, job_id: int | None = None
) -> datetime | None:
    """Keep a member from asking for videos in a server; return until when."""
    now = services.clock.now()
    until = ends_at(measures.block or "", now)
    reason = measures.reason
    block = Block(guild_id=guild_id, member_id=member_id, until=until, by_id=by_id, reason=reason, at=now)
    await services.moderators.blocks.put(block)
    decision = Decision(
        guild_id=guild_id,
        member_id=member_id,
        kind=Decided.BLOCKED,
        at=now,
        job_id=job_id,
        by_id=by_id,
        reason=reason,
    )
    await services.moderators.decisions.add(decision)
    return until


async def block_pictures(services: Services, by_id: int, job: Job, reason: str) -> int:
    """Block what a job's pictures show in its server; return how many of them were not blocked before."""
    count = await block_prints(services, by_id, job.request.guild_id, job.request.fingerprints, reason)
    await services.moderators.decisions.add(_decision(services, job, Decided.IMAGES_BLOCKED, by_id, reason))
    return count


async def block_prints(services: Services, by_id: int, guild_id: int, prints: Sequence[str], reason: str) -> int:
    now = services.clock.now()
    return await services.moderators.blocked_images.add(guild_id, prints, by_id=by_id, reason=reason, now=now)


def _decision(services: Services, job: Job, kind: Decided, by_id: int, reason: str) -> Decision:
    return decision_on(job, kind, services.clock.now(), by_id=by_id, reason=reason)
