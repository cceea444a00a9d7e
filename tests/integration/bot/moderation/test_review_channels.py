"""Where moderators look: another channel, a deleted one, and one that others see or that has no age gate."""

import asyncio

import pytest

from bot.jobs.model import ReviewMode
from bot.jobs.ports import ChannelClosed, Exposed, ReviewPart, Unrestricted, Video
from bot.jobs.states import State
from sandbox.discord.world.permissions import Permission
from tests.support.clock import PATIENCE
from tests.support.moderators import DECIDE, Desk, labels, shown

GONE = int(Permission.VIEW_CHANNEL)


async def test_another_channel_chosen_since_gets_what_waits_and_the_former_loses_it(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await shown(desk, job)
    await hide_from_members(desk, "general")
    await desk.set(review_channel_id=desk.place("general"))
    assert await desk.moderators.reviews.missing(job) == frozenset({ReviewPart.REQUEST})
    await desk.moderators.reviews.show_request(job, desk.pictures())
    assert await desk.seen() == []
    assert [labels(each) for each in await desk.seen("general")] == [DECIDE]


async def test_a_channel_that_is_gone_is_told_once_where_moderators_read(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await desk.channel.sandbox.admin.delete_channel("review", guild="Film Club")
    for _ in range(3):
        with pytest.raises(ChannelClosed) as closed:
            await desk.moderators.reviews.show_request(job, desk.pictures())
        await desk.moderators.reviews.not_shown(job, closed.value)
    desk.mo.at("general")
    [told] = await desk.seen("general")
    assert "The channel was deleted. Choose another one" in told.text


async def test_a_channel_that_is_gone_is_told_to_whoever_chooses_a_log_channel_later(desk: Desk) -> None:
    await desk.set(log_channel_id=None)
    job = await desk.job(State.HELD)
    await desk.channel.sandbox.admin.delete_channel("review", guild="Film Club")
    closed = ChannelClosed("10003")
    await desk.moderators.reviews.not_shown(job, closed)
    await desk.set(log_channel_id=desk.place("general"))
    await desk.moderators.reviews.not_shown(job, closed)
    desk.mo.at("general")
    assert len(await desk.seen("general")) == 1


async def test_where_they_look_may_have_changed_and_what_waits_is_looked_at_at_once_by_one_process(desk: Desk) -> None:
    job, review_messages = await desk.job(State.HELD), desk.moderators.reviews
    await shown(desk, job)
    assert not await review_messages.claim(job)
    await review_messages.look_again(job.request.guild_id)
    async with asyncio.timeout(PATIENCE):
        await review_messages.wanted()
    assert [await review_messages.claim(job), await review_messages.claim(job)] == [True, False]


async def test_what_another_server_waits_for_is_left_to_its_sweep(desk: Desk) -> None:
    job, review_messages = await desk.job(State.HELD), desk.moderators.reviews
    await shown(desk, job)
    await review_messages.look_again(job.request.guild_id + 1)
    assert not await review_messages.claim(job)


async def test_what_is_behind_an_age_gate_is_shown_to_moderators_behind_one_alone(desk: Desk) -> None:
    job = await desk.job(State.HELD, age_restricted=True)
    for _ in range(2):
        with pytest.raises(Unrestricted) as closed:
            await desk.moderators.reviews.show_request(job, desk.pictures())
        await desk.moderators.reviews.not_shown(job, closed.value)
    assert await desk.seen() == []
    desk.mo.at("general")
    [told] = await desk.seen("general")
    assert f"The review channel <#{desk.place('review')}> isn't age-restricted" in told.text
    await desk.channel.sandbox.admin.restrict_age("review", on=True)
    desk.mo.at("review")
    assert labels(await shown(desk, job)) == DECIDE


async def test_what_moderators_see_is_taken_away_where_their_channel_is_no_longer_age_restricted(
    desk: Desk, video: Video
) -> None:
    admin = desk.channel.sandbox.admin
    await admin.restrict_age("review", on=True)
    job = await desk.job(State.REVIEW, ReviewMode.BEFORE_POSTING, age_restricted=True)
    await shown(desk, job)
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    assert len(await desk.seen()) == 1
    await admin.restrict_age("review", on=False)
    for _ in range(2):
        with pytest.raises(Unrestricted):
            await desk.moderators.reviews.missing(job)
    assert await desk.seen() == []
    await admin.restrict_age("review", on=True)
    assert await desk.moderators.reviews.missing(job) == frozenset({ReviewPart.VIDEO})
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    assert len(await desk.seen()) == 1


async def test_what_is_decided_is_taken_away_from_a_channel_that_is_no_longer_age_restricted(desk: Desk) -> None:
    admin = desk.channel.sandbox.admin
    await admin.restrict_age("review", on=True)
    job = await desk.job(State.HELD, age_restricted=True)
    await shown(desk, job)
    await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
    await admin.restrict_age("review", on=False)
    await desk.moderators.reviews.settle_all()
    assert await desk.seen() == []
    assert await desk.moderators.review_store.opened(at_most=5) == []


async def test_where_no_channel_is_chosen_nothing_can_be_shown(desk: Desk) -> None:
    await desk.set(review_channel_id=None)
    job = await desk.job(State.HELD)
    with pytest.raises(ChannelClosed):
        await shown(desk, job)


async def test_a_former_card_that_cannot_be_deleted_holds_up_nothing(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await shown(desk, job)
    await desk.set(review_channel_id=desk.place("late-night"))
    await hide_from_members(desk, "late-night")
    await desk.channel.sandbox.admin.fault(method="DELETE", route="messages", code=50001)
    await desk.moderators.reviews.show_request(job, desk.pictures())
    assert await desk.moderators.reviews.missing(job) == frozenset()


async def hide_from_members(desk: Desk, channel: str) -> None:
    admin = desk.channel.sandbox.admin
    await admin.set_overwrite(channel, role="Moderators", allow=GONE, guild="Film Club")
    await admin.set_overwrite(channel, member="reelcast", allow=GONE, guild="Film Club")
    await admin.set_overwrite(channel, role="@everyone", deny=GONE, guild="Film Club")


async def test_nothing_is_shown_in_a_channel_that_everyone_sees_until_it_is_hidden(desk: Desk) -> None:
    await desk.set(review_channel_id=desk.place("general"), log_channel_id=desk.place("review"))
    job = await desk.job(State.HELD, prompt="a fox")
    with pytest.raises(Exposed) as exposed:
        await desk.moderators.reviews.show_request(job, desk.pictures())
    await desk.moderators.reviews.not_shown(job, exposed.value)
    assert [message for message in await desk.seen("general") if "a fox" in message.text] == []
    [told] = await desk.seen("review")
    assert "everyone can see the review channel" in told.text
    await hide_from_members(desk, "general")
    await desk.moderators.reviews.show_request(job, desk.pictures())
    assert await desk.moderators.reviews.missing(job) == frozenset()


async def test_what_moderators_saw_is_taken_away_where_everyone_sees_their_channel_since(desk: Desk) -> None:
    job = await desk.job(State.HELD, prompt="a fox")
    await shown(desk, job)
    await desk.channel.sandbox.admin.set_overwrite("review", role="@everyone", deny=0, guild="Film Club")
    with pytest.raises(Exposed):
        await desk.moderators.reviews.missing(job)
    assert await desk.seen() == []


async def test_what_is_decided_is_taken_away_from_a_channel_that_everyone_sees(desk: Desk) -> None:
    job = await desk.job(State.HELD, prompt="a fox")
    await shown(desk, job)
    await desk.channel.sandbox.admin.set_overwrite("review", role="@everyone", deny=0, guild="Film Club")
    await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
    await desk.moderators.reviews.settle_all()
    assert await desk.seen() == []
