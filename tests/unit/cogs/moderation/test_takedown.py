"""A moderator's one action against a video, and what follows from it."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.gate.usage import UsageStore
from bot.jobs.decisions import Decided
from bot.jobs.model import ProblemCode
from bot.jobs.states import State
from bot.moderation.blocks import BlockedImageStore, BlockStore
from bot.settings.model import Limits
from tests.support.answers import words_of
from tests.support.review_room import Room, said, texts_of
from tests.unit.cogs.stage import Boot


async def a_post(room: Room) -> discord.Message:
    """Have a video of Alice's in the channel; returns its post."""
    stage = room.stage
    await stage.ask("a fox in the harbour")
    [job] = await stage.jobs()
    post = await stage.post_of(job.evolve(post_attempts=1))
    await stage.card_of(await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id))
    return post


async def take_down(room: Room, post: discord.Message, who: simcord.MemberActor | None = None, **chosen: Any) -> str:
    who = who or room.mo
    shown = await who.context_menu(room.stage.channel, "Take down", post)
    return said(await room.stage.submit(shown, chosen, who=who))


async def kinds(room: Room) -> list[Decided]:
    made = await room.stage.bot.services.moderators.decisions.of_job((await room.job()).id)
    return [each.kind for each in made]


def card(room: Room) -> str:
    return texts_of(room.stage.channel.history()[0])


async def test_a_video_taken_down_is_gone_and_its_card_is_a_line_that_keeps_the_reason_private(room: Room) -> None:
    post = await a_post(room)
    answer = await take_down(room, post, reason="not **here**")
    assert answer.startswith("Taken down. The video service keeps a copy until")
    job = await room.job()
    assert job.problem is not None
    assert (job.state, job.problem.code) == (State.TAKEN_DOWN, ProblemCode.REMOVED)
    assert [message.id for message in room.stage.channel.history()] == [job.card_message_id]
    assert card(room) == "-# 🧹 Taken down"
    stage = room.stage
    told = words_of(await stage.alice.click(stage.channel.history()[0], label="Details"))
    assert "A moderator took this video down." in told
    assert r"> not \*\*here\*\*" in told
    assert "a fox in the harbour" not in card(room)
    assert room.stage.channel.history()[0].attachments == []
    assert await kinds(room) == [Decided.TAKEN_DOWN]


async def test_the_member_learns_of_it_in_private(room: Room) -> None:
    await take_down(room, await a_post(room), reason="not here")
    told = [line for line in room.stage.env.transcript().splitlines() if "Your video in" in line]
    assert "was taken down." in told[0]


@pytest.mark.parametrize(("length", "until"), [("7d", "until <t:"), ("good", "until someone uses `/mod unblock`")])
async def test_the_member_can_be_blocked_for_a_time_or_for_good_at_once(room: Room, length: str, until: str) -> None:
    answer = await take_down(room, await a_post(room), block=length)
    assert f"{room.stage.alice.mention} can't make videos here" in answer
    assert until in answer
    blocks = room.stage.bot.services.moderators.blocks
    block = await blocks.get(room.stage.guild.id, room.stage.alice.id)
    assert block is not None
    assert (block.until is None) is (length == "good")
    refused = await room.stage.ask()
    assert refused.ephemeral
    assert await kinds(room) == [Decided.TAKEN_DOWN, Decided.BLOCKED]


@pytest.mark.parametrize(
    ("store", "method", "chosen"),
    [
        (BlockStore, "put", {"block": "good"}),
        (UsageStore, "give_back", {"also": ["give-back"]}),
        (BlockedImageStore, "add", {"block": "good", "also": ["give-back", "block-images"]}),
    ],
)
async def test_a_takedown_is_saved_with_all_that_was_chosen_or_not_at_all(
    room: Room, monkeypatch: pytest.MonkeyPatch, store: type, method: str, chosen: dict[str, Any]
) -> None:
    async def broken(*_: object, **_options: object) -> None:
        raise OSError

    post = await a_post(room)
    monkeypatch.setattr(store, method, broken)
    await take_down(room, post, **chosen)
    monkeypatch.undo()
    assert (await room.job()).state is State.DELIVERED
    assert await kinds(room) == []
    assert (await take_down(room, post, **chosen)).startswith("Taken down.")
    blocks = room.stage.bot.services.moderators.blocks
    is_blocked = await blocks.get(room.stage.guild.id, room.stage.alice.id) is not None
    assert is_blocked is ("block" in chosen)


