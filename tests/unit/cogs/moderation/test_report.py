"""Members report videos, and moderators decide on them."""

from datetime import timedelta

import discord
import pytest
import simcord

from bot.delivery.notices import PrivateNotices
from bot.jobs.decisions import Decided
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage import saving
from bot.moderation.decide import Moderation
from bot.moderation.ids import CaseVerb
from tests.support.answers import answer_of, words_of
from tests.support.files import mp4
from tests.support.review_room import Room, page_of, said, spoilers_in, texts_of
from tests.unit.cogs.stage import Boot

GOOD = "Thanks for the report. This server's moderators have been notified."


async def a_post(room: Room) -> discord.Message:
    """Have a video of Alice's in the channel; returns its post."""
    stage = room.stage
    await stage.ask("a fox in the harbour")
    [job] = await stage.jobs()
    path = room.folder / "film.mp4"
    path.write_bytes(mp4())
    file = discord.File(path, "reelcast.mp4")
    post = await stage.post_of(job.evolve(post_attempts=1), file=file)
    await stage.card_of(await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id))
    return post


async def report(room: Room, who: simcord.MemberActor, reason: str = "gore") -> str:
    post = await posted(room)
    shown = await who.click(post, label="Report")
    return said(await who.submit_modal(shown, {"reason": reason}) if shown.modal else shown)


async def delete(room: Room) -> None:
    """Have Alice delete her hidden video, by *Details* under what stands in its place."""
    alice = room.stage.alice
    question = await alice.click(answer_of(await alice.click(await posted(room), label="Details")), label="Delete")
    assert words_of(await alice.click(answer_of(question), label="Delete")) == "Deleted."


async def posted(room: Room) -> discord.Message:
    job = await room.job()
    [post] = [message for message in room.stage.channel.history() if message.id == job.post_message_id]
    return post


def members(room: Room, *names: str) -> list[simcord.MemberActor]:
    return [room.stage.guild.add_member(room.stage.env.create_user(name)) for name in names]


async def kinds(room: Room) -> list[Decided]:
    job = await room.job()
    return [each.kind for each in await room.stage.bot.services.moderators.decisions.of_job(job.id)]


async def test_a_report_reaches_the_moderators_with_its_reason_and_the_video_stays(room: Room) -> None:
    await a_post(room)
    [bob] = members(room, "bob2")
    assert await report(room, bob, "**gore** @everyone") == GOOD
    [card] = room.cards()
    text = texts_of(card)
    assert "Reported video" in text
    assert f"- {bob.mention}: \\*\\*gore\\*\\* \\@everyone" in text
    assert "> a fox in the harbour" in text
    assert len((await posted(room)).attachments) == 1
    assert await kinds(room) == [Decided.REPORTED]


async def test_each_member_reports_a_video_once_and_further_reports_change_the_same_message(room: Room) -> None:
    await a_post(room)
    bob, eve = members(room, "bob2", "eve")
    twice = await bob.click(await posted(room), label="Report")
    await report(room, bob)
    for again in (
        await bob.submit_modal(twice, {"reason": "gore"}),
        await bob.click(await posted(room), label="Report"),
    ):
        assert said(again).startswith("You've already reported this video.")
    await report(room, eve, "spam")
    [card] = room.cards()
    assert "2 members reported it:" in texts_of(card)


async def test_nobody_reports_a_video_of_their_own(room: Room) -> None:
    post = await a_post(room)
    assert said(await room.stage.alice.click(post, label="Report")).startswith("This video is yours.")


async def test_the_command_on_a_message_reports_its_video_and_no_other_message(room: Room) -> None:
    post = await a_post(room)
    [bob] = members(room, "bob2")
    shown = await bob.context_menu(room.stage.channel, "Report video", post)
    assert said(await bob.submit_modal(shown, {"reason": "spam"})) == GOOD
    other = await bob.send(room.stage.channel, "hello")
    assert said(await bob.context_menu(room.stage.channel, "Report video", other)).startswith(
        "There's no video from this bot"
    )


