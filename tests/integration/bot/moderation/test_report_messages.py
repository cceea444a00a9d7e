"""What moderators see of reported videos: where they look now, and behind an age gate what was asked for behind one."""

import asyncio
import io
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.post_view import post_controls
from bot.discord_api.channel_pace import AtOnce
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.report_messages import LEISURE, PATIENCE, SWEEP_EVERY
from bot.moderation.store import Reached, owe_in, settle_in
from sandbox.member import Message
from sandbox.member.messages import Media
from tests.support.channel import Channel
from tests.support.clock import PATIENCE as LONGEST
from tests.support.files import mp4
from tests.support.moderators import Desk, open_desk

BUTTONS = ["Take down", "Dismiss", "Block", "History"]
WORDS = "your video is ready."


class Door(AtOnce):
    """Turns that hold back the first edit or post in a channel until the door is opened."""

    def __init__(self) -> None:
        self.channel_id = 0
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def edit(self, channel_id: int, /) -> None:
        if channel_id == self.channel_id and not self.reached.is_set():
            self.reached.set()
            await self.opened.wait()

    async def post(self, channel_id: int, /) -> None:
        await self.edit(channel_id)


@asynccontextmanager
async def stopped(desk: Desk, job: Job, door: Door, channel_id: int) -> AsyncGenerator[None]:
    """Begin to bring a case in line, stop before a channel, and go on afterwards, to the end."""
    door.channel_id = channel_id
    run = asyncio.create_task(desk.moderators.cases.see_to(job.id))
    async with asyncio.timeout(LONGEST):
        await door.reached.wait()
        yield
        door.opened.set()
        assert await run


async def reported(desk: Desk, *, age_restricted: bool = False) -> Job:
    """Have a posted video that a member has reported."""
    job = await desk.job(State.DELIVERED, prompt="a fox", age_restricted=age_restricted)
    job = await desk.store.save(job.evolve(post_message_id=job.card_message_id))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    return job


async def posted(desk: Desk) -> Job:
    """Have a video in the channel that it was asked for in, and no report of it yet."""
    job = await desk.job(State.DELIVERED, prompt="a fox")
    there = desk.channel.client.get_partial_messageable(job.video_channel_id, guild_id=job.request.guild_id)
    post = await there.send(WORDS, file=discord.File(io.BytesIO(mp4()), "reelcast.mp4"))
    return await desk.store.save(job.evolve(post_message_id=post.id))


async def post_of(desk: Desk, job: Job) -> discord.Message:
    there = desk.channel.client.get_partial_messageable(job.video_channel_id, guild_id=job.request.guild_id)
    return await there.fetch_message(job.post_message_id or 0)


async def hide(desk: Desk, job: Job) -> Job:
    """Save that a video shall be hidden, and that its post is to follow."""
    return await desk.store.save(job.evolve(hidden=True), also=owe_in)


async def decide(desk: Desk, job: Job) -> Job:
    """Save that nothing is left to be decided on, and that the moderators' card is to follow."""

    async def settle(connection: AsyncConnection, saved: Job) -> None:
        assert await settle_in(connection, saved.id)
        await owe_in(connection, saved)

    return await desk.store.save(job, also=settle)


def videos_on(card: Message) -> list[Media]:
    return [media for media in card.gallery if media.content_type == "video/mp4"]


async def cards(desk: Desk, channel: str = "review") -> list[Message]:
    desk.mo.at(channel)
    return [each for each in await desk.seen(channel) if "Reported video" in each.text]


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


async def swept(desk: Desk) -> None:
    """Have the background work of cases go through all that is owed, once."""

    async def resumed() -> None:
        return

    desk.clock.slept.clear()
    sweep = asyncio.create_task(desk.moderators.cases.run(resumed))
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


def buttons_of(message: discord.Message) -> list[str | None]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [each.label for row in rows for each in row.children if isinstance(each, discord.Button)]


async def reported_where_everybody_looks(desk: Desk) -> Job:
    """Have a hidden video reported in a server that has a log channel alone, which its members see."""
    await desk.set(review_channel_id=None, log_channel_id=desk.place("general"))
    job = await hide(desk, await posted(desk))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    await desk.moderators.cases.see_to(job.id)
    return job


async def see_alone(desk: Desk, channel: str, *, alone: bool = True) -> None:
    """Have moderators and the bot see a channel, and members only if these do not see it alone."""
    admin, seen = desk.channel.sandbox.admin, discord.Permissions(view_channel=True).value
    await admin.set_overwrite(channel, role="Moderators", allow=seen, guild="Film Club")
    await admin.set_overwrite(channel, member="reelcast", allow=seen, guild="Film Club")
    await admin.set_overwrite(channel, role="@everyone", deny=seen if alone else 0, guild="Film Club")


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
