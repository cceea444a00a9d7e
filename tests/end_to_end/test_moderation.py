"""Moderators in the way of a video: before it is posted, after it was reported, and what changed while it was made."""

import asyncio
from collections.abc import Sequence
from signal import SIGKILL

from bot.settings.model import ChannelSettings, ReviewMode
from sandbox.member import Message
from tests.end_to_end.moderation import DECISIONS, forged_buttons, set_up, shown, told
from tests.end_to_end.stage import PATIENCE, Stage, replied, replies, sent, shows, watching

PROMPT = "A walk in @Image1 that nobody has seen yet"


def contents(messages: Sequence[Message]) -> list[Message]:
    """Return the messages that show what was asked for, or a file."""
    return [each for each in messages if "nobody has seen" in each.text or each.attachments or each.gallery]


async def test_a_video_is_looked_at_before_it_is_posted_across_a_kill(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo", channel="review")
    await mo.messages()
    async with stage.bot() as bot, watching(mira) as watch:
        await set_up(stage, review=ReviewMode.BEFORE_POSTING)
        card = await stage.ask(mira, PROMPT)
        await bot.reached("REVIEW", stage.job_of(card))
        await watch.until(card, "Video waiting for review")
        waiting = await shown(mo, "why: every video", *DECISIONS)
        await bot.end(SIGKILL)
        assert contents([each for each in watch.seen if each.channel_id == mira.channel_id]) == []
    async with stage.bot() as bot:
        assert PROMPT.replace("@", "\\@") in waiting.text
        assert "video/mp4" in [media.content_type for media in waiting.gallery]
        assert await replies(mira, card) == []
        [(forged, _)] = await forged_buttons(stage, mira, [waiting.button("Approve").custom_id or ""])
        assert (await told(mira, await mira.click(forged, "Forged"))).startswith("You need Manage Messages")
        assert await told(mo, await mo.click(waiting, "Spoiler")) == "Approved as a spoiler."
        post = await replied(mira, card)
        assert [each.filename for each in post.attachments] == ["SPOILER_reelcast.mp4"]
        assert [button.label for button in post.buttons] == ["Again $1.35", "Edit", "Details", "Report"]
        await bot.reached("DELIVERED", stage.job_of(card))
        await shown(mo, " approved it as a spoiler.")
    assert await stage.charged() == (1, 1.35)


async def test_who_lost_the_role_while_the_video_was_made_has_it_kept_and_not_posted(stage: Stage) -> None:
    admin = stage.sandbox.admin
    mira = stage.member()
    await stage.hold()
    async with stage.bot() as bot:
        trusted = int(admin._id("roles", "Trusted", "Film Club"))
        await admin.set_member_roles("mira", ["Trusted"], guild="Film Club")
        await set_up(stage, roles=frozenset({trusted}))
        card = await stage.ask(mira)
        await bot.reached("QUEUED", stage.job_of(card))
        await admin.set_member_roles("mira", [], guild="Film Club")
        await stage.let_on()
        await bot.reached("PROCESSING", stage.job_of(card))
        await stage.let_on()
        await bot.reached("UNDELIVERED", stage.job_of(card))
        assert await replies(mira, card) == []
        await shown(
            mira,
            "Not posted: the member who requested it can no longer make videos here",
            "Send again",
            "Details",
        )


async def test_a_video_sent_again_to_a_stricter_channel_is_looked_at_first(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo", channel="review")
    await mo.messages()
    videos, general = (int(stage.sandbox.admin.channel_id(name)) for name in ("videos", "general"))
    strict = ChannelSettings(review=ReviewMode.BEFORE_POSTING, spoiler=True)
    await stage.hold()
    async with stage.bot() as bot:
        await set_up(stage, channels=frozenset({videos, general}), channel_settings={general: strict})
        card = await stage.ask(mira, PROMPT)
        await bot.reached("QUEUED", stage.job_of(card))
        assert contents([await sent(mira, card)])
        await set_up(stage, channels=frozenset({general}))
        await stage.let_on()
        await bot.reached("PROCESSING", stage.job_of(card))
        await stage.let_on()
        await bot.reached("UNDELIVERED", stage.job_of(card))
        mira.at("general")
        listed = (await mira.slash("videos")).message
        assert listed is not None
        opened = (await mira.select(listed, "reelcast:jobs:open:all:0", [str(stage.job_of(card))])).message
        assert opened is not None
        resent = await mira.click(opened, "Post here")
        assert (await told(mira, resent)).startswith("A moderator reviews the video first.")
        hidden = await shows(mira, card, "Video waiting for review")
        assert ("nobody has seen" in hidden.text, hidden.gallery) == (False, [])
        waiting = await shown(mo, "why: every video", *DECISIONS)
        assert {"image/png", "video/mp4"} <= {media.content_type for media in waiting.gallery}
        assert await told(mo, await mo.click(waiting, "Approve")) == "Approved."
        assert contents([await shows(mira, card, "Done")])
        posts = [each for each in await mira.messages("general") if each.attachments]
        assert [[file.filename for file in post.attachments] for post in posts] == [["SPOILER_reelcast.mp4"]]


async def test_a_reported_video_is_hidden_put_back_and_taken_down(stage: Stage) -> None:
    mira, noor, mo = stage.member(), stage.member("noor", guild="Film Club"), stage.member("mo", channel="review")
    await mo.messages()
    async with stage.bot():
        await set_up(stage, report_threshold=1)
        card = await stage.ask(mira, PROMPT)
        post = await replied(mira, card)
        video = await mira.download(post.attachments[0])
        form = (await noor.message_command("Report video", post)).modal
        assert form is not None
        assert "Thanks for the report." in await told(noor, await noor.submit(form, {"reason": "I am in it"}))
        hidden = await noor.wait_for(lambda message: message.id == post.id and not message.attachments, PATIENCE)
        assert "hidden until a moderator reviews it" in hidden.text
        case = await shown(mo, "I am in it", "Take down", "Restore", "Block", "History")
        [shown_video] = [each for each in case.gallery if each.content_type == "video/mp4"]
        assert await mo.download(shown_video) == video
        assert await told(mo, await mo.click(case, "Restore")) == "It's being restored."
        back = await mira.wait_for(lambda message: message.id == post.id and bool(message.attachments), PATIENCE)
        assert await mira.download(back.attachments[0]) == video
        mo.at("videos")
        form = (await mo.message_command("Take down", back)).modal
        assert form is not None
        answer = await told(mo, await mo.submit(form, {"reason": "asked to", "block": "good"}))
        assert "Taken down." in answer
        await mira.wait_gone(post)
        removed = await shown(mira, "Taken down", "Details")
        assert contents([removed]) == []
        assert "blocked" in await told(mira, await mira.slash("video"))


async def test_a_finished_video_is_told_in_the_log_channel(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo", channel="review")
    await mo.messages()
    async with stage.bot():
        await set_up(stage, log_channel_id=int(stage.sandbox.admin.channel_id("review")))
        post = await replied(mira, await stage.ask(mira, PROMPT))
        line = await shown(mo, "**Done** · 5 s · $1.35")
        assert f"/{post.id}\n" in line.text
        assert "nobody has seen" in line.text


async def test_of_two_moderators_at_once_one_decides_on_a_report_and_the_other_reads_what(stage: Stage) -> None:
    mira, noor = stage.member(), stage.member("noor", guild="Film Club")
    mo, ada = stage.member("mo", channel="review"), stage.member("ada", channel="review")
    await mo.messages()
    async with stage.bot():
        await set_up(stage, report_threshold=1)
        post = await replied(mira, await stage.ask(mira, PROMPT))
        form = (await noor.message_command("Report video", post)).modal
        assert form is not None
        await told(noor, await noor.submit(form, {"reason": "gore"}))
        case = await shown(mo, "gore", "Take down", "Restore", "Block", "History")
        first, second = await asyncio.gather(mo.click(case, "Restore"), ada.click(case, "Restore"))
        answers = [await told(mo, first), await told(ada, second)]
        assert answers.count("It's being restored.") == 1
        assert sum(" restored it." in answer for answer in answers) == 1
