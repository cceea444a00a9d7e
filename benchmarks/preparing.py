"""How soon seven large images reach Segmind on a home line: version 0.1's way, all fetched at once, and today's.

`python -m benchmarks.preparing` makes a line of 100 Mbit/s down and 20 Mbit/s up, and images of 10 MB. In turns, each
way fetches them, makes them ready, and uploads the copies in one request, after which their addresses are known and the
request to Segmind leaves. It ends with 1 where the target is missed. `--quick` takes small images, once.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.figures import median
from benchmarks.images import fingerprinted, inspected, photo, scaled
from bot.catalogue.offer import Offer
from bot.jobs.model import Job
from bot.jobs.steps.references import clean_reference, clean_references
from bot.media.fetch import Fetcher, open_fetch_session
from bot.media.hosts import AllowedHosts
from bot.media.images.checker import ImageChecker
from tests.support.jobs import a_job, a_reference, a_request

IMAGES: Final = 7
DOWN: Final = 100_000_000 / 8  # bytes a second
UP: Final = 20_000_000 / 8
CHUNK: Final = 32 * 1024  # bytes
AT_MOST: Final = 0.7  # of version 0.1's time
MOST_BYTES: Final = 50_000_000
LARGE: Final = (7_400, 5_550)  # pixels, which make about 10 MB
SMALL: Final = (1_200, 900)
Way = Callable[[Sequence[str], Path], Awaitable[Sequence[Path]]]


class Line:
    """One direction of a line, which all that goes through it shares."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._free_at = 0.0

    async def carry(self, size: int) -> None:
        """Wait until so many bytes are through."""
        self._free_at = max(self._free_at, time.perf_counter()) + size / self._rate
        await asyncio.sleep(self._free_at - time.perf_counter())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.preparing", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="each way, in turns (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="small images, once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), rounds=1 if options.quick else options.rounds, quick=options.quick))


async def _measure(folder: Path, *, rounds: int, quick: bool) -> int:
    image = await asyncio.to_thread(photo, *(SMALL if quick else LARGE))
    size = f"{len(image) / 1e6:.1f} MB"
    print(
        f"{IMAGES} images of {size}, 100 Mbit/s down, 20 up, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    taken: dict[str, list[float]] = {}
    async with _served(image) as urls, aclosing(ImageChecker()) as checker, _fetcher(urls[0]) as fetcher:
        for turn in range(rounds):
            for number, (name, way) in enumerate(_ways(checker, fetcher).items()):
                into = folder / f"{turn}-{number}"
                into.mkdir()
                began = time.perf_counter()
                await _upload(await way(urls[:-1], into), urls[-1])
                taken.setdefault(name, []).append(time.perf_counter() - began)
    first = median(next(iter(taken.values())))
    for name, seconds in taken.items():
        share = median(seconds) / first
        print(f"{name:20}median {median(seconds):6.2f} s, best {min(seconds):6.2f} s, of version 0.1's {share:.2f}")
    share = median(taken["now"]) / first
    is_met = share <= AT_MOST
    print(f"\n{'met   ' if is_met else 'missed'} {share:.2f} of version 0.1's time, at most {AT_MOST}")
    return 0 if is_met else 1


def _ways(checker: ImageChecker, fetcher: Fetcher) -> Mapping[str, Way]:
    async def first_version(urls: Sequence[str], folder: Path) -> Sequence[Path]:
        """Do one after the other: each fetched and looked into, then each seen anew, then a copy made for the card."""
        paths = [folder / str(number) for number in range(len(urls))]
        for url, path in zip(urls, paths, strict=True):
            await fetcher.fetch(url, path, max_bytes=MOST_BYTES)
            await asyncio.to_thread(inspected, path)
        for path in paths:
            await asyncio.to_thread(fingerprinted, path)
        for path in paths:
            await asyncio.to_thread(inspected, path)
        return [await asyncio.to_thread(scaled, path) for path in paths]

    async def all_at_once(urls: Sequence[str], folder: Path) -> Sequence[Path]:
        """Do as this version did before: all images share the line, and so come at the same time."""
        engine, job = _engine(folder), _job(urls)
        found = await asyncio.gather(*(clean_reference(engine, job, number) for number in range(1, len(urls) + 1)))
        return [path for path, _ in found]

    async def now(urls: Sequence[str], folder: Path) -> Sequence[Path]:
        found = await clean_references(_engine(folder), _job(urls), range(1, len(urls) + 1))
        return [copy[0] for copy in found if not isinstance(copy, BaseException)]

    def _engine(folder: Path) -> Any:
        """Give what cleaning needs of the job engine."""

        def folder_of(_job: Job) -> Path:
            return folder

        return SimpleNamespace(images=checker, references=fetcher, offer=Offer(), folder_of=folder_of)

    return {"version 0.1": first_version, "all at once": all_at_once, "now": now}


def _job(urls: Sequence[str]) -> Any:
    return a_job(request=a_request(references=[a_reference(url) for url in urls]))


async def _upload(paths: Sequence[Path], url: str) -> None:
    """Send the copies in one request, as the card's edit does."""
    form = aiohttp.FormData()
    for number, path in enumerate(paths):
        form.add_field(f"files[{number}]", path.read_bytes(), filename=path.name)
    async with aiohttp.ClientSession() as session, session.patch(url, data=form) as answer:
        answer.raise_for_status()


@asynccontextmanager
async def _served(image: bytes) -> AsyncGenerator[list[str]]:
    """Serve the image under seven addresses, through the line; the last address takes the copies."""
    down, up = Line(DOWN), Line(UP)

    async def give(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "image/jpeg", "Content-Length": str(len(image))})
        await answer.prepare(request)
        for start in range(0, len(image), CHUNK):
            part = image[start : start + CHUNK]
            await down.carry(len(part))
            await answer.write(part)
        return answer

    async def take(request: web.Request) -> web.Response:
        async for part in request.content.iter_chunked(CHUNK):
            await up.carry(len(part))
        return web.Response()

    app = web.Application(client_max_size=MOST_BYTES * IMAGES)
    app.router.add_get("/{name:.*}", give)
    app.router.add_patch("/card", take)
    async with TestServer(app) as server:
        yield [str(server.make_url(f"/{number}.jpg")) for number in range(IMAGES)] + [str(server.make_url("/card"))]


@asynccontextmanager
async def _fetcher(url: str) -> AsyncGenerator[Fetcher]:
    hosts = AllowedHosts.parse([url.split("/")[2]])
    async with open_fetch_session(hosts) as session:
        yield Fetcher(session, hosts)


if __name__ == "__main__":
    sys.exit(main())
