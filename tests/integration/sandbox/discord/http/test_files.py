"""Attachments at signed addresses that end, and the files of interactions that end sooner."""

import asyncio
import io

import av
import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.member import ControlError, Member, Sandbox, Upload
from tests.integration.sandbox.discord.discord_lab import Rest, Stage, channel, png, sent

DAY = 24 * 60 * 60


def mp4(width: int = 64, height: int = 48) -> bytes:
    """Encode a video of two frames."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame(width, height, "yuv420p")))
        container.mux(stream.encode())
    return buffer.getvalue()


async def test_an_attachment_is_served_as_it_was_sent(mira: Member) -> None:
    message = await mira.send(files=[Upload(png(), "a.png")])
    [attachment] = message.attachments
    assert attachment.content_type == "image/png"
    assert await mira.download(attachment) == png()


async def test_an_address_without_its_signature_serves_nothing(mira: Member) -> None:
    message = await mira.send(files=[Upload(png(), "a.png")])
    bare = message.attachments[0].url.split("?")[0]
    with pytest.raises(ControlError, match=r"404: This content is no longer available\."):
        await mira.download(bare)


async def test_an_address_ends_after_a_day_and_fetching_the_message_gives_a_fresh_one(
    mira: Member, rest: Rest, control: Sandbox
) -> None:
    message = await mira.send(files=[Upload(png(), "a.png")])
    await control.admin.advance(DAY)
    with pytest.raises(ControlError, match="404"):
        await mira.download(message.attachments[0])
    fetched = await rest.call("GET", f"/channels/{message.channel_id}/messages/{message.id}")
    assert await mira.download(fetched.body["attachments"][0]["url"]) == png()


async def test_a_deleted_message_takes_its_files_along(mira: Member) -> None:
    message = await mira.send(files=[Upload(png(), "a.png")])
    await mira.delete(message)
    with pytest.raises(ControlError, match="404"):
        await mira.download(message.attachments[0])


async def test_a_video_has_its_width_and_height(mira: Member) -> None:
    message = await mira.send(files=[Upload(mp4(), "a.mp4")])
    [attachment] = message.attachments
    assert (attachment.width, attachment.height, attachment.content_type) == (64, 48, "video/mp4")


async def test_the_files_of_an_interaction_end_when_told(stage: Stage, control: Sandbox) -> None:
    option = {"type": 11, "name": "image", "description": "Image", "required": True}
    await stage.rest.register(stage.sandbox, {"name": "make", "description": "Make", "options": [option]})
    action = asyncio.ensure_future(stage.mira.slash("make", image=Upload(png(), "a.png")))
    heard = await stage.bot.heard.get()
    [attachment] = sent(heard)["resolved"]["attachments"].values()
    assert "/ephemeral-attachments/" in attachment["url"]
    assert attachment["ephemeral"] is True
    assert await stage.mira.download(attachment["url"]) == png()
    await control.admin.set_attachment_lifetime(0)
    with pytest.raises(ControlError, match="404"):
        await stage.mira.download(attachment["url"])
    await stage.answer(heard, 4, {"content": "ok"})
    await action


async def test_part_of_a_file_can_be_asked_for(mira: Member, rest: Rest, local_discord: DiscordSandbox) -> None:
    assert channel(local_discord).id == mira.channel_id
    message = await mira.send(files=[Upload(b"0123456789", "a.bin")])
    assert await rest.part(message.attachments[0].url, "bytes=2-4") == (206, b"234")
