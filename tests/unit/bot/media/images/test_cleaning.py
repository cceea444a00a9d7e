"""Whatever members upload becomes one clean copy: upright, sRGB, 8 bits, flattened, one frame, nothing but pixels."""

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageStat

from benchmarks.pngs import png_of
from bot.media.errors import ImageRefused
from bot.media.images import cleaning
from bot.media.images.cleaning import Cleaned, CopyLimits, clean
from bot.media.rules import SHOWABLE, ImageFault, ImageRules
from tests.support.drawings import drawing, encoded

LIMITS = CopyLimits(max_side=2_560, max_bytes=3_000_000)
SECRET = b"Alice at home"
ORANGE = (255, 128, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload.bin"


def cleaned(path: Path, data: bytes, rules: ImageRules = SHOWABLE, limits: CopyLimits = LIMITS) -> Cleaned:
    path.write_bytes(data)
    return clean(path, rules, limits)


def copy_of(path: Path, data: bytes) -> Image.Image:
    made = cleaned(path, data)
    with Image.open(io.BytesIO(made.copy)) as image:
        assert (image.format, made.suffix) in {("JPEG", ".jpg"), ("PNG", ".png")}
        assert image.mode == "RGB"
        assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        image.load()
        return image


def fault_of(path: Path, data: bytes, rules: ImageRules = ImageRules()) -> ImageFault:  # noqa: B008 - frozen
    path.write_bytes(data)
    with pytest.raises(ImageRefused) as refused:
        clean(path, rules, LIMITS)
    return refused.value.fault


def unlike(one: Image.Image, other: Image.Image) -> float:
    """Return by how much two pictures differ on average, of 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def colour(picture: Image.Image, at: tuple[int, int] = (30, 30)) -> tuple[int, int, int]:
    found: Any = picture.getpixel(at)
    return found


def heif(picture: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture).save(buffer, **options)
    return buffer.getvalue()


def bytes_of(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)  # pyright: ignore[reportArgumentType] - each encoder's own
    return buffer.getvalue()


def animated(kind: str) -> bytes:
    return bytes_of(drawing(1), kind, save_all=True, append_images=[drawing(2), drawing(3)], duration=100, loop=0)


FORMATS: dict[str, tuple[Callable[[], bytes], str]] = {
    "JPEG": (lambda: bytes_of(drawing(1), "JPEG", quality=95), "image/jpeg"),
    "progressive JPEG": (lambda: bytes_of(drawing(1), "JPEG", quality=95, progressive=True), "image/jpeg"),
    "MPO": (lambda: bytes_of(drawing(1), "MPO", quality=95, save_all=True, append_images=[drawing(2)]), "image/jpeg"),
    "motion photo": (
        lambda: bytes_of(drawing(1), "JPEG", quality=95) + b"\0\0\0\x18ftypmp42" + bytes(900),
        "image/jpeg",
    ),
    "PNG": (lambda: bytes_of(drawing(1), "PNG"), "image/png"),
    "APNG": (lambda: animated("PNG"), "image/png"),
    "WebP": (lambda: bytes_of(drawing(1), "WEBP", quality=95), "image/webp"),
    "lossless WebP": (lambda: bytes_of(drawing(1), "WEBP", lossless=True), "image/webp"),
    "animated WebP": (lambda: animated("WEBP"), "image/webp"),
    "AVIF": (lambda: bytes_of(drawing(1), "AVIF", quality=95), "image/avif"),
    "HEIC": (lambda: heif(drawing(1), quality=95), "image/heic"),
    "GIF": (lambda: animated("GIF"), "image/gif"),
    "BMP": (lambda: bytes_of(drawing(1), "BMP"), "image/bmp"),
    "TIFF": (lambda: bytes_of(drawing(1), "TIFF"), "image/tiff"),
    "TIFF with LZW": (lambda: bytes_of(drawing(1), "TIFF", compression="tiff_lzw"), "image/tiff"),
}


@cache
def sample(name: str) -> bytes:
    return FORMATS[name][0]()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_known_by_its_bytes_and_shows_its_first_frame(path: Path, name: str) -> None:
    data = sample(name)
    made = cleaned(path, data, ImageRules())
    assert (made.content_type, made.width, made.height) == (FORMATS[name][1], 640, 480)
    assert unlike(copy_of(path, data), drawing(1)) < 6


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", ImageFault.NOT_AN_IMAGE),
        (b"\x89", ImageFault.NOT_AN_IMAGE),
        (b"This is no picture.\n" * 100, ImageFault.NOT_AN_IMAGE),
        (b"<!doctype html><html></html>", ImageFault.NOT_AN_IMAGE),
        (b'<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg"/>', ImageFault.SVG),
        ("\ufeff <svg/>".encode("utf-16"), ImageFault.SVG),
        (b"\xff\x0a" + bytes(100), ImageFault.JXL),
        (b"\0\0\0\x0cJXL \r\n\x87\n", ImageFault.JXL),
        (b"\0\0\0\x0cjP  \r\n\x87\n", ImageFault.JP2),
        (b"%PDF-1.7\n", ImageFault.PDF),
        (b"\n\n%PDF-1.4\n", ImageFault.PDF),
        (b"8BPS" + bytes(100), ImageFault.PSD),
        (b"\0\0\1\0\1\0" + bytes(100), ImageFault.ICO),
        (b"\0\0\0\x20ftypisom" + bytes(100), ImageFault.VIDEO),
        (b"\0\0\0\x14ftypqt  " + bytes(100), ImageFault.VIDEO),
        (b"\0\0\0\x08wide\0\0\1\0mdat", ImageFault.VIDEO),
        (b"\x1aE\xdf\xa3" + bytes(100), ImageFault.VIDEO),
        (b"RIFF\0\0\0\0AVI LIST", ImageFault.VIDEO),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ImageFault.BROKEN),
        (b"II*\0" + bytes(100), ImageFault.BROKEN),
        (b"RIFF\x10\0\0\0WEBPVP8 ", ImageFault.BROKEN),
        (b"\0\0\0\x20ftypheic" + bytes(100), ImageFault.BROKEN),
        (b"\0\0\0\x20ftypavif" + bytes(100), ImageFault.BROKEN),
    ],
)
def test_what_is_no_usable_image_is_named(path: Path, data: bytes, fault: ImageFault) -> None:
    assert fault_of(path, data) is fault


def turned(orientation: object) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return exif.tobytes()


UPRIGHT = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_picture_is_turned_as_its_file_says_and_nothing_else_is_read_of_it(
    path: Path, kind: str, orientation: int
) -> None:
    data = bytes_of(drawing(1), kind, exif=turned(orientation))
    turn = UPRIGHT[orientation]
    expected = drawing(1) if turn is None else drawing(1).transpose(turn)
    made = cleaned(path, data)
    assert (made.width, made.height) == expected.size
    assert unlike(copy_of(path, data), expected) < 12
    assert SECRET not in made.copy


UNSOUND_EXIF = {
    "garbage": os.urandom(60),
    "empty": b"",
    "header alone": b"Exif\0\0",
    "two headers": b"Exif\0\0Exif\0\0" + turned(1)[6:],
    "an offset outside": b"Exif\0\0II*\0\xff\xff\xff\x7f",
    "a rational over zero": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x1a\x01\x0a\0\x01\0\0\0\x1a"
    + bytes(7)
    + b"\xff" * 4
    + bytes(4),
    "orientation as text": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x02\0\0\0six\0\0\0\0\0",
    "more tags than bytes": b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12",
}


@pytest.mark.parametrize("name", UNSOUND_EXIF)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_unsound_exif_does_not_spoil_a_sound_picture(path: Path, kind: str, name: str) -> None:
    assert unlike(copy_of(path, bytes_of(drawing(1), kind, exif=UNSOUND_EXIF[name])), drawing(1)) < 12


@given(exif=st.binary(max_size=120))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_exif_at_all_can_keep_a_jpeg_from_being_used(path: Path, exif: bytes) -> None:
    picture = Image.new("RGB", (64, 64), ORANGE)
    assert cleaned(path, bytes_of(picture, "JPEG", exif=b"Exif\0\0" + exif)).content_type == "image/jpeg"


def test_a_profile_of_megabytes_that_is_none_is_dropped(path: Path) -> None:
    data = bytes_of(drawing(1), "JPEG", quality=95, icc_profile=os.urandom(8_500_000))
    assert unlike(copy_of(path, data), drawing(1)) < 6


def swapped_profile() -> bytes:
    """Make a profile in which red and blue have changed places: what it was not applied to looks wrong."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = {profile[132 + 12 * index : 136 + 12 * index].decode(): 132 + 12 * index for index in range(profile[131])}
    red, blue = at["rXYZ"], at["bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA"])
