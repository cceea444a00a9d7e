"""A job as a row of its table, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.catalogue.options import options_of
from bot.database.tables import jobs
from bot.jobs.model import (
    EarlierPost,
    Element,
    Handling,
    Job,
    Problem,
    ProblemCode,
    Reference,
    ReviewMode,
    VideoRequest,
)
from bot.jobs.states import DRIVEN, State


def to_row(job: Job) -> dict[str, Any]:
    request = job.request
    problem = job.problem
    return {
        "id": job.id,
        "version": job.version,
        "driver": job.driver,
        "state": job.state,
        "state_since": job.state_since,
        "created_at": job.created_at,
        "guild_id": request.guild_id,
        "channel_id": request.channel_id,
        "member_id": request.member_id,
        "locale": request.locale,
        "guild_locale": request.guild_locale,
        "model": request.model,
        "prompt": request.prompt,
        "duration": request.duration,
        "aspect_ratio": request.options.aspect_ratio,
        "options": request.options.others,
        "references": [asdict(reference) for reference in request.references],
        "elements": [asdict(element) for element in request.elements],
        "handling": asdict(request.handling),
        "card_message_id": job.card_message_id,
        "card_mark": job.card_mark,
        "card_owed": int(job.card_message_id is not None and job.state not in DRIVEN),
        "spend_day": job.spend_day,
        "reserved_usd": job.reserved_usd,
        "cost_usd": job.cost_usd,
        "ledger_usd": job.ledger_usd,
        "body": job.body,
        "body_hash": job.body_hash,
        "submit_attempts": job.submit_attempts,
        "submitted_at": job.submitted_at,
        "segmind_time": job.segmind_time,
        "request_id": job.request_id,
        "history_id": job.history_id,
        "history_key": job.history_key,
        "completed_at": job.completed_at,
        "run_seconds": job.run_seconds,
        "queue_seconds": job.queue_seconds,
        "output_url": job.output_url,
        "retry_at": job.retry_at,
        "problem": None if problem is None else asdict(problem),
        "cancel_requested": int(job.cancel_requested),
        "post_attempts": job.post_attempts,
        "post_channel_id": job.post_channel_id,
        "post_message_id": job.post_message_id,
        "earlier_posts": [[each.channel_id, each.ended_at.isoformat()] for each in job.earlier_posts],
        "approved": int(job.approved),
        "hidden": int(job.hidden),
        "reason": job.reason,
        "forgotten": int(job.forgotten) + int(job.forgotten and job.remove_posts),
    }


def from_row(row: Row[Any]) -> Job:
    problem = row.problem
    return Job(
        id=row.id,
        version=row.version,
        driver=row.driver,
        state=State(row.state),
        state_since=row.state_since,
        created_at=row.created_at,
        request=VideoRequest(
            guild_id=row.guild_id,
            channel_id=row.channel_id,
            member_id=row.member_id,
            locale=row.locale,
            guild_locale=row.guild_locale,
            options=options_of(row.model, row.duration, row.aspect_ratio, row.options),
            prompt=row.prompt,
            references=tuple(Reference(**reference) for reference in row.references),
            elements=tuple(_to_element(element) for element in row.elements),
            handling=_to_handling(row.handling),
        ),
        card_message_id=row.card_message_id,
        card_mark=row.card_mark,
        spend_day=row.spend_day,
        reserved_usd=row.reserved_usd,
        cost_usd=row.cost_usd,
        ledger_usd=row.ledger_usd,
        body=row.body,
        submit_attempts=row.submit_attempts,
        submitted_at=row.submitted_at,
        segmind_time=row.segmind_time,
        request_id=row.request_id,
        history_id=row.history_id,
        completed_at=row.completed_at,
        run_seconds=row.run_seconds,
        queue_seconds=row.queue_seconds,
        output_url=row.output_url,
        retry_at=row.retry_at,
        problem=None if problem is None else _to_problem(problem),
        cancel_requested=bool(row.cancel_requested),
        post_attempts=row.post_attempts,
        post_channel_id=row.post_channel_id,
        post_message_id=row.post_message_id,
        earlier_posts=tuple(
            EarlierPost(channel_id=channel_id, ended_at=datetime.fromisoformat(ended_at))
            for channel_id, ended_at in row.earlier_posts
        ),
        approved=bool(row.approved),
        hidden=bool(row.hidden),
        reason=row.reason,
        forgotten=bool(row.forgotten),
        remove_posts=row.forgotten > 1,
    )


def _to_element(value: dict[str, Any]) -> Element:
    prints = tuple(value.get("fingerprints", ()))  # what was saved before they were kept has none
    return replace(Element(**value), reference_urls=tuple(value["reference_urls"]), fingerprints=prints)


def _to_handling(value: dict[str, Any]) -> Handling:
    return Handling(**{**value, "review": cast("Any", ReviewMode(value.get("review", ReviewMode.OFF)))})


def _to_problem(value: dict[str, Any]) -> Problem:
    return Problem(code=ProblemCode(value["code"]), detail=value["detail"], image=value["image"])


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
