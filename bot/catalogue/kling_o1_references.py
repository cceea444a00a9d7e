"""Kling O1, reference images to video: faces and places that stay the same.

Limits of the model's maker; the price and the time of a run as Segmind's page of the model gives them.
"""

from decimal import Decimal
from typing import Final

from bot.catalogue.model import Inputs, Span, VideoModel
from bot.media.rules import ImageRules


def _body(inputs: Inputs) -> dict[str, object]:
    # An image is required in addition to the elements: without one, the first element's frontal image is one.
    body: dict[str, object] = {
        "prompt": inputs.prompt,
        "image_urls": list(inputs.image_urls) or [element.frontal_url for element in inputs.elements[:1]],
        "duration": inputs.duration,
        "aspect_ratio": inputs.aspect_ratio,
    }
    if inputs.elements:
        body["elements"] = [
            {"frontal_image_url": element.frontal_url, "reference_image_urls": list(element.reference_urls)}
            for element in inputs.elements
        ]
    return body


MODEL: Final = VideoModel(
    slug="kling-o1-reference-image-to-video",
    title="Kling O1, references",
    prompt_limit=2_500,
    images=Span(least=1, most=7),
    most_inputs=7,
    element_references=Span(least=1, most=3),
    durations=(5, 10),
    aspect_ratios=("16:9", "9:16", "1:1"),
    image_rules=ImageRules(),
    prices_usd={5: Decimal("1.35"), 10: Decimal("2.70")},
    typical_seconds=194.0,
    body=_body,
)
