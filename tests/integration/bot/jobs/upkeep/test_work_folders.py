"""Files of jobs that somebody else finishes do not stay behind."""

import os
from datetime import timedelta
from pathlib import Path

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.upkeep.cleanup import UNTOUCHED_FOR, clear_folders
from tests.support.stage import Stage


def leave_files(stage: Stage, job: Job, *, age: timedelta) -> Path:
    """Have a job's folder hold a file since some time ago."""
    folder = stage.engine.folder_of(job)
    (folder / "video.mp4").write_bytes(b"film")
    touched = (stage.clock.now() - age).timestamp()
    os.utime(folder, (touched, touched))
    return folder


async def clear(stage: Stage) -> int:
    return await clear_folders(stage.engine.folder, stage.dispatcher, stage.clock)


async def test_the_folder_of_a_job_that_is_not_driven_here_goes_after_a_while(stage: Stage) -> None:
    old = leave_files(stage, await stage.begin(State.QUEUED), age=2 * UNTOUCHED_FOR)
    new = leave_files(stage, await stage.begin(State.QUEUED), age=UNTOUCHED_FOR / 2)
    assert await clear(stage) == 1
    assert (old.exists(), new.exists()) == (False, True)


async def test_the_folder_of_a_job_that_is_driven_here_stays(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    folder = leave_files(stage, job, age=2 * UNTOUCHED_FOR)
    await stage.dispatcher.dispatch(job)
    assert await clear(stage) == 0
    assert folder.exists()


async def test_what_a_process_left_that_died_over_pictures_or_a_hidden_video_goes_too(stage: Stage) -> None:
    pictures, video = stage.engine.folder / "cast-77", stage.engine.folder / "hidden-78"
    pictures.mkdir(parents=True)
    (pictures / "1").write_bytes(b"a face")
    video.write_bytes(b"film")
    assert await clear(stage) == 0
    for left in (pictures, video):
        os.utime(left, (0, 0))
    assert await clear(stage) == 2
    assert not list(stage.engine.folder.iterdir())


async def test_what_is_no_folder_of_a_job_is_left_alone(stage: Stage) -> None:
    other = stage.engine.folder / "notes"
    other.mkdir(parents=True)
    os.utime(other, (0, 0))
    assert await clear(stage) == 0
    assert other.exists()


async def test_where_nothing_was_ever_fetched_there_is_nothing_to_clear(stage: Stage) -> None:
    assert await clear(stage) == 0
