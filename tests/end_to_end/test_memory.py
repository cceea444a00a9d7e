"""A bot on a machine of 512 MB: the largest images that are taken, from two members at once, do not end it."""

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import pillow_heif
from PIL import Image

from benchmarks.memory import MIB, Peak, bounded, tree, watched
from benchmarks.pngs import png_of
from bot.cli.machine import LARGE_MEMORY, LEAST_MEMORY
from sandbox.member import Upload
from tests.end_to_end.stage import Bot, Stage, shows

MACHINE = 512 * MIB
IDLE = 150 * MIB  # a bot that does nothing, by its resident memory
MOST = 300 * MIB  # above what the idle bot takes
MOST_WITH_HEIC = 450 * MIB
PATIENCE = 500.0  # seconds for all of it, on a machine that has much else to do


def jpeg(width: int, height: int, **options: bool) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(buffer, "JPEG", quality=60, **options)
    return buffer.getvalue()


def heic(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    picture = pillow_heif.from_pillow(Image.linear_gradient("L").resize((width, height)).convert("RGB"))
    picture.save(buffer, quality=30, enc_params={"preset": "ultrafast"})
    return buffer.getvalue()


def large_images() -> Iterator[Upload]:
    yield Upload(png_of(8_000, 8_000, colour=4), "grey and clear.png", "image/png")
    yield Upload(png_of(8_000, 8_000, colour=6, interlaced=True), "interlaced.png", "image/png")
    yield Upload(jpeg(8_000, 8_000, progressive=True), "progressive.jpg", "image/jpeg")


def of_a_member() -> dict[str, Upload]:
    """Make seven images: the large ones, and some as a phone makes them."""
    photo = jpeg(4_032, 3_024)
    images = [*large_images(), *(Upload(photo, f"{number}.jpg", "image/jpeg") for number in range(4))]
    return {f"image{number}": image for number, image in enumerate(images, start=1)}


async def asked(stage: Stage, bot: Bot, images: dict[str, Any], *names: str) -> Peak:
    """Have members ask at once; return what the bot took until all their images were on its cards."""
    pid = bot.child._process.pid  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownVariableType]
    with bounded(MACHINE) as group, watched(pid) as peak:
        if group is not None:
            group.add(*tree(pid))
        cards = await asyncio.gather(*(stage.ask(stage.member(name), images=0, **images) for name in names))
        async with asyncio.timeout(PATIENCE):
            for card in cards:
                job = f'"job": {stage.job_of(card)}'
                await bot.child.said(lambda line, job=job: job in line and '"state": "WAITING"' in line)
    return peak


def test_the_check_asks_for_what_images_take() -> None:
    assert IDLE + MOST <= LEAST_MEMORY
    assert IDLE + MOST_WITH_HEIC <= LARGE_MEMORY


async def test_the_largest_images_of_two_members_at_once_stay_within_300_mib(stage: Stage) -> None:
    images = of_a_member()
    async with stage.bot(anew=True) as bot:
        peak = await asked(stage, bot, images, "mira", "mo")
        assert peak.above_idle <= MOST


async def test_a_photo_of_48_megapixels_from_a_phone_stays_within_450_mib(stage: Stage) -> None:
    image = Upload(heic(8_064, 6_048), "IMG_0001.HEIC", "image/heic")
    async with stage.bot(anew=True) as bot:
        peak = await asked(stage, bot, {"image1": image}, "mira")
        assert peak.above_idle <= MOST_WITH_HEIC


async def test_larger_ones_are_refused_by_their_header(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot(anew=True) as bot:
        result = await mira.slash("video", prompt="A fox", image1=Upload(png_of(8_001, 8_000, rows=1), "a.png"))
        assert result.message is not None
        assert "64 megapixels" in result.message.text
        assert not bot.log("job_state")
        # Of this one Discord tells no width: its bytes are looked at.
        card = await stage.ask(mira, images=0, image1=Upload(png_of(30_000, 30_000, rows=1), "b.png"))
        await shows(mira, card, "64 megapixels", "Nothing was charged.")
