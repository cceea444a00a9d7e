"""Kling O1, image to video: from a first frame to a last one, if there is one.

Fields, average price and time of a run are those of Segmind's page of the model; 10 seconds are reserved at twice the
price, as of its sister.
"""

from decimal import Decimal
from typing import Final

from bot.catalogue.model import Inputs, Span, VideoModel
from bot.media.rules import ImageRules

_FRAMES: Final = ("start_image_url", "end_image_url")


def _body(inputs: Inputs) -> dict[str, object]:
    frames = dict(zip(_FRAMES, inputs.image_urls, strict=False))
    return {"prompt": inputs.prompt, **frames, "duration": inputs.duration}


MODEL: Final = VideoModel(
    slug="kling-o1-image-to-video",
    title="Kling O1, first and last frame",
    prompt_limit=2_500,
    images=Span(least=1, most=2),
    most_inputs=2,
    element_references=None,
    durations=(5, 10),
    aspect_ratios=(),
    image_rules=ImageRules(),
    prices_usd={5: Decimal("0.92"), 10: Decimal("1.84")},
    typical_seconds=142.0,
    body=_body,
    images_have_roles=True,
)
