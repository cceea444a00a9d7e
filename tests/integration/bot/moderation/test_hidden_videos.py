"""Hidden videos: their posts, what moderators keep of them, and decisions while either is brought in line."""

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.delivery.post_view import post_controls
from bot.jobs.decisions import Decided
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.ledger import UNLIMITED
from bot.moderation.decide import Moderation
from bot.moderation.moderators import hide_if_due
from bot.moderation.report_messages import PATIENCE, SWEEP_EVERY
from bot.moderation.store import owe_in, settle_in
from tests.support.channel import Channel
from tests.support.files import mp4
from tests.support.moderators import Desk, open_desk
from tests.support.ports import CardsInMemory
from tests.support.reports import (
    WORDS,
    Door,
    buttons_of,
    cards,
    decide,
    hide,
    post_of,
    posted,
    reported,
    see_alone,
    stopped,
    videos_on,
)


async def test_a_video_that_is_put_back_while_it_is_being_hidden_ends_up_put_back(
    channel: Channel, tmp_path: Path
) -> None:
    door = Door()
    async with open_desk(channel, tmp_path, turns=door) as desk:
        job = await hide(desk, await posted(desk))
        async with stopped(desk, job, door, job.video_channel_id):
            await desk.store.save(job.evolve(hidden=False), also=owe_in)
            assert not await desk.moderators.cases.see_to(job.id)
        post = await post_of(desk, job)
        assert (post.content, len(post.attachments)) == (WORDS, 1)
        assert await desk.moderators.reports.owing(at_most=5) == []


async def test_a_run_keeps_its_case_for_as_long_as_it_takes(channel: Channel, tmp_path: Path) -> None:
    door = Door()
    async with open_desk(channel, tmp_path, turns=door) as desk:
        job = await hide(desk, await posted(desk))
        async with stopped(desk, job, door, job.video_channel_id):
            for _ in range(4):
                await desk.clock.asleep()
                desk.clock.advance(PATIENCE / timedelta(seconds=2))
                await desk.clock.asleep()
                assert not await desk.moderators.reports.claim(job.id, desk.clock.now(), PATIENCE)
        assert await desk.moderators.reports.owing(at_most=5) == []


async def test_what_is_decided_while_a_card_is_being_shown_ends_up_on_it(channel: Channel, tmp_path: Path) -> None:
    door = Door()
    async with open_desk(channel, tmp_path, turns=door) as desk:
        job = await reported(desk)
        async with stopped(desk, job, door, desk.place("review")):
            await decide(desk, job)
            assert not await desk.moderators.cases.see_to(job.id)
        [card] = await desk.seen("review")
        assert len(card.text.splitlines()) == 1
        assert await desk.moderators.reports.owing(at_most=5) == []


async def test_what_is_not_saved_is_not_owed(desk: Desk) -> None:
    job = await posted(desk)
    await desk.store.save(job.evolve(reason="since"))
    with pytest.raises(StaleJob):
        await hide(desk, job)
    assert await desk.moderators.reports.case(job.id) is None


async def reported_and_hidden(desk: Desk) -> Job:
    """Have a video that was taken off its post, whose only copy here is the one on the moderators' card."""
    job = await hide(desk, await posted(desk))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    assert await desk.moderators.cases.see_to(job.id)
    shutil.rmtree(desk.folder / "hidden")
    return job


async def test_moderators_keep_the_hidden_video_when_another_machine_tells_of_a_further_report(desk: Desk) -> None:
    job = await reported_and_hidden(desk)
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    assert await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert "so am I" in card.text
    assert await desk.mo.download(videos_on(card)[0]) == mp4()
    await desk.moderators.reports.owe(job)
    await desk.store.save(job.evolve(hidden=False))
    assert await desk.moderators.cases.see_to(job.id)
    [video] = (await post_of(desk, job)).attachments
    assert await video.read() == mp4()


async def test_the_hidden_video_goes_along_where_another_machine_moves_the_card(desk: Desk) -> None:
    job = await reported_and_hidden(desk)
    await see_alone(desk, "late-night")
    await desk.set(review_channel_id=desk.place("late-night"))
    await desk.moderators.look_again(job.request.guild_id)
    assert await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk, "late-night")
    assert await desk.mo.download(videos_on(card)[0]) == mp4()


async def test_while_discord_does_not_give_the_hidden_video_the_card_is_left_as_it_is(desk: Desk) -> None:
    job = await reported_and_hidden(desk)
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    review = desk.place("review")
    await desk.channel.sandbox.admin.fault(method="GET", route=f"{review}/messages", status=503, times=1)
    await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert len(videos_on(card)) == 1


async def test_a_hidden_video_that_is_nowhere_leaves_moderators_the_report(desk: Desk) -> None:
    job = await reported_and_hidden(desk)
    [card] = await cards(desk)
    await desk.channel.sandbox.admin.delete_message(card.channel_id, card.id)
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    assert await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert ("so am I" in card.text, videos_on(card)) == (True, [])


