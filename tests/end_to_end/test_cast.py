"""A member's saved character: accepted once, brought where it lasts, sent to Segmind, and kept for the next time."""

from collections.abc import Sequence
from typing import Any

import aiohttp

from bot.settings.model import CastSharing
from sandbox.member import InteractionResult, Member, Message, accepts, past_notice
from tests.end_to_end.moderation import set_up
from tests.end_to_end.stage import Stage, photo, replied, shows


async def uploads(stage: Stage) -> int:
    return (await stage.segmind.state())["operations"].get("upload", 0)


async def test_a_saved_character_plays_in_a_video_and_once_more_after_a_restart(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        opened = await adding(mira)
        assert opened.modal is not None
        notice = await mira.submit(
            opened.modal, {"name": "Lamplighter", "frontal": [photo(1)], "others": [photo(2), photo(3)]}
        )
        assert notice.message is not None
        assert accepts(notice.message)
        assert await uploads(stage) == 0
        saved = await past_notice(mira, notice)
        assert saved.message is not None
        await shows(mira, saved.message, "`@Lamplighter` is saved, only for you.")
        [choice] = await mira.autocomplete("video", "cast1", "lamp", prompt="x")
        assert choice["name"] == "@Lamplighter"
        assert await uploads(stage) == 0
        card = await stage.ask(mira, "@lamplighter on the quay of image 1", images=1, cast1=choice["value"])
        assert [each.description for each in card.gallery] == ["@Image1"]
        post = await replied(mira, card)
        details = (await mira.click(post, "Details")).message
        assert details is not None
        assert [each.description for each in details.gallery] == ["@Image1", "@Lamplighter"]
        assert await mira.download(details.gallery[1])
        await bot.reached("DELIVERED", stage.job_of(card))
        await bot.end()
    stage.age(stage.job_of(card), seconds=600)
    async with stage.bot():
        again = await mira.click(post, "Again $1.35")
        assert again.message is not None
        await replied(mira, again.message)
    first, second = [each["body"] for each in (await stage.segmind.state())["requests"]]
    assert first["prompt"] == second["prompt"] == "@Element1 on the quay of @Image1"
    assert first["elements"] == second["elements"]
    elements: Any = first["elements"]
    [element] = elements
    addresses = [element["frontal_image_url"], *element["reference_image_urls"]]
    assert len(addresses) == 3
    async with aiohttp.ClientSession() as session:
        for address in addresses:
            assert (await session.get(address)).status == 200
    assert await uploads(stage) == 1


async def test_a_picture_that_discord_lost_is_asked_for_and_the_request_goes_on(stage: Stage) -> None:
    await stage.sandbox.admin.set_attachment_lifetime(0)
    mira = stage.member()
    async with stage.bot():
        failed = await shows(mira, await stage.ask(mira), "Failed")
        await stage.sandbox.admin.set_attachment_lifetime(600)
        fixed = await mira.click(failed, "Fix it")
        assert fixed.modal is not None
        answer = await mira.submit(fixed.modal, {"images": [photo(2)]})
        assert answer.message is not None
        assert r"A walk in \@Image1" in answer.message.text
        await replied(mira, answer.message)


async def test_a_character_is_shared_renamed_and_removed_and_others_see_each_of_it(stage: Stage) -> None:
    mira, noor = stage.member(), stage.member("noor", guild="Film Club")

    async def opened(who: Member) -> Message:
        """Open the one character that a member's panel lists."""
        panel = await who.slash("cast")
        assert panel.message is not None
        shown = await who.select(panel.message, "reelcast:cast:open:0", [options_of(panel.message)[0]["value"]])
        assert shown.message is not None
        assert shown.message.ephemeral
        assert len(shown.message.gallery) == 2
        return shown.message

    async def pressed(who: Member, shown: Message, label: str) -> Message:
        answer = await who.click(shown, label)
        assert answer.message is not None
        return answer.message

    async def offered(typed: str) -> list[str]:
        return [each["name"] for each in await noor.autocomplete("video", "cast2", typed, prompt="x")]

    async with stage.bot():
        await set_up(stage, cast_sharing=CastSharing.MEMBERS)
        form = await adding(mira)
        assert form.modal is not None
        values = {"name": "Leuchtturmwärter", "frontal": [photo(1)], "others": [photo(2)]}
        saved = await past_notice(mira, await mira.submit(form.modal, values))
        assert saved.message is not None
        await shows(mira, saved.message, "is saved, only for you.")
        assert await offered("") == []
        shared = await pressed(mira, await opened(mira), "Share here")
        assert "Everyone in this server can use" in shared.text
        assert await offered("WÄRTER") == ["@Leuchtturmwärter (shared)"]
        seen = await opened(noor)
        assert f"shared by <@{mira.id}>" in seen.text
        assert [button.label for button in seen.buttons] == ["Back"]
        form = await mira.click(shared, "Rename")
        assert form.modal is not None
        renamed = await mira.submit(form.modal, {"name": "灯台守"})
        assert renamed.message is not None
        assert "is now named `@灯台守`. Use the new name in prompts." in renamed.message.text
        assert await offered("灯") == ["@灯台守 (shared)"]
        asked = await pressed(mira, renamed.message, "Delete")
        assert "Delete `@灯台守` and its images?" in asked.text
        assert "are deleted here" in (await pressed(mira, asked, "Delete")).text
        assert await offered("") == []


def options_of(message: Message) -> Sequence[Any]:
    """Return the options of the select in a layout."""
    container = message.data["components"][0]
    [select] = [each for row in container["components"] for each in row.get("components", ()) if each["type"] == 3]
    return select["options"]


async def adding(member: Member) -> InteractionResult:
    """Open the form that adds a character."""
    panel = await member.slash("cast")
    assert panel.message is not None
    return await member.click(panel.message, "Add a character")
