"""Kling O1, image to video: from a first frame to a last one, if there is one.

The names of the fields are those of the model's maker, which Segmind passes on; Segmind's own page of this model gives
neither price nor time, so those of its sister stand here until `PRICES_USD` and the first runs say better.
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
    prices_usd={5: Decimal("1.35"), 10: Decimal("2.70")},
    typical_seconds=194.0,
    body=_body,
)
