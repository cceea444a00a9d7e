"""Errors of the job engine, and what a full disk or a machine without memory means."""

import errno
from typing import Final

import structlog

from bot.jobs.states import State

log = structlog.get_logger(__name__)

_NO_ROOM: Final = "the disk of DATA_DIR is full. Free some space"
_NOT_WRITABLE: Final = "DATA_DIR isn't writable. Give it and everything in it to the bot's user"
_TOO_MANY_FILES: Final = "too many files are open. Raise the limit of open files (ulimit -n)"
_TOO_SMALL: Final = "the machine is out of memory or processes. Give the bot more"
_SAID: Final = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: "a file exceeds this machine's limit. Raise the limit of file sizes (ulimit -f)",
    errno.EROFS: _NOT_WRITABLE,
    errno.EACCES: _NOT_WRITABLE,
    errno.EPERM: _NOT_WRITABLE,
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
    errno.ENOMEM: _TOO_SMALL,
    errno.EAGAIN: _TOO_SMALL,
    errno.EIO: "the disk of DATA_DIR can't be read or written. Check whether it's damaged",
}


class JobError(Exception):
    pass


class StaleJob(JobError):
    """The job was saved by someone else since it was read: read it again, or leave it to them."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} was changed by another process")


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
    """The job's state doesn't allow what was asked of it; `state` is None where there is no job."""

    def __init__(self, job_id: int, state: State | None) -> None:
        super().__init__(f"job {job_id} is {state or 'not there'}")
        self.state = state


def trouble_of(error: BaseException) -> str:
    """Return what the machine lacked, and what to do; empty for any other error."""
    return _SAID.get(error.errno or 0, "") if isinstance(error, OSError) else ""


class Machine:
    """Hears how the steps of jobs end. `trouble` says what is wrong while a job waits for it, else it is empty."""

    def __init__(self) -> None:
        self._waiting: dict[int, str] = {}  # by job
        self._told = False

    @property
    def trouble(self) -> str:
        return next(iter(self._waiting.values()), "")

    def failed(self, job_id: int, trouble: str) -> None:
        """Take note that a step of a job failed for want of something."""
        self._waiting[job_id] = trouble
        if not self._told:
            self._told = True
            log.warning("machine_in_trouble", job=job_id, error=trouble)

    def passed(self, job_id: int) -> None:
        """Take note that a step of a job came through."""
        self._waiting.pop(job_id, None)
        if self._told and not self._waiting:
            self._told = False
            log.info("machine_well_again")

    def let_go(self, job_id: int) -> None:
        """Take note that a job is driven no longer."""
        self._waiting.pop(job_id, None)
