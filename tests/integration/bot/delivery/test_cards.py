"""Status cards on the local Discord: edited with measure, and the last word always arrives."""

import asyncio
from collections import deque
from dataclasses import replace
from pathlib import Path

from bot.delivery.card_view import LATE_SHARE, READY_SHARE
from bot.delivery.cards import CardEditor
from bot.delivery.edit_queue import EDIT_EVERY, LONGEST_REST, POSITION_AFTER, POSITION_EVERY, TROUBLE_WAIT
from bot.jobs.model import Job
from bot.jobs.ports import shown
from bot.jobs.run_times import FinishedRun, RunTimes
from bot.jobs.states import State
from tests.support.channel import OFFER, Channel
from tests.support.clock import PATIENCE, ManualClock
from tests.support.files import png
from tests.support.jobs import NOON


async def test_a_change_is_shown_on_the_card(channel: Channel, cards: CardEditor) -> None:
    job = await channel.job(State.WAITING)
    cards.changed(job.move(State.CANCELLED, NOON))
    card = await channel.shows(job, "Canceled")
    assert card.mentions == []


async def test_changes_at_once_become_one_edit(channel: Channel, cards: CardEditor, clock: ManualClock) -> None:
    job = await channel.job(State.SUBMITTING)
    for state in (State.QUEUED, State.PROCESSING, State.QUEUED, State.PROCESSING, State.FAILED):
        job = job.move(state, NOON)
        cards.changed(job)
    await clock.asleep()
    await channel.shows(job, "Failed")
    assert len(channel.requests("PATCH")) == 1