def test_a_profile_is_applied_before_it_is_dropped(path: Path, kind: str, mode: str) -> None:
    if (kind, mode) in {("JPEG", "P"), ("JPEG", "RGBA"), ("WEBP", "P")}:
        mode = "RGB"
    picture = Image.new("RGB", (64, 64), (250, 10, 20)).convert(mode)
    red, green, blue = colour(copy_of(path, bytes_of(picture, kind, icc_profile=swapped_profile())))
    assert blue > 200
    assert max(red, green) < 90


def test_heic_and_grey_pictures_keep_their_colours_with_a_profile(path: Path) -> None:
    picture = Image.new("RGB", (64, 64), (250, 10, 20))
    heic = pillow_heif.from_pillow(picture)
    heic.info["icc_profile"] = swapped_profile()
    buffer = io.BytesIO()
    heic.save(buffer, quality=95)
    assert colour(copy_of(path, buffer.getvalue()))[2] > 200
    grey = copy_of(path, bytes_of(Image.new("L", (64, 64), 120), "PNG", icc_profile=swapped_profile()))
    assert grey.getpixel((30, 30)) == pytest.approx((120, 120, 120), abs=2)


def test_cmyk_becomes_the_colours_that_it_prints(path: Path) -> None:
    ink = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    assert copy_of(path, bytes_of(ink, "JPEG", quality=95)).getpixel((30, 30)) == pytest.approx((255, 0, 0), abs=6)


