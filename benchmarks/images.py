"""What images cost: memory and time for the worst that are taken, damaged ones by the thousand, and ordinary photos.

`python -m benchmarks.images` prints three tables, and ends with 1 where a target is missed. `--quick` only shows that
it works.
"""

import argparse
import asyncio
import io
import json
import os
import random
import resource
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import dhash
import pillow_heif
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image, ImageOps

from benchmarks.figures import median
from benchmarks.memory import MIB, watched
from benchmarks.pngs import chunk, png_of
from bot.media.errors import ChildFailed, ImageRefused
from bot.media.fetch import Fetcher, open_fetch_session
from bot.media.hosts import AllowedHosts
from bot.media.images import process as image_process
from bot.media.images.checker import COPY_BYTES, COPY_SIDE, ImageChecker
from bot.media.rules import SHOWABLE, ImageRules
from bot.media.serving import bound

MUTATED: Final = 2_000
QUICK_MUTATED: Final = 40
MOST: Final = 300_000_000  # bytes over the idle bot
MOST_OF_HEIC: Final = 450_000_000  # of more than 25 megapixels
PATIENCE: Final = 120.0  # seconds for a damaged file, on a machine that has much else to do
ROUNDS: Final = 9  # of ordinary photos, each way in turn
PALETTE: Final = chunk(b"PLTE", bytes(range(256)) * 3) + chunk(b"tRNS", bytes(range(256)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    name: str
    make: Callable[[], bytes]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutated", type=int, default=MUTATED, help="how many damaged files (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="photos alone, and few of all else")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        missed = asyncio.run(_measure(Path(folder), arguments))
    print("\n" + ("missed: " + ", ".join(missed) if missed else "all targets hold"))
    return 1 if missed else 0


async def _measure(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """Print what is found; return the targets that are missed."""
    missed: list[str] = []
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    async with aclosing(ImageChecker()) as desk:
        print(f"{'image':42}{'file kB':>9}{'peak MiB':>10}{'seconds':>9}{'core s':>8}  outcome")
        for each in inputs():
            if arguments.quick and not each.name.startswith("photo"):
                continue
            if not await _one(desk, folder, each):
                missed.append(each.name)
    count = QUICK_MUTATED if arguments.quick else arguments.mutated
    if count:
        found = await _damaged(folder, count, arguments.seed)
        print(f"\n{count} damaged files: {', '.join(f'{number} {what}' for what, number in found.most_common())}")
        wrong = {name: found[name] for name in found if name not in {"cleaned", "refused"}}
        hanging, crashing = wrong.pop("timeout", 0), sum(wrong.values())
        print(f"hanging: {hanging}, crashing: {crashing}")
        if hanging or crashing:
            missed.append("damaged files")
    if not await _ordinary(folder, rounds=1 if arguments.quick else ROUNDS):
        missed.append("two photos")
    return missed


async def _one(desk: ImageChecker, folder: Path, each: Input) -> bool:
    """Print what an image took; tell whether it was taken within its memory."""
    source = folder / "image"
    source.write_bytes(await asyncio.to_thread(each.make))
    with watched(os.getpid()) as peak:
        began, core = time.perf_counter(), _core_of_children()
        try:
            clean = await desk.clean(source, folder / "copy", SHOWABLE)
            outcome = f"{clean.path.suffix[1:]} of {clean.path.stat().st_size // 1000} kB"
            taken = True
        except (ImageRefused, ChildFailed) as error:
            outcome, taken = str(error), False
        seconds, core = time.perf_counter() - began, _core_of_children() - core
    kilobytes = source.stat().st_size // 1000
    figures = f"{kilobytes:>9}{peak.of_child / MIB:>10.0f}{seconds:>9.2f}{core:>8.2f}"
    print(f"{each.name:42}{figures}  {outcome}", flush=True)
    return taken and peak.of_child <= (MOST_OF_HEIC if each.name == "HEIC 48 MP" else MOST)


def _core_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def inputs() -> Iterator[Input]:
    """Yield the ten worst images, one of each class of size, and three ordinary photos."""
    yield Input(name="PNG 64 MP, RGBA, 16 bits", make=lambda: _png(colour=6, depth=16))
    yield Input(name="PNG 64 MP, RGBA, 16 bits, interlaced", make=lambda: _png(colour=6, depth=16, interlaced=True))
    yield Input(name="PNG 64 MP, palette with tRNS", make=lambda: _png(colour=3, before=PALETTE))
    yield Input(name="PNG 64 MP, palette, interlaced", make=lambda: _png(colour=3, before=PALETTE, interlaced=True))
    yield Input(name="PNG 64 MP, grey and alpha", make=lambda: _png(colour=4))
    yield Input(name="JPEG 64 MP, progressive, 4:4:4", make=lambda: _progressive(subsampling="4:4:4"))
    yield Input(name="JPEG 64 MP, progressive, 4:2:0", make=lambda: _progressive(subsampling="4:2:0"))
    yield Input(name="HEIC 48 MP", make=lambda: _heic(8_064, 6_048))
    yield Input(name="AVIF 25 MP, 4:4:4 with alpha", make=lambda: _clear(6_200, 4_100, "AVIF", subsampling="4:4:4"))
    yield Input(name="WebP 25 MP, lossless with alpha", make=lambda: _clear(6_200, 4_100, "WEBP", lossless=True))
    yield Input(name="JPEG 64 MP", make=lambda: _encoded(8_000, 8_000, "JPEG"))
    yield Input(name="PNG 64 MP, RGB", make=lambda: _png(colour=2))
    yield Input(name="HEIC 24 MP", make=lambda: _heic(6_000, 4_000))
    yield Input(name="AVIF 25 MP", make=lambda: _encoded(6_200, 4_100, "AVIF", speed=10))
    yield Input(name="WebP 25 MP", make=lambda: _encoded(6_200, 4_100, "WEBP", method=1))
    yield Input(name="TIFF 25 MP, LZW", make=lambda: _encoded(6_200, 4_100, "TIFF", compression="tiff_lzw"))
    yield Input(name="BMP 25 MP", make=lambda: _encoded(6_200, 4_100, "BMP"))
    yield Input(name="GIF 25 MP", make=lambda: _encoded(6_200, 4_100, "GIF"))
    yield Input(name="photo, JPEG 12 MP", make=lambda: photo(4_032, 3_024))
    yield Input(name="photo, JPEG 8 MP", make=lambda: photo(3_264, 2_448))
    yield Input(name="photo, HEIC 12 MP", make=lambda: _heic(4_032, 3_024))


def photo(width: int, height: int) -> bytes:
    return _encoded(width, height, "JPEG", quality=95)


def _progressive(**options: Any) -> bytes:
    return _encoded(8_000, 8_000, "JPEG", progressive=True, **options)


def _png(**kind: Any) -> bytes:
    return png_of(8_000, 8_000, **kind)


def _drawn(width: int, height: int) -> Image.Image:
    """Draw what compresses like a photo: soft shapes with a grain."""
    side = (max(1, width // 6), max(1, height // 6))
    grain = Image.effect_noise(side, 50)
    shapes = [Image.radial_gradient("L").resize(side), Image.linear_gradient("L").resize(side)]
    red, green = (Image.blend(grain, shape, 0.6) for shape in shapes)
    return Image.merge("RGB", (red, green, Image.blend(shapes[0], shapes[1], 0.5))).resize(
        (width, height), Image.Resampling.BICUBIC
    )


def _encoded(width: int, height: int, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    _drawn(width, height).save(buffer, kind, **options)
    return buffer.getvalue()


def _clear(width: int, height: int, kind: str, **options: Any) -> bytes:
    picture = _drawn(width, height)
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    buffer = io.BytesIO()
    fast = {"method": 0, "quality": 0} if kind == "WEBP" else {"speed": 10}
    picture.save(buffer, kind, **fast, **options)
    return buffer.getvalue()


def _heic(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(_drawn(width, height)).save(buffer, quality=50, enc_params={"preset": "ultrafast"})
    return buffer.getvalue()


async def _damaged(folder: Path, count: int, seed: int) -> "Counter[str]":
    """Clean so many files with some bytes changed, added or missing; count how each ended."""
    chance = random.Random(seed)  # noqa: S311 - damage is no secret
    picture = _drawn(320, 300)
    originals: list[bytes] = [_heic(320, 300)]
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "MPO"):
        buffer = io.BytesIO()
        picture.save(buffer, kind)
        originals.append(buffer.getvalue())
    files = iter([_mutated(chance.choice(originals), chance) for _ in range(count)])
    found: Counter[str] = Counter()

    async def work(number: int) -> None:
        source, target = folder / f"damaged-{number}", folder / f"copy-{number}"
        process: Process | None = None
        for data in files:
            source.write_bytes(data)
            process = process or await _worker()
            answer = await _answer(process, source, target)
            found[answer] += 1
            if answer not in {"cleaned", "refused"}:
                process = None
        if process is not None:
            process.kill()
            await process.wait()

    await asyncio.gather(*(work(number) for number in range(os.cpu_count() or 1)))
    return found


async def _worker() -> Process:
    """Start a process like that for an image, which takes one after the other: most of the time is its start."""
    program = ("-c", "from benchmarks.images import serve_many; serve_many()")
    return await asyncio.create_subprocess_exec(sys.executable, *program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)


def serve_many() -> None:
    """Clean each image of which a line comes, within the bounds of the process for one."""
    bound(resource.RLIMIT_DATA, image_process.MEMORY, seconds=3_600)
    for line in sys.stdin:
        done = image_process._cleaned(json.loads(line))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        print("refused" if "fault" in done else "cleaned" if "path" in done else done["trouble"], flush=True)


async def _answer(process: Process, source: Path, target: Path) -> str:
    """Say what became of a file: "cleaned", "refused", "timeout", or how the process ended."""
    assert process.stdin is not None  # noqa: S101 - it is started with pipes
    assert process.stdout is not None  # noqa: S101
    work = {"source": str(source), "target": str(target), "rules": asdict(SHOWABLE)}
    process.stdin.write(json.dumps(work | {"max_side": COPY_SIDE, "max_bytes": COPY_BYTES}).encode() + b"\n")
    try:
        async with asyncio.timeout(PATIENCE):
            await process.stdin.drain()
            line = await process.stdout.readline()
            return line.decode().strip() or f"status {await process.wait()}"
    except TimeoutError:
        process.kill()
        await process.wait()
        return "timeout"


def _mutated(original: bytes, chance: random.Random) -> bytes:
    data = bytearray(original)
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(len(data) + 1)
        data[start : start + chance.randint(0, 16)] = chance.randbytes(chance.randint(0, 16))
    return bytes(data[: chance.randrange(len(data))] if chance.random() < 0.1 else data)  # noqa: PLR2004 - one in ten


async def _ordinary(folder: Path, *, rounds: int) -> bool:
    """Compare what PREPARING does with two photos of 3 MB to what the first version did, in turns; tell if it holds."""
    photos = {"/a.jpg": photo(4_032, 3_024), "/b.jpg": photo(4_000, 3_000)}
    before: list[float] = []
    now: list[float] = []
    async with _served(photos) as urls, aclosing(ImageChecker()) as desk, _fetcher(urls[0]) as fetcher:
        for _ in range(rounds):
            began = time.perf_counter()
            for number, url in enumerate(urls):
                await fetcher.fetch(url, folder / f"old-{number}", max_bytes=10_000_000)
                await asyncio.to_thread(inspected, folder / f"old-{number}")
            for number in range(len(urls)):
                await asyncio.to_thread(fingerprinted, folder / f"old-{number}")
            for number in range(len(urls)):
                await asyncio.to_thread(inspected, folder / f"old-{number}")
                await asyncio.to_thread(scaled, folder / f"old-{number}")
            before.append(time.perf_counter() - began)
            began = time.perf_counter()
            await asyncio.gather(*(_cleaned(desk, fetcher, url, folder / f"{at}") for at, url in enumerate(urls)))
            now.append(time.perf_counter() - began)
    sizes = " and ".join(f"{len(data) / 1e6:.1f} MB" for data in photos.values())
    print(f"\ntwo photos of {sizes}, fetched and made ready, {rounds} times each way, in turns:")
    for name, seconds in (("as the first version did", before), ("as now", now)):
        print(f"{name:28}median {median(seconds):.2f} s, best {min(seconds):.2f} s")
    return median(now) <= median(before)


async def _cleaned(desk: ImageChecker, fetcher: Fetcher, url: str, path: Path) -> None:
    desk.expect()
    await fetcher.fetch(url, path, max_bytes=ImageRules().max_bytes)
    await desk.clean(path, path.with_suffix(".clean"), ImageRules())


def inspected(path: Path) -> None:
    """Decode an image, as the first version did to check it."""
    with Image.open(path, formats=("JPEG",)) as image:
        image.draft(None, (1, 1))
        image.load()


def fingerprinted(path: Path) -> None:
    """Hash an image, as the first version did."""
    with Image.open(path, formats=("JPEG",)) as image:
        image.draft(None, (512, 512))
        greys = ImageOps.exif_transpose(image).convert("L").resize((9, 9), Image.Resampling.LANCZOS)
        dhash.dhash_row_col(list(greys.tobytes()), 8)


def scaled(path: Path) -> Path:
    """Return the copy for the card, which the first version made of a file over 3,000,000 bytes."""
    if path.stat().st_size <= 3_000_000:  # noqa: PLR2004 - its limit
        return path
    with Image.open(path, formats=("JPEG",)) as image:
        image.draft(None, (2_048, 2_048))
        picture = ImageOps.exif_transpose(image).convert("RGB")
        picture.thumbnail((2_048, 2_048))
        copy = path.with_suffix(".shown")
        picture.save(copy, "JPEG", quality=88, progressive=True)
    return copy


@asynccontextmanager
async def _served(files: dict[str, bytes]) -> AsyncGenerator[list[str]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=files[request.path])

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        yield [str(server.make_url(path)) for path in files]


@asynccontextmanager
async def _fetcher(url: str) -> AsyncGenerator[Fetcher]:
    hosts = AllowedHosts.parse([url.split("/")[2]])
    async with open_fetch_session(hosts) as session:
        yield Fetcher(session, hosts)


if __name__ == "__main__":
    sys.exit(main())
