"""What a member chose besides words and images: a model, and of what that makes a duration and a ratio."""

from dataclasses import dataclass

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.policy.request import Refusal, RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A choice that the model can make."""

    model: VideoModel
    duration: int  # seconds
    aspect_ratio: str  # empty where the model takes none


def read_options(offer: Offer, *, model: str, duration: int | None, aspect_ratio: str | None) -> Options | Refusal:
    """Fill in what was not chosen, or find what cannot be made; no name of a model means the default."""
    chosen = offer.find(model) if model else offer.default
    if chosen is None:
        known = offer.described(model)
        names = tuple(each.title for each in offer.models)
        return Refusal(code=RefusalCode.MODEL_GONE, name=known.title if known else model, names=names)
    if duration is not None and duration not in chosen.durations:
        names = tuple(str(each) for each in chosen.durations)
        return Refusal(code=RefusalCode.DURATION, name=chosen.title, names=names)
    if aspect_ratio is not None and aspect_ratio not in chosen.aspect_ratios:
        return Refusal(code=RefusalCode.ASPECT_RATIO, name=chosen.title, names=chosen.aspect_ratios)
    return Options(
        model=chosen,
        duration=chosen.durations[0] if duration is None else duration,
        aspect_ratio=aspect_ratio or next(iter(chosen.aspect_ratios), ""),
    )
