"""COMPLETED and POSTING: the video comes here, is looked at, and is posted exactly once."""

import asyncio
import math
from datetime import timedelta
from pathlib import Path

import pytest

from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.ports import CannotTell, CardGone, ChannelClosed, OutcomeUnclear, PortError, Posted, TooLarge, Video
from bot.jobs.states import State
from bot.jobs.steps import posting
from bot.jobs.steps.engine import DELIVERIES_AT_ONCE
from bot.jobs.steps.finished_file import CUT
from bot.media.errors import ChildFailed
from bot.media.videos.checker import VideoFacts
from bot.media.videos.inspecting import inspect_video
from tests.support.files import mp4, png
from tests.support.stage import COST, MAX_BYTES, Stage


async def test_the_intent_to_post_is_saved_with_its_attempt_before_the_post(stage: Stage) -> None:
    job = await stage.begin(State.COMPLETED)
    done = await stage.drive(job)
    assert stage.cards.states(job.id) == [State.POSTING, State.DELIVERED]
    assert [(post.job_id, post.attempt) for post in stage.posts.posts] == [(job.id, 1)]
    assert done.post_message_id == stage.posts.posts[0].id
    assert stage.posts.looks == 0


@pytest.mark.parametrize("troubles", [[500], [503, 503, 500], [429]])
async def test_an_output_that_cannot_be_fetched_at_first_is_tried_again(stage: Stage, troubles: list[int]) -> None:
    stage.files.troubles.extend(troubles)
    job = await stage.begin(State.COMPLETED)
    assert (await stage.drive(job)).state is State.DELIVERED
    assert stage.files.asked == ["/video.mp4"] * (len(troubles) + 1)


async def test_an_output_is_tried_for_as_long_as_segmind_keeps_it(stage: Stage) -> None:
    job = await stage.begin(State.COMPLETED, completed_at=stage.clock.now() - timedelta(days=6, hours=23))
    stage.files.troubles.extend([500] * 1_000)
    undelivered = await stage.drive(job)
    assert undelivered.problem is not None
    assert (undelivered.state, undelivered.problem.code) == (State.UNDELIVERED, ProblemCode.OUTPUT_GONE)
    assert undelivered.completed_at is not None
    assert undelivered.state_since - undelivered.completed_at > timedelta(days=7)
    assert max(stage.clock.slept) <= 300


async def test_as_many_videos_are_on_their_way_as_there_are_places_and_the_next_takes_one_that_comes_free(
    stage: Stage, tmp_path: Path
) -> None:
    places = stage.engine.deliveries
    for _ in range(DELIVERIES_AT_ONCE):
        await places.acquire()
    waiting = stage.start(await stage.begin(State.COMPLETED))
    # Asked for later, answered by the same server: had the driver not waited, its own request would have come before.
    await stage.engine.outputs.fetch(stage.files.url("/fox.png"), tmp_path / "fox.png", max_bytes=MAX_BYTES)
    assert stage.files.asked == ["/fox.png"]
    places.release()
    await stage.clock.pass_until(waiting)
    assert waiting.result().state is State.DELIVERED
    assert not places.locked()


async def test_a_video_that_has_to_be_waited_for_takes_no_place(stage: Stage) -> None:
    stage.files.troubles.append(500)
    places_left: list[bool] = []
    stage.clock.on_advance.append(lambda _: places_left.append(not stage.engine.deliveries.locked()))
    for _ in range(DELIVERIES_AT_ONCE - 1):
        await stage.engine.deliveries.acquire()
    assert (await stage.drive(await stage.begin(State.COMPLETED))).state is State.DELIVERED
    assert places_left == [True]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_file_that_is_there_a_little_after_its_run_is_waited_for(stage: Stage, status: int) -> None:
    stage.files.troubles.extend([status] * 3)
    job = await stage.begin(State.COMPLETED)
    assert (await stage.drive(job)).state is State.DELIVERED


async def test_a_file_that_was_there_once_is_gone_when_it_is_not_found(stage: Stage) -> None:
    stage.files.troubles.append(404)
    job = await stage.begin(State.COMPLETED)
    stage.clock.advance(3_600)
    assert (await stage.drive(job)).state is State.UNDELIVERED
    assert stage.files.asked == ["/video.mp4"]


async def test_an_output_that_is_gone_is_told_and_its_cost_stays(stage: Stage) -> None:
    del stage.files.files["/video.mp4"]
    job = await stage.begin(State.COMPLETED)
    undelivered = await stage.drive(job)
    assert undelivered.problem is not None
    assert (undelivered.state, undelivered.problem.code) == (State.UNDELIVERED, ProblemCode.OUTPUT_GONE)
    assert (await stage.spent(job), stage.posts.attempts) == (COST, 0)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/video.mp4", "https://evil.example/video.mp4", "file:///etc/hosts"])
