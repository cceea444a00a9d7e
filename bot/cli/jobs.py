"""`bot jobs` and `bot job`: the jobs as seen on the machine, whether the bot runs or not."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.files import open_as_it_is
from bot.jobs.clock import Clock
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.rows import newest_jobs
from bot.operator.orders import OrderStore

_HEADING: Final = ("job", "state", "since", "server", "member", "seconds", "cost", "problem")
ANSWER_WITHIN: Final = 10.0  # seconds; the bot looks for orders every five
LOOK_EVERY: Final = 0.2
NOT_ANSWERED: Final = "Saved. The running bot acts on it within seconds, or when it starts."


class NoSuchJob(Exception):
    """The database has no job of this id."""


async def read_jobs(url: str, states: Sequence[State], *, at_most: int) -> list[tuple[str, ...]]:
    """Return the newest jobs that are in one of `states`, or all, as rows of one width below a heading."""
    async with open_as_it_is(url) as database:
        jobs = await newest_jobs(database, states or tuple(State), at_most=at_most)
    rows = [_HEADING, *(_row(job) for job in jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [tuple(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _row(job: Job) -> tuple[str, ...]:
    return (
        str(job.id),
        job.state.value,
        _moment(job.state_since),
        str(job.request.guild_id),
        str(job.request.member_id),
        str(job.request.duration),
        "" if job.cost_usd is None else f"${job.cost_usd:.2f}",
        job.problem.code.value if job.problem else "",
    )


async def read_job(url: str, job_id: int) -> list[tuple[str, str]]:
    """Return all facts of one job but its prompt and the addresses of its files, which anyone can open.

    Raises `NoSuchJob`.
    """
    async with open_as_it_is(url) as database:
        return list(_facts(await _get(database, job_id)))


async def retry_job(url: str, job_id: int, clock: Clock) -> str:
    """Order a job to be followed or posted again, and print the answer.

    Raises `NoSuchJob`.
    """
    async with open_as_it_is(url, writing=True) as database:
        await _get(database, job_id)
        wishes = OrderStore(database)
        await wishes.leave(job_id, clock.now())
        give_up_at = clock.monotonic() + ANSWER_WITHIN
        while (words := await wishes.answered(job_id)) is None and clock.monotonic() < give_up_at:
            await clock.sleep(LOOK_EVERY)
        return words or NOT_ANSWERED


async def _get(database: AsyncEngine, job_id: int) -> Job:
    job = await JobStore(database).get(job_id)
    if job is None:
        raise NoSuchJob
    return job


def _facts(job: Job) -> Iterator[tuple[str, str]]:
    request = job.request
    count = len(request.references)
    references = "1 reference" if count == 1 else f"{count} references"
    others = (f"{name} {value}" for name, value in request.options.others.items())
    known: dict[str, object] = {
        "job": job.id,
        "state": job.state.value,
        "since": job.state_since,
        "requested at": job.created_at,
        "server": request.guild_id,
        "channel": request.channel_id,
        "member": request.member_id,
        "model": request.model,
        "video": ", ".join(filter(None, [f"{request.duration} s", request.options.aspect_ratio, *others, references])),
        "card": job.card_message_id,
        "submits": job.submit_attempts,
        "submitted at": job.submitted_at,
        "request id": job.request_id,
        "completed at": job.completed_at,
        "generation, seconds": job.run_seconds,
        "queued, seconds": job.queue_seconds,
        "reserved": f"${job.reserved_usd:.2f}",
        "cost": None if job.cost_usd is None else f"${job.cost_usd:.2f}",
        "file kept until": job.output_ends_at,
        "cancel requested": "yes" if job.cancel_requested else None,
        "next try at": job.retry_at,
        "posts": job.post_attempts or None,
        "posted in": job.post_channel_id,
        "post": job.post_message_id,
        "problem": job.problem and job.problem.code.value,
        "detail": job.problem and job.problem.detail,
    }
    for name, value in known.items():
        if value not in (None, ""):
            yield name, _moment(value) if isinstance(value, datetime) else str(value)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