def moderation_of(desk: Desk) -> Moderation:
    """Make what hides videos, which needs no drivers."""
    nobody: Any = None
    return Moderation(
        store=desk.store,
        dispatcher=nobody,
        cards=CardsInMemory(),
        standing=nobody,
        clock=desk.clock,
        owe=owe_in,
        settle=settle_in,
        limits=UNLIMITED,
    )


async def swept(desk: Desk) -> None:
    """Have the background work of cases go through all that is owed, once."""

    async def resumed() -> None:
        return

    hiding = partial(hide_if_due, desk.moderators, moderation_of(desk), desk.settings)
    desk.clock.slept.clear()
    sweep = asyncio.create_task(desk.moderators.cases.run(resumed, hiding))
    await desk.clock.has_slept(SWEEP_EVERY)
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)


async def test_what_is_owed_is_seen_to_by_a_sweep_and_what_is_kept_goes_when_nobody_needs_it(desk: Desk) -> None:
    job = await hide(desk, await posted(desk))
    await swept(desk)
    assert (await post_of(desk, job)).attachments == []
    assert await desk.moderators.reports.owing(at_most=5) == []
    kept = desk.folder / "hidden" / str(job.id)
    assert kept.exists()
    await swept(desk)
    assert kept.exists()  # as long as it is hidden
    saved = await desk.store.get(job.id)
    assert saved is not None
    await desk.store.save(saved.evolve(hidden=False))  # by a process that owes nothing here
    await swept(desk)
    assert not kept.exists()


async def test_a_sweep_hides_what_was_reported_often_enough_before_a_process_died(desk: Desk) -> None:
    await desk.set(report_threshold=2)
    job = await posted(desk)
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    await swept(desk)
    assert len((await post_of(desk, job)).attachments) == 1
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())  # the last thing that the process does
    await swept(desk)
    assert (await post_of(desk, job)).attachments == []
    made = await desk.moderators.decisions.of_job(job.id)
    assert sorted(each.kind for each in made) == [Decided.HIDDEN, Decided.REPORTED, Decided.REPORTED]


async def test_reports_that_a_moderator_dismisses_as_they_are_counted_hide_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await posted(desk)
    reports, moderation = desk.moderators.reports, moderation_of(desk)
    for member_id in (77, 78, 79):
        await reports.add(job, member_id, "gore", desk.clock.now())
    counted = await reports.open(job.id)
    await moderation.put_back(job.id, 42)

    async def open_reports(_job_id: int) -> object:
        return counted

    monkeypatch.setattr(reports, "open", open_reports)
    await hide_if_due(desk.moderators, moderation, desk.settings, job.id)
    saved = await desk.store.get(job.id)
    assert saved is not None
    assert not saved.hidden


async def test_a_post_that_is_put_back_has_all_of_its_buttons_again(desk: Desk) -> None:
    job = await hide(desk, await posted(desk))
    await desk.moderators.cases.see_to(job.id)
    assert len(buttons_of(await post_of(desk, job))) == 1
    await desk.store.save(job.evolve(hidden=False), also=owe_in)
    assert await desk.moderators.cases.see_to(job.id)
    wanted = [button.label for button in post_controls(job).children if isinstance(button, discord.ui.Button)]
    assert buttons_of(await post_of(desk, job)) == wanted
    assert len(wanted) > 1


async def test_a_post_that_was_a_link_is_put_back_as_one(desk: Desk) -> None:
    job = await desk.job(State.DELIVERED, prompt="a fox")
    job = replace(job, output_url="https://images.segmind.com/outputs/1.mp4")
    there = desk.channel.client.get_partial_messageable(job.video_channel_id, guild_id=job.request.guild_id)
    post = await there.send(WORDS, view=post_controls(job, link=job.output_url))
    job = await desk.store.save(job.evolve(post_message_id=post.id))
    before = buttons_of(await post_of(desk, job))
    job = await hide(desk, job)
    assert await desk.moderators.cases.see_to(job.id)
    assert buttons_of(await post_of(desk, job)) != before
    await desk.store.save(job.evolve(hidden=False), also=owe_in)
    assert await desk.moderators.cases.see_to(job.id)
    back = await post_of(desk, job)
    assert (buttons_of(back), back.content) == (before, WORDS)


async def test_a_hidden_post_that_somebody_deleted_is_nothing_to_put_back(desk: Desk) -> None:
    job = await hide(desk, await posted(desk))
    assert await desk.moderators.cases.see_to(job.id)
    await (await post_of(desk, job)).delete()
    await desk.store.save(job.evolve(hidden=False), also=owe_in)
    assert await desk.moderators.cases.see_to(job.id)
    assert await desk.moderators.reports.owing(at_most=5) == []
    assert not (desk.folder / "hidden" / str(job.id)).exists()
    case = await desk.moderators.reports.case(job.id)
    assert case is not None
    assert case.post_text is None


async def test_a_post_that_is_deleted_while_it_is_being_hidden_is_nothing_to_hide(
    channel: Channel, tmp_path: Path
) -> None:
    door = Door()
    async with open_desk(channel, tmp_path, turns=door) as desk:
        job = await hide(desk, await posted(desk))
        async with stopped(desk, job, door, job.video_channel_id):
            await (await post_of(desk, job)).delete()
        assert await desk.moderators.reports.owing(at_most=5) == []
