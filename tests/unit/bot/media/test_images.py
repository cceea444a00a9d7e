import hashlib
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from bot.media.errors import ImageRefused
from bot.media.images import ImageDesk, ImageFacts, inspect_image, scaled_copy
from bot.media.rules import ImageFault, ImageRules

RULES = ImageRules()


def picture(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Make noise, which no encoder makes small."""
    noise = Image.effect_noise((width, height), 80)
    return noise if mode == "L" else noise.convert("RGB").convert(mode)


def png_promising(width: int, height: int) -> bytes:
    """Make a PNG of a few bytes whose header says it is large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def saved(path: Path, image: Image.Image | None = None, **options: object) -> Path:
    (image or picture()).save(path, **options)  # pyright: ignore[reportArgumentType] - each encoder's own
    return path


def fault_of(path: Path, rules: ImageRules = RULES) -> ImageFault:
    with pytest.raises(ImageRefused) as refused:
        inspect_image(path, rules)
    return refused.value.fault


@pytest.mark.parametrize(
    ("name", "content_type", "format_"),
    [
        ("a.jpg", "image/jpeg", "JPEG"),
        ("a.png", "image/png", "PNG"),
        ("a.webp", "image/webp", "WEBP"),
    ],
)
def test_a_picture_is_told_in_full(tmp_path: Path, name: str, content_type: str, format_: str) -> None:
    path = saved(tmp_path / name)
    data = path.read_bytes()
    assert inspect_image(path, RULES) == ImageFacts(
        format=format_,
        content_type=content_type,
        width=400,
        height=300,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("cmyk.jpg", "CMYK"),
        ("grey.jpg", "L"),
        ("palette.png", "P"),
        ("two.png", "1"),
        ("alpha.png", "RGBA"),
        ("deep.png", "I;16"),
    ],
)
def test_every_mode_of_colour_is_an_image(tmp_path: Path, name: str, mode: str) -> None:
    image = picture(mode="L").convert("I").convert("I;16") if mode == "I;16" else picture(mode=mode)
    assert inspect_image(saved(tmp_path / name, image), RULES).width == 400


def test_a_name_says_nothing_about_a_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg").rename(tmp_path / "b.txt")
    assert inspect_image(path, RULES).content_type == "image/jpeg"


def test_a_phone_picture_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    facts = inspect_image(saved(tmp_path / "a.jpg", picture(600, 400), exif=exif), RULES)
    assert (facts.width, facts.height) == (400, 600)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_unsound_exif_does_not_spoil_a_sound_picture(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert inspect_image(path, RULES).width == 400


def test_a_jpeg_of_several_pictures_is_a_jpeg(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.mpo", save_all=True, append_images=[picture(100, 100)])
    assert inspect_image(path, RULES).format == "JPEG"


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_the_first_frame_of_an_animation_counts(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, save_all=True, append_images=[picture(), picture()], duration=100)
    assert inspect_image(path, RULES).width == 400


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.png", b"This is no picture.\n" * 100),
        ("empty.png", b""),
        ("one.png", b"\x89"),
        ("page.jpg", b"<!doctype html><html></html>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"/>'),
        ("video.png", b"\0\0\0\x20ftypisom" + bytes(100)),
    ],
)
def test_what_is_no_image_is_refused_whatever_its_name(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert fault_of(path) is ImageFault.NOT_AN_IMAGE


@pytest.mark.parametrize("name", ["a.gif", "a.bmp", "a.tiff", "a.avif"])
def test_an_image_of_another_type_is_refused_as_such(tmp_path: Path, name: str) -> None:
    assert fault_of(saved(tmp_path / name)) is ImageFault.WRONG_TYPE


def test_a_setting_allows_another_type(tmp_path: Path) -> None:
    rules = ImageRules(content_types=frozenset({"image/gif"}))
    path = saved(tmp_path / "a.gif", save_all=True, append_images=[picture()])
    assert inspect_image(path, rules).format == "GIF"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_a_truncated_image_is_broken(tmp_path: Path, name: str, share: float) -> None:
    path = saved(tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: max(20, int(len(data) * share))])
    assert fault_of(path) is ImageFault.BROKEN


def test_an_image_with_a_damaged_middle_is_broken(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
    path.write_bytes(data)
    assert fault_of(path) is ImageFault.BROKEN


def test_a_text_that_unpacks_into_much_is_broken(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "x" * 20_000_000, zip=True)
    assert fault_of(saved(tmp_path / "a.png", pnginfo=text)) is ImageFault.BROKEN


@pytest.mark.parametrize("side", [8_001, 9_900, 60_000])
def test_a_small_file_that_promises_gigabytes_is_never_decoded(tmp_path: Path, side: int) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_promising(side, side))
    assert fault_of(path) is ImageFault.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("width", "height", "fault"),
    [
        (1, 1, ImageFault.TOO_SMALL),
        (299, 1000, ImageFault.TOO_SMALL),
        (1000, 300, ImageFault.TOO_OBLONG),
        (300, 1000, ImageFault.TOO_OBLONG),
    ],
)
def test_unfit_sides_are_refused(tmp_path: Path, width: int, height: int, fault: ImageFault) -> None:
    assert fault_of(saved(tmp_path / "a.png", picture(width, height))) is fault


def test_sides_at_the_limits_are_fit(tmp_path: Path) -> None:
    facts = inspect_image(saved(tmp_path / "a.png", picture(750, 300)), RULES)
    assert (facts.width, facts.height) == (750, 300)


def test_a_tiny_jpeg_is_read_when_settings_allow_it(tmp_path: Path) -> None:
    assert inspect_image(saved(tmp_path / "a.jpg", picture(3, 2)), ImageRules(min_side=1)).width == 3


