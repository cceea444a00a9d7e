"""Moderators decide on what waits for them, each in the channel of their own server."""

import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.jobs.clock import SystemClock
from bot.jobs.decisions import Decided
from bot.jobs.model import Job, ProblemCode, ReviewMode
from bot.jobs.states import State
from bot.jobs.storage.ledger import SpendLimits
from bot.moderation.blocks import Block
from bot.moderation.ids import ReviewVerb, WaitingVerb, reject_id, waiting_id
from bot.moderation.review_card import NO_REASON
from bot.moderation.waiting import chosen_in
from bot.moderation.words import READY_REASONS
from bot.settings.model import ChannelSettings
from bot.ui.custom_ids import pictures_in
from tests.support.review_room import Room, a_room, page_of, said, spoilers_in, texts_of
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Boot, Stage, picture

PAUSED = {
    "server": "Videos are paused in this server. Resume them with `/settings`",
    "channel": (
        "Videos are paused in the channel where this was requested. Resume them with `/settings` under *Channels*"
    ),
    "bot": "The bot operator has paused new videos. Approve it when the bot resumes",
}


@pytest.fixture
async def room(stage: Stage, tmp_path: Path) -> Room:
    return await a_room(stage, tmp_path)


async def reject(room: Room, reason: str = "", who: simcord.MemberActor | None = None, **values: object) -> str:
    shown = await room.rejection(who)
    return said(await (who or room.mo).submit_modal(shown, {"reason": reason, **values}))


async def decisions(room: Room) -> list[tuple[Decided, int | None]]:
    made = await room.stage.bot.services.moderators.decisions.of_job((await room.job()).id)
    return [(each.kind, each.by_id) for each in made]


def days_later(monkeypatch: pytest.MonkeyPatch, job: Job, days: int) -> None:
    """Have it be so many days after a job was asked for."""
    later = job.created_at + timedelta(days=days)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)


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


async def test_moderators_see_the_request_with_its_pictures_and_what_is_known_of_the_member(room: Room) -> None:
    await room.request("@Image1 meets **@everyone**", image2=picture("harbour.jpg"))
    [card] = room.cards()
    text = texts_of(card)
    assert r"> \@Image1 meets \*\*\@everyone\*\*" in text
    head, facts, *_rest = text.splitlines()
    assert head.startswith(f"✋ **{room.stage.alice.mention}** · joined <t:")
    assert head.endswith(":R>")  # what is zero is left out
    assert facts.startswith(f"-# <#{room.stage.channel.id}> · 5 s · ")
    assert "why: every request is reviewed" in facts
    assert "Rejected automatically <t:" in text
    assert [attachment.filename for attachment in card.attachments] == ["image1.png", "image2.png"]


async def test_a_long_prompt_comes_whole_as_a_file(room: Room) -> None:
    await room.request("fox " * 400)
    [card] = room.cards()
    assert [attachment.filename for attachment in card.attachments] == ["image1.png", "prompt.txt"]


async def test_an_approved_request_goes_on_and_says_by_whom(room: Room) -> None:
    job = await room.request()
    assert said(await room.press("Approve")) == "Approved."
    approved = await room.job()
    assert (approved.state, approved.approved) == (State.PREPARING, True)
    assert room.stage.driven[-1] == approved
    assert f"{room.mo.mention} approved it." in room.texts()[0]
    assert await decisions(room) == [(Decided.APPROVED, room.mo.id)]
    assert job.request.handling.spoiler is False


async def test_a_video_is_approved_as_a_spoiler(room: Room) -> None:
    await room.finished()
    assert said(await room.press("Spoiler")) == "Approved as a spoiler."
    approved = await room.job()
    assert (approved.state, approved.post_attempts) == (State.POSTING, 1)
    assert approved.request.handling.spoiler
    assert await decisions(room) == [(Decided.APPROVED_AS_SPOILER, room.mo.id)]


