"""The body of a run: what a member asked for, in the terms of the model that makes it."""

from collections.abc import Sequence

from bot.catalogue.model import ElementInput, Inputs, VideoModel
from bot.jobs.model import VideoRequest
from bot.jobs.prompt import as_sent


def request_body(model: VideoModel, request: VideoRequest, image_urls: Sequence[str]) -> dict[str, object]:
    """Build the body; `image_urls` are the references' addresses, in order."""
    elements = request.elements
    most = model.element_references.most if model.element_references else 0
    return model.body(
        Inputs(
            prompt=as_sent(request.prompt, [element.name for element in elements]) if elements else request.prompt,
            image_urls=image_urls,
            elements=[
                ElementInput(frontal_url=element.frontal_url, reference_urls=element.reference_urls[:most])
                for element in elements
            ],
            duration=request.duration,
            aspect_ratio=request.aspect_ratio,
        )
    )
