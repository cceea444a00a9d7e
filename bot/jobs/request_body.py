"""The body of a run, as Segmind's model page describes it."""

from collections.abc import Sequence

from bot.jobs.model import VideoRequest
from bot.jobs.prompt import as_sent


def request_body(request: VideoRequest, image_urls: Sequence[str]) -> dict[str, object]:
    """Build the body; `image_urls` are the references' addresses, in order.

    The model requires an image besides its elements: where there is none, the first element's frontal image is one.
    """
    elements = request.elements
    body: dict[str, object] = {
        "prompt": as_sent(request.prompt, [element.name for element in elements]) if elements else request.prompt,
        "image_urls": list(image_urls) or [element.frontal_url for element in elements[:1]],
        "duration": request.duration,
        "aspect_ratio": request.aspect_ratio,
    }
    if elements:
        body["elements"] = [
            {"frontal_image_url": element.frontal_url, "reference_image_urls": list(element.reference_urls)}
            for element in elements
        ]
    return body
