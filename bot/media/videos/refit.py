"""A video made to play everywhere within a number of bytes.

Streams that do so already are copied; else it is H.264 in two passes and AAC, the index in front.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeAlias

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import CannotFit
from bot.media.videos.checker import VideoFacts
from bot.media.videos.file_index import Index, Track, read_index
from bot.media.videos.inspecting import inspect_video, open_container, picture_stream, sound_stream
from bot.media.videos.plan import Plan, Source, plan_fit
from bot.media.videos.playable import is_wide, orientation, picture_plays, sound_plays
from bot.media.videos.shaping import BT709, FIT_PIXELS, Shaper
from bot.media.videos.tags import add_notes, carried, flags

PRESET: Final = "faster"  # two passes over 10 s of 1080p take one core some 25 s, where "medium" takes 35 s
SURE: Final = 0.99  # of the bit rate that would just have fitted, for another second pass
SECOND_PASSES: Final = 4
SOUND_RATE: Final = 48_000  # Hz, of sound that is encoded again
PAUSE: Final = Fraction(1, 20)  # seconds without sound that are a pause in it, and no inaccuracy
BEST: Final = 16  # x264's quantizer below which no one sees a gain: a small film needs not fill its room
HD: Final = 720  # lines from which players take colors that a file says nothing of for BT.709's
LIMITED: Final = 1  # range of colors, by FFmpeg's numbers
UNKNOWN: Final = 2  # matrix of colors, by ITU-T H.273
RGB: Final = 0
Adder: TypeAlias = "Callable[[Packet[Any] | None], None]"  # takes one stream's packets in turn, then None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    path: Path
    facts: VideoFacts
    copied: bool  # nothing was encoded again: it looks and sounds as before


def refit(source: Path, folder: Path, max_bytes: int) -> Fitted:
    """Write a video that plays everywhere, of at most `max_bytes` bytes, into `folder`, which is this call's own.

    Works in one thread. Raises CannotFit, NotAVideo or FFmpeg's errors.
    """
    measured, target = _measure(source), folder / "fitted.mp4"
    plan = plan_fit(measured, max_bytes)
    if plan.picture_bit_rate is None:
        if (fitted := _copied(source, target, plan)) is not None:
            if fitted.facts.size <= max_bytes:
                return fitted
            raise CannotFit("its index alone is too large")
        plan = plan_fit(replace(measured, playable_picture=False, playable_sound=False), max_bytes)
    statistics = folder / "passes"
    _first_pass(source, plan, statistics)
    for _ in range(SECOND_PASSES):
        _write(source, target, plan, statistics)
        size = target.stat().st_size
        if size <= max_bytes:
            facts = inspect_video(target)
            if not facts.plays:
                raise CannotFit("it came out as nothing that plays everywhere")
            return Fitted(path=target, facts=facts, copied=False)
        rate = int((plan.picture_bit_rate or 0) * max_bytes / size * SURE)
        plan = replace(plan, picture_bit_rate=max(1, rate))
    raise CannotFit("the encoder misses its size")


def _copied(source: Path, target: Path, plan: Plan) -> Fitted | None:
    """Write the pictures as they are; None where that makes no file that plays, for what the source left unsaid."""
    try:
        _write(source, target, plan, None)
        facts = inspect_video(target)
    except (av.error.FFmpegError, ValueError, IndexError):
        return None
    return Fitted(path=target, facts=facts, copied=plan.sound_bit_rate is None) if facts.plays else None


def _measure(path: Path) -> Source:
    """Count packets and bytes of both streams; the first picture tells how it is turned."""
    with _opened(path) as film:
        first: VideoFrame | None = None
        frames = picture_bytes = sound_packets = sound_bytes = 0
        begin, end = Fraction(0), Fraction(0)
        for packet in film.packets():
            if packet.stream is film.sound:
                sound_packets, sound_bytes = sound_packets + 1, sound_bytes + packet.size
                continue
            starts = ((packet.dts if packet.pts is None else packet.pts) or 0) * packet.time_base
            begin = min(begin, starts) if frames else starts
            end = max(end, starts + (packet.duration or 0) * packet.time_base)
            frames, picture_bytes = frames + 1, picture_bytes + packet.size
            if first is None:
                first = next(film.frames(packet), None)
        first = first or next(film.frames(None), None)
        if first is None:
            raise CannotFit("no picture")
        turned, mirrored = orientation(first)
        width, height = (first.height, first.width) if turned in {90, 270} else (first.width, first.height)
        tags = carried(film.container, film.picture)
        return Source(
            width=width,
            height=height,
            turned=turned,
            mirrored=mirrored,
            frames=frames,
            seconds=float(end - begin),
            picture_bytes=picture_bytes,
            sound_packets=sound_packets,
            sound_bytes=sound_bytes,
            tag_bytes=sum(len(key.encode()) + len(value.encode()) for key, value in tags.items()) + len(film.notes),
            playable_picture=picture_plays(film.picture, first, film.track(film.picture)),
            playable_sound=film.sound is None or sound_plays(film.sound, film.track(film.sound)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Film:
    """An open source with the two streams that are kept."""

    container: InputContainer
    index: Index | None
    picture: VideoStream
    sound: AudioStream | None

    @property
    def notes(self) -> bytes:
        return self.index.notes if self.index else b""

    def track(self, stream: VideoStream | AudioStream) -> Track | None:
        return self.index.track(stream.id) if self.index else None

    def packets(self) -> "Iterator[Packet[Any]]":
        """Yield the packets of both streams in the order of the file, once."""
        for packet in self.container.demux(*(stream for stream in (self.picture, self.sound) if stream)):
            if packet.size:
                yield packet

    def frames(self, packet: "Packet[Any] | None") -> Iterator[VideoFrame]:
        """Decode a packet, or with None what the decoder still holds."""
        for frame in self.picture.decode(packet):
            frame.pict_type = PictureType.NONE  # the encoder's to choose
            yield frame

    def pictures(self) -> Iterator[VideoFrame]:
        """Decode all of them."""
        for packet in self.packets():
            if packet.stream is self.picture:
                yield from self.frames(packet)
        yield from self.frames(None)


@contextmanager
def _opened(path: Path) -> Generator[_Film]:
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        container = stack.enter_context(open_container(file))
        picture = picture_stream(container)
        picture.thread_count = 1
        yield _Film(container=container, index=read_index(path), picture=picture, sound=sound_stream(container))


def _first_pass(source: Path, plan: Plan, statistics: Path) -> None:
    """Let the encoder see the whole film and note what each picture needs.

    It writes its notes down permanently when it is freed: when this function is left.
    """
    with _opened(source) as film:
        encoder = av.CodecContext.create("libx264", "w")
        _set_up(encoder, film, plan, statistics, number=1)
        shaper = Shaper(film.picture, plan, true_colors=False)  # which take long to begin, and tell it nothing
        for frame in film.pictures():
            for shaped in shaper.shape(frame):
                encoder.encode(shaped)
        for shaped in shaper.rest():
            encoder.encode(shaped)
        encoder.encode(None)


def _write(source: Path, target: Path, plan: Plan, statistics: Path | None) -> None:
    """Write the film; without statistics of a first pass its pictures are copied."""
    with _opened(source) as film, _mp4(target, film) as output:
        add_picture = _picture_copier(film, output) if statistics is None else _encoder(film, output, plan, statistics)
        add_sound = _sound_adder(film, output, plan)
        for packet in film.packets():
            (add_picture if packet.stream is film.picture else add_sound)(packet)
        add_picture(None)
        add_sound(None)
        notes = film.notes
    add_notes(target, notes)


def _picture_copier(film: _Film, output: OutputContainer) -> Adder:
    return _copier(output, output.add_stream_from_template(film.picture))


def _copier(output: OutputContainer, copy: VideoStream | AudioStream) -> Adder:
    def take(packet: "Packet[Any] | None") -> None:
        if packet is not None:
            packet.stream = copy
            output.mux(packet)

    return take


def _encoder(film: _Film, output: OutputContainer, plan: Plan, statistics: Path) -> Adder:
    picture = output.add_stream("libx264", rate=film.picture.average_rate or film.picture.guessed_rate)
    _set_up(picture.codec_context, film, plan, statistics, number=2)
    shaper = Shaper(film.picture, plan)

    def encode(packet: "Packet[Any] | None") -> None:
        for frame in film.frames(packet):
            for shaped in shaper.shape(frame):
                output.mux(picture.encode(shaped))
        if packet is None:
            for shaped in shaper.rest():
                output.mux(picture.encode(shaped))
            output.mux(picture.encode(None))

    return encode


def _set_up(encoder: VideoCodecContext, film: _Film, plan: Plan, statistics: Path, *, number: int) -> None:
    """Set the encoder to one of two passes, with the times, the shape of pixels and the colors of the source."""
    picture = film.picture
    encoder.width, encoder.height, encoder.pix_fmt = plan.width, plan.height, FIT_PIXELS
    encoder.bit_rate = plan.picture_bit_rate or 0
    encoder.time_base = picture.time_base or Fraction(1, av.time_base)
    encoder.framerate = picture.average_rate or picture.guessed_rate or Fraction(24)
    shape = picture.sample_aspect_ratio
    if shape:
        encoder.sample_aspect_ratio = 1 / shape if plan.turned in {90, 270} else shape
    _set_colors(encoder, picture)
    encoder.options = {
        "preset": PRESET,
        "threads": "1",
        "qmin": str(BEST),
        "flags": f"+pass{number}",
        "passlogfile": str(statistics),
    }


def _set_colors(encoder: VideoCodecContext, picture: VideoStream) -> None:
    seen = picture.codec_context
    encoder.color_range = LIMITED
    is_said = seen.colorspace not in {RGB, UNKNOWN}
    if is_wide(seen) or seen.colorspace == RGB:
        encoder.colorspace = encoder.color_primaries = encoder.color_trc = BT709
    else:
        # Scaled down, what says nothing would be taken for the colors of a smaller one.
        encoder.colorspace = seen.colorspace if is_said or min(seen.width, seen.height) < HD else BT709
        encoder.color_primaries, encoder.color_trc = seen.color_primaries, seen.color_trc


def _sound_adder(film: _Film, output: OutputContainer, plan: Plan) -> Adder:
    """Make what adds the packets of sound, as they are or encoded again."""
    sound = film.sound
    if sound is None:
        return lambda _: None
    if plan.sound_bit_rate is None:
        return _copier(output, output.add_stream_from_template(sound))
    layout = "mono" if sound.codec_context.channels == 1 else "stereo"
    encoded = output.add_stream("aac", rate=SOUND_RATE, layout=layout)
    encoded.bit_rate = plan.sound_bit_rate
    clock = _SoundClock()

    def encode(packet: "Packet[Any] | None") -> None:
        for frame in sound.decode(packet):
            clock.set(frame)
            output.mux(encoded.encode(frame))
        if packet is None:
            output.mux(encoded.encode(None))

    return encode


class _SoundClock:
    """Puts sound in its place, sample by sample: some containers tell moments coarsely, or none at all (AVI)."""

    def __init__(self) -> None:
        self._next: Fraction | None = None  # seconds

    def set(self, frame: AudioFrame) -> None:
        base = frame.time_base or Fraction(1, frame.sample_rate)
        told = None if frame.pts is None else frame.pts * base
        if self._next is None:
            begins = told or Fraction(0)
        elif told is None or told - self._next < PAUSE:
            begins = self._next
        else:
            begins = told
        frame.time_base = Fraction(1, frame.sample_rate)
        frame.pts = round(begins * frame.sample_rate)
        self._next = begins + Fraction(frame.samples, frame.sample_rate)


def _mp4(path: Path, film: _Film) -> OutputContainer:
    """Open an MP4 to write, its index to stand in front: players begin before the whole file is there."""
    tags = carried(film.container, film.picture)
    output = av.open(path, "w", format="mp4", options={"movflags": flags(tags)})
    output.metadata.update(tags)
    return output
