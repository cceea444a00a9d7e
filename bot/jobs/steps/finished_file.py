"""Finished videos brought to this machine's disk, for as long as someone works on them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog

from bot.jobs.clock import STEADY_FOR
from bot.jobs.model import Job
from bot.jobs.ports import Video
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.media.errors import ChildFailed, FetchFailed, FetchGone, VideoCut

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = 5.0  # seconds before the second try; doubled for each further one
LONGEST_WAIT: Final = 300.0
CUT: Final = 4  # times that a file has to come short before it counts as short where it is
APPEARS_WITHIN: Final = timedelta(minutes=5)  # from the end of a run, in which a 404 may be a file that only comes late


@asynccontextmanager
async def fetched(engine: Engine, job: Job, *, patient: bool = True) -> AsyncGenerator[Video]:
    """Bring the output to disk, made to fit, trying again for as long as Segmind keeps it; the block is to deliver it.

    Who is not `patient` tries once. As many videos are on their way at once as `engine.deliveries` has places; one that
    is waited for takes none.
    Raises `MediaError` where trying again changes nothing, what `Posts.prepare` does, and `StaleJob` where the job has
    changed while it was waited for.
    """
    assert job.output_url is not None  # noqa: S101 - COMPLETED is never saved without it
    path = engine.folder_of(job) / "video.mp4"
    wait, began, cut, reason = FIRST_WAIT, engine.clock.monotonic(), 0, ""
    while True:
        async with engine.deliveries:
            try:
                await engine.outputs.fetch(job.output_url, path, max_bytes=engine.limits.max_video_bytes)
                video = Video(path=path, facts=await engine.videos.inspect(path))
            except (FetchFailed, FetchGone) as error:
                if not patient or _is_final(engine, job, error, began):
                    raise
                if str(error) != reason:
                    log.warning("output_not_fetched", job=job.id, error=str(error))
                reason = str(error)
            except (VideoCut, ChildFailed) as error:
                cut += 1
                if not patient or cut == CUT:
                    raise
                log.warning("output_cut", job=job.id, error=str(error))
            else:
                # Before the intent to post is saved: from then on the post has to leave soon.
                yield await engine.posts.prepare(job, video)
                return
        await engine.clock.sleep(wait)
        if patient:
            await engine.make_sure_of(job)  # it may take days, and someone may not want it any more
        wait = min(wait * 2, LONGEST_WAIT)


def _is_final(engine: Engine, job: Job, error: FetchFailed | FetchGone, began: float) -> bool:
    """Return whether to give up on a file, requested since `began` (monotonic, as the time of day may jump)."""
    now = engine.clock.now()
    if isinstance(error, FetchFailed):
        ended = job.output_ends_at is not None and now > job.output_ends_at
        return ended and engine.clock.monotonic() - began > STEADY_FOR
    # The history does not tell when a run ended: it may have been just before the job came to COMPLETED.
    since = job.state_since if job.state is State.COMPLETED else job.completed_at
    is_young = since is not None and now - since <= APPEARS_WITHIN
    return not is_young or engine.clock.monotonic() - began > APPEARS_WITHIN.total_seconds()