def ink_profile() -> bytes:
    """Make a profile of a printer whose inks are blue, but for black (ICC.1, a table of 8 bits, `lut8Type`)."""
    white, blue, black = bytes((255, 128, 128)), bytes((82, 207, 20)), bytes((0, 128, 128))  # L*, a*, b*
    matrix = struct.pack(">9i", *(65_536 if at % 4 == 0 else 0 for at in range(9)))
    straight = bytes(range(256))
    inks = white + black + 7 * (blue + black)
    table = struct.pack(">4s4x3Bx", b"mft1", 4, 3, 2) + matrix + 4 * straight + inks + 3 * straight
    header = struct.pack(">I4xI4s4s4s12x4s", 144 + len(table), 0x02400000, b"prtr", b"CMYK", b"Lab ", b"acsp")
    header += bytes(28) + struct.pack(">3i", 63_190, 65_536, 54_061) + bytes(48)
    return header + struct.pack(">I4sII", 1, b"A2B0", 144, len(table)) + table


def test_cmyk_is_printed_as_its_profile_says(path: Path) -> None:
    ink = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    for kind in ("JPEG", "TIFF"):
        shown = copy_of(path, bytes_of(ink, kind, icc_profile=ink_profile()))
        red, green, blue = colour(shown)
        assert (red < 100, green < 20, blue > 240) == (True, True, True)


def test_sixteen_bits_of_grey_keep_their_brightness(path: Path) -> None:
    grey = Image.new("I;16", (400, 400), 128 * 256)
    for kind in ("PNG", "TIFF"):
        assert copy_of(path, bytes_of(grey, kind)).getpixel((10, 10)) == pytest.approx((128,) * 3, abs=2)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "TIFF", "HEIC"])
@pytest.mark.parametrize("ink", ["black", "white", "red"])
def test_a_sticker_on_nothing_stays_visible(path: Path, kind: str, ink: str) -> None:
    sticker = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(sticker).ellipse((100, 100, 300, 300), fill=ink)
    data = heif(sticker, quality=95) if kind == "HEIC" else bytes_of(sticker, kind)
    shown = copy_of(path, data)
    assert abs(sum(colour(shown, (200, 200))) - sum(colour(shown, (10, 10)))) > 180


def test_what_a_transparent_picture_hides_is_not_shown(path: Path) -> None:
    hidden = Image.merge("RGBA", (*drawing(1).split(), Image.new("L", (640, 480), 0)))
    assert copy_of(path, bytes_of(hidden, "PNG")).getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("share", [0.8, 0.95, 0.999])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_missing_tail_is_no_damage(path: Path, kind: str, share: float) -> None:
    noise = Image.effect_noise((400, 400), 80).convert("RGB")
    data = bytes_of(noise, kind)
    upper = (0, 0, 400, 250)
    assert unlike(copy_of(path, data[: int(len(data) * share)]).crop(upper), noise.crop(upper)) < 25


