"""One line in the log for each change of state, whoever made it."""

import structlog

from bot.jobs.model import Job
from bot.jobs.states import State

log = structlog.get_logger("bot.jobs")


def tell_move(job: Job, before: State, **more: object) -> None:
    """Log a move that is saved; never with what a member wrote."""
    problem = job.problem
    log.info(
        "job_state",
        job=job.id,
        before=before.value,
        state=job.state.value,
        request_id=job.request_id,
        **({"problem": problem.code.value, "detail": problem.detail} if problem else {}),
        **more,
    )
