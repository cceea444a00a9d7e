"""How long a run may take before something else than waiting is due. All count from the submission."""

from datetime import datetime, timedelta
from typing import Final

from bot.jobs.model import Job
from bot.jobs.states import FOLLOWED

RECORD_LIFETIME: Final = timedelta(hours=1)  # Segmind's: status and result are gone after it
RECORD_DYING: Final = timedelta(minutes=50)  # from here on a job is asked for before others
LATE_AFTER: Final = timedelta(minutes=30)  # nine times the usual: followed on, but slowly, and the card says so
GIVE_UP_AFTER: Final = timedelta(hours=24)  # nothing was heard of it in a day, neither record nor history


def is_late(job: Job, now: datetime) -> bool:
    """Tell whether a run takes unusually long; it may come to its end all the same."""
    return job.state in FOLLOWED and _age(job, now) > LATE_AFTER


def is_dying(job: Job, now: datetime) -> bool:
    """Tell whether Segmind's record of a run is near its end."""
    return job.state in FOLLOWED and _age(job, now) > RECORD_DYING


def has_record(job: Job, now: datetime) -> bool:
    """Tell whether Segmind has to know a request by its record: one it does not know now may only show late."""
    return _age(job, now) < RECORD_LIFETIME


def is_given_up(job: Job, now: datetime) -> bool:
    return _age(job, now) > GIVE_UP_AFTER


def _age(job: Job, now: datetime) -> timedelta:
    return now - (job.submitted_at or job.created_at)
