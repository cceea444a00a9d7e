"""The images that a card shows, and which of a request's inputs each is."""

from collections.abc import Mapping
from dataclasses import replace

from bot.jobs.model import Changes, VideoRequest


def reference_name(number: int) -> str:
    """Name the image of a reference; 1 is `@Image1`."""
    return f"image{number}"


def element_name(number: int) -> str:
    return f"element{number}"


def shown(request: VideoRequest, names: Mapping[str, str]) -> Changes:
    """Note under which names the card's attachments are a request's inputs; not all may be there."""
    references = enumerate(request.references, start=1)
    elements = enumerate(request.elements, start=1)
    return {
        "references": tuple(replace(each, card_name=names.get(reference_name(number))) for number, each in references),
        "elements": tuple(replace(each, card_name=names.get(element_name(number))) for number, each in elements),
    }