async def test_after_enough_reports_the_video_is_taken_off_until_a_moderator_decides(room: Room) -> None:
    await a_post(room)
    await room.stage.set(report_threshold=2)
    for member in members(room, "bob2", "eve"):
        await report(room, member)
    hidden = await room.job()
    assert hidden.hidden
    post = await posted(room)
    assert post.attachments == []
    assert "is hidden until a moderator reviews it." in post.content
    assert "a fox in the harbour" not in texts_of(room.stage.channel.history()[0])
    [card] = room.cards()
    assert "reelcast.mp4" in [attachment.filename for attachment in card.attachments]
    assert await kinds(room) == [Decided.REPORTED, Decided.REPORTED, Decided.HIDDEN]


async def test_a_video_that_could_not_be_hidden_is_hidden_when_its_reporter_tries_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError

    post = await a_post(room)
    await room.stage.set(report_threshold=1)
    [bob] = members(room, "bob2")
    first, again = [await bob.click(post, label="Report") for _ in range(2)]
    monkeypatch.setattr(Moderation, "hide", broken)
    await bob.submit_modal(first, {"reason": "gore"})
    monkeypatch.undo()
    assert not (await room.job()).hidden
    assert said(await bob.submit_modal(again, {"reason": "gore"})).startswith("You've already reported this video.")
    assert (await room.job()).hidden
    assert await kinds(room) == [Decided.REPORTED, Decided.HIDDEN]


async def a_hidden_post(room: Room) -> None:
    await a_post(room)
    await room.stage.set(report_threshold=1)
    [bob] = members(room, "bob2")
    await report(room, bob)


@pytest.mark.parametrize(("language", "why"), [("en-US", "1 report"), ("de", "1 Meldung")])
async def test_the_record_says_in_the_servers_language_how_many_reports_hid_it(
    room: Room, language: str, why: str
) -> None:
    await room.stage.set(language=language)
    await a_hidden_post(room)
    made = await room.stage.bot.services.moderators.decisions.of_job((await room.job()).id)
    assert [each.reason for each in made if each.kind is Decided.HIDDEN] == [why]


async def test_a_hidden_video_is_put_back_as_it_was(room: Room) -> None:
    await a_hidden_post(room)
    assert said(await room.press("Restore")) == "It's being restored."
    post = await posted(room)
    assert post.content.startswith(f"{room.stage.alice.mention}\n> a fox in the harbour\n")
    assert [attachment.filename for attachment in post.attachments] == ["reelcast.mp4"]
    assert await post.attachments[0].read() == mp4()
    assert "a fox in the harbour" in texts_of(room.stage.channel.history()[0])
    assert f"{room.mo.mention} restored it." in room.texts()[0]
    assert not (await room.job()).hidden


async def test_a_hidden_video_is_put_back_after_a_restart(room: Room, boot: Boot) -> None:
    await a_hidden_post(room)
    await room.stage.env.restart_bot(await boot())
    await room.press("Restore")
    assert len((await posted(room)).attachments) == 1


async def test_dismissed_reports_count_no_more_and_are_not_made_again(room: Room) -> None:
    await a_post(room)
    await room.stage.set(report_threshold=2)
    bob, eve = members(room, "bob2", "eve")
    await report(room, bob)
    assert said(await room.press("Dismiss")) == "Reports dismissed."
    assert f"{room.mo.mention} dismissed the reports." in room.texts()[0]
    assert (await report(room, bob)).startswith("You've already reported this video.")
    await report(room, eve)
    assert not (await room.job()).hidden


async def test_a_report_after_a_decision_is_a_message_of_its_own_that_moderators_notice(room: Room) -> None:
    await a_post(room)
    bob, eve, zoe = members(room, "bob2", "eve", "zoe")
    await report(room, bob)
    await room.press("Dismiss")
    decided = room.texts()
    for again in (eve, zoe):
        assert await report(room, again) == GOOD
    line, card = room.texts()
    assert [line] == decided
    assert "2 members reported it:" in card
    assert said(await room.press("Dismiss")) == "Reports dismissed."
    assert "dismissed the reports." in room.texts()[1]


async def test_a_video_whose_server_wants_no_hiding_is_never_hidden_by_itself(room: Room) -> None:
    await a_post(room)
    await room.stage.set(report_threshold=0)
    for member in members(room, "a1", "a2", "a3", "a4"):
        await report(room, member)
    assert not (await room.job()).hidden


