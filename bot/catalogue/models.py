"""All models that the bot can offer. Adding one is a file beside these and its line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.catalogue import kling_o1_frames, kling_o1_references
from bot.catalogue.model import Span, VideoModel

DEFAULT: Final = kling_o1_references.MODEL
MODELS: Final[Mapping[str, VideoModel]] = MappingProxyType(
    {model.slug: model for model in (DEFAULT, kling_o1_frames.MODEL)}
)

# Of all models together: what a server's settings can allow.
DURATIONS: Final = tuple(sorted({duration for model in MODELS.values() for duration in model.durations}))  # seconds
ASPECT_RATIOS: Final = tuple(dict.fromkeys(ratio for model in MODELS.values() for ratio in model.aspect_ratios))

# Characters are saved for all models alike, so that they last whatever an operator offers: by these rules.
CHARACTER_RULES: Final = DEFAULT.image_rules
CHARACTER_REFERENCES: Final = Span(least=1, most=3)  # images in addition to the frontal one