def test_size_is_judged_to_the_byte(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png")
    size = path.stat().st_size
    assert inspect_image(path, ImageRules(max_bytes=size)).size == size
    assert fault_of(path, ImageRules(max_bytes=size - 1)) is ImageFault.TOO_LARGE


def test_a_file_that_cannot_be_read_is_not_called_broken(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect_image(tmp_path / "missing.png", RULES)


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("originals")
    return [saved(folder / name, picture(40, 30)) for name in ("a.jpg", "a.png", "a.webp", "a.gif", "a.avif")]


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_anywhere_ends_in_facts_or_in_a_refusal(originals: list[Path], data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(originals))
    content = bytearray(original.read_bytes())
    start = data.draw(st.integers(0, len(content)))
    content[start : start + data.draw(st.integers(0, 16))] = data.draw(st.binary(max_size=16))
    damaged = original.with_suffix(".damaged")
    damaged.write_bytes(content)
    loose = ImageRules(
        min_side=1,
        max_ratio=1_000_000,
        content_types=RULES.content_types | {"image/gif", "image/avif"},
    )
    with suppress(ImageRefused):
        assert inspect_image(damaged, loose).size == len(content)


Copy = Callable[..., Path]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    def make(path: Path, *, max_bytes: int = 10_000_000, max_side: int = 256) -> Path:
        return scaled_copy(path, tmp_path / "copies" / "copy", max_bytes=max_bytes, max_side=max_side)

    (tmp_path / "copies").mkdir()
    return make


def test_a_copy_is_scaled_to_fit(tmp_path: Path, copy: Copy) -> None:
    path = copy(saved(tmp_path / "a.webp", picture(1600, 1200)))
    assert path.name == "copy.jpg"
    with Image.open(path) as image:
        assert (image.format, image.size) == ("JPEG", (256, 192))


def test_a_small_image_is_not_enlarged(tmp_path: Path, copy: Copy) -> None:
    with Image.open(copy(saved(tmp_path / "a.png", picture(100, 50)))) as image:
        assert image.size == (100, 50)


@pytest.mark.parametrize("max_bytes", [60_000, 10_000, 1_500])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_copy_gives_way_until_its_bytes_fit(tmp_path: Path, copy: Copy, max_bytes: int, mode: str) -> None:
    original = saved(tmp_path / "a.png", picture(500, 500, mode))
    path = copy(original, max_bytes=max_bytes, max_side=500)
    assert path.stat().st_size <= max_bytes
    inspect_image(path, ImageRules(min_side=1))


def test_a_copy_that_cannot_fit_is_refused_and_leaves_nothing(tmp_path: Path, copy: Copy) -> None:
    with pytest.raises(ImageRefused) as refused:
        copy(saved(tmp_path / "a.png"), max_bytes=10)
    assert refused.value.fault is ImageFault.TOO_LARGE
    assert list((tmp_path / "copies").iterdir()) == []


def test_transparency_is_kept(tmp_path: Path, copy: Copy) -> None:
    path = copy(saved(tmp_path / "a.webp", Image.new("RGBA", (500, 500), (255, 0, 0, 100)), lossless=True))
    assert path.name == "copy.png"
    with Image.open(path) as image:
        assert image.convert("RGBA").getpixel((50, 50)) == (255, 0, 0, 100)


def test_a_copy_is_upright_and_tells_nothing_of_its_maker(tmp_path: Path, copy: Copy) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "Alice at home"
    original = saved(tmp_path / "a.jpg", picture(600, 400), exif=exif, comment=b"Alice at home")
    path = copy(original)
    with Image.open(path) as image:
        assert image.size == (171, 256)
        assert dict(image.getexif()) == {}
    assert b"Alice" not in path.read_bytes()


@pytest.mark.parametrize("mode", ["CMYK", "P", "1", "L"])
def test_every_mode_of_colour_can_be_shown(tmp_path: Path, copy: Copy, mode: str) -> None:
    name = "a.jpg" if mode == "CMYK" else "a.png"
    with Image.open(copy(saved(tmp_path / name, picture(mode=mode)))) as image:
        assert image.mode == "RGB"


def test_sixteen_bits_of_grey_keep_their_brightness(tmp_path: Path, copy: Copy) -> None:
    grey = Image.new("I;16", (400, 400), 128 * 256)
    with Image.open(copy(saved(tmp_path / "a.png", grey))) as image:
        assert image.convert("L").getpixel((10, 10)) == pytest.approx(128, abs=2)


def test_the_first_frame_of_an_animation_is_shown(tmp_path: Path, copy: Copy) -> None:
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    path = saved(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])
    with Image.open(copy(path)) as image:
        assert image.convert("RGB").resize((1, 1)).getpixel((0, 0)) == pytest.approx((255, 0, 0), abs=5)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"text", ImageFault.NOT_AN_IMAGE),
        (b"II*\0" + bytes(100), ImageFault.WRONG_TYPE),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ImageFault.BROKEN),
        (png_promising(9_000, 9_000), ImageFault.TOO_MANY_PIXELS),
    ],
)
def test_what_does_not_decode_has_no_copy(tmp_path: Path, copy: Copy, data: bytes, fault: ImageFault) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(ImageRefused) as refused:
        copy(path)
    assert refused.value.fault is fault


async def test_the_desk_does_the_same_for_the_event_loop(tmp_path: Path) -> None:
    desk = ImageDesk()
    path = saved(tmp_path / "a.png")
    assert await desk.inspect(path, RULES) == inspect_image(path, RULES)
    copy = await desk.scale(path, tmp_path / "copy", max_bytes=100_000, max_side=100)
    assert inspect_image(copy, ImageRules(min_side=1)).width == 100
