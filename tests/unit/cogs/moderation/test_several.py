"""Moderators decide on several at once: all that waits, in one list of their own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.jobs.model import Job, ReviewMode
from bot.jobs.states import State
from bot.moderation.ids import WaitingVerb, waiting_id
from bot.moderation.waiting import chosen_in
from tests.support.review_room import Room, days_later, page_of, said, texts_of
from tests.unit.cogs.stage import picture


async def several(room: Room, count: int) -> list[Job]:
    """Have so many requests of Alice's wait for moderators."""
    await room.stage.set(review=ReviewMode.BEFORE_SPENDING)
    services, found = room.stage.bot.services, list[Job]()
    for number in range(count):
        await room.stage.ask(f"@Image1 meets fox {number}")
        [asked] = [job for job in await room.stage.jobs() if job.state is not State.HELD]
        held = await services.store.save(replace(asked, state=State.HELD))
        await room.show(held)
        found.append(held)
    return found


async def test_several_requests_are_approved_in_one_go_and_what_was_decided_meanwhile_is_told(room: Room) -> None:
    jobs = await several(room, 3)
    await room.stage.bot.services.moderation.reject(jobs[2].id, room.kim.id, "")
    page = page_of(await room.press("Decide several", card=room.cards()[0]))
    assert "**2 waiting for review**" in texts_of(page)
    assert "2 chosen. Approving can spend $2.70." in texts_of(page)  # all of the member's whose card it is
    assert set(chosen_in(page.components)) == {jobs[0].id, jobs[1].id}
    await room.stage.bot.services.moderation.reject(jobs[0].id, room.kim.id, "")  # meanwhile
    told = texts_of(page_of(await room.mo.click(page, label="Approve")))
    assert told.startswith(f"✅ 1: Approved.\n⚠️ 1: {room.kim.mention} rejected it.\nNothing is waiting for review.")
    states = {job.id: job.state for job in await room.stage.jobs()}
    assert [states[job.id] for job in jobs] == [State.REJECTED, State.PREPARING, State.REJECTED]