async def test_changes_that_come_too_fast_wait_and_the_last_one_arrives(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    job = await channel.job(State.SUBMITTING)
    job = job.move(State.QUEUED, NOON)
    cards.changed(job)
    await clock.asleep()
    for state in (State.PROCESSING, State.COMPLETED, State.POSTING, State.DELIVERED):
        job = job.move(state, NOON)
        cards.changed(job)
    clock.advance(EDIT_EVERY - 0.01)
    assert len(channel.requests("PATCH")) == 1
    clock.advance(0.02)
    await channel.shows(job, "Done")
    assert len(channel.requests("PATCH")) == 2


async def test_the_cards_of_one_channel_take_turns_and_other_channels_do_not_wait(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    jobs = [await channel.job(State.WAITING, prompt=f"fox {number}") for number in range(3)]
    elsewhere = await channel.job(State.WAITING, channel="general")
    for job in (*jobs, elsewhere):
        cards.changed(job.move(State.CANCELLED, NOON))
    await clock.asleep(2)
    await channel.shows(jobs[0], "Canceled")
    await channel.shows(elsewhere, "Canceled")
    assert len(channel.requests("PATCH")) == 2
    for job in jobs[1:]:
        clock.advance(EDIT_EVERY)
        await channel.shows(job, "Canceled")


async def test_a_card_that_would_not_change_is_not_edited(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    job = (await channel.job(State.SUBMITTING)).move(State.QUEUED, NOON)
    cards.changed(job)
    await clock.asleep()
    cards.changed(job)
    clock.advance(EDIT_EVERY)
    await clock.asleep()
    assert len(channel.requests("PATCH")) == 1


async def test_an_edit_without_a_clear_answer_is_sent_again_with_the_newest_value(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    job = await channel.job(State.SUBMITTING)
    await channel.sandbox.admin.fault(method="PATCH", route="messages", status=503, times=2)
    job = job.move(State.QUEUED, NOON)
    cards.changed(job)
    await clock.asleep()
    job = job.move(State.FAILED, NOON)
    cards.changed(job)
    for wait in (TROUBLE_WAIT, EDIT_EVERY, TROUBLE_WAIT):
        clock.advance(wait)
        await clock.asleep()
    clock.advance(EDIT_EVERY)
    await channel.shows(job, "Failed")
    assert len(channel.requests("PATCH")) == 3


async def test_a_card_that_somebody_deleted_does_not_hold_up_the_others(channel: Channel, cards: CardEditor) -> None:
    gone, other = [await channel.job(State.WAITING) for _ in range(2)]
    await channel.sandbox.admin.delete_message(gone.request.channel_id, gone.card_message_id or 0)
    clock_of_its_own = ManualClock(NOON)
    hasty = CardEditor(channel.client, OFFER, clock_of_its_own)
    for job in (gone, other):
        hasty.changed(job.move(State.CANCELLED, NOON))
    await clock_of_its_own.asleep()
    clock_of_its_own.advance(EDIT_EVERY)
    await channel.shows(other, "Canceled")
    await hasty.close(0)


async def test_a_job_without_a_card_is_shown_nowhere(channel: Channel, cards: CardEditor, clock: ManualClock) -> None:
    job = await channel.job(State.WAITING)
    cards.changed(job.evolve(card_message_id=None).move(State.CANCELLED, NOON))
    assert clock.sleepers == 0
    assert channel.requests("PATCH") == []


async def test_a_place_in_the_queue_is_shown_after_what_matters_more(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    waiting, over = [await channel.job(State.WAITING) for _ in range(2)]
    cards.moved_up(waiting, 2)
    await clock.asleep()
    assert channel.requests("PATCH") == []
    cards.changed(over.move(State.CANCELLED, NOON))
    await channel.shows(over, "Canceled")
    await clock.asleep()
    clock.advance(EDIT_EVERY)
    await clock.asleep()
    clock.advance(POSITION_AFTER)
    await channel.shows(waiting, "#2 in line")
    assert len(channel.requests("PATCH")) == 2


async def test_places_in_the_queue_are_shown_now_and_then_alone(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    jobs = [await channel.job(State.WAITING) for _ in range(2)]
    for job in jobs:
        cards.moved_up(job, 2)
    await pass_time(clock, POSITION_AFTER)
    await channel.shows(jobs[0], "#2 in line")
    await pass_time(clock, EDIT_EVERY)
    await pass_time(clock, POSITION_EVERY - 2 * EDIT_EVERY)
    await clock.asleep()
    assert len(channel.requests("PATCH")) == 1
    await pass_time(clock, EDIT_EVERY)
    await channel.shows(jobs[1], "#2 in line")


async def test_closing_lets_the_last_edits_go_out(channel: Channel, cards: CardEditor, clock: ManualClock) -> None:
    jobs = [await channel.job(State.WAITING) for _ in range(3)]
    for job in jobs:
        cards.changed(job.move(State.CANCELLED, NOON))
    await clock.pass_until(asyncio.create_task(cards.close(20)))
    for job in jobs:
        await channel.shows(job, "Canceled")


async def test_the_last_word_is_reported_once_it_is_shown(channel: Channel, clock: ManualClock) -> None:
    told: asyncio.Queue[Job] = asyncio.Queue()
    cards = CardEditor(channel.client, OFFER, clock, shown=told.put)
    running = await channel.job(State.PROCESSING)
    over = await channel.job(State.WAITING)
    cards.changed(running)
    cards.changed(over := over.move(State.CANCELLED, NOON))
    await clock.asleep()
    clock.advance(EDIT_EVERY)
    assert await told.get() == over
    await channel.shows(over, "Canceled")
    assert told.empty()
    await cards.close(0)


async def test_a_card_that_cannot_be_shown_any_more_is_reported_too(channel: Channel, clock: ManualClock) -> None:
    told: asyncio.Queue[Job] = asyncio.Queue()
    cards = CardEditor(channel.client, OFFER, clock, shown=told.put)
    job = (await channel.job(State.WAITING)).move(State.CANCELLED, NOON)
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    cards.changed(job)
    assert await told.get() == job
    await cards.close(0)


class SavedElsewhere:
    """What the database says of jobs that other processes move on: at each look the next value, at last the same."""

    def __init__(self, *values: Job) -> None:
        self._values = deque(values)

    async def get(self, _job_id: int) -> Job:
        return self._values.popleft() if len(self._values) > 1 else self._values[0]


async def test_an_edit_that_waited_shows_what_another_process_made_of_the_job_meanwhile(
    channel: Channel, clock: ManualClock
) -> None:
    waiting = await channel.job(State.WAITING)
    cancelled = replace(waiting.move(State.CANCELLED, NOON), version=waiting.version + 1)
    told: asyncio.Queue[Job] = asyncio.Queue()
    cards = CardEditor(channel.client, OFFER, clock, shown=told.put, newest=SavedElsewhere(cancelled).get)
    cards.moved_up(waiting, 2)
    await clock.asleep()
    clock.advance(POSITION_AFTER)
    assert await told.get() == cancelled
    await channel.shows(waiting, "Canceled")
    await cards.close(0)


async def test_an_edit_that_overtook_that_of_another_process_is_followed_by_the_last_word(
    channel: Channel, clock: ManualClock
) -> None:
    running = await channel.job(State.PROCESSING)
    failed = replace(running.move(State.FAILED, NOON), version=running.version + 1)
    cards = CardEditor(channel.client, OFFER, clock, newest=SavedElsewhere(running, failed).get)
    cards.changed(running)
    await clock.asleep()
    clock.advance(EDIT_EVERY)
    await channel.shows(running, "Failed")
    assert len(channel.requests("PATCH")) == 2
    await cards.close(0)


async def test_a_job_that_was_cancelled_while_its_pictures_went_up_does_not_stay_in_the_queue(
    channel: Channel, clock: ManualClock, tmp_path: Path
) -> None:
    preparing = await channel.job(State.PREPARING)
    cancelled = replace(preparing.move(State.CANCELLED, NOON), version=preparing.version + 1)
    cards = CardEditor(channel.client, OFFER, clock, newest=SavedElsewhere(cancelled).get)
    (tmp_path / "reference-1").write_bytes(png())
    await cards.attach(preparing, {"image1": tmp_path / "reference-1"})
    await channel.shows(preparing, "Canceled")
    await cards.close(0)


async def test_a_run_says_by_itself_that_its_video_comes_any_moment_and_then_that_it_is_late(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    job = (await channel.job(State.SUBMITTING)).evolve(submitted_at=NOON).move(State.QUEUED, NOON)
    run_time = RunTimes(offer=OFFER).expected(job.request.model, job.request.duration)
    ready, late = (run_time.quantile(share).total_seconds() for share in (READY_SHARE, LATE_SHARE))
    cards.changed(job)
    await channel.shows(job, "ready <t:")
    await pass_time(clock, EDIT_EVERY)
    await pass_time(clock, ready - EDIT_EVERY)
    await channel.shows(job, "any moment now")
    await pass_time(clock, EDIT_EVERY)
    await pass_time(clock, late - ready - EDIT_EVERY)
    await channel.shows(job, "taking longer than usual")
    assert len(channel.requests("PATCH")) == 3


async def test_a_video_takes_five_edits_of_its_card_when_all_goes_well(
    channel: Channel, cards: CardEditor, clock: ManualClock, tmp_path: Path
) -> None:
    job = await channel.job(State.ACCEPTED)
    cards.answered(job, _no_token)
    job = job.move(State.PREPARING, NOON)
    cards.changed(job)
    await pass_time(clock, EDIT_EVERY)
    assert channel.requests("PATCH") == []
    (tmp_path / "reference-1").write_bytes(png())
    names = await cards.attach(job, {"image1": tmp_path / "reference-1"})
    job = job.evolve(**shown(job.request, names))
    said = {
        State.WAITING: "Cancel",
        State.SUBMITTING: "Don't post it",
        State.QUEUED: "Don't post it",
        State.PROCESSING: "Processing",
        State.COMPLETED: "Almost there",
        State.POSTING: "Almost there",
        State.DELIVERED: "Done",
    }
    for state, words in said.items():
        job = job.move(state, NOON, submitted_at=None if state is State.WAITING else NOON)
        cards.changed(job)
        await pass_time(clock, EDIT_EVERY)
        await channel.mira.wait_for(
            lambda message, words=words: words in message.text or words in [each.label for each in message.buttons]
        )
    assert len(channel.requests("PATCH")) == 5


async def test_an_estimate_stays_put_though_other_runs_teach_another(channel: Channel, clock: ManualClock) -> None:
    run_times = RunTimes(offer=OFFER)
    cards = CardEditor(channel.client, OFFER, clock, run_times=run_times)
    job = (await channel.job(State.SUBMITTING)).evolve(submitted_at=NOON).move(State.QUEUED, NOON)
    cards.changed(job)
    await clock.asleep()
    before = channel.requests("PATCH")
    run_times.learn(FinishedRun(model=job.request.model, duration=job.request.duration, seconds=900))
    cards.changed(job)
    await pass_time(clock, EDIT_EVERY)
    await clock.asleep()
    assert channel.requests("PATCH") == before
    await cards.close(0)


async def _no_token(**_: object) -> None: ...


async def test_the_desk_closes_at_once_while_runs_go_on(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    run = (await channel.job(State.SUBMITTING)).move(State.QUEUED, NOON)
    cards.changed(run)
    await channel.shows(run, "Queued")
    await pass_time(clock, EDIT_EVERY)
    await cards.close(PATIENCE)
    assert clock.sleepers == 0


async def pass_time(clock: ManualClock, seconds: float) -> None:
    """Let time pass for the cards, once it has nothing to do but wait."""
    await clock.asleep()
    clock.advance(seconds)


async def test_a_card_of_a_job_that_is_on_record_no_more_is_shown_bare(channel: Channel, clock: ManualClock) -> None:
    async def no_record(_: int) -> None:
        return None

    desk = CardEditor(channel.client, OFFER, clock, newest=no_record)
    job = await channel.job(State.WAITING, prompt="a fox")
    desk.changed(job.move(State.CANCELLED, NOON))
    card = await channel.shows(job, "Deleted")
    assert "a fox" not in card.text
    await desk.close(0)


async def test_an_edit_that_discord_takes_later_is_sent_later(
    channel: Channel, cards: CardEditor, clock: ManualClock
) -> None:
    job = await channel.job(State.WAITING)
    await channel.sandbox.admin.fault(method="PATCH", route="/messages", code=30046, status=403)
    cards.changed(job.move(State.CANCELLED, NOON))
    await clock.asleep()
    clock.advance(LONGEST_REST - 1)
    assert len(channel.requests("PATCH")) == 1
    clock.advance(1)
    await clock.asleep()
    clock.advance(EDIT_EVERY)
    await channel.shows(job, "Canceled")
