"""All models that the bot can offer. Adding one is a file beside these and its line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.catalogue import kling_o1_frames, kling_o1_references
from bot.catalogue.model import VideoModel

DEFAULT: Final = kling_o1_references.MODEL
MODELS: Final[Mapping[str, VideoModel]] = MappingProxyType(
    {model.slug: model for model in (DEFAULT, kling_o1_frames.MODEL)}
)
