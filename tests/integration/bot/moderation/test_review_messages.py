"""What moderators see in their channel: shown once, found again, moved with the channel, settled at the end."""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import delete

from bot.database.tables import jobs
from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import Job, ReviewMode
from bot.jobs.ports import ChannelClosed, OutcomeUnclear, ReviewPart, Video
from bot.jobs.states import State
from bot.moderation import review_messages
from sandbox.member import Message
from tests.support.moderators import DECIDE, Desk, labels, shown


def files_on(message: Message) -> list[str]:
    """Name the files that a message shows, without the member's avatar."""
    names = [PurePosixPath(urlsplit(media.url).path).name for media in message.gallery if "attachments" in media.url]
    return sorted({*names, *(each.filename for each in message.attachments)})


async def test_a_request_is_shown_with_its_pictures_and_what_can_be_done(desk: Desk) -> None:
    job = await desk.job(State.HELD, prompt="a fox", images=2)
    card = await shown(desk, job, 2)
    assert "> a fox" in card.text
    assert labels(card) == DECIDE
    assert files_on(card) == ["image1.png", "image2.png"]
    assert set(await desk.moderators.reviews.pictures(job)) == {"image1", "image2"}


async def test_what_moderators_see_already_is_not_shown_twice(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await shown(desk, job)
    await shown(desk, job)
    assert len(await desk.seen()) == 1
    assert await desk.moderators.reviews.missing(job) == frozenset()


async def test_an_answer_that_got_lost_is_found_and_not_repeated(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    admin = desk.channel.sandbox.admin
    await admin.fault(method="POST", route="messages", status=503, moment="after")  # which is not asked again at once
    with pytest.raises(OutcomeUnclear):
        await shown(desk, job)
    await admin.set_nonce_memory(0)  # looking is what keeps it from showing twice, not Discord's memory
    before = len(await desk.seen())
    desk.clock.advance(60)
    await shown(desk, job)
    assert len(await desk.seen()) == before
    assert await desk.moderators.reviews.missing(job) == frozenset()


async def in_progress(desk: Desk, **asked: Any) -> Job:
    """Have moderators see a request whose video is being made, and the video wait by now."""
    job = await desk.job(State.COMPLETED, ReviewMode.BEFORE_POSTING, **asked)
    request = await shown(desk, job, len(job.request.references))
    assert labels(request) == ["Reject now", "Block", "History"]
    return await desk.store.save(job.move(State.REVIEW, desk.clock.now()))


async def test_a_case_has_one_message_from_its_request_to_the_decision(desk: Desk, video: Video) -> None:
    job = await in_progress(desk, images=2)
    [request] = await desk.seen()
    await desk.moderators.reviews.show_video(job, video, desk.pictures(2))
    [card] = await desk.seen()
    assert card.id > request.id  # which is new to moderators, and last in their channel
    assert labels(card) == DECIDE
    assert files_on(card) == ["image1.png", "image2.png", "video.mp4"]
    assert set(await desk.moderators.reviews.pictures(job)) >= {"image1", "image2"}
    assert await desk.moderators.reviews.missing(job) == frozenset()
    await desk.store.save(job.move(State.POSTING, desk.clock.now(), approved=True, post_attempts=1))
    await desk.moderators.reviews.settle_all()
    [line] = await desk.seen()
    assert (line.id, len(line.text.splitlines()), labels(line)) == (card.id, 1, [])
    assert files_on(line) == ["image1.png", "image2.png"]  # unseen, for as long as the card lacks them
    assert set(await desk.moderators.reviews.pictures(job)) == {"image1", "image2"}
    posted = await desk.store.get(job.id)
    assert posted is not None
    await desk.moderators.reviews.settle(await desk.store.save(posted.move(State.DELIVERED, desk.clock.now())))
    assert [(each.id, files_on(each)) for each in await desk.seen()] == [(card.id, [])]


async def test_the_one_message_is_found_where_its_sending_was_not_seen_to_end(desk: Desk, video: Video) -> None:
    job = await in_progress(desk)
    admin = desk.channel.sandbox.admin
    await admin.fault(method="POST", route="messages", status=503, moment="after")
    with pytest.raises(OutcomeUnclear):
        await desk.moderators.reviews.show_video(job, video, desk.pictures())
    await admin.set_nonce_memory(0)
    desk.clock.advance(60)
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    [card] = await desk.seen()
    assert files_on(card) == ["image1.png", "video.mp4"]


async def test_a_request_keeps_its_message_where_its_images_do_not_fit_beside_the_video(
    desk: Desk, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_messages, "MOST_BYTES", video.facts.size)
    job = await in_progress(desk)
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    request, card = await desk.seen()
    assert (files_on(request), files_on(card)) == (["image1.png"], ["video.mp4"])
    await desk.store.save(job.move(State.WITHHELD, desk.clock.now()))
    await desk.moderators.reviews.settle_all()
    [line] = await desk.seen()
    assert (line.id, files_on(line)) == (card.id, [])


async def test_both_messages_that_version_0_1_left_of_a_case_become_one_line(desk: Desk, video: Video) -> None:
    job = await in_progress(desk)
    [request] = await desk.seen()
    await desk.moderators.reviews.show_video(job, video, {})
    await desk.moderators.review_store.shown(job.id, request.channel_id, request_message_id=request.id)
    await desk.store.save(job.move(State.WITHHELD, desk.clock.now()))
    await desk.moderators.reviews.settle_all()
    [line] = await desk.seen()
    assert (len(line.text.splitlines()), files_on(line)) == (1, [])


async def test_moderators_read_who_asks_and_why_they_look(desk: Desk) -> None:
    await desk.set(new_member_days=7)
    job = await desk.job(State.HELD)
    card = await shown(desk, job)
    assert f"✋ **<@{job.request.member_id}>** · joined <t:" in card.text
    assert "why: new member" in card.text
    assert " 0 " not in card.text
    assert any("avatars" in media.url for media in card.gallery)


async def test_a_message_that_somebody_deleted_is_missing(desk: Desk, video: Video) -> None:
    job = await desk.job(State.REVIEW, ReviewMode.BEFORE_POSTING)
    await shown(desk, job)
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    card = (await desk.seen())[-1]
    await desk.channel.sandbox.admin.delete_message(card.channel_id, card.id)
    assert await desk.moderators.reviews.missing(job) == frozenset({ReviewPart.VIDEO})
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    assert len(await desk.seen()) == 1


async def test_a_message_that_was_deleted_is_shown_again_although_discord_remembers_it(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    card = await shown(desk, job)
    await desk.channel.sandbox.admin.delete_message(card.channel_id, card.id)
    assert (await shown(desk, job)).id != card.id
    assert await desk.moderators.reviews.missing(job) == frozenset()


async def test_a_message_that_went_before_its_answer_came_is_tried_again_later(desk: Desk) -> None:
    job, admin = await desk.job(State.HELD), desk.channel.sandbox.admin
    await admin.fault(method="POST", route="messages", status=503, moment="after")
    with pytest.raises(OutcomeUnclear):
        await shown(desk, job)
    [card] = await desk.seen()
    await admin.delete_message(card.channel_id, card.id)
    with pytest.raises(OutcomeUnclear):
        await shown(desk, job)
    await admin.set_nonce_memory(0)
    assert (await shown(desk, job)).id != card.id


async def test_its_turn_comes_once_a_minute_until_it_is_shown_and_seldom_from_then_on(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    review_messages = desk.moderators.reviews
    assert [await review_messages.claim(job), await review_messages.claim(job)] == [True, False]
    desk.clock.advance(60)
    assert await review_messages.claim(job)
    await review_messages.show_request(job, desk.pictures())
    desk.clock.advance(599)
    assert not await review_messages.claim(job)
    desk.clock.advance(1)
    assert await review_messages.claim(job)


async def test_whoever_lets_a_job_wait_has_the_turn_however_lately_another_part_was_shown(desk: Desk) -> None:
    job = await desk.job(State.REVIEW, ReviewMode.BEFORE_POSTING)
    await shown(desk, job)
    assert not await desk.moderators.reviews.claim(job)
    assert await desk.moderators.reviews.claim(job, at_once=True)


async def test_what_is_decided_can_no_longer_be_pressed_and_says_how_it_ended(desk: Desk, video: Video) -> None:
    job = await desk.job(State.REVIEW, ReviewMode.BEFORE_POSTING)
    await shown(desk, job)
    await desk.moderators.reviews.show_video(job, video, desk.pictures())
    by = desk.mo.id
    decision = Decision(
        guild_id=job.request.guild_id,
        member_id=job.request.member_id,
        kind=Decided.REJECTED,
        at=desk.clock.now(),
        job_id=job.id,
        by_id=by,
    )
    await desk.store.save(job.move(State.WITHHELD, desk.clock.now(), reason="too loud"), decision)
    await desk.moderators.reviews.settle_all()
    [message] = await desk.seen()
    assert labels(message) == []
    assert f"<@{by}> rejected it. · Reason: too loud" in message.text
    assert (len(message.text.splitlines()), files_on(message)) == (1, [])
    assert await desk.moderators.review_store.opened(at_most=5) == []


async def test_what_still_waits_is_left_as_it_is(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await shown(desk, job)
    await desk.moderators.reviews.settle_all()
    await desk.moderators.reviews.settle(job)
    [card] = await desk.seen()
    assert labels(card) == DECIDE


async def test_what_was_decided_while_the_channel_is_closed_is_not_tried_for_ever(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await shown(desk, job)
    await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
    await desk.channel.sandbox.admin.delete_channel("review", guild="Film Club")
    await desk.moderators.reviews.settle_all()
    assert await desk.moderators.review_store.opened(at_most=5) == []


async def test_a_review_whose_job_is_gone_makes_room_for_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_messages, "MOST_SETTLED", 1)
    gone, decided = [await desk.job(State.HELD) for _ in range(2)]
    for job in (gone, decided):
        await shown(desk, job)
        await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
    async with desk.store.engine.begin() as connection:
        await connection.execute(delete(jobs).where(jobs.c.id == gone.id))
    for _ in range(2):
        await desk.moderators.reviews.settle_all()
    assert await desk.moderators.review_store.opened(at_most=5) == []


async def test_what_still_waits_keeps_no_later_case_from_its_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_messages, "MOST_SETTLED", 1)
    for job in (await desk.job(State.HELD), await desk.job(State.COMPLETED, ReviewMode.BEFORE_POSTING)):
        await shown(desk, job)
    canceled = await desk.job(State.HELD)
    card = await shown(desk, canceled)
    await desk.store.save(canceled.move(State.CANCELLED, desk.clock.now()))
    assert await desk.moderators.reviews.settle_all()
    assert {each.id for each in await desk.seen() if not labels(each)} == {card.id}
    assert await desk.moderators.reviews.settle_all(), "what waits has to be seen to later"


async def test_a_case_that_cannot_be_settled_keeps_no_other_from_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_messages, "MOST_SETTLED", 1)
    canceled = [await desk.job(State.HELD) for _ in range(2)]
    stuck, settled = [await shown(desk, job) for job in canceled]
    for job in canceled:
        await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
    admin = desk.channel.sandbox.admin
    await admin.fault(method="GET", route=f"messages/{stuck.id}", status=404, html=True, times=2)
    for _ in range(2):
        desk.clock.advance(20)
        await desk.moderators.reviews.settle_all()
    assert {each.id for each in await desk.seen() if not labels(each)} == {settled.id}


async def test_a_video_that_goes_as_a_link_is_shown_as_one(desk: Desk, video: Video) -> None:
    job = replace(await desk.job(State.REVIEW), output_url="https://images.segmind.com/outputs/1.mp4")
    await desk.moderators.reviews.claim(job)
    await desk.moderators.reviews.show_video(job, replace(video, over=10), {})
    [card] = await desk.seen()
    assert [button.url for button in card.buttons if button.url] == [job.output_url]
    assert files_on(card) == []


async def test_the_pictures_of_a_message_that_is_gone_are_none(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    assert await desk.moderators.reviews.pictures(job) == {}
    card = await shown(desk, job)
    await desk.channel.sandbox.admin.delete_message(card.channel_id, card.id)
    assert await desk.moderators.reviews.pictures(job) == {}


async def test_where_a_message_cannot_be_looked_for_it_is_not_taken_for_missing(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    card = await shown(desk, job)
    admin = desk.channel.sandbox.admin
    await admin.fault(method="GET", route=f"messages/{card.id}", code=50001)
    with pytest.raises(ChannelClosed):
        await desk.moderators.reviews.missing(job)
    await admin.fault(method="GET", route=f"messages/{card.id}", status=404, html=True)
    with pytest.raises(OutcomeUnclear):
        await desk.moderators.reviews.missing(job)


async def test_what_discord_leaves_unclear_is_settled_the_next_time(desk: Desk) -> None:
    job = await desk.job(State.HELD)
    await shown(desk, job)
    await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
    await desk.channel.sandbox.admin.fault(method="PATCH", route="messages", status=503, times=1)
    await desk.moderators.reviews.settle_all()
    await desk.moderators.reviews.settle_all()
    [card] = await desk.seen()
    assert "The member canceled this request." in card.text
