"""Sample reference images, drawn here so that a demo and tests need no download."""

import math
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1024, 768)  # pixels
Colour = tuple[int, int, int]

INK: Colour = (34, 40, 58)
SKIN: Colour = (236, 190, 156)
OILSKIN: Colour = (240, 184, 52)
LAMP: Colour = (255, 232, 170)


def sample_images(folder: Path) -> list[Path]:
    """Draw a lighthouse keeper, a harbour at dusk and a lighthouse into `folder`; the same bytes each time.

    Returns their paths: a PNG and two JPEG files of 1024 by 768 pixels.
    """
    drawings: dict[str, Callable[[], Image.Image]] = {
        "keeper.png": _keeper,
        "harbour.jpg": _harbour,
        "lighthouse.jpg": _lighthouse,
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, draw in drawings.items():
        path = folder / name
        draw().save(path, quality=90)
        paths.append(path)
    return paths


def _keeper() -> Image.Image:
    """A bearded keeper in a yellow oilskin, lamp in hand, from the front."""
    picture = _gradient((126, 170, 190), (222, 226, 214))
    _glow(picture, (760, 470), 240, LAMP, 0.75)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(280, 768), (350, 470), (450, 420), (574, 420), (674, 470), (744, 768)], fill=OILSKIN)
    draw.polygon([(440, 425), (512, 560), (584, 425)], fill=(46, 74, 112))
    draw.line([(512, 560), (512, 768)], fill=(190, 138, 30), width=8)
    for height in (610, 680, 750):
        draw.ellipse(_disc((540, height), 11), fill=INK)
    draw.ellipse((402, 170, 622, 450), fill=SKIN)
    draw.chord((396, 250, 628, 500), 0, 180, fill=(236, 236, 230))
    draw.rectangle((456, 352, 568, 378), fill=(236, 236, 230))
    draw.arc((472, 340, 552, 402), 20, 160, fill=(150, 84, 74), width=7)
    draw.polygon([(512, 284), (494, 346), (530, 346)], fill=(216, 162, 130))
    for eye in (464, 560):
        draw.ellipse(_disc((eye, 290), 12), fill=INK)
        draw.ellipse(_disc((eye + 4, 286), 4), fill=(255, 255, 255))
        draw.line([(eye - 24, 262), (eye + 24, 258)], fill=(214, 214, 206), width=10)
    draw.chord((384, 90, 640, 330), 180, 360, fill=OILSKIN)
    draw.rounded_rectangle((340, 200, 684, 236), 18, fill=(214, 158, 36))
    draw.line([(674, 490), (760, 600)], fill=OILSKIN, width=74)
    draw.ellipse(_disc((760, 596), 34), fill=SKIN)
    _lamp(draw, (760, 470))
    return picture


def _lamp(draw: ImageDraw.ImageDraw, centre: tuple[int, int]) -> None:
    across, down = centre
    draw.arc((across - 46, down - 130, across + 46, down + 10), 180, 360, fill=INK, width=8)
    draw.rounded_rectangle((across - 44, down - 64, across + 44, down + 84), 12, fill=INK)
    draw.rounded_rectangle((across - 30, down - 44, across + 30, down + 60), 10, fill=LAMP)
    draw.ellipse((across - 12, down - 16, across + 12, down + 44), fill=(255, 250, 232))


def _harbour() -> Image.Image:
    """Boats at a quay under an evening sky, their lights on the water."""
    picture = _gradient((52, 48, 104), (250, 158, 108), bottom=440)
    _glow(picture, (690, 420), 300, (255, 214, 140), 0.9)
    draw = ImageDraw.Draw(picture)
    draw.ellipse(_disc((690, 420), 62), fill=(255, 226, 164))
    for layer, colour in enumerate(((98, 74, 122), (70, 56, 104))):
        ridge = [(x, 400 + 30 * layer - 34 * math.sin(x / 120 + layer * 2)) for x in range(0, 1025, 16)]
        draw.polygon([(0, 460), *ridge, (1024, 460)], fill=colour)
    _houses(draw)
    _water(picture)
    for place, scale, hull in ((250, 1.0, (176, 62, 58)), (530, 0.75, (48, 96, 120)), (820, 1.15, (228, 220, 200))):
        _boat(ImageDraw.Draw(picture), (place, int(520 + 90 * scale)), scale, hull)
    return picture


def _houses(draw: ImageDraw.ImageDraw) -> None:
    fronts: list[Colour] = [(150, 74, 78), (196, 128, 84), (92, 84, 120), (170, 98, 92), (120, 96, 110)]
    for place, colour in enumerate(fronts):
        left, top = 20 + place * 86, 356 - 22 * (place % 3)
        draw.rectangle((left, top, left + 78, 452), fill=colour)
        draw.polygon([(left - 6, top), (left + 39, top - 44), (left + 84, top)], fill=INK)
        for column in (16, 48):
            draw.rectangle((left + column, top + 20, left + column + 16, top + 42), fill=LAMP)


