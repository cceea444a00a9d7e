"""A disk that fills up: one line says so, nothing is lost, nothing is paid twice, and the bot goes on with new room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.end_to_end.stage import Bot, Stage, replied
from tests.support.disk import fill, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as folder:
        yield folder


async def ready(bot: Bot) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{bot.health}/readyz") as answer:
        return answer.status, await answer.json()


async def test_a_disk_that_fills_up_is_one_line_and_what_is_paid_for_is_delivered_when_there_is_room(
    stage: Stage, disk: Path
) -> None:
    member = stage.member()
    await stage.hold()
    async with stage.bot(DATABASE_URL=f"sqlite:///{disk}/data/reelcast.db", DATA_DIR=str(disk / "data")) as bot:
        card = await stage.ask(member)
        await bot.reached("QUEUED", stage.job_of(card))
        filler = fill(disk)
        await stage.let_on()
        assert "full" in (await bot.logged("database_away"))["error"]
        status, told = await ready(bot)
        assert status == 503
        assert "the disk is full. Free some space" in told["database"]
        await stage.let_on()
        filler.unlink()
        await bot.logged("database_back")
        post = await replied(member, card)
        assert post.attachments
        assert len(bot.log("database_away")) == 1
        assert (await ready(bot))[0] == 200
    assert (await stage.charged())[0] == 1


async def test_a_full_disk_for_the_files_in_progress_is_one_line_and_the_request_waits_for_room(
    stage: Stage, disk: Path
) -> None:
    member = stage.member()
    async with stage.bot(DATA_DIR=str(disk)) as bot:
        filler = fill(disk)
        card = await stage.ask(member)
        assert "the disk of DATA_DIR is full" in (await bot.logged("machine_in_trouble"))["error"]
        status, told = await ready(bot)
        assert (status, told["machine"]) == (503, "the disk of DATA_DIR is full. Free some space")
        filler.unlink()
        assert (await replied(member, card)).attachments
        await bot.logged("machine_well_again")
        assert len(bot.log("machine_in_trouble")) == 1
        assert (await ready(bot))[0] == 200
