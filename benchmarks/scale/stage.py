"""The stage: a local Discord and a local Segmind with runs that end when the benchmark says so."""

import base64
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from benchmarks.processes import Line
from benchmarks.seeding import MODEL, Place
from benchmarks.subjects import MANY, NO_LIMIT_USD, place_in, sandbox_part
from sandbox.sample import sample_images
from sandbox.segmind.control.client import SegmindControl
from tests.support.doors import open_doors

UNLIMITED: Final = 1_000_000  # requests a minute, while the stage is set
HELD_BACK: Final = 1_000.0  # seconds that runs go on until the service's clock is moved
IS_LAYOUT: Final = 1 << 15  # Discord's flag of a message with Components V2, as our cards are


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Both services, ready; runs made by `submit` stand still until `let_runs_end`."""

    discord: Line
    control: SegmindControl
    environment: Mapping[str, str]
    session: aiohttp.ClientSession
    references: Sequence[str]  # addresses of images that Segmind keeps

    async def open(self, database_url: str) -> None:
        """Let members ask everywhere, as moderators do."""
        await open_doors(database_url, self.discord["guilds"])

    async def submit(self, ends: Sequence[float]) -> list[str]:
        """Submit a run for each of `ends`, in seconds after `let_runs_end`; return their request ids."""
        request_ids: list[str] = []
        body = {"prompt": "@Image1 at dusk", "image_urls": list(self.references)}
        for end in ends:
            await self.control.configure(run_seconds=HELD_BACK + end)
            answer = await self._at_segmind("SEGMIND_API_URL", f"v2/{MODEL}", body)
            request_ids.append(answer["request_id"])
        return request_ids

    async def stand_still(self, count: int) -> list[str]:
        """Make requests that stay PROCESSING for as long as their record lives; return their ids."""
        return await self.control.insert_request({"prompt": "…"}, model=MODEL, status="PROCESSING", copies=count)

    async def let_runs_end(self, since: float) -> None:
        """Move Segmind's clock to where runs submitted at `since` (`time.monotonic`) have their last seconds to go."""
        await self.control.advance(HELD_BACK - (time.monotonic() - since))

    async def card(self, place: Place) -> int:
        """Post a layout as the bot, for jobs to have as their card; return its id."""
        async with self.session.post(
            f"{self.environment['DISCORD_API_URL']}/channels/{place.channel_id}/messages",
            json={"flags": IS_LAYOUT, "components": [{"type": 10, "content": "A card"}]},
            headers={"Authorization": f"Bot {self.environment['DISCORD_TOKEN']}"},
        ) as response:
            response.raise_for_status()
            return int((await response.json())["id"])

    async def _at_segmind(self, service: str, path: str, body: Mapping[str, object]) -> Any:
        address = f"{self.environment[service]}/{path}"
        headers = {"x-api-key": self.environment["SEGMIND_API_KEY"]}
        async with self.session.post(address, json=body, headers=headers) as response:
            response.raise_for_status()
            return await response.json()


@asynccontextmanager
async def open_stage(
    folder: Path, session: aiohttp.ClientSession, *, requests_per_minute: int, video_bytes: int = 0
) -> AsyncGenerator[Stage]:
    """Start both services, which work in `folder`; `environment` is what a bot on them needs, its database apart."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(sandbox_part("discord", folder))
        options = ["--speed=1", "--render=tiny", f"--video-bytes={video_bytes}", f"--requests-per-minute={UNLIMITED}"]
        segmind = await stack.enter_async_context(sandbox_part("segmind", folder, *options))
        control = SegmindControl(segmind["segmind"]["control_url"], session)
        await control.configure(queue_seconds=0.0, sigma=0.0, credits=NO_LIMIT_USD)
        yield Stage(
            discord=discord["discord"],
            control=control,
            environment={
                **discord["environment"],
                **segmind["environment"],
                "DATA_DIR": str(folder),
                "SEGMIND_MODELS": MODEL,
                "SEGMIND_REQUESTS_PER_MINUTE": str(requests_per_minute),
                "SEGMIND_MAX_IN_FLIGHT": str(MANY),
                "SPEND_LIMIT_USD_PER_DAY": str(NO_LIMIT_USD),
                "HTTP_PORT": "0",
                "LOG_FORMAT": "json",
            },
            session=session,
            references=await _stored(folder, session, segmind["environment"]),
        )


async def _stored(folder: Path, session: aiohttp.ClientSession, segmind: Mapping[str, str]) -> list[str]:
    """Have Segmind keep an image; return its address."""
    image = base64.b64encode(sample_images(folder)[0].read_bytes()).decode()
    async with session.post(
        f"{segmind['SEGMIND_STORAGE_URL']}/upload-asset",
        json={"data_urls": [f"data:image/png;base64,{image}"]},
        headers={"x-api-key": segmind["SEGMIND_API_KEY"]},
    ) as response:
        response.raise_for_status()
        return (await response.json())["file_urls"]


def channels(discord: Line, *, boosted: bool) -> list[Place]:
    """Return the channels that jobs are in: those of the server that takes large files, or of both."""
    guilds = (1,) if boosted else (0, 1)
    return [place_in(discord, guild=guild, channel=channel) for guild in guilds for channel in ("videos", "general")]
