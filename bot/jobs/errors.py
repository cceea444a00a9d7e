"""What can stand in a job's way inside the bot."""

from bot.jobs.states import State


class JobError(Exception):
    pass


class StaleJob(JobError):
    """The job was saved by somebody else since it was read: read it again, or leave it to them."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} has been changed by somebody else")


class SpendLimitReached(JobError):
    """The bot's spending limit of the day, or of the whole month, has no room for one more run."""

    def __init__(self, *, whole_month: bool = False) -> None:
        super().__init__()
        self.whole_month = whole_month


class NoFreePlace(JobError):
    """SEGMIND_MAX_IN_FLIGHT jobs are at Segmind already."""


class EqualBodyInDoubt(JobError):
    """A job with the very same body has an unknown outcome: a second one could not be told from it."""


class WrongState(JobError):
    """A person asked for something that the job's state no longer allows; `state` is None where there is no job."""

    def __init__(self, job_id: int, state: State | None) -> None:
        super().__init__(f"job {job_id} is {state or 'not there'}")
        self.state = state
