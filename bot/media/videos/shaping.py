"""Pictures as every player takes them: upright, no fields, 8 bits in 4:2:0, colors of BT.709, in the planned size."""

from collections.abc import Iterator
from typing import Final

import av.error
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.videos.plan import Plan
from bot.media.videos.playable import is_wide

FIT_PIXELS: Final = "yuv420p"
BT709: Final = 1  # primaries, transfer and matrix alike, by ITU-T H.273
FULL: Final = 2  # range of colors, by FFmpeg's numbers
_TURNS: Final = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}
# HDR is toned down by the perceptual intent: highlights are compressed where any other cuts them off.
_TO_BT709: Final = ":out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709:intent=perceptual"


class Shaper:
    """Shapes the pictures of one stream, with a graph of filters for each form that they come in."""

    def __init__(self, stream: VideoStream, plan: Plan, *, true_colors: bool = True) -> None:
        self._stream = stream
        self._plan = plan
        self._wide = true_colors and is_wide(stream.codec_context)
        self._latest: int | None = None
        self._graph: Graph | None = None
        self._form: tuple[object, ...] = ()

    def shape(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        """Yield the pictures that are ready after this one: none while the next one decides its shape."""
        self._time(frame)
        form = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if form != self._form:  # some films change their size midway
            yield from self.rest()
            self._graph, self._form = self._set_up(frame), form
        if self._graph is None:
            yield frame
            return
        self._graph.vpush(frame)
        yield from self._pulled(self._graph)

    def rest(self) -> Iterator[VideoFrame]:
        """Yield what the filters still hold."""
        if self._graph is not None:
            self._graph.vpush(None)
            yield from self._pulled(self._graph)
            self._graph = None

    def _set_up(self, frame: VideoFrame) -> Graph | None:
        steps = ",".join(self._steps(frame))
        if not steps:
            return None
        graph, base = Graph(), self._stream.time_base
        source = f"width={frame.width}:height={frame.height}:pix_fmt={frame.format.name}:time_base={base}"
        chain = [graph.add("buffer", f"{source}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}")]
        for step in steps.split(","):
            name, _, arguments = step.partition("=")
            chain.append(graph.add(name, arguments or None))
        chain.append(graph.add("buffersink"))
        graph.link_nodes(*chain).configure()
        return graph

    def _steps(self, frame: VideoFrame) -> Iterator[str]:
        plan, decoder = self._plan, self._stream.codec_context
        if frame.interlaced_frame:
            yield "bwdif=mode=send_frame"
        if plan.turned in _TURNS:
            yield _TURNS[plan.turned]
        if plan.mirrored:
            yield "hflip"
        sides = (frame.height, frame.width) if plan.turned in {90, 270} else (frame.width, frame.height)
        is_right = frame.format.name == FIT_PIXELS and frame.color_range != FULL and not self._wide
        if is_right and sides == (plan.width, plan.height):
            return
        if self._wide:
            known = {
                "color_primaries": decoder.color_primaries,
                "color_trc": decoder.color_trc,
                "colorspace": decoder.colorspace,
            }
            yield "setparams=" + ":".join(f"{name}={value}" for name, value in known.items())
        scaled = f"scale={plan.width}:{plan.height}:flags=lanczos:out_range=tv"
        yield scaled + (_TO_BT709 if self._wide else ":out_color_matrix=bt709" if decoder.colorspace == 0 else "")
        yield f"format={FIT_PIXELS}"

    def _time(self, frame: VideoFrame) -> None:
        """Give a picture its moment where the container has none (AVI), and see that it is after the one before."""
        moment = frame.dts if frame.pts is None else frame.pts
        if moment is None or (self._latest is not None and moment <= self._latest):
            moment = 0 if self._latest is None else self._latest + 1
        frame.pts = self._latest = moment

    def _pulled(self, graph: Graph) -> Iterator[VideoFrame]:
        while True:
            try:
                shaped = graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(shaped, VideoFrame)  # noqa: S101 - a graph of pictures
            yield shaped