async def test_a_rejected_request_is_released_and_its_member_learns_why(room: Room) -> None:
    job = await room.request()
    store = room.stage.bot.services.store
    assert await store.spent(job.spend_day) > 0
    assert await reject(room, "no **weapons**") == "Rejected. Nothing was charged."
    rejected = await room.job()
    assert (rejected.state, rejected.reason) == (State.REJECTED, "no **weapons**")
    assert await store.spent(job.spend_day) == 0
    card = room.stage.channel.history()[-1]
    assert "weapons" not in texts_of(card)  # which the member alone reads
    assert "waves" not in texts_of(card)
    assert f"{room.mo.mention} rejected it." in room.texts()[0]


async def test_a_rejected_video_is_withheld_and_stays_charged(room: Room) -> None:
    job = await room.finished()
    assert await reject(room) == "Rejected. It's still charged."
    assert (await room.job()).state is State.WITHHELD
    assert await room.stage.bot.services.store.spent(job.spend_day) > 0


async def test_the_member_is_told_in_private(room: Room) -> None:
    await room.request()
    await reject(room, "not here")
    told = [line for line in room.stage.env.transcript().splitlines() if "Your video request in" in line]
    assert "was stopped. Nothing was charged." in told[0]


async def test_of_two_moderators_at_once_the_second_is_told_who_decided_what(room: Room) -> None:
    await room.request()
    card = room.cards()[0]
    shown = await room.rejection(room.kim, card)
    await room.press("Approve", room.mo, card)
    answer = said(await room.kim.submit_modal(shown, {"reason": "no"}))
    assert answer == f"{room.mo.mention} approved it."
    assert (await room.job()).state is State.PREPARING
    assert await decisions(room) == [(Decided.APPROVED, room.mo.id)]


async def test_what_its_member_cancelled_meanwhile_says_so(room: Room) -> None:
    await room.request()
    await room.stage.bot.services.jobs.control.cancel((await room.job()).id)
    assert said(await room.press("Approve")) == "The member canceled this request."


@pytest.mark.parametrize("verb", ReviewVerb)
async def test_a_member_who_forges_a_moderators_button_is_refused(room: Room, verb: str) -> None:
    job = await room.request()
    forged = await room.forge(room.stage.channel, f"reelcast:review:{verb}:{job.id}")
    answer = said(await room.stage.alice.click(forged, label="Forged"))
    assert answer.startswith("You need Manage Messages in the moderators' channel")
    assert (await room.job()).state is State.HELD


async def test_a_moderator_of_the_channel_alone_is_no_moderator_of_the_review(room: Room) -> None:
    """Manage Messages counts in the moderators' channel, where the press has to come from."""
    job = await room.request()
    forged = await room.forge(room.stage.channel, f"reelcast:review:approve:{job.id}")
    answer = said(await room.mo.click(forged, label="Forged"))
    assert answer.startswith("You need Manage Messages in the moderators' channel")


async def test_who_sees_the_moderators_channel_without_managing_it_cannot_decide(room: Room) -> None:
    await room.request()
    assert said(await room.press("Approve", room.guest)).startswith("You need Manage Messages")
    assert (await room.job()).state is State.HELD


async def test_a_moderator_of_another_server_decides_nothing_here(room: Room) -> None:
    job = await room.request()
    env = room.stage.env
    other = env.create_guild("Animation Guild")
    place = other.create_text_channel("moderators")
    role = other.create_role("Moderators", permissions=discord.Permissions.all())
    eve = other.add_member(env.create_user("eve"), roles=[role])
    forged = await room.forge(place, f"reelcast:review:approve:{job.id}")
    assert said(await eve.click(forged, label="Forged")) == "This video is no longer in the records."
    assert (await room.job()).state is State.HELD


async def test_buttons_and_the_modal_work_after_a_restart(room: Room, boot: Boot) -> None:
    await room.request()
    shown = await room.rejection()
    await room.stage.env.restart_bot(await boot())
    assert said(await room.mo.submit_modal(shown, {"reason": "late"})) == "Rejected. Nothing was charged."
    assert (await room.job()).reason == "late"


