"""The models this Segmind knows: each an entry of what it takes, costs and how long it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.segmind.settings import Settings

CATALOG = "Inference Segmind Model Information List With Details"  # the one key of the public list

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


def entry(model: Model, settings: Settings) -> dict[str, object]:
    """Describe a model as the public catalog does; its `is_depreciated` is spelled so."""
    schema = settings.schemas.get(model.slug)
    return {
        "slug": model.slug,
        "title": model.slug.replace("-", " ").title(),
        "type": "imageToVideo",
        "is_depreciated": model.slug in settings.retired_models,
        "parameters": {"prompt": "A paper boat sails", "metadata": []},
        "parameters_schema": parameters_schema(model) if schema is None else schema,
    }


def parameters_schema(model: Model) -> dict[str, object]:
    """Describe what a model takes, as JSON Schema."""
    url: dict[str, object] = {"type": "string", "format": "uri"}
    images = dict.fromkeys((*model.required_images, *model.optional_images), url)
    properties: dict[str, object] = {
        "prompt": {"type": "string", "maxLength": MAX_PROMPT},
        **images,
        "duration": {"type": "integer", "enum": [*model.prices], "default": model.defaults["duration"]},
    }
    if model.image_list is not None:
        properties[model.image_list] = {"type": "array", "items": url}
    if model.takes_elements:
        properties["elements"] = {"type": "array", "items": {"type": "object"}}
    if model.aspect_ratios:
        properties["aspect_ratio"] = {"type": "string", "enum": [*model.aspect_ratios]}
    lists = () if model.image_list is None else (model.image_list,)
    required = ["prompt", *model.required_images, *lists]
    return {"type": "object", "required": required, "properties": properties}
