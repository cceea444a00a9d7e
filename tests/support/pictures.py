"""`python -m tests.support.pictures`: the pictures of the README, of the real bot's own messages.

SimCord is Discord: a member sends `/video` with the sample images, the bot's own delivery edits the card and posts a
film that the local Segmind's renderer made, and Chromium draws what the member sees. Only Segmind's answers are set
down here instead of waited for.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import simcord
from playwright.async_api import async_playwright
from pydantic import SecretStr
from simcord.preview import Preview

from bot.app import Reelcast
from bot.delivery.posts import PostDesk
from bot.jobs.card_pictures import reference_name, shown
from bot.jobs.clock import SystemClock
from bot.jobs.intake import Intake
from bot.jobs.ports import Video
from bot.jobs.posting import POST_WITHIN
from bot.jobs.states import State
from bot.media.fitting import FittingDesk
from bot.media.videos import VideoDesk, inspect_video
from bot.services import open_services
from bot.settings import Settings
from sandbox.demo.story import PROMPT, SECONDS
from sandbox.sample import sample_images
from sandbox.segmind.film import RenderQuality, render
from tests.support.doors import let_in
from tests.unit.cogs.stage import MeasuringCdn, NotedDispatcher, Stage

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
AFTERNOON: Final = 15 * 3600 + 22 * 60  # seconds after the midnight at which SimCord's time begins
WIDTH: Final = 760  # pixels
# The page makes a film of its own kind from it, and has half a minute for that.
QUALITY: Final = RenderQuality(long_side=640, frames_per_second=4, sound=False)


class SharedClock(SystemClock):
    """SimCord's time, once it runs, so that the cards and the messages around them tell the same."""

    env: simcord.Env | None = None

    def now(self) -> datetime:
        return super().now() if self.env is None else self.env.now()


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = sample_images(folder / "images")[:2]
        film = folder / "film.mp4"
        render(film, [path.read_bytes() for path in images], aspect_ratio="16:9", seconds=SECONDS, quality=QUALITY)
        async with open_stage(folder) as stage, open_preview(stage) as preview:
            await draw(stage, preview, images, film)


async def draw(stage: Stage, preview: Preview, images: Sequence[Path], film: Path) -> None:
    """Draw the channel while the film is being made, and when it is there."""
    services = stage.bot.services
    now = services.clock.now
    pass_time = stage.env.backend.advance_clock
    options = {f"image{number}": (path.name, path.read_bytes()) for number, path in enumerate(images, start=1)}
    await stage.ask(PROMPT, **options)
    [job] = await stage.jobs()
    names = await services.cards.attach(
        job, {reference_name(number): path for number, path in enumerate(images, start=1)}
    )
    pass_time(3)
    job = job.move(State.WAITING, now(), **shown(job.request, names))
    job = job.move(State.SUBMITTING, now(), submitted_at=now()).move(State.QUEUED, now())
    pass_time(21)
    job = job.move(State.PROCESSING, now())
    await services.cards._show(job)
    pass_time(64)
    await capture(preview, "working.png", height=690)
    pass_time(98)
    job = job.move(State.COMPLETED, now(), cost_usd=job.reserved_usd, completed_at=now())
    pass_time(2)
    job = job.move(State.POSTING, now(), post_attempts=1)
    video = Video(path=film, facts=inspect_video(film))
    desk = PostDesk(stage.bot, FittingDesk(VideoDesk()))
    await desk.post(job, video, leave_by=services.clock.monotonic() + POST_WITHIN)
    await services.cards._show(job.move(State.DELIVERED, now()))
    await capture(preview, "done.png", height=1_180, media_time=2.2)


async def capture(preview: Preview, name: str, *, height: int, media_time: float = 0.0) -> None:
    """Write a picture of the channel, so many pixels high, with the film at `media_time` seconds."""
    await preview.refresh()
    await preview.screenshot(PICTURES / name, mode="viewport", viewport=(WIDTH, height), media_time=media_time)


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncGenerator[Stage]:
    """Open the real bot on SimCord's Discord, with a server, a channel and a member; it drives no job by itself."""
    settings = Settings.model_validate(
        {
            "discord_token": SecretStr("token"),
            "segmind_api_key": SecretStr("SG_0123456789abcdef"),
            "database_url": f"sqlite:///{folder}/reelcast.db",
            "data_dir": folder / "data",
        }
    )
    clock = SharedClock()
    bot = Reelcast(shard_count=1)
    async with open_services(settings, bot, clock=clock) as services:
        dispatcher: Any = NotedDispatcher()
        intake = Intake(
            store=services.store,
            dispatcher=dispatcher,
            cards=services.cards,
            clock=clock,
            daily_limit_usd=settings.spend_limit_usd_per_day,
        )
        bot.services = replace(services, dispatcher=dispatcher, intake=intake)
        async with simcord.run(bot) as env:
            clock.env = env
            env.backend.advance_clock(AFTERNOON)
            env.backend.cdn = MeasuringCdn()
            env.backend.edit_bot_profile("Reelcast")
            guild = env.create_guild("Film Club")
            channel = guild.create_text_channel("videos")
            await let_in(services.guild_settings, guild.id, [channel.id])
            yield Stage(
                env=env,
                guild=guild,
                channel=channel,
                alice=guild.add_member(env.create_user("mira")),
            )


@asynccontextmanager
async def open_preview(stage: Stage) -> AsyncGenerator[Preview]:
    """Open SimCord's page with this machine's own Chromium: playwright would use a download of its own."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"none of {', '.join(BROWSERS)} is installed; on Debian and Ubuntu: apt install chromium")
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=browser) as chromium,
        stage.env.preview(stage.channel, viewers=[stage.alice], layout="channel") as preview,
    ):
        preview._capture_manager._browser = chromium
        yield preview


if __name__ == "__main__":
    asyncio.run(main())