def _water(picture: Image.Image) -> None:
    """Mirror the upper half below the horizon, dimmed, with ripples."""
    above = picture.crop((0, 146, 1024, 448)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = above.resize((1024, 320)).filter(ImageFilter.GaussianBlur(5))
    picture.paste(Image.blend(mirror, Image.new("RGB", mirror.size, (28, 40, 82)), 0.45), (0, 448))
    draw = ImageDraw.Draw(picture, "RGBA")
    for ripple in range(90):
        left, top = ripple * 379 % 1024, 456 + ripple * 53 % 306
        draw.line([(left, top), (left + 24 + top // 8, top)], fill=(255, 206, 160, 70), width=2)


def _boat(draw: ImageDraw.ImageDraw, keel: tuple[int, int], scale: float, hull: Colour) -> None:
    across, down = keel

    def at(x: float, y: float) -> tuple[float, float]:
        return (across + x * scale, down + y * scale)

    draw.line([at(0, -40), at(0, -230)], fill=INK, width=max(3, int(6 * scale)))
    draw.polygon([at(8, -222), at(8, -62), at(96, -62)], fill=(240, 226, 206))
    draw.polygon([at(-8, -190), at(-8, -62), at(-70, -62)], fill=(222, 196, 176))
    draw.polygon([at(-120, -48), at(120, -48), at(84, 4), at(-84, 4)], fill=hull)
    draw.line([at(-120, -48), at(120, -48)], fill=INK, width=max(3, int(5 * scale)))
    draw.ellipse(_disc((int(across - 92 * scale), int(down - 62 * scale)), int(9 * scale)), fill=LAMP)


def _lighthouse() -> Image.Image:
    """A striped tower on a rock, its beam over the sea at night."""
    picture = _gradient((14, 22, 54), (72, 98, 142), bottom=600)
    draw = ImageDraw.Draw(picture, "RGBA")
    scatter = random.Random(7)  # noqa: S311 - stars, the same ones each time
    for _ in range(90):
        star = (scatter.randrange(SIZE[0]), scatter.randrange(480))
        draw.ellipse(_disc(star, scatter.choice((1, 1, 2))), fill=(255, 255, 255, 190))
    draw.polygon([(420, 214), (1024, 60), (1024, 330)], fill=(255, 238, 180, 80))
    draw.polygon([(380, 214), (0, 150), (0, 290)], fill=(255, 238, 180, 60))
    _glow(picture, (400, 214), 170, LAMP, 0.9)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 590, 1024, 768), fill=(24, 44, 80))
    draw.polygon([(150, 660), (260, 560), (540, 550), (700, 668), (820, 768), (60, 768)], fill=(46, 44, 56))
    for stripe in range(6):
        upper, lower = 250 + stripe * 54, 304 + stripe * 54
        colour = (206, 60, 56) if stripe % 2 == 0 else (238, 234, 224)
        sides = [(400 - _half(upper), upper), (400 + _half(upper), upper)]
        draw.polygon([*sides, (400 + _half(lower), lower), (400 - _half(lower), lower)], fill=colour)
    draw.rectangle((336, 240, 464, 256), fill=INK)
    draw.rectangle((362, 180, 438, 240), fill=LAMP)
    draw.polygon([(350, 182), (400, 132), (450, 182)], fill=(206, 60, 56))
    draw.rounded_rectangle((382, 514, 418, 576), 16, fill=INK)
    return picture


def _half(height: int) -> int:
    """Half the tower's width at a height of the picture."""
    return 44 + (height - 250) * 40 // 324


def _gradient(top: Colour, bottom_colour: Colour, *, bottom: int = SIZE[1]) -> Image.Image:
    """Fill a picture from `top` down to `bottom_colour`, which stays from row `bottom` on."""
    column = Image.new("RGB", (1, SIZE[1]))
    for row in range(SIZE[1]):
        share = min(row / bottom, 1.0)
        mixed = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom_colour, strict=True))
        column.putpixel((0, row), mixed)
    return column.resize(SIZE)


def _glow(picture: Image.Image, centre: tuple[int, int], radius: int, colour: Colour, strength: float) -> None:
    """Lighten `picture` around a point, softly."""
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).ellipse(_disc(centre, radius // 2), fill=int(255 * strength))
    mask = mask.filter(ImageFilter.GaussianBlur(radius / 3))
    picture.paste(Image.new("RGB", SIZE, colour), mask=mask)


def _disc(centre: tuple[int, int], radius: int) -> tuple[int, int, int, int]:
    across, down = centre
    return (across - radius, down - radius, across + radius, down + radius)
