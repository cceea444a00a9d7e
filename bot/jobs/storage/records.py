"""A server's record of who made what: a row for each job, written in the transactions that save it.

So it is never behind the job, whatever dies, and it outlives the job. What it is read for is in `bot.records.store`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Integer, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.record_tables import records
from bot.database.statements import insert_if_absent, search_key, transaction
from bot.database.tables import decisions
from bot.database.types import value_of
from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import Job
from bot.jobs.states import TOLD
from bot.jobs.tasks import uncancelled

# Made once: to build a statement with so many values takes longer than to run it.
_UPDATE: Final = (
    update(records)
    .where(records.c.job_id == bindparam("known_id"))
    .values(
        log_owed=case(
            (records.c.state != bindparam("state_now"), bindparam("owed_now", type_=Integer)),
            else_=records.c.log_owed,
        )
    )
)


async def first_record(connection: AsyncConnection, job: Job) -> None:
    """Write down a job that is saved for the first time."""
    row = {**_origin(job), **_course(job), "log_owed": int(job.state in TOLD)}
    await connection.execute(insert_if_absent(connection, records), row)


async def record(connection: AsyncConnection, job: Job) -> None:
    """Write down how a job stands, as part of the transaction that saves it.

    A prompt is written when the job is first seen, and never again, and no message is forgotten: the job may be deleted
    at its member's wish, and its messages too.
    """
    row = {**_course(job), "known_id": job.id, "state_now": job.state, "owed_now": int(job.state in TOLD)}
    if (await connection.execute(_UPDATE, row)).rowcount == 0:
        await first_record(connection, job)


async def forget_contents(connection: AsyncConnection, member_id: int) -> None:
    """Delete what a member wrote or showed from their records in every server."""
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
        "aspect_ratio": request.options.aspect_ratio,
        "options": request.options.others,
        "prompt": request.prompt,
        "prompt_key": search_key(request.prompt),
        "fingerprints": [],
    }


def _course(job: Job) -> Mapping[str, Any]:
    """Return the columns that change while a job is in progress."""
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


class DecisionStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @uncancelled
    async def add(self, *made: Decision, within: AsyncConnection | None = None) -> None:
        """Write decisions down, as part of a transaction if one is given."""
        async with transaction(self._engine, within) as connection:
            await note(connection, *made)

    async def of_job(self, job_id: int) -> Sequence[Decision]:
        """Read what was decided about a job, oldest first."""
        query = select(decisions).where(decisions.c.job_id == job_id).order_by(decisions.c.at)
        async with self._engine.connect() as connection:
            return [value_of(Decision, row) for row in await connection.execute(query)]

    async def counts(self, guild_id: int, member_id: int) -> dict[Decided, int]:
        """Count what was decided about a member in a server, by kind."""
        query = (
            select(decisions.c.kind, func.count())
            .where(decisions.c.guild_id == guild_id, decisions.c.member_id == member_id)
            .group_by(decisions.c.kind)
        )
        async with self._engine.connect() as connection:
            return {Decided(kind): count for kind, count in await connection.execute(query)}


async def note(connection: AsyncConnection, *made: Decision) -> None:
    """Write decisions down as part of a transaction."""
    if made:
        await connection.execute(decisions.insert(), [_to_row(each) for each in made])


def _to_row(decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "guild_id": decision.guild_id,
        "job_id": decision.job_id,
        "member_id": decision.member_id,
        "kind": decision.kind,
        "by_id": decision.by_id,
        "reason": decision.reason,
        "reason_key": search_key(decision.reason),
        "at": decision.at,
    }
