"""How good a video still is that was made to fit, and what that takes: `python -m benchmarks.fitting`.

Films of 10 s in 1080p and some 30 MB are made on the spot, lying and standing, with sound, and fitted to the 10 MiB
that every channel takes, by the very process that the bot starts for it.
"""

import asyncio
import math
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import av
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame
from PIL import Image, ImageChops, ImageStat
from rich.console import Console

from benchmarks.figures import Target, is_quick, judge, machine, titled
from bot.media.videos.checker import VideoFacts
from bot.media.videos.fitting import VideoFitter
from bot.media.videos.inspecting import inspect_video
from sandbox.sample import sample_images
from sandbox.segmind.films.film import RenderQuality, render

LIMIT: Final = 10 * 1024 * 1024  # bytes: what a server without boosts takes
RATIOS: Final = ("16:9", "9:16")
BIT_RATE: Final = 24_000_000  # of the films made, bits per second: what a 10 s run in 1080p has
GRAIN: Final = "alls=14:allf=t"  # anew in each picture, so that there is something to lose
MOST_LENGTHS: Final = 4.0  # of a core's time, by the film's length
COMPARED: Final = 12  # every so many pictures one is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One film before and after; `core_seconds` is processor time, `seconds` what a clock has shown."""

    ratio: str
    before: VideoFacts
    after: VideoFacts
    core_seconds: float
    seconds: float
    psnr: float  # dB, of brightness, against the film before

    @property
    def lengths(self) -> float:
        return self.core_seconds / self.before.duration_seconds


def make_film(path: Path, ratio: str, *, seconds: int, long_side: int, bit_rate: int) -> Path:
    """Write a film of pans and fades with grain on it, and sound, at a constant bit rate."""
    images = [image.read_bytes() for image in sample_images(path.parent / "images")]
    smooth = path.with_name("smooth.mp4")
    quality = RenderQuality(long_side=long_side, crf=14, preset="ultrafast")
    render(smooth, images, aspect_ratio=ratio, seconds=seconds, quality=quality)
    with av.open(smooth) as source, av.open(path, "w", options={"movflags": "faststart"}) as film:
        picture, sound = source.streams.video[0], source.streams.audio[0]
        grained = film.add_stream("libx264", rate=quality.frames_per_second, options={"preset": "ultrafast"})
        grained.width, grained.height, grained.pix_fmt = picture.width, picture.height, "yuv420p"
        grained.bit_rate = bit_rate
        kept = film.add_stream_from_template(sound)
        graph = Graph()
        graph.link_nodes(
            graph.add_buffer(template=picture), graph.add("noise", GRAIN), graph.add("buffersink")
        ).configure()
        for packet in source.demux(picture, sound):
            if packet.stream is sound:
                if packet.size:
                    packet.stream = kept
                    film.mux(packet)
                continue
            for frame in picture.decode(packet):
                graph.vpush(frame)
                seen = graph.vpull()
                assert isinstance(seen, VideoFrame)  # noqa: S101 - each picture in gives one out
                seen.pict_type = PictureType.NONE
                film.mux(grained.encode(seen))
        film.mux(grained.encode(None))
    return path


async def measure(folder: Path, ratio: str, *, seconds: int, long_side: int, bit_rate: int, limit: int) -> Fit:
    film = await asyncio.to_thread(
        make_film, folder / "film.mp4", ratio, seconds=seconds, long_side=long_side, bit_rate=bit_rate
    )
    fitted = folder / "fitted.mp4"
    used, began = _used_by_processes(), time.monotonic()
    after = (await VideoFitter().fit(film, fitted, max_bytes=limit)).facts
    lasted, used = time.monotonic() - began, _used_by_processes() - used
    before = inspect_video(film)
    return Fit(ratio=ratio, before=before, after=after, core_seconds=used, seconds=lasted, psnr=psnr(film, fitted))


def psnr(before: Path, after: Path) -> float:
    """Compare the brightness of pictures at equal places; in dB, the more the better, over 40 hard to tell apart."""
    errors: list[float] = []
    with av.open(before) as first, av.open(after) as second:
        pairs = zip(first.decode(video=0), second.decode(video=0), strict=True)
        for number, (one, other) in enumerate(pairs):
            if number % COMPARED == 0:
                grey, seen = _brightness(one), _brightness(other).resize((one.width, one.height))
                errors.append(ImageStat.Stat(ImageChops.difference(grey, seen)).rms[0] ** 2)
    mean = sum(errors) / len(errors)
    return math.inf if mean == 0 else 10 * math.log10(255**2 / mean)


def _brightness(frame: VideoFrame) -> Image.Image:
    return cast("Image.Image", frame.to_image()).convert("L")


def _used_by_processes() -> float:
    """Tell the processor time, in seconds, of all processes that were started here and are over."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(fits: list[Fit], limit: int, console: Console) -> int:
    table = titled("Films made to fit", "film")
    for name in ("before", "after", "limit", "pixels", "core", "x length", "clock", "PSNR"):
        table.add_column(name, justify="right")
    for fit in fits:
        table.add_row(
            f"{fit.ratio}, {fit.before.duration_seconds:g} s",
            f"{fit.before.size / 1e6:.1f} MB",
            f"{fit.after.size / 1_048_576:.2f} MiB",
            f"{limit / 1_048_576:g} MiB",
            f"{fit.after.width}x{fit.after.height}",
            f"{fit.core_seconds:.1f} s",
            f"{fit.lengths:.2f}",
            f"{fit.seconds:.1f} s",
            f"{fit.psnr:.1f} dB",
        )
    console.print(table)
    console.print(machine())
    worst = max(fit.lengths for fit in fits)
    largest = max(fit.after.size for fit in fits) / limit * 100
    return judge(
        [
            Target(name="A core's time by the film's length", value=worst, limit=MOST_LENGTHS, unit="times"),
            Target(name="Largest file by the limit", value=largest, limit=100.0, unit="%"),
        ],
        console,
    )


async def main(*, quick: bool) -> int:
    shape = {"seconds": 1, "long_side": 480, "bit_rate": 4_000_000} if quick else {}
    limit = 250_000 if quick else LIMIT
    fits: list[Fit] = []
    with tempfile.TemporaryDirectory(prefix="reelcast-fitting-") as folder:
        for ratio in RATIOS:
            sizes = {"seconds": 10, "long_side": 1920, "bit_rate": BIT_RATE} | shape
            fits.append(await measure(Path(folder), ratio, limit=limit, **sizes))
    return report(fits, limit, Console(width=100))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(quick=is_quick("fitting", __doc__))))
