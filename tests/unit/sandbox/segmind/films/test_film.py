import io
from dataclasses import replace
from pathlib import Path

import av
import pytest
from PIL import Image

from sandbox.segmind.films.film import STANDARD, TINY, RenderCancelledError, RenderQuality, render


def still(colour: str, *, mode: str = "RGB", size: tuple[int, int] = (400, 300)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).convert(mode).save(data, "PNG")
    return data.getvalue()


def film(tmp_path: Path, *images: bytes, ratio: str = "16:9", quality: RenderQuality = TINY) -> Path:
    path = tmp_path / "film.mp4"
    render(path, images, aspect_ratio=ratio, seconds=5, quality=quality)
    return path


@pytest.mark.parametrize(
    ("ratio", "standard", "tiny"),
    [
        ("16:9", (1280, 720), (320, 180)),
        ("9:16", (720, 1280), (180, 320)),
        ("1:1", (960, 960), (240, 240)),
    ],
)
def test_each_aspect_ratio_has_its_size(ratio: str, standard: tuple[int, int], tiny: tuple[int, int]) -> None:
    assert (STANDARD.size(ratio), TINY.size(ratio)) == (standard, tiny)


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "1:1"])
def test_a_film_is_h264_in_yuv420p_of_the_length_asked_for_with_its_index_in_front(tmp_path: Path, ratio: str) -> None:
    path = film(tmp_path, still("red"), ratio=ratio)
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == TINY.size(ratio)
        assert sum(1 for _ in opened.decode(stream)) == 5 * TINY.frames_per_second
        assert opened.duration == 5_000_000
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_film_shows_its_images_one_after_the_other_in_their_colours(tmp_path: Path) -> None:
    path = film(tmp_path, still("red"), still("blue", mode="P"), still("white", mode="LA"))
    with av.open(str(path)) as opened:
        frames = [frame.to_image() for frame in opened.decode(video=0)]
    seen = [frames[number].getpixel((160, 90)) for number in (3, 30, 57)]
    for (red, green, blue), wanted in zip(seen, [(255, 0, 0), (0, 0, 255), (255, 255, 255)], strict=True):
        assert max(abs(red - wanted[0]), abs(green - wanted[1]), abs(blue - wanted[2])) < 16


def test_a_film_with_sound_carries_aac_as_long_as_the_picture(tmp_path: Path) -> None:
    path = film(tmp_path, still("green"), quality=replace(TINY, sound=True))
    with av.open(str(path)) as opened:
        stream = opened.streams.audio[0]
        assert stream.codec_context.name == "aac"
        samples = sum(frame.samples for frame in opened.decode(stream))
    assert 4.9 < samples / stream.codec_context.sample_rate <= 5.1


def test_a_padded_film_has_exactly_the_size_asked_for_and_still_plays(tmp_path: Path) -> None:
    path = film(tmp_path, still("red"), quality=replace(TINY, padded_to=3_000_000))
    assert path.stat().st_size == 3_000_000
    with av.open(str(path)) as opened:
        assert sum(1 for _ in opened.decode(video=0)) == 60


def test_a_film_that_is_not_wanted_any_more_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RenderCancelledError):
        render(
            tmp_path / "film.mp4",
            [still("red")],
            aspect_ratio="1:1",
            seconds=5,
            quality=TINY,
            cancelled=lambda: True,
        )
