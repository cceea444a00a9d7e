"""What speaks against an approval: the member's standing, a pause, a limit, or a channel that was deleted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.jobs.model import Job, ReviewMode
from bot.jobs.states import State
from bot.jobs.storage.ledger import SpendLimits
from bot.moderation.blocks import Block
from bot.settings.model import ChannelSettings
from tests.support.review_room import Room, days_later, decisions, said

PAUSED = {
    "server": "Videos are paused in this server. Resume them with `/settings`",
    "channel": (
        "Videos are paused in the channel where this was requested. Resume them with `/settings` under *Channels*"
    ),
    "bot": "The bot operator has paused new videos. Approve it when the bot resumes",
}


async def held_overnight(room: Room, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Have a request wait for a moderator since yesterday."""
    await room.stage.set(review_hours=100)
    held = await room.request()
    days_later(monkeypatch, held, 1)
    return held


def deleted(room: Room, channel_id: int) -> None:
    backend: Any = room.stage.env.backend
    backend.delete_channel(channel_id)


async def pause(room: Room, place: str, *, paused: bool = True) -> None:
    services = room.stage.bot.services
    match place:
        case "server":
            await room.stage.set(paused=paused)
        case "channel":
            await room.stage.set(channel_settings={room.stage.channel.id: ChannelSettings(paused=paused)})
        case _ if paused:
            await services.operating.store.pause(services.clock.now())
        case _:
            await services.operating.store.resume()


async def test_who_was_blocked_since_is_not_approved(room: Room) -> None:
    await room.request()
    services = room.stage.bot.services
    now = services.clock.now()
    block = Block(guild_id=room.stage.guild.id, member_id=room.stage.alice.id, until=None, by_id=1, reason="", at=now)
    await services.moderators.blocks.put(block)
    assert said(await room.press("Approve")).startswith("The member who requested this is blocked now.")
    assert (await room.job()).state is State.HELD


async def test_who_left_since_is_not_approved(room: Room) -> None:
    await room.request()
    room.stage.guild.remove_member(room.stage.alice)
    assert said(await room.press("Approve")).startswith("This member is no longer in the server.")
    assert (await room.job()).state is State.HELD


@pytest.mark.parametrize("place", ["server", "channel", "bot"])
async def test_while_videos_are_paused_no_request_is_approved_and_it_waits_on(room: Room, place: str) -> None:
    job, driven = await room.request(), list(room.stage.driven)
    await pause(room, place)
    assert said(await room.press("Approve")).startswith(PAUSED[place])
    waiting = await room.job()
    assert (waiting.state, waiting.version) == (State.HELD, job.version)
    assert (await decisions(room), room.stage.driven) == ([], driven)
    await pause(room, place, paused=False)
    assert said(await room.press("Approve")) == "Approved."
    assert (await room.job()).state is State.PREPARING


async def test_a_pause_of_another_channel_keeps_nothing_waiting(room: Room) -> None:
    await room.request()
    other = room.stage.guild.create_text_channel("other")
    await room.stage.set(channel_settings={other.id: ChannelSettings(paused=True)})
    assert said(await room.press("Approve")) == "Approved."


@pytest.mark.parametrize("place", ["server", "bot"])
async def test_a_video_that_is_paid_for_is_approved_in_spite_of_a_pause(room: Room, place: str) -> None:
    await room.finished()
    await pause(room, place)
    assert said(await room.press("Approve")) == "Approved."


async def test_what_was_held_overnight_is_approved_when_the_day_has_room_for_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await held_overnight(room, monkeypatch)
    await room.stage.set(review=ReviewMode.OFF, spend_per_day_usd=held.reserved_usd)
    await room.stage.ask()
    answer = said(await room.press("Approve"))
    assert answer.startswith("This server has reached its spending limit for today. Try again")
    store = room.stage.bot.services.store
    assert await store.get(held.id) == held
    days_later(monkeypatch, held, 2)
    assert said(await room.press("Approve")) == "Approved."
    approved = await store.get(held.id)
    assert approved is not None
    assert (approved.state, approved.spend_day) == (State.PREPARING, held.spend_day + timedelta(days=2))
    assert (await store.spent(held.spend_day), await store.spent(approved.spend_day)) == (0, held.reserved_usd)


