"""A member's images become a video in the channel."""

import asyncio

import pytest

from sandbox.demo.film_check import check_film
from sandbox.discord.gateway.conversation import Conversation
from sandbox.discord.gateway.protocol import CloseCode
from tests.end_to_end.stage import PATIENCE, Stage, photo, replied, replies, sent, shows, title, watching

MOST_EDITS = 6  # of a card, for a video


async def test_the_very_answer_is_a_card_with_all_that_was_asked(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot():
        card = await stage.ask(mira, "A red fox in @Image1 and @Image2", images=2, aspect_ratio="1:1", duration=10)
        asked = card.text
        assert "A red fox in \\@Image1 and \\@Image2" in asked
        assert "10 s · 1:1 · 2 images" in asked
        assert f"<@{mira.id}>" in asked
        assert asked.count(":R>") == 1  # when it is ready by
        assert [each.description for each in card.gallery] == ["@Image1 +1"]
        assert card.author == "reelcast"
        shown = await sent(mira, card)
        assert [(each.width, each.height) for each in shown.gallery] == [(400, 320)]
        # The references are the card's own now: they outlive the command's uploads, those that it doesn't show, too.
        kept = [*(each.url.partition("?")[0] for each in shown.gallery), *(each.filename for each in shown.attachments)]
        assert [each.rpartition("/")[2] for each in kept] == ["image1.png", "image2.png"]


async def test_the_same_message_is_edited_through_every_state_until_done(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot(anew=True), watching(mira) as watch:
        card = await stage.ask(mira)
        await sent(mira, card)
        await stage.let_on()
        await shows(mira, card, "Processing")
        await stage.let_on()
        done = await shows(mira, card, "Done")
        await watch.until(card, "Done")
        titles = [each.split(" ", 1)[1] for each in watch.titles(card)]
        assert [each for each in titles if each != "Almost there"] == ["Queued", "Processing", "Done"]
        assert done.id == card.id
        assert len([each for each in watch.seen if each.id == card.id]) <= 1 + MOST_EDITS
        post = await replied(mira, card)
        assert done.text.startswith("-# ✅ [Done](https://discord.com/channels/")
        assert f"/{post.id}) · " in done.text


async def test_the_video_is_a_playable_reply_that_notifies_the_requester_alone(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        post = await replied(mira, card)
        await bot.reached("DELIVERED", stage.job_of(card))
        assert post.mentions == [mira.id]
        assert post.data["mention_roles"] == []
        assert not post.data["mention_everyone"]
        [file] = post.attachments
        film = check_film(await mira.download(file))
        assert film.width * 9 == film.height * 16
        assert film.seconds == pytest.approx(5, abs=0.1)
        assert (file.content_type, file.width, file.height) == ("video/mp4", film.width, film.height)
        assert await stage.charged() == (1, 1.35)
        assert stage.spent_usd() == 1.35
        assert await replies(mira, card) == [post]


@pytest.mark.parametrize(("aspect_ratio", "across", "down"), [("9:16", 9, 16), ("1:1", 1, 1)])
async def test_seven_images_become_ten_seconds_in_the_shape_asked_for(
    stage: Stage, aspect_ratio: str, across: int, down: int
) -> None:
    mira = stage.member()
    async with stage.bot():
        prompt = "From @Image1 to @Image7"
        card = await stage.ask(mira, prompt, images=7, aspect_ratio=aspect_ratio, duration=10)
        post = await replied(mira, card)
        film = check_film(await mira.download(post.attachments[0]))
        assert film.width * down == film.height * across
        assert film.seconds == pytest.approx(10, abs=0.1)
        done = await shows(mira, card, "Done")
        assert len(list(done.attachments)) == 7
        details = (await mira.click(post, "Details")).message
        assert details is not None
        assert "cost $2.70" in details.text
        assert len(details.gallery) == 7
        [request] = (await stage.segmind.state())["requests"]
        assert request["body"]["prompt"] == prompt
        assert stage.spent_usd() == 2.7


async def test_a_video_asked_for_in_a_thread_is_posted_there(stage: Stage) -> None:
    mira = stage.member(channel="storyboards")
    async with stage.bot():
        card = await stage.ask(mira)
        post = await replied(mira, card)
        assert post.channel_id == card.channel_id == mira.channel_id
        await shows(mira, card, "Done")


async def test_two_members_at_once_each_get_their_own_video(stage: Stage) -> None:
    mira, noor = stage.member("mira"), stage.member("noor")
    async with stage.bot():
        cards = await asyncio.gather(
            stage.ask(mira, "A fox", image1=photo(1)), stage.ask(noor, "An owl", image1=photo(2))
        )
        posts = await asyncio.gather(replied(mira, cards[0]), replied(noor, cards[1]))
        assert [post.mentions for post in posts] == [[mira.id], [noor.id]]
        await asyncio.gather(shows(mira, cards[0], "Done", "A fox"), shows(noor, cards[1], "Done", "An owl"))
        assert await stage.charged() == (2, 2.7)


async def test_a_job_that_outlasts_the_interaction_is_edited_and_delivered_all_the_same(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot():
        card = await stage.ask(mira)
        await sent(mira, card)
        await stage.sandbox.admin.advance(20 * 60)
        await stage.let_on()
        await shows(mira, card, "Processing")
        await stage.let_on()
        await shows(mira, card, "Done")
        assert len(await replies(mira, card)) == 1


async def test_mentions_and_markdown_in_a_prompt_do_nothing(stage: Stage) -> None:
    mira, noor = stage.member("mira"), stage.member("noor")
    prompt = "@everyone <:noor:1> **bold** [link](https://example.com) # <t:0:R> ||spoiler|| `@here`"
    async with stage.bot(), watching(mira) as watch:
        card = await stage.ask(mira, prompt)
        await replied(mira, card)
        done = await shows(mira, card, "Done")
        for message in watch.seen:
            assert noor.id not in message.mentions
            assert not message.data["mention_everyone"]
        # Every mark of the prompt is escaped, so that a client shows it as it was typed.
        assert "\\@everyone \\<\\:noor" in done.text
        assert "\\*\\*bold\\*\\* \\[link\\]\\(https\\:\\/\\/example\\.com\\)" in done.text
        [request] = (await stage.segmind.state())["requests"]
        assert request["body"]["prompt"] == prompt


async def test_a_lost_gateway_that_refuses_to_resume_holds_nothing_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one that is lost once more before the new session is there to be resumed."""
    identify = Conversation._identify
    identified: list[object] = []

    def lost_the_second_time(conversation: Conversation, data: object) -> None:
        identified.append(data)
        if len(identified) == 2:
            conversation.wire.close(CloseCode.UNKNOWN_ERROR, "Lost.")
        else:
            identify(conversation, data)

    monkeypatch.setattr(Conversation, "_identify", lost_the_second_time)
    await stage.hold()
    mira = stage.member()
    admin = stage.sandbox.admin
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        await sent(mira, card)
        await admin.refuse_resume()
        await admin.drop_gateway()
        await stage.let_on()
        await stage.let_on()
        await replied(mira, card)
        await shows(mira, card, "Done")
        connected = "Shard ID 0 has connected to Gateway"
        seen = [line for line in bot.child.lines if connected in line]
        async with asyncio.timeout(PATIENCE):
            await bot.child.said(lambda line: connected in line and line not in seen[:1])
        assert len(identified) == 3
        again = await stage.ask(mira)
        assert title(again).endswith("Queued")