async def test_the_quota_can_be_given_back_and_the_money_stays(room: Room) -> None:
    post = await a_post(room)
    job = await room.job()
    answer = await take_down(room, post, also=["give-back"])
    assert "It no longer counts toward the member's limits." in answer
    assert await room.stage.bot.services.store.spent(job.spend_day) > 0
    assert await kinds(room) == [Decided.TAKEN_DOWN, Decided.QUOTA_GIVEN_BACK]


async def test_a_quota_given_back_lets_the_member_ask_again(room: Room) -> None:
    await room.stage.set(member_limits=Limits(per_day=1))
    await take_down(room, await a_post(room), also=["give-back"])
    await room.stage.ask()
    assert {job.state for job in await room.stage.jobs()} == {State.TAKEN_DOWN, State.PREPARING}


async def test_a_quota_not_given_back_stays_used_up(room: Room) -> None:
    await room.stage.set(member_limits=Limits(per_day=1))
    await take_down(room, await a_post(room))
    refused = await room.stage.ask()
    assert refused.ephemeral
    assert refused.response is not None
    assert refused.response.content.startswith("You've used the 1 video you can make in 24 hours.")
    assert (await room.job()).state is State.TAKEN_DOWN


async def test_where_none_of_its_pictures_can_be_blocked_none_are_on_record(room: Room) -> None:
    answer = await take_down(room, await a_post(room), also=["block-images"])
    assert "No images were blocked." in answer  # they are plain, and were never looked at
    assert await kinds(room) == [Decided.TAKEN_DOWN]


async def test_pictures_that_are_blocked_with_it_are_on_record(room: Room) -> None:
    post = await a_post(room)
    [reference] = (await room.job()).request.references
    seen = replace(reference, fingerprint="0123456789abcdef0123456789abcdef")
    await room.stage.has_become(State.DELIVERED, references=(seen,))
    assert "1 image is now blocked in this server." in await take_down(room, post, also=["block-images"])
    assert await kinds(room) == [Decided.TAKEN_DOWN, Decided.IMAGES_BLOCKED]


async def test_a_video_is_taken_down_by_the_address_of_its_message(room: Room) -> None:
    post = await a_post(room)
    shown = await room.mo.slash(room.channel, "takedown", link=f"<{post.jump_url}>")
    assert said(await room.stage.submit(shown, {}, who=room.mo)).startswith("Taken down.")
    assert (await room.job()).state is State.TAKEN_DOWN


@pytest.mark.parametrize(
    "link", ["", "fox", "https://discord.com/channels/1/2/3", "https://evil.example/channels/1/2/3", "9" * 40]
)
async def test_what_is_no_address_of_this_server_is_told(room: Room, link: str) -> None:
    await a_post(room)
    assert said(await room.mo.slash(room.channel, "takedown", link=link or " ")).startswith(
        "That isn't a message link from this server."
    )


async def in_an_archived_thread(room: Room) -> tuple[discord.Message, discord.Message]:
    """Have a video of Alice's in a thread that is archived by now; returns its post, and its card in the channel."""
    stage = room.stage
    thread = await stage.thread_in(stage.channel)
    await stage.ask("a fox in the harbour")
    [job] = await stage.jobs()
    post = await stage.post_of(job.evolve(post_attempts=1), thread)
    posted = await stage.has_become(
        State.DELIVERED, post_attempts=1, post_message_id=post.id, post_channel_id=thread.id
    )
    card = await stage.card_of(posted)
    known = stage.bot.get_channel(thread.id)
    assert isinstance(known, discord.Thread)
    await known.edit(archived=True)
    assert stage.bot.get_channel(thread.id) is None
    return post, card


async def test_a_video_in_an_archived_thread_is_taken_down_by_the_address_of_its_message(room: Room) -> None:
    post, _card = await in_an_archived_thread(room)
    shown = await room.mo.slash(room.channel, "takedown", link=post.jump_url)
    assert said(await room.stage.submit(shown, {}, who=room.mo)).startswith("Taken down.")


@pytest.mark.parametrize("command", ["Take down", "Report video"])
async def test_a_card_leads_to_its_video_in_an_archived_thread(room: Room, command: str) -> None:
    _post, card = await in_an_archived_thread(room)
    assert (await room.mo.context_menu(room.stage.channel, command, card)).modal


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (404, 10003, "That isn't a message link from this server."),
        (403, 50001, "The bot can't see the channel."),
        (503, 0, "Discord is having trouble right now."),
    ],
)
@pytest.mark.parametrize("what", ["", "/messages/{id}"])
async def test_what_keeps_the_bot_from_a_linked_message_is_told(
    room: Room, what: str, status: int, code: int, told: str
) -> None:
    post, _card = await in_an_archived_thread(room)
    route = f"/channels/{post.channel.id}{what.format(id=post.id)}"
    room.stage.env.inject_error("GET", route, status=status, code=code, times=None)
    assert said(await room.mo.slash(room.channel, "takedown", link=post.jump_url)).startswith(told)
    assert bool(room.stage.env.errors) is (status != 404)  # an error, which is no fault, ends the command