async def test_the_caps_of_the_whole_bot_hold_for_what_was_held_overnight(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await held_overnight(room, monkeypatch)
    moderation = room.stage.bot.services.moderation
    poor = replace(moderation, limits=SpendLimits(per_day=held.reserved_usd / 2))
    monkeypatch.setattr(room.stage.bot, "services", replace(room.stage.bot.services, moderation=poor))
    assert said(await room.press("Approve")).startswith("This bot has reached its spending limit for today.")
    assert await room.job() == held


async def test_what_costs_more_than_the_servers_cap_by_now_is_no_matter_of_waiting(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await held_overnight(room, monkeypatch)
    await room.stage.set(spend_per_month_usd=held.reserved_usd / 2)
    assert said(await room.press("Approve")).startswith("This costs more than this server's whole spending limit.")
    assert await room.job() == held


async def test_moderators_hear_that_an_approval_brings_spending_to_the_cap(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = room.stage.guild.create_text_channel("log")
    await room.stage.set(review_hours=100, log_channel_id=log.id)
    held = await room.request()
    days_later(monkeypatch, held, 1)
    await room.stage.set(spend_per_day_usd=held.reserved_usd)
    assert said(await room.press("Approve")) == "Approved."
    assert ["1.35" in message.content for message in log.history()] == [True]


async def test_a_video_whose_channel_was_deleted_is_posted_in_the_output_channel_that_is_chosen_then(
    room: Room,
) -> None:
    await room.finished()
    deleted(room, room.stage.channel.id)
    told = said(await room.press("Approve"))
    assert told.startswith("The channel this would be posted in was deleted. Choose in `/settings` where videos")
    assert (await room.job()).state is State.REVIEW
    gallery = room.stage.guild.create_text_channel("gallery")
    await room.stage.set(output_channel_id=gallery.id)
    told = said(await room.press("Approve"))
    assert told == f"Approved. The channel it was requested for was deleted, so it's posted in {gallery.mention}."
    approved = await room.job()
    assert (approved.state, approved.video_channel_id) == (State.POSTING, gallery.id)


async def test_a_video_whose_output_channel_was_deleted_is_posted_nowhere_until_another_is_chosen(room: Room) -> None:
    gallery, stage = room.stage.guild.create_text_channel("gallery"), room.stage.guild.create_text_channel("stage")
    await room.stage.set(output_channel_id=gallery.id)
    await room.finished()
    deleted(room, gallery.id)
    assert said(await room.press("Approve")).startswith("The channel this would be posted in was deleted.")
    # Where it was requested, people may read who weren't meant to see it.
    await room.stage.set(output_channel_id=None)
    assert said(await room.press("Approve")).startswith("The channel this would be posted in was deleted.")
    await room.stage.set(output_channel_id=stage.id)
    assert said(await room.press("Approve")).endswith(f"so it's posted in {stage.mention}.")
    assert (await room.job()).video_channel_id == stage.id


async def test_a_video_for_the_output_channel_is_approved_though_the_channel_it_was_requested_in_is_gone(
    room: Room,
) -> None:
    gallery = room.stage.guild.create_text_channel("gallery")
    await room.stage.set(output_channel_id=gallery.id)
    await room.finished()
    await room.stage.set(channels=frozenset({gallery.id}))  # so that Discord is asked for a parent of the other
    deleted(room, room.stage.channel.id)
    assert said(await room.press("Approve")).endswith(f"so it's posted in {gallery.mention}.")
    assert (await room.job()).video_channel_id == gallery.id