def test_a_progressive_jpeg_without_its_tail_shows_what_came(path: Path) -> None:
    data = bytes_of(drawing(1), "JPEG", quality=95, progressive=True)
    assert unlike(copy_of(path, data[: len(data) * 4 // 5]), drawing(1)) < 20


@pytest.mark.parametrize("share", [0.01, 0.3])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_of_what_is_mostly_missing_nothing_is_made(path: Path, kind: str, share: float) -> None:
    data = bytes_of(Image.effect_noise((400, 400), 80).convert("RGB"), kind)
    assert fault_of(path, data[: max(20, int(len(data) * share))]) is ImageFault.BROKEN


def test_unsound_chunks_that_are_not_needed_do_not_matter(path: Path) -> None:
    data = bytes_of(drawing(1), "PNG")
    text = b"zTXt" + b"comment\0\0" + zlib.compress(b"x" * 20_000_000)
    chunk = struct.pack(">I", len(text) - 4) + text + b"bad!"
    assert unlike(copy_of(path, data[:33] + chunk + data[33:]), drawing(1)) == 0


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ((8_001, 8_000), ImageFault.TOO_MANY_PIXELS),
        ((60_000, 60_000), ImageFault.TOO_MANY_PIXELS),
        ((1, 1), ImageFault.TOO_SMALL),
        ((299, 1_000), ImageFault.TOO_SMALL),
        ((1_000, 300), ImageFault.TOO_OBLONG),
    ],
)
def test_a_header_is_judged_before_anything_is_decoded(path: Path, size: tuple[int, int], fault: ImageFault) -> None:
    assert fault_of(path, png_of(*size, rows=1)) is fault


def test_other_kinds_have_lower_limits_told_by_the_header(path: Path) -> None:
    header = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 70, 0, 0, 54, 40, 6_000, 5_000, 1, 24, 0, 0, 0, 0, 0, 0)
    assert fault_of(path, header + bytes(16)) is ImageFault.TOO_MANY_OTHER_PIXELS
    gif = b"GIF89a" + struct.pack("<HHBBB", 6_000, 5_000, 0x80, 0, 0) + bytes(6)
    assert fault_of(path, gif + b"," + struct.pack("<HHHHB", 0, 0, 6_000, 5_000, 0) + b"\2\0;") is (
        ImageFault.TOO_MANY_OTHER_PIXELS
    )


def test_the_longer_side_is_at_most_2560_and_nothing_is_enlarged(path: Path) -> None:
    assert copy_of(path, bytes_of(drawing(1, size=(4_000, 3_000)), "JPEG")).size == (2_560, 1_920)
    assert copy_of(path, encoded(drawing(1, size=(310, 300)))).size == (310, 300)


@pytest.mark.parametrize("max_bytes", [200_000, 20_000, 2_000])
def test_a_copy_gives_way_until_its_bytes_fit(path: Path, max_bytes: int) -> None:
    noise = bytes_of(Image.effect_noise((900, 900), 90).convert("RGB"), "PNG")
    assert len(cleaned(path, noise, limits=CopyLimits(max_side=2_560, max_bytes=max_bytes)).copy) <= max_bytes


def test_lossless_is_chosen_only_where_it_is_smaller(path: Path) -> None:
    assert cleaned(path, encoded(Image.new("RGB", (800, 800), ORANGE))).suffix == ".png"
    assert cleaned(path, bytes_of(Image.effect_noise((800, 800), 60), "PNG")).suffix == ".jpg"


def test_no_work_is_left_in_a_mode_that_jpeg_does_not_know(path: Path) -> None:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "F", "I"):
        picture = _lab() if mode == "LAB" else drawing(1).convert(mode)
        assert copy_of(path, bytes_of(picture, "TIFF")).size == (640, 480)


def _lab() -> Image.Image:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(drawing(1), srgb, lab, outputMode="LAB") or drawing(1)


def mutations(data: st.DataObject, original: bytes) -> Iterator[bytes]:
    content = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 16))] = data.draw(st.binary(max_size=16))
    yield bytes(content)


@given(data=st.data())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_damage_anywhere_ends_in_a_copy_or_in_a_refusal(path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FORMATS)))
    for damaged in mutations(data, sample(name)):
        with suppress(ImageRefused):
            assert len(cleaned(path, damaged).copy) <= LIMITS.max_bytes


def test_the_limits_are_those_that_the_bot_asks_for() -> None:
    assert cleaning.QUALITIES[0] > cleaning.WHOLE_COLOUR
