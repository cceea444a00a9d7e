"""Images that cannot be used cost nothing, and the member learns which one and why."""

import struct
import zlib

from sandbox.member import Upload
from tests.end_to_end.stage import Stage, photo, shows

NOTHING_CHARGED = "Nothing was charged."


async def submits(stage: Stage) -> int:
    return (await stage.segmind.state())["operations"].get("submit", 0)


def truncated_png() -> Upload:
    """Keep the header of a picture, which Discord reads, and little of what follows."""
    whole = photo().data
    return Upload(whole[: len(whole) // 2], "half.png", "image/png")


def gigantic_png() -> Upload:
    """Claim 9,000 by 9,000 pixels, more than the bot decodes, in a header that is otherwise right."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 9_000, 9_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 1_000)
    chunks = [struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (header, data)]
    return Upload(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "giant.png", "image/png")


async def test_a_picture_whose_bytes_are_broken_is_named_on_the_card_and_never_submitted(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot():
        card = await stage.ask(mira, images=1, image2=truncated_png())
        failed = await shows(mira, card, "Failed")
        assert "`image2` can't be opened" in failed.text
        assert NOTHING_CHARGED in failed.text
        assert list(stage.jobs().values()) == ["FAILED"]
        assert stage.spent_usd() == 0
        assert await submits(stage) == 0


async def test_a_picture_that_is_gone_when_it_is_fetched_is_named_on_the_card(stage: Stage) -> None:
    await stage.sandbox.admin.set_attachment_lifetime(0)
    mira = stage.member()
    async with stage.bot():
        card = await stage.ask(mira)
        failed = await shows(mira, card, "Failed")
        assert "`image1` couldn't be downloaded from Discord. Upload it again." in failed.text
        assert NOTHING_CHARGED in failed.text
        assert stage.spent_usd() == 0
        assert await submits(stage) == 0


async def test_a_picture_that_discord_says_is_gigantic_makes_no_job(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot():
        result = await mira.slash("video", prompt="A fox", image1=gigantic_png())
        assert result.message is not None
        assert result.message.ephemeral
        assert "too many pixels" in result.message.text
        assert "A fox" in result.message.text  # the words come back, to be used again
        assert stage.jobs() == {}
        assert stage.spent_usd() == 0


async def test_text_named_as_a_picture_is_known_by_its_bytes_and_costs_nothing(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot():
        card = await stage.ask(mira, image1=Upload(b"This is no picture." * 40, "fox.png", "image/png"))
        failed = await shows(mira, card, "Failed")
        assert "`image1` isn't a supported image." in failed.text
        assert NOTHING_CHARGED in failed.text
        assert stage.spent_usd() == 0
