"""The finished video comes from where it may, goes where it fits, and never takes the key along."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
from aiohttp import web

from sandbox.segmind.films.film import TINY
from tests.end_to_end.stage import Stage, open_stage, replied, replies, shows

TEN_MIB = 10 * 1024 * 1024
ELEVEN_MIB = 11 * 1024 * 1024  # more than a server without boosts takes


class Stranger:
    """A host that nothing may be fetched from; `asked` has the paths of those who tried."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.Response(body=b"\0" * 100, content_type="video/mp4")


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    host = Stranger()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", host.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield host
    finally:
        await runner.cleanup()


@pytest.fixture
async def bulky_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, video_bytes=ELEVEN_MIB) as opened:
        yield opened


async def test_a_video_beyond_the_channels_limit_is_fitted_beside_the_original_and_the_day_it_ends(
    bulky_stage: Stage,
) -> None:
    mira = bulky_stage.member()
    async with bulky_stage.bot():
        card = await bulky_stage.ask(mira)
        post = await replied(mira, card)
        [attachment] = post.attachments
        assert attachment.size < TEN_MIB
        with av.open(io.BytesIO(await mira.download(attachment)), "r") as film:
            assert next(film.decode(video=0)).width == TINY.long_side
        assert attachment.description == "A walk in @Image1"
        assert post.mentions == [mira.id]
        assert "The original (11 MiB) is available until" in post.content
        assert ":D>" in post.content
        link = post.button("Open original file").url
        assert link is not None
        assert len(await mira.download(link)) == ELEVEN_MIB
        await shows(mira, card, "Done")


async def test_a_video_that_fits_a_boosted_server_is_posted_there_as_a_file(bulky_stage: Stage) -> None:
    noor = bulky_stage.member("noor", guild="Animation Guild")
    async with bulky_stage.bot():
        card = await bulky_stage.ask(noor)
        post = await replied(noor, card)
        assert [each.size for each in post.attachments] == [ELEVEN_MIB]


async def test_a_video_on_a_host_that_is_not_allowed_is_not_fetched(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot(SEGMIND_OUTPUT_HOSTS="images.example") as bot:
        card = await stage.ask(mira)
        told = await shows(mira, card, "Ready, but not posted")
        assert "couldn't be downloaded. It's still charged. The bot operator has been notified" in told.text
        await bot.logged("undelivered", job=stage.job_of(card), why="OUTPUT_GONE")
        state = await stage.segmind.state()
        assert "output" not in state["operations"]
        assert stage.spent_usd() == state["charged_usd"] == 1.35
        assert await replies(mira, card) == []


async def test_a_redirect_to_another_host_is_not_followed(stage: Stage, stranger: Stranger) -> None:
    await stage.segmind.add_faults(
        {"kind": "answer", "operation": "output", "status": 302, "headers": {"Location": f"{stranger.url}/film.mp4"}}
    )
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        await shows(mira, card, "Ready, but not posted", "couldn't be downloaded")
        await bot.logged("undelivered", job=stage.job_of(card))
        assert stranger.asked == []
        assert await replies(mira, card) == []


async def test_references_that_waited_are_submitted_from_the_card_itself(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot(SEGMIND_MAX_IN_FLIGHT="1") as bot:
        first = await stage.ask(mira)
        await bot.reached("QUEUED", stage.job_of(first))
        second = await stage.ask(mira)
        job = stage.job_of(second)
        await bot.reached("WAITING", job)
        stopped = await bot.end()
    assert stopped.status == 0
    stage.age(job, seconds=3_600)
    await stage.sandbox.admin.set_attachment_lifetime(0)
    await stage.segmind.configure(queue_seconds=0.2, run_seconds=0.6)
    async with stage.bot():
        await replied(mira, second)
        early, late = (await stage.segmind.state())["requests"]
        assert late["state"] == "COMPLETED"
        # The command's own upload is gone, and was never submitted: the clean copy on the card is.
        assert "ephemeral" not in str([early["body"]["image_urls"], late["body"]["image_urls"]])
