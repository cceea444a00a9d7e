"""Moderators decide on what waits for them, each in the channel of their own server."""

import copy
from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.jobs.decisions import Decided
from bot.jobs.model import ProblemCode, ReviewMode
from bot.jobs.states import State
from bot.moderation.blocks import BlockedImageStore
from bot.moderation.ids import ReviewVerb, reject_id
from bot.moderation.review_card import NO_REASON
from bot.moderation.words import READY_REASONS
from bot.ui.custom_ids import pictures_in
from tests.support.review_room import Room, decisions, page_of, said, spoilers_in, texts_of
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Boot, picture


async def reject(room: Room, reason: str = "", who: simcord.MemberActor | None = None, **values: object) -> str:
    shown = await room.rejection(who)
    return said(await (who or room.mo).submit_modal(shown, {"reason": reason, **values}))


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


async def test_pictures_are_blocked_with_a_rejection_or_nothing_is_done(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **_options: object) -> None:
        raise OSError

    await room.request()
    job = await room.job()
    [reference] = job.request.references
    services = room.stage.bot.services
    seen = replace(reference, fingerprint="0123456789abcdef0123456789abcdef")
    await services.store.save(job.evolve(references=(seen,)))
    with monkeypatch.context() as patch:
        patch.setattr(BlockedImageStore, "add", broken)
        await reject(room, also=["block-images"])
    assert (await room.job()).state is State.HELD
    answer = await reject(room, also=["block-images"])
    assert answer == "Rejected. Nothing was charged. 1 image is now blocked in this server."
    assert await services.moderators.blocked_images.find(room.stage.guild.id, [seen.fingerprint]) == 0
    assert Decided.IMAGES_BLOCKED in [kind for kind, _ in await decisions(room)]


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