async def test_of_several_requests_those_that_have_no_room_wait_on_and_stay_chosen(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.stage.set(review_hours=100)
    jobs = await several(room, 2)
    days_later(monkeypatch, jobs[0], 1)
    await room.stage.set(spend_per_day_usd=jobs[0].reserved_usd)
    page = page_of(await room.press("Decide several"))
    page = page_of(await room.mo.click(page, label="Approve"))
    assert "✅ 1: Approved.\n⚠️ 1: This server has reached its spending limit for today." in texts_of(page)
    states = {job.id: job.state for job in await room.stage.jobs()}
    assert sorted(states[job.id] for job in jobs) == [State.HELD, State.PREPARING]
    assert [states[each] for each in chosen_in(page.components)] == [State.HELD]


async def unlist(room: Room, job: Job, why: str) -> None:
    """Make a request one that may not be decided on from a list."""
    if why == "restricted":
        handling = replace(job.request.handling, age_restricted=True)
        await room.stage.bot.services.store.save(job.evolve(handling=handling))
    else:
        reviews = room.stage.bot.services.moderators.review_store
        await reviews.shown(job.id, room.channel.id, request_message_id=None)


@pytest.mark.parametrize("why", ["restricted", "never shown"])
@pytest.mark.parametrize("verb", [WaitingVerb.APPROVE, WaitingVerb.REJECT])
async def test_what_moderators_may_not_see_or_have_not_seen_is_neither_listed_nor_decided(
    room: Room, why: str, verb: WaitingVerb
) -> None:
    jobs = await several(room, 2)
    page = page_of(await room.press("Decide several"))
    assert len(chosen_in(page.components)) == 2
    await unlist(room, jobs[0], why)
    if verb is WaitingVerb.APPROVE:
        told = texts_of(page_of(await room.mo.click(page, label="Approve")))
    else:
        told = texts_of(page_of(await room.mo.select(page, ["hate"], custom_id=waiting_id(verb))))
    assert "⚠️ 1: You can't decide about it here. If it's age-restricted," in told
    states = {job.id: job.state for job in await room.stage.jobs()}
    assert (states[jobs[0].id], states[jobs[1].id] is State.HELD) == (State.HELD, False)
    again = page_of(await room.mo.slash(room.channel, "mod review"))
    assert texts_of(again).startswith("-# 1 isn't listed.")
    assert "fox 0" not in str(again.components)


async def test_an_age_restricted_review_channel_lists_requests_from_behind_an_age_gate(room: Room) -> None:
    [job] = await several(room, 1)
    await unlist(room, job, "restricted")
    for channel in (room.channel, room.stage.channel):
        known: Any = room.stage.bot.get_channel(channel.id)
        known.nsfw = True
    page = page_of(await room.press("Decide several"))
    assert list(chosen_in(page.components)) == [job.id]
    await room.mo.click(page, label="Approve")
    assert (await room.job()).state is State.PREPARING


async def test_what_is_deleted_meanwhile_is_told(room: Room) -> None:
    [job] = await several(room, 1)
    page = page_of(await room.press("Decide several"))
    store = room.stage.bot.services.store
    await store.save(replace(job, state=State.CANCELLED))
    await store.delete_ended(before=job.created_at + timedelta(days=1), at_most=5)
    told = texts_of(page_of(await room.mo.click(page, label="Approve")))
    assert told.startswith("⚠️ 1: This video is no longer in the records.")


async def test_what_is_chosen_stays_in_the_menu_however_much_is_older(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.moderation.waiting.MOST", 2)
    monkeypatch.setattr("cogs.moderation.measures.MOST", 2)
    jobs = await several(room, 2)
    await room.guest.slash(room.stage.channel, "video", prompt="@Image1 meets an owl", image1=picture())
    [asked] = [job for job in await room.stage.jobs() if job.state is not State.HELD]
    newest = await room.stage.bot.services.store.save(replace(asked, state=State.HELD))
    await room.show(newest)
    page = page_of(await room.press("Decide several"))
    assert list(chosen_in(page.components)) == [newest.id]
    chosen = {str(newest.id), str(jobs[0].id)}
    page = page_of(await room.mo.select(page, sorted(chosen), custom_id=waiting_id(WaitingVerb.CHOOSE)))
    assert set(map(str, chosen_in(page.components))) == chosen


@pytest.mark.parametrize(
    ("channel_id", "told"),
    [
        (None, "There's no review channel. Choose one with `/settings`."),
        (777, "The review channel was deleted. Choose another one with `/settings`."),
    ],
)
async def test_without_a_review_channel_the_list_says_so(room: Room, channel_id: int | None, told: str) -> None:
    await room.stage.set(review_channel_id=channel_id)
    for place in (room.channel, room.stage.channel):
        assert said(await room.mo.slash(place, "mod review")) == told


async def test_who_asks_for_the_list_elsewhere_is_told_where_it_is_before_what_it_takes(room: Room) -> None:
    await room.allow("mod", room.guest)
    elsewhere = said(await room.guest.slash(room.stage.channel, "mod review"))
    assert elsewhere == f"Use `/mod review` in {room.channel.mention}."
    assert said(await room.guest.slash(room.channel, "mod review")).startswith("You need Manage Messages")


async def test_those_that_are_chosen_are_rejected_for_a_ready_reason_and_no_others(room: Room) -> None:
    jobs = await several(room, 2)
    page = page_of(await room.press("Decide several"))
    page = page_of(await room.mo.select(page, [str(jobs[1].id)], custom_id=waiting_id(WaitingVerb.CHOOSE)))
    assert chosen_in(page.components) == [jobs[1].id]
    await room.mo.select(page, ["hate"], custom_id=waiting_id(WaitingVerb.REJECT))
    after = {job.id: (job.state, job.reason) for job in await room.stage.jobs()}
    assert after == {jobs[0].id: (State.HELD, ""), jobs[1].id: (State.REJECTED, "Harassment or hate")}


async def test_the_list_of_what_waits_opens_with_a_command_too(room: Room) -> None:
    jobs = await several(room, 2)
    page = page_of(await room.mo.slash(room.channel, "mod review"))
    assert "**2 waiting for review**" in texts_of(page)
    await room.mo.select(page, [str(jobs[0].id)], custom_id=waiting_id(WaitingVerb.CHOOSE))
    elsewhere = await room.mo.slash(room.stage.channel, "mod review")
    assert said(elsewhere) == f"Use `/mod review` in {room.channel.mention}."


async def test_who_may_not_decide_one_request_may_not_decide_several(room: Room) -> None:
    [job] = await several(room, 1)
    forged = await room.forge(room.stage.channel, waiting_id(WaitingVerb.APPROVE))
    assert said(await room.stage.alice.click(forged, label="Forged")).startswith("You need Manage Messages")
    assert await room.stage.bot.services.store.get(job.id) == job
