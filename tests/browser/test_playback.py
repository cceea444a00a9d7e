"""Fitted videos in Chromium: their pictures are seen, in the shape that they are meant in."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.media.videos.refit import refit
from tests.browser.visit import PLAYS_H264, open_browser
from tests.support.films import Film

FILMS: Mapping[str, Film] = {
    "hevc": Film(codec="libx265", sounds=("aac",)),
    "vp9": Film(name="a.webm", codec="libvpx-vp9", sounds=("libopus",)),
    "prores": Film(name="a.mov", codec="prores_ks", pixels="yuv422p10le", sounds=("pcm_s16le",)),
    "ten_bits": Film(pixels="yuv420p10le"),
    "four_four_four": Film(pixels="yuv444p", size=(161, 97)),
    "fields": Film(interlaced=True),
    "fragments": Film(options={"movflags": "frag_keyframe+empty_moov"}),
    "uneven": Film(codec="libx265", moments=(0, 1, 2, 5, 6, 9, 10, 20, 21)),
    "shaped": Film(codec="libx265", pixel_shape=Fraction(4, 3)),
}
# Gives the sides that are shown, the seconds, and how red the corner is that `films.scene` draws.
PLAY = """source => new Promise((resolve, reject) => {
  const video = Object.assign(document.createElement("video"), { muted: true, src: source });
  video.onerror = () => reject(new Error(video.error.message));
  video.onloadeddata = () => { video.currentTime = video.duration / 2; };
  const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
  const look = (left) => {
    const drawing = canvas.getContext("2d");
    drawing.drawImage(video, 0, 0, 40, 40);
    const [red, green, blue] = drawing.getImageData(4, 4, 1, 1).data;
    // A busy browser has sought a picture before it has it to draw.
    if (!(red + green + blue) && left) requestAnimationFrame(() => look(left - 1));
    else resolve([video.videoWidth, video.videoHeight, video.duration, red - green]);
  };
  video.onseeked = () => look(1_000);
})"""


async def test_what_was_fitted_plays_in_a_browser(tmp_path: Path) -> None:
    for name, film in FILMS.items():
        folder = tmp_path / name
        folder.mkdir()
        source = film.write(folder)
        refit(source, folder, 10_485_760).path.rename(tmp_path / f"{name}.mp4")
    (tmp_path / "page.html").write_text("<!doctype html>")
    played: dict[str, Any] = {}
    app = web.Application()
    app.router.add_static("/", tmp_path)
    async with TestServer(app) as server, open_browser() as browser:
        page = await browser.new_page()
        await page.goto(str(server.make_url("/page.html")))
        assert await page.evaluate(PLAYS_H264), "what `make browser` installs plays H.264"
        for name in FILMS:
            played[name] = await page.evaluate(PLAY, f"/{name}.mp4")
    for name, (width, height, seconds, redness) in played.items():
        film = FILMS[name]
        shown = film.size[0] // 2 * 2 * float(film.pixel_shape or 1)
        assert (width, height) == (pytest.approx(shown, abs=1), film.size[1] // 2 * 2), name
        assert seconds == pytest.approx((film.moments[-1] + 1) / 12, abs=0.2), name
        assert redness > 120, name
