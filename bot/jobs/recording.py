"""A server's record of who made what: a row for each job, written in the transactions that save it.

So it is never behind the job, whatever dies, and it outlives the job. What it is read for is in `bot.policy.records`.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.record_tables import records
from bot.database.statements import insert_if_absent, search_key
from bot.jobs.model import Job
from bot.jobs.states import ENDED, State

# The log channel is told of these; of what expired nobody saw anything.
TOLD: Final = (ENDED - {State.EXPIRED}) | {State.UNDELIVERED}


async def record(connection: AsyncConnection, job: Job) -> None:
    """Write down how a job stands, as part of the transaction that saves it.

    A prompt is written when the job is first seen, and never again, and no message is forgotten: the job may be deleted
    at its member's wish, and its messages too.
    """
    moved = records.c.state != job.state
    owed = case((moved, int(job.state in TOLD)), else_=records.c.log_owed)
    written = update(records).where(records.c.job_id == job.id).values({**_course(job), "log_owed": owed})
    if (await connection.execute(written)).rowcount == 0:
        row = {**_origin(job), **_course(job), "log_owed": int(job.state in TOLD)}
        await connection.execute(insert_if_absent(connection, records, row))


async def forget_contents(connection: AsyncConnection, member_id: int) -> None:
    """Leave in the records of a member, in every server, nothing of what they wrote or showed."""
    bare: dict[str, Any] = {"prompt": "", "prompt_key": "", "fingerprints": []}
    await connection.execute(update(records).where(records.c.member_id == member_id).values(bare))


def _origin(job: Job) -> Mapping[str, Any]:
    request = job.request
    return {
        "job_id": job.id,
        "guild_id": request.guild_id,
        "channel_id": request.channel_id,
        "member_id": request.member_id,
        "guild_locale": request.guild_locale,
        "asked_at": job.created_at,
        "model": request.model,
        "duration": request.duration,
        "aspect_ratio": request.aspect_ratio,
        "prompt": request.prompt,
        "prompt_key": search_key(request.prompt),
        "fingerprints": [],
    }


def _course(job: Job) -> Mapping[str, Any]:
    """Give what changes as a job goes on."""
    messages = {"card_message_id": job.card_message_id, "video_message_id": job.post_message_id}
    prints = list(job.request.fingerprints)
    return {
        "state": job.state,
        "state_since": job.state_since,
        "problem": job.problem and job.problem.code,
        "request_id": job.request_id,
        "cost_usd": job.cost_usd,
        "video_channel_id": job.video_channel_id,
        **{name: message_id for name, message_id in messages.items() if message_id is not None},
        "open": int(job.shows_contents and not job.request.handling.age_restricted),
        **({"fingerprints": prints} if prints else {}),
    }
