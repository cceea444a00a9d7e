"""A video encoded anew to fit a number of bytes: H.264 in two passes, the sound as it was, the index in front."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import CannotFit
from bot.media.fit_plan import Plan, Source, plan_fit
from bot.media.videos import open_container, picture_stream

PRESET: Final = "faster"  # two passes over 10 s of 1080p take one core some 25 s, where "medium" takes 35 s
SURE: Final = 0.99  # of the bit rate that would just have fitted, for another second pass
SECOND_PASSES: Final = 4
SOUND_RATE: Final = 48_000  # Hz, of sound that is encoded anew
BEST: Final = 10  # x264's quantizer below which nobody sees a gain: a small film needs not fill its room
_TURNS: Final = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}
_FIT_PIXELS: Final = "yuv420p"  # what every player decodes


def refit(source: Path, folder: Path, max_bytes: int) -> Path:
    """Write a video of at most `max_bytes` bytes into `folder`, which is this call's own, and return its path.

    Works in one thread. Raises CannotFit, NotAVideo or FFmpeg's errors.
    """
    measured = _measure(source)
    plan = plan_fit(measured, max_bytes)
    target = folder / "fitted.mp4"
    if plan.picture_bit_rate is None:
        _copy(source, target)
        if target.stat().st_size <= max_bytes:
            return target
        raise CannotFit("its index alone is too large")
    statistics = folder / "passes"
    _first_pass(source, plan, statistics)
    for _ in range(SECOND_PASSES):
        _second_pass(source, target, plan, statistics)
        size = target.stat().st_size
        if size <= max_bytes:
            return target
        rate = int((plan.picture_bit_rate or 0) * max_bytes / size * SURE)
        plan = replace(plan, picture_bit_rate=max(1, rate))
    raise CannotFit("the encoder misses its size")


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
            starts = (packet.pts or 0) * packet.time_base
            begin = min(begin, starts) if frames else starts
            end = max(end, starts + (packet.duration or 0) * packet.time_base)
            frames, picture_bytes = frames + 1, picture_bytes + packet.size
            if first is None:
                first = next(film.frames(packet), None)
        first = first or next(film.frames(None), None)
        if first is None:
            raise CannotFit("no picture")
        turned = round(first.rotation / 90) * 90 % 360
        width, height = (first.height, first.width) if turned in {90, 270} else (first.width, first.height)
        return Source(
            width=width,
            height=height,
            turned=turned,
            frames=frames,
            seconds=float(end - begin),
            picture_bytes=picture_bytes,
            sound_packets=sound_packets,
            sound_bytes=sound_bytes,
            playable_picture=film.picture.codec_context.name == "h264" and first.format.name == _FIT_PIXELS,
            playable_sound=film.sound is None or film.sound.codec_context.name == "aac",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Film:
    """An open source with the two streams that are kept."""

    container: InputContainer
    picture: VideoStream
    sound: AudioStream | None

    def packets(self) -> Iterator[Packet]:
        """Yield the packets of both streams in the order of the file, once."""
        for packet in self.container.demux(*(stream for stream in (self.picture, self.sound) if stream)):
            if packet.size:
                yield packet

    def frames(self, packet: Packet | None) -> Iterator[VideoFrame]:
        """Decode a packet, or with None what the decoder still holds."""
        for frame in self.picture.decode(packet):
            frame.pict_type = PictureType.NONE  # the encoder's to choose
            yield frame


@contextmanager
def _opened(path: Path) -> Generator[_Film]:
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        container = stack.enter_context(open_container(file))
        picture = picture_stream(container)
        picture.thread_count = 1
        sound = next((each for each in container.streams.audio if each.codec_context), None)
        yield _Film(container=container, picture=picture, sound=sound)


def _copy(source: Path, target: Path) -> None:
    """Take both streams as they are."""
    with _opened(source) as film, _mp4(target) as output:
        copies = {
            each.index: output.add_stream_from_template(each) for each in (film.picture, film.sound) if each is not None
        }
        for packet in film.packets():
            packet.stream = copies[packet.stream.index]
            output.mux(packet)


def _first_pass(source: Path, plan: Plan, statistics: Path) -> None:
    """Let the encoder see the whole film and note what each picture needs.

    It writes its notes down for good when it is freed: when this function is left.
    """
    with _opened(source) as film:
        encoder = av.CodecContext.create("libx264", "w")
        _set_up(encoder, film, plan, statistics, number=1)
        shape = _shaper(film, plan)
        for packet in _picture_packets(film):
            for frame in film.frames(packet):
                encoder.encode(shape(frame))
        encoder.encode(None)


def _picture_packets(film: _Film) -> Iterator[Packet | None]:
    for packet in film.packets():
        if packet.stream is film.picture:
            yield packet
    yield None


def _second_pass(source: Path, target: Path, plan: Plan, statistics: Path) -> None:
    with _opened(source) as film, _mp4(target) as output:
        picture = output.add_stream("libx264", rate=film.picture.average_rate or film.picture.guessed_rate)
        _set_up(picture.codec_context, film, plan, statistics, number=2)
        shape = _shaper(film, plan)
        add_sound = _sound_adder(film, output, plan)
        for packet in film.packets():
            if packet.stream is not film.picture:
                add_sound(packet)
                continue
            for frame in film.frames(packet):
                output.mux(picture.encode(shape(frame)))
        for frame in film.frames(None):
            output.mux(picture.encode(shape(frame)))
        output.mux(picture.encode(None))
        add_sound(None)


def _set_up(encoder: VideoCodecContext, film: _Film, plan: Plan, statistics: Path, *, number: int) -> None:
    """Set the encoder to one of two passes, with the times and colours of the source."""
    picture = film.picture
    seen = picture.codec_context
    encoder.width, encoder.height, encoder.pix_fmt = plan.width, plan.height, _FIT_PIXELS
    encoder.bit_rate = plan.picture_bit_rate or 0
    encoder.time_base = picture.time_base or Fraction(1, av.time_base)
    encoder.framerate = picture.average_rate or picture.guessed_rate or Fraction(24)
    encoder.color_range, encoder.colorspace = seen.color_range, seen.colorspace
    encoder.color_primaries, encoder.color_trc = seen.color_primaries, seen.color_trc
    encoder.options = {
        "preset": PRESET,
        "threads": "1",
        "qmin": str(BEST),
        "flags": f"+pass{number}",
        "passlogfile": str(statistics),
    }


def _shaper(film: _Film, plan: Plan) -> Callable[[VideoFrame], VideoFrame]:
    """Make what turns and scales pictures as planned; it lets those that are right pass."""
    turn = _TURNS.get(plan.turned)
    seen = film.picture.codec_context
    if turn is None and (seen.width, seen.height, seen.pix_fmt) == (plan.width, plan.height, _FIT_PIXELS):
        return lambda frame: frame
    graph = Graph()
    steps = [graph.add_buffer(template=film.picture)]
    for step in [*(turn.split(",") if turn else []), f"scale={plan.width}:{plan.height}:flags=lanczos"]:
        name, _, arguments = step.partition("=")
        steps.append(graph.add(name, arguments or None))
    steps += [graph.add("format", _FIT_PIXELS), graph.add("buffersink")]
    graph.link_nodes(*steps).configure()

    def shape(frame: VideoFrame) -> VideoFrame:
        graph.vpush(frame)
        shaped = graph.vpull()
        assert isinstance(shaped, VideoFrame)  # noqa: S101 - each picture in gives one picture out
        return shaped

    return shape


def _sound_adder(film: _Film, output: OutputContainer, plan: Plan) -> Callable[[Packet | None], None]:
    """Make what takes the packets of sound, None for the end, and adds them as they are or encoded anew."""
    sound = film.sound
    if sound is None:
        return lambda _: None
    if plan.sound_bit_rate is None:
        copy = output.add_stream_from_template(sound)

        def take(packet: Packet | None) -> None:
            if packet is not None:
                packet.stream = copy
                output.mux(packet)

        return take
    encoded = output.add_stream(
        "aac", rate=SOUND_RATE, layout="mono" if sound.codec_context.channels == 1 else "stereo"
    )
    encoded.bit_rate = plan.sound_bit_rate

    def encode(packet: Packet | None) -> None:
        for frame in sound.decode(packet):
            output.mux(encoded.encode(frame))
        if packet is None:
            output.mux(encoded.encode(None))

    return encode


def _mp4(path: Path) -> OutputContainer:
    """Open an MP4 to write, its index to stand in front: players begin before the whole file is there."""
    return av.open(path, "w", format="mp4", options={"movflags": "faststart"})
