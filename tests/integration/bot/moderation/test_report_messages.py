"""What moderators see of reported videos: where they look now, and behind an age gate what was asked for behind one."""

from dataclasses import replace
from pathlib import Path

import discord

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.report_messages import LEISURE, PATIENCE
from bot.moderation.store import Reached
from sandbox.member import Message
from tests.support.channel import Channel
from tests.support.files import mp4
from tests.support.moderators import Desk, open_desk
from tests.support.reports import (
    BUTTONS,
    Door,
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
    assert await desk.moderators.cases.see_to(job.id)  # nothing is owed
    assert await cards(desk, "general") == []
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
    await decide(desk, job)
    assert await desk.moderators.cases.see_to(job.id)
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
    assert "this one isn't. View it where it was posted" in bare.text
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


async def test_a_card_that_may_have_been_sent_is_not_sent_twice_and_shows_what_was_reported_since(desk: Desk) -> None:
    job = await reported(desk)
    admin = desk.channel.sandbox.admin
    await admin.fault(method="POST", route="messages", status=503, moment="after")  # which is not asked again at once
    await desk.moderators.cases.see_to(job.id)
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    desk.clock.advance(PATIENCE.total_seconds())
    assert await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert "so am I" in card.text


async def test_a_card_that_was_deleted_is_shown_again_although_discord_remembers_it(desk: Desk) -> None:
    job = await reported(desk)
    await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    await desk.channel.sandbox.admin.delete_message(card.channel_id, card.id)
    await desk.moderators.reports.owe(job)
    assert await desk.moderators.cases.see_to(job.id)
    assert len(await cards(desk)) == 1


async def test_of_reports_at_once_moderators_have_one_card(channel: Channel, tmp_path: Path) -> None:
    door = Door()
    async with open_desk(channel, tmp_path, turns=door) as desk:
        job = await reported(desk)
        async with stopped(desk, job, door, desk.place("review")):
            await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
            await desk.moderators.cases.see_to(job.id)
        [card] = await cards(desk)
        assert "2 members reported it:" in card.text


async def owners_messages(desk: Desk) -> list[Message]:
    """Return what the bot has written to the server's owner in private."""
    guild = await desk.channel.client.fetch_guild(int(desk.channel.sandbox.admin.guild_id("Film Club")))
    owner = await desk.channel.client.fetch_user(guild.owner_id or 0)
    member = desk.channel.sandbox.member(owner.name, guild="Film Club", channel="general")
    await member.at_direct_messages()
    return [each for each in await member.messages() if each.author == "reelcast"]


async def test_where_no_channel_takes_a_report_the_owner_has_it_until_one_does(desk: Desk) -> None:
    job = await reported(desk)
    await desk.set(review_channel_id=None, log_channel_id=None)
    assert await desk.moderators.cases.see_to(job.id)
    assert await desk.moderators.cases.reached(job) is Reached.OWNER
    [told] = await owners_messages(desk)
    assert "- I am in it" in told.text
    assert f"/{job.post_message_id}" in told.text
    assert ("<@77>" in told.text, "a fox" in told.text, told.buttons) == (False, False, [])
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    await desk.moderators.cases.see_to(job.id)
    [told] = await owners_messages(desk)
    assert "so am I" in told.text
    await desk.set(review_channel_id=desk.place("review"))
    await desk.moderators.look_again(job.request.guild_id)
    await desk.moderators.cases.see_to(job.id)
    assert await desk.moderators.cases.reached(job) is Reached.MODERATORS
    assert len(await cards(desk)) == 1
    assert await owners_messages(desk) == []


async def test_a_report_below_the_threshold_shows_the_video_and_its_images_until_it_is_decided(desk: Desk) -> None:
    job = await posted(desk)
    card = desk.channel.client.get_partial_messageable(job.request.channel_id, guild_id=job.request.guild_id)
    image = discord.File(desk.pictures()["image1"], "image1.png")
    shown = await card.send("the card", file=image)
    references = tuple(replace(each, card_name="image1.png") for each in job.request.references)
    job = await desk.store.save(job.evolve(references=references, card_message_id=shown.id))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    assert await desk.moderators.cases.see_to(job.id)
    [case] = await cards(desk)
    assert await desk.mo.download(videos_on(case)[0]) == mp4()
    assert "image/png" in [media.content_type for media in case.gallery]
    await (await post_of(desk, job)).delete()  # and what moderators see of it stays
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    assert await desk.moderators.cases.see_to(job.id)
    [case] = await cards(desk)
    assert (len(videos_on(case)), "so am I" in case.text) == (1, True)
    await decide(desk, job)
    assert await desk.moderators.cases.see_to(job.id)
    [line] = await desk.seen("review")
    assert (line.id, line.gallery, line.attachments, len(line.text.splitlines())) == (case.id, [], [], 1)
    assert list((desk.folder).glob("**/reported-*")) == []


async def test_where_no_channel_takes_a_report_it_rests_and_is_told_later(desk: Desk) -> None:
    job = await reported(desk)
    await desk.channel.sandbox.admin.fault(method="POST", route="/messages", code=50013, times=3)
    await desk.moderators.cases.see_to(job.id)
    assert await cards(desk) == []
    desk.clock.advance((LEISURE + PATIENCE).total_seconds() - 1)
    await desk.moderators.cases.see_to(job.id)
    assert await cards(desk) == []
    desk.clock.advance(2)
    assert await desk.moderators.cases.see_to(job.id)
    assert len(await cards(desk)) == 1


async def test_a_card_that_cannot_be_edited_for_now_is_not_shown_a_second_time(desk: Desk) -> None:
    job = await reported(desk)
    await desk.moderators.cases.see_to(job.id)
    await desk.moderators.reports.add(job, 78, "so am I", desk.clock.now())
    await desk.channel.sandbox.admin.fault(method="PATCH", route="/messages", status=404, html=True)
    await desk.moderators.cases.see_to(job.id)
    [card] = await cards(desk)
    assert "so am I" not in card.text


async def reported_where_everybody_looks(desk: Desk) -> Job:
    """Have a hidden video reported in a server that has a log channel alone, which its members see."""
    await desk.set(review_channel_id=None, log_channel_id=desk.place("general"))
    job = await hide(desk, await posted(desk))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    await desk.moderators.cases.see_to(job.id)
    return job


def tells_nothing(card: Message) -> bool:
    return not card.gallery and not any(each in card.text for each in ("a fox", "I am in it", "<@77>", "rejected"))


async def test_where_everybody_looks_neither_the_video_nor_its_prompt_nor_who_reported_it_is_shown(desk: Desk) -> None:
    job = await reported_where_everybody_looks(desk)
    [card] = await cards(desk, "general")
    assert tells_nothing(card)
    assert "Everyone can see this channel" in card.text
    assert f"/{job.post_message_id}" in card.text
    assert [button.label for button in card.buttons] == ["Take down", "Restore", "Block", "History"]


async def test_where_everybody_looks_a_takedown_leaves_no_prompt(desk: Desk) -> None:
    job = await reported_where_everybody_looks(desk)
    [card] = await cards(desk, "general")
    await decide(desk, job.evolve(hidden=False).move(State.TAKEN_DOWN, desk.clock.now()))
    assert await desk.moderators.cases.see_to(job.id)
    [decided] = [each for each in await desk.seen("general") if each.id == card.id]
    assert len(decided.text.splitlines()) == 1
    assert tells_nothing(decided)


async def test_a_report_is_shown_whole_once_members_do_not_see_the_channel_and_bare_again_once_they_do(
    desk: Desk,
) -> None:
    job = await reported_where_everybody_looks(desk)
    for bare in (False, True):
        await see_alone(desk, "general", alone=not bare)
        await desk.moderators.look_again(job.request.guild_id)
        await desk.moderators.cases.see_to(job.id)
        [card] = await cards(desk, "general")
        assert tells_nothing(card) is bare
        assert bool(videos_on(card)) is not bare