@pytest.mark.parametrize("reason", ["x" * 400, "@everyone\n" * 40, "```\n> <@1> [a](https://b.c)"])
async def test_whatever_a_moderator_types_breaks_nothing(room: Room, reason: str) -> None:
    await room.request()
    await reject(room, reason)
    rejected = await room.job()
    assert len(rejected.reason) <= 400
    shown = texts_of(room.stage.channel.history()[-1])
    assert "<@1>" not in shown
    assert "@everyone" not in shown.replace(r"\@everyone", "")


async def test_pictures_are_blocked_with_a_rejection(room: Room) -> None:
    await room.request()
    job = await room.job()
    [reference] = job.request.references
    services = room.stage.bot.services
    seen = replace(reference, fingerprint="0123456789abcdef0123456789abcdef")
    await services.store.save(job.evolve(references=(seen,)))
    answer = await reject(room, also=["block-images"])
    assert answer == "Rejected. Nothing was charged. 1 image is now blocked in this server."
    assert await services.moderators.blocked_images.find(room.stage.guild.id, [seen.fingerprint]) == 0
    assert Decided.IMAGES_BLOCKED in [kind for kind, _ in await decisions(room)]


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


@pytest.mark.parametrize("chosen", [*READY_REASONS, NO_REASON])
async def test_a_ready_reason_rejects_with_one_choice(room: Room, chosen: str) -> None:
    job = await room.request()
    assert said(await room.choose(reject_id(job.id), chosen)) == "Rejected. Nothing was charged."
    rejected = await room.job()
    assert (rejected.state, rejected.reason) == (State.REJECTED, READY_REASONS.get(chosen, ""))
    assert f"{room.mo.mention} rejected it." in room.texts()[0]


async def test_the_history_of_a_member_is_for_who_presses_alone(room: Room) -> None:
    job = await room.request("a fox")
    history = await room.press("History")
    assert history.ephemeral
    shown = page_of(history)
    assert "a fox" in texts_of(shown)
    assert f"/{job.card_message_id}" in texts_of(shown)
    assert len([*pictures_in(shown.components)]) == 2  # the avatar, and the request's first image
    assert said(await room.press("History", room.guest)).startswith("You need Manage Messages")


async def test_the_history_hides_images_that_are_spoilers_in_the_channel(room: Room) -> None:
    await room.request("a fox", spoiler=True)
    assert spoilers_in(page_of(await room.press("History"))) == [False, True]  # the avatar, and the image


async def test_whoever_is_blocked_from_the_card_has_nothing_waiting_there_any_more(room: Room) -> None:
    await room.finished()
    form = await room.press("Block")
    answer = said(await room.stage.submit(form, {"block": "1d", "reason": "spam"}, who=room.mo))
    assert answer.startswith(f"{room.stage.alice.mention} can't make videos here until")
    assert (await room.job()).state is State.WITHHELD
    assert f"{room.mo.mention} rejected it." in room.texts()[0]


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
    assert "⚠️ 1: It can't be decided here. It's age-restricted, or not in the review channel yet." in told
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


async def test_a_video_whose_output_channel_was_deleted_is_posted_where_it_was_requested(room: Room) -> None:
    gallery = room.stage.guild.create_text_channel("gallery")
    await room.stage.set(output_channel_id=gallery.id)
    await room.finished()
    deleted(room, gallery.id)
    assert said(await room.press("Approve")).startswith("The channel this would be posted in was deleted.")
    await room.stage.set(output_channel_id=None)
    assert said(await room.press("Approve")).endswith(f"so it's posted in {room.stage.channel.mention}.")
    assert (await room.job()).video_channel_id == room.stage.channel.id


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


async def test_a_video_being_made_can_be_rejected_before_it_is_paid_for(room: Room) -> None:
    await room.stage.set(review=ReviewMode.BEFORE_POSTING)
    await room.stage.ask()
    job = await room.stage.has_become(State.WAITING)
    await room.show(job)
    assert "you'll review it when it's ready" in room.texts()[0]
    shown = await room.press("Reject now")
    assert said(await room.mo.submit_modal(shown, {"reason": ""})) == "Rejected. Nothing was charged."
    rejected = await room.job()
    assert rejected.state is State.REJECTED
    assert rejected.problem is not None
    assert rejected.problem.code is ProblemCode.NOT_APPROVED