async def test_where_moderators_have_no_channel_the_owner_is_told(room: Room) -> None:
    await a_post(room)
    await room.stage.set(review_channel_id=None)
    [bob] = members(room, "bob2")
    assert await report(room, bob) == "Thanks for the report. This server's owner has been notified."
    assert room.cards() == []
    assert (await report(room, bob)).endswith("This server's owner knows about it.")


async def test_who_reports_where_nobody_can_be_told_reads_so(room: Room) -> None:
    await a_post(room)
    await room.stage.set(review_channel_id=None)
    room.stage.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=9)
    [bob] = members(room, "bob2")
    told = "no one could be notified yet. Contact a moderator of this server directly."
    assert await report(room, bob) == f"Your report is saved, but {told}"
    assert (await report(room, bob)).endswith(told)
    assert len(await room.stage.bot.services.moderators.reports.owing(at_most=5)) == 1  # and is tried again


async def test_reports_go_to_the_log_channel_where_there_is_no_review(room: Room) -> None:
    await a_post(room)
    log = room.stage.guild.create_text_channel("log")
    await room.stage.set(review_channel_id=None, log_channel_id=log.id)
    [bob] = members(room, "bob2")
    assert await report(room, bob) == GOOD
    assert len(log.history()) == 1


async def test_from_a_report_the_history_hides_every_image(room: Room) -> None:
    await a_post(room)
    await report(room, room.guest)
    assert spoilers_in(page_of(await room.press("History"))) == [False, True]  # the avatar, and the image


@pytest.mark.parametrize("verb", CaseVerb)
async def test_a_member_who_forges_a_moderators_button_is_refused(room: Room, verb: str) -> None:
    await a_hidden_post(room)
    job = await room.job()
    forged = await room.forge(room.stage.channel, f"reelcast:case:{verb}:{job.id}")
    answer = said(await room.stage.alice.click(forged, label="Forged"))
    assert answer.startswith("You need Manage Messages")
    assert (await room.job()).hidden


async def test_who_only_sees_the_moderators_channel_decides_nothing(room: Room) -> None:
    await a_hidden_post(room)
    assert said(await room.press("Restore", room.guest)).startswith("You need Manage Messages")


async def test_of_two_moderators_the_second_is_told_what_the_first_did(room: Room) -> None:
    await a_hidden_post(room)
    card = room.cards()[0]
    await room.press("Restore", room.mo, card)
    job = await room.job()
    forged = await room.forge(room.channel, f"reelcast:case:putback:{job.id}")
    assert said(await room.kim.click(forged, label="Forged")) == f"{room.mo.mention} restored it."


