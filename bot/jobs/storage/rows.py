"""A job as a row of its table, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.catalogue.options import options_of
from bot.database.tables import jobs
from bot.database.types import value_of
from bot.jobs.model import EarlierPost, Job, VideoRequest
from bot.jobs.states import DRIVEN, State

_OF_JOB: Final = tuple(field.name for field in fields(Job) if field.name in jobs.c)
_OF_REQUEST: Final = tuple(field.name for field in fields(VideoRequest) if field.name in jobs.c)


def to_row(job: Job) -> dict[str, Any]:
    """Return the values of a job's columns; those that aren't named below are the fields of the same names."""
    request = job.request
    named = {name: getattr(job, name) for name in _OF_JOB} | {name: getattr(request, name) for name in _OF_REQUEST}
    return named | {
        "model": request.model,
        "duration": request.duration,
        "aspect_ratio": request.options.aspect_ratio,
        "options": request.options.others,
        "references": [asdict(reference) for reference in request.references],
        "elements": [asdict(element) for element in request.elements],
        "handling": asdict(request.handling),
        "card_owed": int(job.card_message_id is not None and job.state not in DRIVEN),
        "body_hash": job.body_hash,
        "history_key": job.history_key,
        "problem": None if job.problem is None else asdict(job.problem),
        "cancel_requested": int(job.cancel_requested),
        "earlier_posts": [_to_list(each) for each in job.earlier_posts],
        "approved": int(job.approved),
        "hidden": int(job.hidden),
        "forgotten": int(job.forgotten) + int(job.forgotten and job.remove_posts),
    }


def from_row(row: Row[Any]) -> Job:
    options = options_of(row.model, row.duration, row.aspect_ratio, row.options)
    return value_of(
        Job,
        row,
        request=value_of(VideoRequest, row, options=options),
        earlier_posts=tuple(_from_list(*each) for each in row.earlier_posts),
        forgotten=bool(row.forgotten),
        remove_posts=row.forgotten > 1,
    )


def _to_list(post: EarlierPost) -> list[object]:
    return [post.channel_id, post.ended_at.isoformat(), post.began_at and post.began_at.isoformat()]


def _from_list(channel_id: int, ended_at: str, began_at: str | None = None) -> EarlierPost:
    return EarlierPost(
        channel_id=channel_id,
        ended_at=datetime.fromisoformat(ended_at),
        began_at=None if began_at is None else datetime.fromisoformat(began_at),
    )


async def count_by_state(engine: AsyncEngine, states: Iterable[State]) -> Mapping[State, int]:
    """Count the jobs in each of `states`; a state without any is left out."""
    wanted = jobs.c.state.in_(list(states))
    query = select(jobs.c.state, func.count().label("number")).where(wanted).group_by(jobs.c.state)
    async with engine.connect() as connection:
        return {State(row.state): row.number for row in await connection.execute(query)}


async def newest_jobs(engine: AsyncEngine, states: Iterable[State], *, at_most: int) -> Sequence[Job]:
    """Read the newest jobs in one of `states`, over all servers, newest first."""
    query = (
        select(jobs)
        .where(jobs.c.state.in_(list(states)))
        .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        .limit(at_most)
    )
    async with engine.connect() as connection:
        return [from_row(row) for row in await connection.execute(query)]