async def test_a_run_that_is_rejected_while_it_runs_is_noted_and_not_posted(room: Room) -> None:
    await room.stage.set(review=ReviewMode.BEFORE_POSTING)
    await room.stage.ask()
    job = await room.stage.has_become(State.PROCESSING)
    await room.show(job)
    shown = await room.press("Reject now")
    answer = said(await room.mo.submit_modal(shown, {"reason": ""}))
    assert answer == "Rejected. It can't be stopped and is still charged, but the video won't be posted."
    noted = await room.job()
    assert (noted.state, noted.cancel_requested, noted.shows_contents) == (State.PROCESSING, True, False)


async def test_another_channel_chosen_in_settings_gets_what_waits_without_delay(room: Room) -> None:
    job = await room.request()
    reviews = room.stage.bot.services.moderators.reviews
    mo = a_moderator(room.stage)
    await mo.open("review")
    await mo.choose("review", "before_posting")
    assert not await reviews.claim(job)
    hidden, seen = (discord.PermissionOverwrite(view_channel=each) for each in (False, True))
    guild = room.stage.guild
    second = guild.create_text_channel("second", overwrites={guild.default_role: hidden, mo.actor: seen})
    await mo.choose("review_channel_id", second)
    assert await reviews.claim(job)


async def test_a_card_can_be_decided_on_before_it_is_noted_where_it_stands(room: Room) -> None:
    job = await room.request()
    await room.stage.bot.services.moderators.review_store.shown(job.id, room.stage.channel.id)
    assert said(await room.press("Approve")) == "Approved."


async def test_a_channel_that_went_while_the_bot_was_away_is_noticed_when_it_is_back(room: Room) -> None:
    job, bot = await room.request(), room.stage.bot
    cog: Any = bot.get_cog("ReviewCog")
    await cog.events_missed()
    assert not await bot.services.moderators.reviews.claim(job)
    await room.stage.set(review_channel_id=job.id)  # the id of no channel
    await bot.services.moderators.reviews.claim(job)
    await cog.events_missed()
    assert await bot.services.moderators.reviews.claim(job)


@pytest.mark.parametrize("change", ["gone", "restricted", "opened", "renamed", "another"])
async def test_a_change_of_the_moderators_channel_counts_at_once_and_no_other(room: Room, change: str) -> None:
    job, bot = await room.request(), room.stage.bot
    reviews = bot.services.moderators.reviews
    cog: Any = bot.get_cog("ReviewCog")
    assert not await reviews.claim(job)
    known = bot.get_channel(room.stage.channel.id if change == "another" else room.channel.id)
    assert isinstance(known, discord.TextChannel)
    before = copy.copy(known)
    match change:
        case "gone" | "another":
            await cog.channel_gone(known)
        case "restricted":
            known.nsfw = True
        case "opened":
            before._overwrites = []
        case _:
            known.name = "moderators-2"
    await cog.channel_changed(before, known)
    assert await reviews.claim(job) is (change in {"gone", "restricted", "opened"})


@pytest.mark.parametrize(
    ("verb", "told"), [("approve", "Approved."), ("spoiler", "Approved as a spoiler."), ("reject", None)]
)
async def test_a_review_of_version_0_1_can_still_be_decided(room: Room, verb: str, told: str | None) -> None:
    """Its card and its form have the custom ids that they had then."""
    job = await room.request()
    old = await room.forge(room.channel, f"reelcast:review:{verb}:{job.id}")
    pressed = await room.mo.click(old, label="Forged")
    if told is None:
        assert pressed.modal is not None
        assert pressed.modal["custom_id"] == f"reelcast:review-reason:{job.id}"
        pressed, told = await room.mo.submit_modal(pressed, {"reason": "no"}), "Rejected. Nothing was charged."
    assert said(pressed) == told
    assert (await room.job()).state is not State.HELD
