"""The way in: a request is saved before it is answered, and driven once its card is there."""

from decimal import Decimal

import pytest
import structlog.testing

from bot.jobs.driving.intake import Intake
from bot.jobs.driving.owed import CARD_WITHIN, LOOK_AFTER, see_to_cardless
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job
from bot.jobs.states import State
from tests.support.jobs import PRICE, a_request
from tests.support.stage import Stage

CARD = 4_242


class Dispatched:
    """The jobs that were handed on to be driven."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def dispatch(self, job: Job) -> None:
        self.jobs.append(job)


@pytest.fixture
def dispatched() -> Dispatched:
    return Dispatched()


@pytest.fixture
def intake(stage: Stage, dispatched: Dispatched) -> Intake:
    return Intake(
        store=stage.store,
        dispatcher=dispatched,
        cards=stage.cards,
        clock=stage.clock,
        daily_limit_usd=2 * PRICE,
    )


async def test_a_request_is_saved_with_its_price_reserved_on_the_day_it_came(stage: Stage, intake: Intake) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    assert await stage.saved(job) == job
    assert (job.id, job.state, job.created_at) == (11, State.ACCEPTED, stage.clock.now())
    assert await stage.store.spent(stage.clock.now().date()) == PRICE


async def test_nothing_is_driven_before_its_card_is_there(intake: Intake, dispatched: Dispatched) -> None:
    await intake.accept(11, a_request(), price_usd=PRICE)
    assert dispatched.jobs == []


async def test_a_job_with_a_card_is_prepared_by_whoever_drives_it(
    stage: Stage, intake: Intake, dispatched: Dispatched
) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    await intake.card_sent(job, CARD)
    [handed_on] = dispatched.jobs
    assert handed_on == await stage.saved(job)
    assert (handed_on.state, handed_on.card_message_id) == (State.PREPARING, CARD)


async def test_beyond_the_days_limit_nothing_is_saved(stage: Stage, intake: Intake) -> None:
    for job_id in (11, 12):
        await intake.accept(job_id, a_request(), price_usd=PRICE)
    with pytest.raises(SpendLimitReached):
        await intake.accept(13, a_request(), price_usd=Decimal("0.01"))
    assert await stage.store.get(13) is None


async def test_the_next_day_has_its_own_limit(stage: Stage, intake: Intake) -> None:
    for job_id in (11, 12):
        await intake.accept(job_id, a_request(), price_usd=PRICE)
    stage.clock.advance(86_400)
    await intake.accept(13, a_request(), price_usd=PRICE)


async def test_a_card_that_could_not_be_shown_ends_the_job_and_frees_its_price(
    stage: Stage, intake: Intake, dispatched: Dispatched
) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    await intake.card_failed(job)
    assert (await stage.saved(job)).state is State.EXPIRED
    assert (await stage.spent(job), dispatched.jobs) == (0, [])


async def test_a_card_that_comes_too_late_is_told_so_and_not_driven(
    stage: Stage, intake: Intake, dispatched: Dispatched
) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    stage.clock.advance(CARD_WITHIN.total_seconds() + 1)
    await stage.drop_cardless()
    await intake.card_sent(job, CARD)
    assert dispatched.jobs == []
    shown = stage.cards.shown[-1]
    assert (shown.state, shown.card_message_id) == (State.EXPIRED, CARD)
    assert shown == await stage.saved(job)


async def test_a_card_that_failed_after_its_job_was_dropped_changes_nothing(stage: Stage, intake: Intake) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    stage.clock.advance(CARD_WITHIN.total_seconds() + 1)
    await stage.drop_cardless()
    await intake.card_failed(job)
    assert (await stage.saved(job)).state is State.EXPIRED
    assert await stage.spent(job) == 0


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_log_has_a_prompt_only_where_that_is_set(
    stage: Stage, dispatched: Dispatched, *, wanted: bool
) -> None:
    intake = Intake(
        store=stage.store,
        dispatcher=dispatched,
        cards=stage.cards,
        clock=stage.clock,
        daily_limit_usd=2 * PRICE,
        log_prompts=wanted,
    )
    with structlog.testing.capture_logs() as told:
        job = await intake.accept(11, a_request(prompt="a secret fox"), price_usd=PRICE)
        await intake.card_sent(job, CARD)
    assert ("secret fox" in str(told)) is wanted


async def test_every_change_of_state_is_one_line_in_the_log(stage: Stage, intake: Intake) -> None:
    with structlog.testing.capture_logs() as told:
        job = await intake.accept(11, a_request(), price_usd=PRICE)
        await intake.card_sent(job, CARD)
    moves = [(line["job"], line["before"], line["state"]) for line in told if line["event"] == "job_state"]
    assert moves == [(11, "ACCEPTED", "PREPARING")]


async def test_a_card_that_was_found_before_it_was_saved_hinders_nobody(stage: Stage, intake: Intake) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    stage.cards.unknown[job.id] = CARD
    stage.clock.advance(LOOK_AFTER.total_seconds() + 1)
    [found] = await see_to_cardless(stage.engine)
    await intake.card_sent(job, CARD)
    assert await stage.saved(job) == found


async def test_a_card_of_what_was_deleted_meanwhile_shows_nothing_of_it(stage: Stage, intake: Intake) -> None:
    job = await intake.accept(11, a_request(), price_usd=PRICE)
    await stage.store.save(job.move(State.EXPIRED, stage.clock.now()))
    await stage.store.delete_ended(before=stage.clock.now() + CARD_WITHIN, at_most=1)
    await intake.card_sent(job, CARD)
    shown = stage.cards.shown[-1]
    assert (shown.card_message_id, shown.request.prompt, shown.forgotten) == (CARD, "", True)