async def test_an_output_on_a_host_that_is_not_allowed_is_never_fetched(stage: Stage, url: str) -> None:
    job = await stage.begin(State.COMPLETED, output_url=url)
    undelivered = await stage.drive(job)
    assert undelivered.problem is not None
    assert (undelivered.state, undelivered.problem.code) == (State.UNDELIVERED, ProblemCode.OUTPUT_GONE)
    assert stage.posts.attempts == 0


@pytest.mark.parametrize("cuts", [[0.25], [0.5, 0.9, 0.05]])
async def test_an_output_that_comes_short_is_fetched_again(stage: Stage, cuts: list[float]) -> None:
    stage.files.cuts.extend(cuts)
    job = await stage.begin(State.COMPLETED)
    assert (await stage.drive(job)).state is State.DELIVERED
    assert stage.files.asked == ["/video.mp4"] * (len(cuts) + 1)


async def test_an_output_that_stays_short_is_not_posted_until_it_is_whole(stage: Stage) -> None:
    stage.files.files["/video.mp4"] = mp4()[: len(mp4()) // 2]
    job = await stage.begin(State.COMPLETED)
    undelivered = await stage.drive(job)
    assert undelivered.problem is not None
    assert (undelivered.state, undelivered.problem.code) == (State.UNDELIVERED, ProblemCode.OUTPUT_GONE)
    assert stage.files.asked == ["/video.mp4"] * CUT
    assert (await stage.spent(job), stage.posts.attempts) == (COST, 0)
    stage.files.files["/video.mp4"] = mp4()
    again = await stage.store.save(undelivered.move(State.POSTING, stage.clock.now(), problem=None))
    assert (await stage.drive(again)).state is State.DELIVERED


async def test_a_process_that_dies_over_a_video_is_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = [ChildFailed("SIGKILL"), ChildFailed("timeout")]
    inspect = stage.engine.videos.inspect

    async def dying(path: Path) -> VideoFacts:
        if ends:
            raise ends.pop()
        return await inspect(path)

    monkeypatch.setattr(stage.engine.videos, "inspect", dying)
    assert (await stage.drive(await stage.begin(State.COMPLETED))).state is State.DELIVERED


@pytest.mark.parametrize("content", [b"<html>", b"", png(), bytes(200)], ids=["html", "nothing", "image", "zeros"])
async def test_an_output_that_is_no_video_is_not_posted(stage: Stage, content: bytes) -> None:
    stage.files.files["/video.mp4"] = content
    job = await stage.begin(State.COMPLETED)
    undelivered = await stage.drive(job)
    assert undelivered.problem is not None
    assert (undelivered.state, undelivered.problem.code) == (State.UNDELIVERED, ProblemCode.OUTPUT_UNUSABLE)
    assert (await stage.spent(job), stage.posts.attempts) == (COST, 0)


async def test_an_output_of_absurd_size_is_not_posted(stage: Stage) -> None:
    stage.files.files["/video.mp4"] = mp4() + bytes(MAX_BYTES)
    undelivered = await stage.drive(await stage.begin(State.COMPLETED))
    assert undelivered.state is State.UNDELIVERED


@pytest.mark.parametrize(
    ("trouble", "code"), [(CardGone("10008"), ProblemCode.CARD_GONE), (ChannelClosed("50013"), ProblemCode.CHANNEL)]
)
async def test_a_channel_that_does_not_take_the_post_leaves_the_video_kept(
    stage: Stage, trouble: PortError, code: ProblemCode
) -> None:
    stage.posts.troubles.append(trouble)
    job = await stage.begin(State.COMPLETED)
    undelivered = await stage.drive(job)
    assert undelivered.state is State.UNDELIVERED
    assert undelivered.problem == Problem(code=code, detail=trouble.detail)
    assert undelivered.output_url == job.output_url
    assert await stage.spent(job) == COST


async def test_a_post_that_was_made_though_nobody_heard_is_found_and_not_repeated(stage: Stage) -> None:
    stage.posts.carried_out.append(OutcomeUnclear("502"))
    job = await stage.begin(State.COMPLETED)
    done = await stage.drive(job)
    assert done.state is State.DELIVERED
    assert [post.id for post in stage.posts.posts] == [done.post_message_id]
    assert (stage.posts.attempts, stage.posts.looks) == (1, 1)


async def test_a_post_that_was_not_made_is_made_again_as_the_same_attempt(stage: Stage) -> None:
    stage.posts.troubles.extend([OutcomeUnclear("502"), OutcomeUnclear("502")])
    job = await stage.begin(State.COMPLETED)
    done = await stage.drive(job)
    assert (done.state, done.post_attempts) == (State.DELIVERED, 1)
    assert [post.attempt for post in stage.posts.posts] == [1]
    assert (stage.posts.attempts, stage.posts.looks) == (3, 4)


async def test_a_driver_that_finds_posting_looks_before_it_posts(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    done = await stage.drive(job)
    assert (done.state, done.post_attempts) == (State.DELIVERED, 1)
    assert (stage.posts.looks, stage.posts.attempts) == (2, 1)  # before and after the file is fetched


async def test_a_post_that_was_made_is_found_though_its_file_is_gone_by_now(stage: Stage) -> None:
    stage.posts.carried_out.append(OutcomeUnclear("502"))

    def goes(_: object) -> None:
        stage.files.files.pop("/video.mp4", None)

    stage.cards.on_change = goes
    done = await stage.drive(await stage.begin(State.COMPLETED))
    assert (done.state, done.post_message_id) == (State.DELIVERED, stage.posts.posts[0].id)
    assert (stage.posts.attempts, stage.files.asked.count("/video.mp4")) == (1, 1)


async def test_a_post_that_comes_in_while_the_file_is_fetched_again_is_not_repeated(
    stage: Stage, tmp_path: Path
) -> None:
    job = await stage.begin(State.POSTING)
    look = stage.posts.find

    async def too_early(job: Job) -> Posted | None:
        found = await look(job)
        if stage.posts.looks == 1:
            (tmp_path / "video.mp4").write_bytes(mp4())
            video = Video(path=tmp_path / "video.mp4", facts=inspect_video(tmp_path / "video.mp4"))
            await stage.posts.post(job, video, leave_by=math.inf)
        return found

    stage.posts.find = too_early
    done = await stage.drive(job)
    assert (done.state, done.post_message_id) == (State.DELIVERED, stage.posts.posts[0].id)
    assert (stage.posts.looks, stage.posts.attempts) == (2, 1)


async def test_a_look_that_fails_is_repeated_before_anything_is_posted(stage: Stage) -> None:
    stage.posts.blindness.extend([OutcomeUnclear("503"), OutcomeUnclear("503")])
    job = await stage.begin(State.POSTING)
    assert (await stage.drive(job)).state is State.DELIVERED
    assert (stage.posts.looks, stage.posts.attempts) == (4, 1)


async def test_a_look_may_take_longer_than_a_post_may_wait(stage: Stage) -> None:
    stage.posts.look_seconds = 10 * posting.POST_WITHIN
    job = await stage.begin(State.POSTING)
    assert (await stage.drive(job)).state is State.DELIVERED
    assert (stage.posts.looks, stage.posts.attempts) == (2, 1)


async def test_a_driver_that_lost_its_job_during_the_look_posts_nothing(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    look = stage.posts.find

    async def taken_away(job: Job) -> Posted | None:
        found = await look(job)
        newest = await stage.saved(job)
        await stage.store.save(newest.move(State.UNDELIVERED, stage.clock.now()))
        return found

    stage.posts.find = taken_away
    await stage.drive(job)
    assert stage.posts.attempts == 0


@pytest.mark.parametrize(
    ("blindness", "code"),
    [
        (CannotTell("no history"), ProblemCode.POST_UNKNOWN),
        (CardGone("10008"), ProblemCode.CARD_GONE),
        (ChannelClosed("50001"), ProblemCode.CHANNEL),
    ],
)
async def test_where_absence_cannot_be_seen_nothing_is_posted_a_second_time(
    stage: Stage, blindness: PortError, code: ProblemCode
) -> None:
    stage.posts.blindness.append(blindness)
    job = await stage.begin(State.POSTING)
    undelivered = await stage.drive(job)
    assert undelivered.state is State.UNDELIVERED
    assert undelivered.problem == Problem(code=code, detail=blindness.detail)
    assert stage.posts.attempts == 0


async def test_a_video_cancelled_meanwhile_is_withheld_and_paid_all_the_same(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING, cancel_requested=True)
    await stage.finishes()
    withheld = await stage.drive(job)
    assert withheld.state is State.WITHHELD
    assert (await stage.spent(job), stage.posts.attempts) == (COST, 0)


@pytest.mark.parametrize("review", [ReviewMode.OFF, ReviewMode.BEFORE_POSTING])
async def test_a_video_that_is_refused_while_it_is_fetched_goes_nowhere(stage: Stage, review: ReviewMode) -> None:
    stage.files.troubles.append(500)
    job = await stage.begin(State.COMPLETED, handling=Handling(review=review))
    driver = stage.start(job)
    await stage.clock.asleep()
    await stage.store.save(job.evolve(cancel_requested=True, problem=Problem(code=ProblemCode.REMOVED)))
    await stage.clock.pass_until(driver)
    assert driver.result().state is State.WITHHELD
    assert (stage.posts.attempts, stage.moderators.shown) == (0, [])


async def test_a_file_that_is_gone_keeps_nothing_that_was_refused_meanwhile(stage: Stage) -> None:
    stage.files.troubles.append(500)
    del stage.files.files["/video.mp4"]
    job = await stage.begin(State.COMPLETED)
    driver = stage.start(job)
    await stage.clock.asleep()
    await stage.store.save(job.evolve(cancel_requested=True, problem=Problem(code=ProblemCode.REMOVED)))
    await stage.clock.pass_until(driver)
    assert driver.result().state is State.WITHHELD


async def test_a_problem_of_an_earlier_attempt_is_gone_once_it_is_delivered(stage: Stage) -> None:
    job = await stage.begin(State.POSTING, post_attempts=2, problem=Problem(code=ProblemCode.CHANNEL))
    done = await stage.drive(job)
    assert (done.state, done.problem) == (State.DELIVERED, None)
    assert [post.attempt for post in stage.posts.posts] == [2]


async def test_a_stop_while_the_outcome_of_a_post_is_waited_for_leaves_it_to_be_looked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "STOP_GRACE", 0.05)
    stage.posts.carried_out.append(OutcomeUnclear("502"))
    job = await stage.begin(State.COMPLETED)
    driver = stage.start(job)
    await stage.clock.asleep()
    driver.cancel()
    await asyncio.wait({driver})
    left = await stage.saved(job)
    assert left.state is State.POSTING
    done = await stage.drive(left)
    assert done.state is State.DELIVERED
    assert len(stage.posts.posts) == 1


async def test_a_video_may_take_longer_to_prepare_than_a_post_may_wait(stage: Stage) -> None:
    stage.posts.prepare_seconds = 10 * posting.POST_WITHIN
    done = await stage.drive(await stage.begin(State.COMPLETED))
    assert (done.state, stage.posts.attempts, stage.posts.looks) == (State.DELIVERED, 1, 0)


@pytest.mark.parametrize("state", [State.COMPLETED, State.POSTING])
async def test_a_video_that_is_refused_for_its_size_is_made_smaller_and_posted_as_the_same_attempt(
    stage: Stage, state: State
) -> None:
    stage.posts.prepare_seconds = 10 * posting.POST_WITHIN
    stage.posts.troubles.append(TooLarge("413"))
    done = await stage.drive(await stage.begin(state))
    assert (done.state, done.post_attempts) == (State.DELIVERED, 1)
    assert stage.posts.prepared == [False, True]
    assert [(post.attempt, post.id) for post in stage.posts.posts] == [(1, done.post_message_id)]


async def test_a_driver_that_lost_its_job_while_it_made_a_video_smaller_posts_nothing(stage: Stage) -> None:
    job = await stage.begin(State.COMPLETED)
    prepare = stage.posts.prepare

    async def taken_away(job: Job, video: Video, *, refused: bool = False) -> Video:
        if refused:
            newest = await stage.saved(job)
            await stage.store.save(newest.move(State.UNDELIVERED, stage.clock.now()))
        return await prepare(job, video, refused=refused)

    stage.posts.prepare = taken_away
    stage.posts.troubles.append(TooLarge("413"))
    await stage.drive(job)
    assert (stage.posts.attempts, stage.posts.posts) == (1, [])


@pytest.mark.parametrize("state", [State.COMPLETED, State.POSTING])
async def test_a_channel_that_closes_before_a_video_is_prepared_leaves_it_kept(stage: Stage, state: State) -> None:
    stage.posts.unprepared.append(ChannelClosed("10004"))
    undelivered = await stage.drive(await stage.begin(state))
    assert undelivered.state is State.UNDELIVERED
    assert undelivered.problem == Problem(code=ProblemCode.CHANNEL, detail="10004")
    assert stage.posts.attempts == 0


async def test_a_preparation_without_a_clear_answer_is_tried_again(stage: Stage) -> None:
    stage.posts.unprepared.append(OutcomeUnclear("503"))
    done = await stage.drive(await stage.begin(State.COMPLETED))
    assert (done.state, stage.posts.attempts) == (State.DELIVERED, 1)
