"""Whoever moves a job, the move is checked, saved, counted, logged once, and shown on its card."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.jobs.decisions import Decided, decision_on
from bot.jobs.driving.intake import Intake
from bot.jobs.driving.owed import CARD_WITHIN, see_to_cardless
from bot.jobs.errors import StaleJob
from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.ports import Posted
from bot.jobs.states import IllegalMove, State
from bot.jobs.upkeep.reconciler import OrphanStore, Reconciler
from bot.members.emptying import Telltale
from bot.members.forgetting import Forgetting
from bot.operator.stuck_jobs import Doubts
from tests.support.database import LIMIT
from tests.support.jobs import PRICE, a_request
from tests.support.stage import Stage, within_patience

MODERATOR = 99
BEFORE_SPENDING, BEFORE_POSTING = (
    Handling(review=ReviewMode.BEFORE_SPENDING),
    Handling(review=ReviewMode.BEFORE_POSTING),
)

Act = Callable[[Stage, Job], Awaitable[object]]


class Discord:
    def posts_of(self, job: Job) -> AsyncIterator[Posted]:
        raise NotImplementedError

    async def empty(self, telltale: Telltale) -> None:
        raise NotImplementedError


def intake_of(stage: Stage) -> Intake:
    return Intake(
        store=stage.store,
        dispatcher=stage.dispatcher,
        cards=stage.cards,
        clock=stage.clock,
        daily_limit_usd=LIMIT,
    )


async def given_up(stage: Stage, job: Job) -> object:
    stage.clock.advance(600)
    return await Doubts(stage.engine, stage.dispatcher).give_up(job.id)


async def adopted(stage: Stage, job: Job) -> None:
    await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING")
    await Reconciler(stage.engine, stage.dispatcher, OrphanStore(stage.store.engine)).compare()


async def review_ended(stage: Stage, _job: Job) -> None:
    stage.clock.advance(timedelta(hours=25).total_seconds())
    await stage.end_reviews()


async def card_never_came(stage: Stage, _job: Job) -> None:
    stage.clock.advance(CARD_WITHIN.total_seconds() + 1)
    await stage.drop_cardless()


async def card_found(stage: Stage, job: Job) -> None:
    stage.clock.advance(CARD_WITHIN.total_seconds() - 1)
    stage.cards.unknown[job.id] = 4_242
    await see_to_cardless(stage.engine)


async def forgotten(stage: Stage, job: Job) -> None:
    database = stage.store.engine
    forgetting = Forgetting(
        database, Discord(), stage.store, dispatcher=stage.dispatcher, cards=stage.cards, clock=stage.clock
    )
    await forgetting.forget(job.request.member_id, remove_messages=False)


HANDLINGS = {State.HELD: BEFORE_SPENDING, State.REVIEW: BEFORE_POSTING}
WAYS: dict[str, tuple[State, Act, State]] = {
    "card sent": (State.ACCEPTED, lambda s, j: intake_of(s).card_sent(j, 4_242), State.PREPARING),
    "card failed": (State.ACCEPTED, lambda s, j: intake_of(s).card_failed(j), State.EXPIRED),
    "card found": (State.ACCEPTED, card_found, State.PREPARING),
    "card never came": (State.ACCEPTED, card_never_came, State.EXPIRED),
    "cancel": (State.WAITING, lambda s, j: s.control.cancel(j.id), State.CANCELLED),
    "delete": (State.DELIVERED, lambda s, j: s.control.take_down(j.id, 30), State.TAKEN_DOWN),
    "send again": (State.UNDELIVERED, lambda s, j: s.control.send_again(j.id, 20), State.POSTING),
    "send again to review": (
        State.UNDELIVERED,
        lambda s, j: s.control.send_again(j.id, 20, BEFORE_POSTING),
        State.REVIEW,
    ),
    "approve a request": (
        State.HELD,
        lambda s, j: s.moderation.approve(j.id, MODERATOR, spoiler=False),
        State.PREPARING,
    ),
    "approve a video": (
        State.REVIEW,
        lambda s, j: s.moderation.approve(j.id, MODERATOR, spoiler=True),
        State.POSTING,
    ),
    "reject a request": (State.HELD, lambda s, j: s.moderation.reject(j.id, MODERATOR, "no"), State.REJECTED),
    "reject a video": (State.REVIEW, lambda s, j: s.moderation.reject(j.id, MODERATOR, "no"), State.WITHHELD),
    "take down what waits": (
        State.WAITING,
        lambda s, j: s.moderation.take_down(j.id, MODERATOR, "no"),
        State.REJECTED,
    ),
    "take down what is looked at": (
        State.PREPARING,
        lambda s, j: s.moderation.take_down(j.id, MODERATOR, "no"),
        State.REJECTED,
    ),
    "take down what has just come": (
        State.ACCEPTED,
        lambda s, j: s.moderation.take_down(j.id, MODERATOR, "no"),
        State.REJECTED,
    ),
    "cancel what has just come": (State.ACCEPTED, lambda s, j: s.control.cancel(j.id), State.CANCELLED),
    "cancel what is looked at": (State.PREPARING, lambda s, j: s.control.cancel(j.id), State.CANCELLED),
    "take down a post": (
        State.DELIVERED,
        lambda s, j: s.moderation.take_down(j.id, MODERATOR, "no"),
        State.TAKEN_DOWN,
    ),
    "review ended": (State.REVIEW, review_ended, State.WITHHELD),
    "given up by the operator": (State.UNCONFIRMED, given_up, State.FAILED),
    "closed by the operator": (
        State.UNDELIVERED,
        lambda s, j: Doubts(s.engine, s.dispatcher).close(j.id),
        State.WITHHELD,
    ),
    "adopted late": (State.FAILED, adopted, State.QUEUED),
    "forgotten": (State.WAITING, forgotten, State.CANCELLED),
}


@pytest.mark.parametrize("way", WAYS)
async def test_every_move_is_counted_logged_once_and_shown(stage: Stage, way: str) -> None:
    before, act, after = WAYS[way]
    if before is State.ACCEPTED:
        job = await intake_of(stage).accept(11, a_request(), price_usd=PRICE)
    elif before is State.FAILED:
        in_doubt = await stage.begin(State.UNCONFIRMED)
        problem = Problem(code=ProblemCode.NEVER_ARRIVED)
        job = await stage.store.save(in_doubt.move(State.FAILED, stage.clock.now(), problem=problem))
    else:
        job = await stage.begin(
            before, handling=HANDLINGS.get(before, Handling()), output_url="https://127.0.0.1/v.mp4"
        )
    stage.moves.clear()
    stage.cards.shown.clear()
    with capture_logs() as told:
        await act(stage, job)
        await stage.dispatcher.stop()
    lines = [(line["before"], line["state"]) for line in told if line["event"] == "job_state" and line["job"] == job.id]
    assert lines[0] == (before, after)
    assert lines == stage.moves
    # What a member has had deleted is emptied with the rest of their messages.
    assert stage.cards.states(job.id)[:1] == ([] if way == "forgotten" else [after])


async def test_a_move_that_the_table_does_not_have_is_not_saved(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    forged = replace(job.move(State.SUBMITTING, stage.clock.now()), state=State.DELIVERED)
    with pytest.raises(IllegalMove):
        await stage.store.save(forged)
    assert await stage.saved(job) == job
    assert stage.moves == []


async def test_a_save_that_comes_too_late_is_no_move(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    await stage.store.save(job.move(State.CANCELLED, stage.clock.now()))
    with capture_logs() as told, pytest.raises(StaleJob):
        await stage.store.save(job.move(State.SUBMITTING, stage.clock.now()))
    assert stage.moves == [(State.WAITING, State.CANCELLED)]
    assert told == []


async def test_what_fails_in_the_same_transaction_undoes_the_move(stage: Stage) -> None:
    job = await stage.begin(State.DELIVERED)

    async def breaks(*_: object) -> None:
        raise RuntimeError

    decision = decision_on(job, Decided.DELETED, stage.clock.now())
    with pytest.raises(RuntimeError):
        await stage.store.save(job.move(State.TAKEN_DOWN, stage.clock.now()), decision, also=breaks)
    assert (await stage.saved(job)).state is State.DELIVERED
    assert stage.moves == []


async def test_a_job_that_waits_in_the_queue_is_let_go_by_whoever_ends_it(stage: Stage) -> None:
    """Who waits for a turn learns of it at once, and not with the next look at the database."""
    job = await stage.begin(State.WAITING, retry_at=stage.clock.now() + timedelta(minutes=1))
    turn = asyncio.create_task(stage.engine.queue.turn(job))
    await stage.clock.asleep()  # the queue has looked, and sleeps until the next look
    await stage.store.save(job.move(State.CANCELLED, stage.clock.now()))
    with pytest.raises(StaleJob):
        await within_patience(turn)
