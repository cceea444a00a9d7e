"""What moderators see of reported videos: where they look now, and behind an age gate what was asked for behind one."""

from bot.jobs.model import Job
from bot.jobs.states import State
from sandbox.member import Message
from tests.support.moderators import Desk

BUTTONS = ["Take down", "Dismiss", "Block member"]


async def reported(desk: Desk, *, age_restricted: bool = False) -> Job:
    """Have a posted video that a member has reported."""
    job = await desk.job(State.DELIVERED, prompt="a fox", age_restricted=age_restricted)
    job = await desk.store.save(job.evolve(post_message_id=job.card_message_id))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    return job


async def cards(desk: Desk, channel: str = "review") -> list[Message]:
    desk.mo.at(channel)
    return [each for each in await desk.seen(channel) if "I am in it" in each.text]


async def test_a_report_is_shown_where_moderators_look(desk: Desk) -> None:
    job = await reported(desk)
    assert await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert "> a fox" in card.text
    assert [button.label for button in card.buttons] == BUTTONS


async def test_where_the_review_channel_is_gone_the_log_channel_has_it(desk: Desk) -> None:
    job = await reported(desk)
    await desk.channel.sandbox.admin.delete_channel("review", guild="Film Club")
    await desk.moderators.cases.see_to(job.id)
    assert len(await cards(desk, "general")) == 1
    assert await desk.moderators.reports.owing(at_most=5) == []


async def test_a_report_that_was_shown_in_a_channel_that_is_gone_is_shown_anew_at_once(desk: Desk) -> None:
    job = await reported(desk)
    await desk.moderators.cases.see_to(job.id)
    await desk.channel.sandbox.admin.delete_channel("review", guild="Film Club")
    assert not await desk.moderators.cases.see_to(job.id)  # nothing is owed
    await desk.moderators.look_again(job.request.guild_id)
    await desk.moderators.cases.see_to(job.id)
    assert len(await cards(desk, "general")) == 1


async def test_where_another_channel_is_chosen_it_is_shown_there_and_nowhere_else(desk: Desk) -> None:
    job = await reported(desk)
    await desk.moderators.cases.see_to(job.id)
    await desk.set(review_channel_id=desk.place("late-night"), log_channel_id=None)
    await desk.moderators.look_again(job.request.guild_id)
    await desk.moderators.cases.see_to(job.id)
    assert await cards(desk) == []
    assert len(await cards(desk, "late-night")) == 1


async def test_what_is_decided_is_not_shown_anew(desk: Desk) -> None:
    job = await reported(desk)
    await desk.moderators.cases.see_to(job.id)
    await desk.moderators.reports.settle(job.id)
    await desk.moderators.look_again(job.request.guild_id)
    assert await desk.moderators.reports.owing(at_most=5) == []


async def test_of_a_video_from_behind_an_age_gate_moderators_in_front_of_it_read_only_where_it_stands(
    desk: Desk,
) -> None:
    admin = desk.channel.sandbox.admin
    job = await reported(desk, age_restricted=True)
    await desk.moderators.cases.see_to(job.id)
    [bare] = await cards(desk)
    assert "a fox" not in bare.text
    assert "this one is not: look at it where it was posted" in bare.text
    assert f"/{job.post_message_id}" in bare.text
    assert [button.label for button in bare.buttons] == BUTTONS
    await admin.restrict_age("review", on=True)
    await desk.moderators.look_again(job.request.guild_id)
    await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert (card.id, "> a fox" in card.text) == (bare.id, True)
    await admin.restrict_age("review", on=False)
    await desk.moderators.look_again(job.request.guild_id)
    await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert "a fox" not in card.text
