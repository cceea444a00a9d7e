"""The body of a run, as Segmind's model page describes it."""

from collections.abc import Sequence

from bot.jobs.model import VideoRequest


def request_body(request: VideoRequest, image_urls: Sequence[str]) -> dict[str, object]:
    return {
        "prompt": request.prompt,
        "image_urls": list(image_urls),
        "duration": request.duration,
        "aspect_ratio": request.aspect_ratio,
    }
