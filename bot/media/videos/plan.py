"""What a video becomes to fit a number of bytes: how its bits are shared out, and its size in pixels."""

import math
from dataclasses import dataclass
from typing import Final

from bot.media.errors import CannotFit
from bot.media.videos.playable import MOST_PIXELS

AIM: Final = 0.98  # of the room: two passes meet their bit rate within some two per cent
# The index of an MP4: a frame has entries of some 20 bytes in its tables, a packet of sound of some 12.
INDEX_BYTES: Final = 4_096
INDEX_BYTES_A_FRAME: Final = 24
INDEX_BYTES_A_PACKET: Final = 12
# Sound gets at most this part of the room, and no more than where AAC-LC is as good as transparent.
SOUND_SHARE: Final = 0.25
BEST_SOUND: Final = 128_000  # bits per second
WORST_SOUND: Final = 24_000
# Fewer bits for a pixel show as blocks: x264 looks better at fewer pixels then.
ENOUGH_BITS_A_PIXEL: Final = 0.04
SMALLEST_SIDE: Final = 96  # pixels, of the shorter side: scaled below it, no one recognizes anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a video is made of."""

    width: int  # pixels, as seen
    height: int
    turned: int = 0  # degrees counterclockwise by which players turn it: 0, 90, 180 or 270
    mirrored: bool = False  # left to right, after that
    frames: int
    seconds: float
    picture_bytes: int
    sound_packets: int = 0  # 0 where there is no sound
    sound_bytes: int = 0
    tag_bytes: int = 0
    playable_picture: bool = True  # as it is, for every player
    playable_sound: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to make it fit; a bit rate of None takes the stream as it is."""

    width: int  # pixels, both even
    height: int
    picture_bit_rate: int | None  # bits per second
    sound_bit_rate: int | None
    turned: int = 0  # as in `Source`: what is encoded again is turned permanently
    mirrored: bool = False


def plan_fit(source: Source, max_bytes: int) -> Plan:
    """Share `max_bytes` out.

    Streams are taken as they are where that fits: the file may be large for what else it carries. Raises CannotFit
    where so few bytes give no picture worth showing.
    """
    if source.seconds <= 0 or not source.frames:
        raise CannotFit("no duration")
    room = (max_bytes - index_bytes(source)) * AIM
    streams = source.picture_bytes + source.sound_bytes
    if source.playable_picture and source.playable_sound and streams <= room:
        return Plan(width=source.width, height=source.height, picture_bit_rate=None, sound_bit_rate=None)
    sound_bit_rate, sound_bytes = _sound(source, room)
    if source.playable_picture and not source.playable_sound and source.picture_bytes + sound_bytes <= room:
        return Plan(width=source.width, height=source.height, picture_bit_rate=None, sound_bit_rate=sound_bit_rate)
    picture_bits = (room - sound_bytes) * 8
    if picture_bits <= 0:
        raise CannotFit("the index and the sound leave no room")
    width, height = _scaled(source, picture_bits)
    return Plan(
        width=width,
        height=height,
        picture_bit_rate=max(1, int(picture_bits / source.seconds)),
        sound_bit_rate=sound_bit_rate,
        turned=source.turned,
        mirrored=source.mirrored,
    )


def index_bytes(source: Source) -> int:
    tables = INDEX_BYTES_A_FRAME * source.frames + INDEX_BYTES_A_PACKET * source.sound_packets
    return INDEX_BYTES + source.tag_bytes + tables


def _sound(source: Source, room: float) -> tuple[int | None, float]:
    """Return the bit rate of the sound, None for as it is, and its bytes."""
    if not source.sound_packets or (source.playable_sound and source.sound_bytes <= room * SOUND_SHARE):
        return None, source.sound_bytes
    rate = min(BEST_SOUND, int(room * SOUND_SHARE * 8 / source.seconds))
    if rate < WORST_SOUND:
        raise CannotFit("too long for so few bytes")
    return rate, rate * source.seconds / 8


def _scaled(source: Source, picture_bits: float) -> tuple[int, int]:
    """Return the sides in pixels, even as 4:2:0 needs them; fewer than the source's only where bits run out."""
    pixels = source.width * source.height
    affordable = min(picture_bits / (ENOUGH_BITS_A_PIXEL * source.frames), MOST_PIXELS)
    scale = min(1.0, math.sqrt(affordable / pixels))
    if scale == 1.0:
        return _even(source.width), _even(source.height)
    width, height = _even(source.width * scale), _even(source.height * scale)
    if min(width, height) < SMALLEST_SIDE:
        raise CannotFit("too long for so few bytes")
    return width, height


def _even(side: float) -> int:
    return max(2, int(side) // 2 * 2)
