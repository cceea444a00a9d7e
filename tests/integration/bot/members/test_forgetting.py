"""A member's data is deleted: nothing that tells is left in the database's files, and what is paid for is settled."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cast.model import Picture
from bot.cast.store import CastStore
from bot.database.engine import open_database
from bot.database.record_tables import metadata
from bot.jobs.decisions import Decided, Decision
from bot.jobs.driving.control import JobControl
from bot.jobs.errors import StaleJob, WrongState
from bot.jobs.model import Problem, ProblemCode
from bot.jobs.ports import ChannelClosed, OutcomeUnclear, Posted
from bot.jobs.states import CANCELLABLE, ENDED, IN_DOUBT, IN_FLIGHT, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.records import DecisionStore
from bot.members.emptying import SEEK_AGAIN, Emptying, MessageKind
from bot.members.forgetting import SETTLED_AFTER, Forgetting
from bot.members.preferences import PreferenceStore
from bot.moderation.store import ReportStore, ReviewStore, owe_in
from bot.requests.waiting import PausedStore
from bot.requests.wish import Wish
from tests.support.clock import ManualClock
from tests.support.database import file_url
from tests.support.forgetting import MEMBER, OTHER, SECRET, Discord, Released, Stage
from tests.support.jobs import NOON, PRICE, a_job
from tests.support.ports import CardsInMemory, ModeratorsInMemory


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock, cards, released = ManualClock(NOON), CardsInMemory(), Released()
    async with open_database(file_url(tmp_path)) as database:
        store = JobStore(database)
        yield Stage(
            database=database,
            store=store,
            forgetting=Forgetting(database, Discord(), store, dispatcher=released, cards=cards, clock=clock),
            clock=clock,
            cards=cards,
            released=released,
        )


def files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def fill(stage: Stage) -> None:
    """Put words of a member, or about what they asked for, into every table that can hold some."""
    for state in State:
        await stage.begin(state)
    picture = Picture(content=SECRET.encode() * 100, content_type="image/png")
    await CastStore(stage.database).add(1, MEMBER, SECRET[:32], [picture], most=9, now=NOON)
    await PausedStore(stage.database).pause(2, MEMBER, Wish(prompt=SECRET, images=()), NOON)
    await ReportStore(stage.database).add(a_job(State.DELIVERED), MEMBER, SECRET, NOON)
    reported = Decision(guild_id=10, member_id=OTHER, kind=Decided.REPORTED, at=NOON, by_id=MEMBER, reason=SECRET)
    await DecisionStore(stage.database).add(reported)


async def test_once_all_is_settled_not_a_word_is_left_in_the_files(stage: Stage, tmp_path: Path) -> None:
    await fill(stage)
    assert SECRET.encode() in files_of(tmp_path)
    await CastStore(stage.database).forget_member(MEMBER)
    await PausedStore(stage.database).forget_member(MEMBER)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    for job in await stage.store.in_states(IN_DOUBT):
        assert job.body is not None
        await stage.store.save(job.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.NEVER_ARRIVED)))
    for job in await stage.store.in_states([State.POSTING]):
        await stage.store.save(job.move(State.UNDELIVERED, NOON))
    stage.clock.advance((SETTLED_AFTER + timedelta(hours=1)).total_seconds())
    await stage.forgetting.tidy(stage.clock.now())
    await stage.forgetting.erase()
    assert SECRET.encode() not in files_of(tmp_path)


async def test_every_table_is_thought_of() -> None:
    """A new table that keeps what a member wrote belongs into `fill`, and into what is deleted."""
    assert set(metadata.tables) == KEEPS_NO_WORDS | IS_EMPTIED


# What a member wrote, or what tells of it, is deleted from these.
IS_EMPTIED = {
    *("jobs", "cast_members", "cast_images", "cast_shares", "paused_requests", "member_preferences"),
    *("reports", "decisions", "reviews", "cases", "records"),
}
# These say who, when and how much, or what moderators and operators wrote.
KEEPS_NO_WORDS = {
    *("spending", "usage", "spend_warnings", "request_budget", "orphans", "marks", "wishes", "guild_settings"),
    *("blocks", "blocked_images", "channel_turns", "consents", "emptied_messages"),
    *("operator_blocks", "operator_notices", "breakdowns"),
}


@pytest.mark.parametrize("state", State)
async def test_what_is_left_of_a_job_is_what_has_to_be_settled(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    left = await stage.store.get(job.id)
    if state in {State.ACCEPTED, State.EXPIRED, State.REJECTED, *CANCELLABLE}:
        assert left is None
        return
    assert left is not None
    assert left.forgotten
    assert (left.request.prompt, left.request.references, left.request.elements) == ("", (), ())
    assert (left.reason, left.problem and left.problem.detail) == ("", "")
    assert left.request_id == job.request_id
    assert left.state is (state if state in ENDED | IN_FLIGHT | {State.POSTING} else State.WITHHELD)
    assert (left.body is not None) == (state in IN_DOUBT)
    assert (left.output_url is not None) == (state is State.POSTING)


async def test_what_was_reserved_for_what_never_began_is_free_again_and_its_driver_lets_go(stage: Stage) -> None:
    waiting = await stage.begin(State.WAITING)
    running = await stage.begin(State.PROCESSING)
    assert await stage.store.spent(NOON.date()) == 2 * PRICE
    forgotten = await stage.forgetting.forget(MEMBER, remove_messages=False)
    assert (forgotten.requests, forgotten.running) == (2, 1)
    assert await stage.store.spent(NOON.date()) == PRICE
    assert stage.released.jobs == [waiting.id]
    assert [(job.id, job.forgotten) for job in stage.cards.shown] == [(running.id, True)]


async def test_whoever_drives_a_deleted_job_cannot_bring_it_back(stage: Stage) -> None:
    waiting = await stage.begin(State.WAITING)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    with pytest.raises(StaleJob):
        await stage.store.save(waiting.move(State.SUBMITTING, NOON, body={"prompt": SECRET}))


async def test_a_run_at_segmind_is_followed_to_its_cost_and_its_video_withheld(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    left = await stage.store.get(job.id)
    assert left is not None
    assert left.cancel_requested
    done = await stage.store.save(
        left.move(State.COMPLETED, NOON, output_url=f"https://x/{SECRET}", cost_usd=Decimal("1.42"))
    )
    assert done.output_url is None
    assert await stage.store.spent(NOON.date()) == Decimal("1.42")


async def test_a_request_that_turns_up_late_is_still_known_by_its_body_and_owned(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    left = await stage.store.get(job.id)
    assert left is not None
    await stage.store.save(left.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.NEVER_ARRIVED)))
    [absent] = await stage.store.never_arrived(since=NOON - timedelta(days=1))
    assert absent.body == {"prompt": SECRET}
    adopted = await stage.store.save(absent.move(State.QUEUED, NOON, request_id="late", problem=None))
    assert (adopted.body, adopted.cancel_requested) == (None, True)


async def test_a_charge_of_the_last_day_keeps_its_owner_and_no_longer(stage: Stage) -> None:
    job = await stage.begin(State.DELIVERED)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    assert await stage.store.owned([job.request_id or ""]) == {job.request_id}
    stage.clock.advance(SETTLED_AFTER.total_seconds() + 1)
    assert await stage.forgetting.tidy(stage.clock.now()) == 1
    assert await stage.store.get(job.id) is None


async def test_what_is_deleted_is_nobodys_any_more(stage: Stage) -> None:
    job = await stage.begin(State.UNDELIVERED)
    posting = await stage.begin(State.POSTING)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    assert await stage.store.newest(MEMBER, 10, states=State, at_most=9) == []
    assert await stage.store.newest(MEMBER, 10, states=State, at_most=9) == []
    for each in (job, posting):
        left = await stage.store.get(each.id)
        assert left is not None
        assert not left.shows_contents
        assert not left.owes_notice


async def test_other_members_keep_everything(stage: Stage) -> None:
    theirs = await stage.begin(State.DELIVERED, member_id=OTHER)
    await stage.forgetting.forget(MEMBER, remove_messages=True)
    assert await stage.store.get(theirs.id) == theirs
    assert await stage.messages() == {}


async def test_deleting_twice_is_deleting_once(stage: Stage) -> None:
    await stage.begin(State.DELIVERED)
    first, second = await asyncio.gather(
        stage.forgetting.forget(MEMBER, remove_messages=False), stage.forgetting.forget(MEMBER, remove_messages=False)
    )
    assert sorted([first.requests, second.requests]) == [0, 1]


@pytest.mark.parametrize(
    ("remove", "deeds"),
    [(False, {1: MessageKind.CARD, 2: MessageKind.POST}), (True, {1: MessageKind.REMOVE, 2: MessageKind.REMOVE})],
)
async def test_messages_that_show_a_job_are_noted_with_its_deletion(
    stage: Stage, *, remove: bool, deeds: dict[int, MessageKind]
) -> None:
    job = await stage.begin(State.DELIVERED)
    await stage.forgetting.forget(MEMBER, remove_messages=remove)
    assert await stage.messages() == {job.id + offset: deed for offset, deed in deeds.items()}


@pytest.mark.parametrize("state", [*sorted(IN_FLIGHT), State.POSTING])
async def test_the_card_of_what_is_under_way_stays_empty_until_that_is_over(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    await stage.forgetting.forget(MEMBER, remove_messages=True)
    assert await stage.messages() == {job.card_message_id: MessageKind.CARD}


async def test_what_moderators_were_shown_is_noted_too(stage: Stage) -> None:
    job = await stage.begin(State.REVIEW)
    store = ReviewStore(stage.database)
    await store.claim(job.id, 10, NOON, timedelta(0))
    await store.shown(job.id, 55, request_message_id=5, video_message_id=6)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    noted = await stage.messages()
    assert (noted[5], noted[6]) == (MessageKind.MODERATORS, MessageKind.MODERATORS)
    assert await store.get(job.id) is None


async def test_a_video_that_was_on_its_way_to_the_channel_is_looked_after_when_it_is_there(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    left = await stage.store.get(job.id)
    assert left is not None
    await stage.store.save(left.move(State.DELIVERED, NOON, post_message_id=99))
    await stage.forgetting.tidy(stage.clock.now())
    assert (await stage.messages())[99] is MessageKind.POST


async def test_wishes_and_the_hint_are_forgotten_with_their_member(stage: Stage) -> None:
    preferences = PreferenceStore(stage.database)
    assert await preferences.hint(MEMBER)
    assert not await preferences.hint(MEMBER)
    await preferences.tell_when_done(MEMBER, wanted=True)
    assert (await preferences.get(MEMBER)).tell_when_done
    await preferences.forget_member(MEMBER)
    assert not (await preferences.get(MEMBER)).tell_when_done
    assert await preferences.hint(MEMBER)


async def test_what_discord_left_open_is_emptied_a_while_later(stage: Stage) -> None:
    job = await stage.begin(State.FAILED)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    discord = Discord(OutcomeUnclear("503"))
    emptying = Emptying(stage.database, discord, stage.clock)
    await emptying.sweep()
    await emptying.sweep()
    assert discord.emptied == []
    stage.clock.advance(61)
    await emptying.sweep()
    assert discord.emptied == [job.card_message_id]
    assert await stage.messages() == {}


async def test_what_is_out_of_reach_for_good_is_tried_once(stage: Stage) -> None:
    await stage.begin(State.FAILED)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    await Emptying(stage.database, Discord(ChannelClosed("403")), stage.clock).sweep()
    assert await stage.messages() == {}


@pytest.mark.parametrize("remove", [False, True])
@pytest.mark.parametrize("state", [State.UNDELIVERED, State.DELIVERED, State.WITHHELD, State.POSTING])
async def test_a_post_whose_answer_was_lost_is_found_and_emptied_too(
    stage: Stage, state: State, *, remove: bool
) -> None:
    """Also where the request was made so long ago that nothing else of it has to be settled."""
    attempts = 2 if state is State.DELIVERED else 1
    long_ago = NOON - 2 * SETTLED_AFTER
    job = await stage.begin(state, post_attempts=attempts, submitted_at=long_ago)
    discord = Discord()
    discord.posts = [Posted(channel_id=5, message_id=55)]
    await stage.forgetting.forget(MEMBER, remove_messages=remove)
    if state is State.POSTING:
        posting = await stage.store.get(job.id)
        assert posting is not None
        await stage.store.save(posting.move(State.DELIVERED, stage.clock.now(), post_message_id=77))
        assert await stage.forgetting.tidy(stage.clock.now()) == 1
        assert (await stage.messages())[77] is (MessageKind.REMOVE if remove else MessageKind.POST)
        return
    assert await stage.forgetting.tidy(stage.clock.now()) == 0, "it is still to be looked for"
    await Emptying(stage.database, discord, stage.clock).sweep()
    assert discord.sought == [job.id]
    assert 55 in discord.emptied
    await Emptying(stage.database, discord, stage.clock).sweep()
    assert discord.sought == [job.id]
    assert await stage.forgetting.tidy(stage.clock.now()) == 1


async def test_what_a_channel_does_not_show_is_looked_for_again_and_not_for_ever(stage: Stage) -> None:
    job = await stage.begin(State.UNDELIVERED, post_attempts=1)
    await stage.forgetting.forget(MEMBER, remove_messages=True)
    discord = Discord()
    discord.posts, discord.unseen = [Posted(channel_id=5, message_id=55)], ChannelClosed("403")
    emptying = Emptying(stage.database, discord, stage.clock)
    await emptying.sweep()
    await emptying.sweep()
    assert discord.sought == [job.id]
    assert 55 in discord.emptied, "what was seen goes all the same"
    stage.clock.advance(SEEK_AGAIN.total_seconds())
    await emptying.sweep()
    assert discord.sought == [job.id] * 2
    stage.clock.advance(SETTLED_AFTER.total_seconds())
    assert await stage.forgetting.tidy(stage.clock.now()) == 1


async def test_the_only_post_of_a_job_is_known_and_not_looked_for(stage: Stage) -> None:
    await stage.begin(State.DELIVERED, post_attempts=1)
    await stage.begin(State.FAILED)
    await stage.forgetting.forget(MEMBER, remove_messages=True)
    discord = Discord()
    await Emptying(stage.database, discord, stage.clock).sweep()
    assert discord.sought == []


async def test_two_processes_never_take_the_same_message(stage: Stage) -> None:
    for _ in range(3):
        await stage.begin(State.FAILED)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    first, second = Discord(), Discord()
    await asyncio.gather(*(Emptying(stage.database, each, stage.clock).sweep() for each in (first, second)))
    assert len(first.emptied + second.emptied) == 3


async def test_a_deleted_video_is_not_sent_again(stage: Stage) -> None:
    job = await stage.begin(State.UNDELIVERED)
    await stage.forgetting.forget(MEMBER, remove_messages=False)
    control = JobControl(
        store=stage.store,
        dispatcher=stage.released,
        cards=stage.cards,
        clock=stage.clock,
        look=ModeratorsInMemory().look_again,
        owe=owe_in,
    )
    with pytest.raises(WrongState):
        await control.send_again(job.id, 20)
