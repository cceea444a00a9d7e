"""A submitted body held against its model: what a run needs, or the refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from sandbox.segmind.catalogue import MAX_PROMPT, Model
from sandbox.segmind.refusals import RefusalError

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """`images` are (where in the body, URL) in the order in which a run fetches them.

    `aspect_ratio` is empty where the first of them gives the film its shape.
    """

    prompt: str
    images: tuple[tuple[str, str], ...]
    aspect_ratio: str
    seconds: int


def read_inputs(model: Model, body: Body) -> Inputs:
    """Check `body` as the service does at submission; images themselves are looked at by the run.

    Raises RefusalError: 400 for what is missing or of the wrong type, 406 for a parameter's value that is
    not offered.
    """
    filled = {**model.defaults, **body}
    prompt = _prompt(filled)
    images = [*_single_images(model, filled), *_listed_images(model, filled)]
    elements = _elements(filled) if model.takes_elements else []
    if len(images) + len(elements) > model.max_inputs:
        raise RefusalError(400, f"Too many inputs: at most {model.max_inputs} images and elements are allowed")
    return Inputs(
        prompt=prompt,
        images=(*images, *(image for element in elements for image in element)),
        aspect_ratio=_aspect_ratio(model, filled),
        seconds=_seconds(model, filled),
    )


def _prompt(body: Body) -> str:
    prompt = body.get("prompt")
    if prompt is None:
        raise RefusalError(400, "Missing required field: prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise RefusalError(400, "prompt must be a non-empty string")
    if len(prompt) > MAX_PROMPT:
        raise RefusalError(400, f"prompt must be at most {MAX_PROMPT} characters")
    return prompt


def _single_images(model: Model, body: Body) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name in (*model.required_images, *model.optional_images):
        if body.get(name) is not None:
            found.append((name, _url(name, body[name])))
        elif name in model.required_images:
            raise RefusalError(400, f"Missing required field: {name}")
    return found


def _listed_images(model: Model, body: Body) -> list[tuple[str, str]]:
    if model.image_list is None:
        return []
    if body.get(model.image_list) is None:
        raise RefusalError(400, f"Missing required field: {model.image_list}")
    urls = _list(model.image_list, body[model.image_list])
    if not urls:
        raise RefusalError(400, f"{model.image_list} must not be empty")
    return [(name, _url(name, url)) for name, url in _numbered(model.image_list, urls)]


def _elements(body: Body) -> list[list[tuple[str, str]]]:
    """Read `elements`: one frontal image and one to three references each."""
    if body.get("elements") is None:
        return []
    return [_element(name, value) for name, value in _numbered("elements", _list("elements", body["elements"]))]


def _element(name: str, value: object) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        raise RefusalError(400, f"{name} must be an object")
    element = cast("Body", value)
    frontal = f"{name}.frontal_image_url"
    references = f"{name}.reference_image_urls"
    urls = _list(references, element.get("reference_image_urls"))
    if not 1 <= len(urls) <= 3:
        raise RefusalError(400, f"{references} must hold 1 to 3 images")
    return [
        (frontal, _url(frontal, element.get("frontal_image_url"))),
        *((place, _url(place, url)) for place, url in _numbered(references, urls)),
    ]


def _aspect_ratio(model: Model, body: Body) -> str:
    """Take the ratio asked for, where the model has the parameter."""
    if not model.aspect_ratios:
        return ""
    ratio = body["aspect_ratio"]
    if ratio not in model.aspect_ratios:
        raise RefusalError(406, f"Invalid value for aspect_ratio: must be one of {', '.join(model.aspect_ratios)}")
    return str(ratio)


def _seconds(model: Model, body: Body) -> int:
    """Take an integer or a string of one: the service's own example sends `"5"`."""
    duration = body["duration"]
    if isinstance(duration, bool) or not isinstance(duration, int | str):
        raise RefusalError(400, "duration must be an integer")
    for seconds in model.prices:
        if str(duration) == str(seconds):
            return seconds
    raise RefusalError(406, f"Invalid value for duration: must be one of {', '.join(map(str, model.prices))}")


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise RefusalError(400, f"{name} must be a list")
    return cast("list[object]", value)


def _numbered(name: str, values: list[object]) -> list[tuple[str, object]]:
    return [(f"{name}[{position}]", value) for position, value in enumerate(values)]


def _url(name: str, value: object) -> str:
    if not isinstance(value, str) or urlsplit(value).scheme not in {"http", "https"}:
        raise RefusalError(400, f"{name} must be an http(s) URL")
    return value
