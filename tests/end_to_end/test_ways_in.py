"""Every way to ask for a video, and every button of its card and its post."""

from sandbox.member import past_notice
from tests.end_to_end.stage import Stage, photo, replied, replies, sent, shows


async def test_images_dropped_into_the_form_become_a_video(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot():
        opened = await mira.slash("video")
        assert opened.modal is not None
        images = [photo(number) for number in range(1, 8)]
        asked = await past_notice(
            mira,
            await mira.submit(
                opened.modal,
                {"prompt": "@Image7 waves", "images": images, "duration": "10", "ratio": "9:16", "spoiler": True},
            ),
        )
        assert asked.message is not None
        assert "10 s · 9:16 · 7 images" in asked.message.text
        post = await replied(mira, asked.message)
        assert [each.filename for each in post.attachments] == ["SPOILER_reelcast.mp4"]
        done = await shows(mira, asked.message, "Done")
        assert [each.filename for each in done.attachments] == [f"image{number}.png" for number in range(1, 8)]


async def test_the_images_of_any_message_become_a_video(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo")
    async with stage.bot():
        message = await mo.send("my holidays", files=[photo(1), photo(2), photo(3)])
        opened = await mira.message_command("Make a video", message)
        assert opened.modal is not None
        chosen = [each["value"] for field in opened.modal.fields for each in field.get("options", [])][:2]
        asked = await past_notice(
            mira, await mira.submit(opened.modal, {"prompt": "@Image1 meets @Image2", "images": chosen})
        )
        assert asked.message is not None
        assert "2 images" in asked.message.text
        post = await replied(mira, asked.message)
        assert post.mentions == [mira.id]


async def test_a_video_is_made_again_from_its_post_when_the_command_and_its_uploads_are_long_gone(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira, "A walk in @Image2", images=2)
        post = await replied(mira, card)
        await bot.reached("DELIVERED", stage.job_of(card))
        await bot.end()
    stage.age(stage.job_of(card), seconds=600)  # from here on its uploads are not relied on
    async with stage.bot():
        again = await mira.click(post, "Again $1.35")
        assert again.message is not None
        assert "A walk in \\@Image2" in again.message.text
        assert again.message.id != card.id
        assert len((await replied(mira, again.message)).attachments) == 1
        assert await stage.charged() == (2, 2.70)


async def test_an_edited_request_keeps_the_images_and_takes_other_words(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira, "A walk in @Image1", images=1)
        await bot.reached("DELIVERED", stage.job_of(card))
        opened = await mira.click(await replied(mira, card), "Edit")
        assert opened.modal is not None
        asked = await mira.submit(opened.modal, {"prompt": "A dance in @Image1"})
        assert asked.message is not None
        assert "A dance in \\@Image1" in asked.message.text
        await replied(mira, asked.message)


async def test_a_posted_video_is_deleted_with_its_card(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        post = await replied(mira, card)
        await bot.reached("DELIVERED", stage.job_of(card))
        details = (await mira.click(post, "Details")).message
        assert details is not None
        question = (await mira.click(details, "Delete")).message
        assert question is not None
        assert question.text == "Delete the card and the video?"
        assert (await mira.click(question, "Delete")).acknowledged
        await mira.wait_gone(post)
        await mira.wait_gone(card)
        assert stage.jobs()[stage.job_of(card)] == "TAKEN_DOWN"


async def test_a_run_that_is_cancelled_too_late_is_paid_for_and_never_posted(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        await sent(mira, card)
        question = (await mira.click(card, "Don't post it")).message
        assert question is not None
        assert question.text == "It's already charged. Stop it from being posted?"
        await mira.click(question, "Don't post it")
        await shows(mira, card, "Canceled", "it's still charged")
        await stage.let_on()
        await stage.let_on()
        await bot.reached("WITHHELD", stage.job_of(card))
        await shows(mira, card, "-# ⏹️ Canceled", "it's still charged")
        assert await replies(mira, card) == []
        assert (await stage.charged())[0] == 1


async def test_a_member_finds_their_videos_and_others_find_the_posts(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo")
    async with stage.bot() as bot:
        card = await stage.ask(mira, "A walk in @Image1")
        post = await replied(mira, card)
        await bot.reached("DELIVERED", stage.job_of(card))
        for who in (mira, mo):
            answer = await who.user_command("My videos", mira)
            assert answer.message is not None
            assert answer.message.ephemeral
            links = [button.url or "" for button in answer.message.buttons]
            assert f"/{post.channel_id}/{post.id}" in " ".join([answer.message.text, *links])


async def test_a_video_that_found_its_channel_closed_is_sent_elsewhere_and_details_tell_all_of_it(stage: Stage) -> None:
    mira, admin = stage.member(), stage.sandbox.admin
    await stage.hold()
    async with stage.bot() as bot:
        card = await stage.ask(mira, "A walk in @Image1")
        job = stage.job_of(card)
        await bot.reached("QUEUED", job)
        await admin.set_overwrite("videos", member="reelcast", deny=1 << 15)  # Attach Files
        await stage.let_on()
        await bot.reached("PROCESSING", job)
        await stage.let_on()
        await bot.reached("UNDELIVERED", job)
        mira.at("general")
        listed = await mira.slash("videos")
        assert listed.message is not None
        opened = await mira.select(listed.message, "reelcast:jobs:open:all:0", [str(job)])
        assert opened.message is not None
        sent = await mira.click(opened.message, "Post here")
        assert sent.message is not None
        assert sent.message.text == f"The video is being sent to <#{mira.channel_id}>."
        await bot.reached("DELIVERED", job)
        post = await mira.wait_for(lambda message: bool(message.attachments) and message.mentions == [mira.id])
        assert post.channel_id == int(mira.channel_id)
        told = await mira.click(post, "Details")
        assert told.message is not None
        assert told.message.ephemeral
        for part in (r"A walk in \@Image1", "5 s · 16:9", "Took ", "$1.35", str(job)):
            assert part in told.message.text