async def test_a_decision_that_is_not_saved_leaves_the_reports_open(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_hidden_post(room)

    async def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(saving, "note", broken)  # the last part of the transaction
    await room.press("Restore")
    monkeypatch.undo()
    assert (await room.job()).hidden
    assert said(await room.press("Restore")) == "It's being restored."


async def test_who_deletes_their_reported_video_leaves_the_decision_to_moderators(room: Room) -> None:
    await a_hidden_post(room)
    await delete(room)
    [card] = room.cards()
    assert f"{room.stage.alice.mention} deleted it." in texts_of(card)
    assert "1 member reported it:" in texts_of(card)
    form = await room.mo.click(card, label="Take down")
    also = {"reason": "gore", "block": "good"}
    answer = said(await room.stage.submit(form, also, who=room.mo))
    assert answer.startswith("Taken down.")
    assert "can't make videos here" in answer
    assert (await room.stage.ask()).ephemeral
    measures = [Decided.TAKEN_DOWN, Decided.BLOCKED]
    assert await kinds(room) == [Decided.REPORTED, Decided.HIDDEN, Decided.DELETED, *measures]
    assert f"{room.mo.mention} took it down." in room.texts()[0]
    again = await room.forge(room.channel, f"reelcast:case:takedown:{(await room.job()).id}")
    form = await room.kim.click(again, label="Forged")
    assert said(await room.stage.submit(form, {}, who=room.kim)) == f"{room.mo.mention} took it down."


async def test_whose_deleted_video_is_taken_down_is_owed_a_word_until_it_is_said(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unclear(_desk: PrivateNotices, _job: Job) -> None:
        """Leave it owed, as where Discord gives no clear answer."""

    await a_hidden_post(room)
    await delete(room)
    store, now = room.stage.bot.services.store, room.stage.bot.services.clock.now()
    assert await store.notices_owed(before=now + timedelta(days=1), at_most=5) == []
    monkeypatch.setattr(PrivateNotices, "tell", unclear)
    form = await room.mo.click(room.cards()[0], label="Take down")
    assert said(await room.stage.submit(form, {"reason": "gore"}, who=room.mo)).startswith("Taken down.")
    [owed] = await store.notices_owed(before=now + timedelta(days=1), at_most=5)
    assert owed == await room.job()
    monkeypatch.undo()
    await room.stage.bot.services.delivery.notices.tell(owed)
    assert await store.notices_owed(before=now + timedelta(days=1), at_most=5) == []


async def test_the_reports_of_a_video_that_was_deleted_can_be_dismissed(room: Room) -> None:
    await a_hidden_post(room)
    await delete(room)
    assert said(await room.press("Dismiss")) == "Reports dismissed."
    assert f"{room.mo.mention} dismissed the reports." in room.texts()[0]


async def test_a_report_of_what_is_gone_meanwhile_says_so(room: Room) -> None:
    post = await a_post(room)
    [bob] = members(room, "bob2")
    shown = await bob.click(post, label="Report")
    await room.stage.has_become(State.TAKEN_DOWN)
    assert said(await bob.submit_modal(shown, {"reason": "gore"})) == "This video was already taken down."


async def test_a_post_that_is_gone_is_nothing_to_hide(room: Room) -> None:
    await a_post(room)
    await room.stage.set(report_threshold=1)
    [bob] = members(room, "bob2")
    post = await posted(room)
    shown = await bob.context_menu(room.stage.channel, "Report video", post)
    await post.delete()
    assert said(await bob.submit_modal(shown, {"reason": "gore"})) == GOOD
    assert await room.stage.bot.services.moderators.reports.owing(at_most=5) == []


async def test_what_discord_leaves_unclear_stays_owed_and_is_made_good(room: Room) -> None:
    await a_post(room)
    await room.stage.set(report_threshold=1)
    [bob] = members(room, "bob2")
    shown = await bob.click(await posted(room), label="Report")
    route = f"/channels/{room.stage.channel.id}/messages/{(await room.job()).post_message_id}"
    room.stage.env.inject_error("PATCH", route, status=429, times=1)
    await bob.submit_modal(shown, {"reason": "gore"})
    moderators = room.stage.bot.services.moderators
    [case] = await moderators.reports.owing(at_most=5)
    await moderators.reports.note(case.job_id, tried_at=None)  # as after a while
    await moderators.cases.see_to(case.job_id)
    assert (await posted(room)).attachments == []
    assert await moderators.reports.owing(at_most=5) == []


@pytest.mark.parametrize(
    ("pressed", "form"),
    [
        ("report:{job}", "report:{job}"),
        ("takedown:{job}", "takedown:{job}"),
        ("case:takedown:{job}", "takedown:{job}"),
        ("case:block:{job}", "block:{member}:{job}"),
        ("case:putback:{job}", None),
        ("case:dismiss:{job}", None),
        ("blocks:1", None),
    ],
)
async def test_what_version_0_1_left_in_channels_can_still_be_pressed(
    room: Room, pressed: str, form: str | None
) -> None:
    """Buttons and forms have the custom ids that they had then."""
    await a_hidden_post(room)
    job = await room.job()
    ids = {"job": job.id, "member": job.request.member_id}
    old = await room.forge(room.channel, f"reelcast:{pressed.format(**ids)}")
    shown = await room.mo.click(old, label="Forged")
    if form is None:
        assert shown.response is not None
        assert "no longer" not in shown.response.content
        return
    assert shown.modal is not None
    assert shown.modal["custom_id"] == f"reelcast:{form.format(**ids)}"
    also = {"reason": "gore", **({"block": "1d"} if "block" in form else {})}
    answer = said(await room.stage.submit(shown, also, who=room.mo))
    assert answer.startswith((GOOD, "Taken down.", f"{room.stage.alice.mention} can't make videos here until"))
