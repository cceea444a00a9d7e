"""The models this Segmind knows: each an entry of what it takes, costs and how long it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MAX_PROMPT = 2_500  # characters, the upstream model's limit
ASPECT_RATIOS = ("16:9", "9:16", "1:1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What a slug under `/v1` and `/v2` accepts; another model is another entry of `MODELS`."""

    slug: str
    prices: Mapping[int, Decimal]  # USD by seconds of video
    typical_seconds: Mapping[int, float]  # median run time by seconds of video
    required_images: tuple[str, ...] = ()  # fields with one URL each
    optional_images: tuple[str, ...] = ()
    image_list: str | None = None  # a required field with a list of URLs
    takes_elements: bool = False
    aspect_ratios: tuple[str, ...] = ()  # none: the parameter does not exist, and the first image gives the shape
    max_inputs: int = 7  # images and elements together
    defaults: Mapping[str, object] = field(default_factory=dict[str, object])


REFERENCE_TO_VIDEO = Model(
    slug="kling-o1-reference-image-to-video",
    prices={5: Decimal("1.35"), 10: Decimal("2.70")},
    typical_seconds={5: 194.0, 10: 310.0},
    image_list="image_urls",
    takes_elements=True,
    aspect_ratios=ASPECT_RATIOS,
    defaults={"duration": 5, "aspect_ratio": "16:9"},
)
IMAGE_TO_VIDEO = Model(
    slug="kling-o1-image-to-video",
    prices={5: Decimal("0.92"), 10: Decimal("1.84")},
    typical_seconds={5: 142.0, 10: 230.0},
    required_images=("start_image_url",),
    optional_images=("end_image_url",),
    max_inputs=2,
    defaults={"duration": 5},
)
MODELS: Mapping[str, Model] = {model.slug: model for model in (REFERENCE_TO_VIDEO, IMAGE_TO_VIDEO)}
