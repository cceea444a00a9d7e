"""Camera work as geometry: which part of which image shows at a moment, and how strongly."""

from dataclasses import dataclass

FADE = 0.7  # seconds of a cross-fade, where shots are long enough
ZOOM = 0.16  # share of the frame that a shot zooms through
DIRECTIONS = ((1.0, 0.3), (-1.0, -0.2), (0.3, 1.0), (-0.4, -1.0))  # of the pan, by shot

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A window on an image, in shares of its width and height, and its weight in the mix."""

    image: int
    box: Box
    weight: float


def views(*, images: int, moment: float, seconds: float) -> list[View]:
    """Give the one or two views that show at `moment` of a film of `seconds`, back to front.

    The weight of the front one says how much of it covers what lies behind.
    """
    length = seconds / images
    fade = min(FADE, length / 2)
    current = min(int(moment / length), images - 1)
    into = moment - current * length
    shown = [View(image=current, box=_box(current, into / (length + fade)), weight=1.0)]
    if current > 0 and into < fade:
        behind = View(image=current - 1, box=_box(current - 1, (length + into) / (length + fade)), weight=1.0)
        front = View(image=current, box=shown[0].box, weight=_ease(into / fade))
        shown = [behind, front]
    return shown


def _box(shot: int, progress: float) -> Box:
    """Zoom in on even shots and out on odd ones, drifting along the shot's direction."""
    eased = _ease(progress)
    side = 1 - ZOOM * (eased if shot % 2 == 0 else 1 - eased)
    room = (1 - side) / 2
    across, down = DIRECTIONS[shot % len(DIRECTIONS)]
    left, top = room * (1 + across * (2 * eased - 1)), room * (1 + down * (2 * eased - 1))
    return (left, top, left + side, top + side)


def _ease(progress: float) -> float:
    """Start and stop softly (the cubic smoothstep)."""
    bounded = min(max(progress, 0.0), 1.0)
    return bounded * bounded * (3 - 2 * bounded)