async def test_another_message_has_no_video(room: Room) -> None:
    await a_post(room)
    other = await room.stage.alice.send(room.stage.channel, "hello")
    answer = said(await room.mo.context_menu(room.stage.channel, "Take down", other))
    assert answer.startswith("There's no video from this bot")


async def test_who_may_not_manage_messages_takes_nothing_down(room: Room) -> None:
    """Discord hides the command from members, unless somebody lets them have it."""
    post = await a_post(room)
    await room.allow("takedown", room.guest)
    answer = said(await room.guest.slash(room.stage.channel, "takedown", link=post.jump_url))
    assert answer.startswith("You need Manage Messages in the video's channel")
    assert (await room.job()).state is State.DELIVERED


async def test_who_manages_one_channel_takes_down_there_and_blocks_nobody_in_the_whole_server(
    room: Room,
) -> None:
    stage = room.stage
    manages = discord.PermissionOverwrite(manage_messages=True)
    warden = stage.guild.add_member(stage.env.create_user("warden"))
    place = stage.guild.create_text_channel("kept", overwrites={warden: manages})
    await a_post(room)
    post = await stage.post_of(await stage.has_become(State.DELIVERED, post_channel_id=place.id), place)
    shown = await warden.context_menu(place, "Take down", post)
    assert [label["component"]["custom_id"] for label in (shown.modal or {})["components"]] == ["reason", "also"]
    assert said(await stage.submit(shown, {}, who=warden)).startswith("Taken down.")
    assert await room.stage.bot.services.moderators.blocks.get(room.stage.guild.id, room.stage.alice.id) is None


async def test_of_two_moderators_at_once_the_second_is_told_who_was_first(room: Room) -> None:
    post = await a_post(room)
    first = await room.mo.context_menu(room.stage.channel, "Take down", post)
    second = await room.kim.context_menu(room.stage.channel, "Take down", post)
    await room.stage.submit(first, {}, who=room.mo)
    answer = said(await room.stage.submit(second, {"block": "good"}, who=room.kim))
    assert answer == f"{room.mo.mention} took it down."
    assert await room.stage.bot.services.moderators.blocks.get(room.stage.guild.id, room.stage.alice.id) is None


async def test_a_form_opened_before_a_restart_is_taken(room: Room, boot: Boot) -> None:
    shown = await room.mo.context_menu(room.stage.channel, "Take down", await a_post(room))
    await room.stage.env.restart_bot(await boot())
    assert said(await room.stage.submit(shown, {}, who=room.mo)).startswith("Taken down.")


@pytest.mark.parametrize(
    ("state", "answer", "after"),
    [
        (State.WAITING, "Stopped before it was made.", State.REJECTED),
        (State.HELD, "Stopped before it was made.", State.REJECTED),
        (State.REVIEW, "Stopped before it was posted.", State.WITHHELD),
        (State.UNDELIVERED, "Stopped before it was posted.", State.WITHHELD),
        (State.PROCESSING, "It can't be stopped and is still charged", State.PROCESSING),
        (State.COMPLETED, "The video is already made, so it's still charged.", State.COMPLETED),
        (State.POSTING, "The video is already made, so it's still charged.", State.POSTING),
        (State.FAILED, "It's already finished", State.FAILED),
    ],
)
async def test_what_is_not_posted_is_taken_back_as_far_as_it_can_be(
    room: Room, state: State, answer: str, after: State
) -> None:
    await room.stage.ask()
    where = await room.stage.card_of(await room.stage.has_become(state))
    shown = await room.mo.context_menu(room.stage.channel, "Take down", where)
    told = said(await room.stage.submit(shown, {}, who=room.mo)) if shown.modal else said(shown)
    assert told.startswith(answer)
    assert (await room.job()).state is after


async def test_what_discord_did_not_delete_is_deleted_later(room: Room) -> None:
    post = await a_post(room)
    route = f"/channels/{room.stage.channel.id}/messages/{post.id}"
    room.stage.env.inject_error("DELETE", route, status=429, times=1)
    assert "Discord hasn't removed everything yet" in await take_down(room, post)
    moderators = room.stage.bot.services.moderators
    await moderators.reports.note((await room.job()).id, tried_at=None)  # as after a while
    [case] = await moderators.reports.owing(at_most=5)
    assert await moderators.cases.see_to(case.job_id)
    assert post.id not in [message.id for message in room.stage.channel.history()]
