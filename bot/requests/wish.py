"""What a member asks for, as a value that can wait in the database for an answer of theirs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from bot.catalogue.offer import Offer
from bot.jobs.model import Element, Reference
from bot.requests.forms import DURATION, IMAGES, MODEL, PROMPT, RATIO, SPOILER
from bot.ui.forms import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A video as a member asks for it. `images` come with the number that the member knows each by: 2 for image2."""

    prompt: str
    images: Sequence[tuple[int, Reference]]
    duration: int | None = None  # seconds; None: the model's usual
    aspect_ratio: str | None = None
    model: str = ""  # its slug; empty: the default
    spoiler: bool = False  # it is to be shown as one, whatever the server wants
    cast: Sequence[str] = ()  # what was chosen in cast1 to cast3: ids, or names as typed
    kept: Sequence[Element] = ()  # of the request that this one repeats


_ADAPTER: Final = TypeAdapter(Wish)


def facts_of(wish: Wish) -> Mapping[str, Any]:
    return _ADAPTER.dump_python(wish, mode="json")


def wish_of(facts: Mapping[str, Any]) -> Wish:
    return _ADAPTER.validate_python(facts)


def numbered(images: Sequence[Reference]) -> Sequence[tuple[int, Reference]]:
    """Number images as they stand: the first is image1."""
    return list(enumerate(images, start=1))


def prompt_in(submission: Submission) -> str:
    return submission.text(PROMPT)


def wish_in(submission: Submission, offer: Offer, images: Sequence[Reference], *, spoiler: bool = False) -> Wish:
    """Read a request with these images. Where its model takes no ratio, the one that is chosen is for others.

    `spoiler` goes where the modal had no room to ask for it.
    """
    slug = next(iter(submission.chosen(MODEL)), "")
    model = offer.find(slug) or offer.default
    duration = submission.text(DURATION)
    return Wish(
        prompt=prompt_in(submission),
        images=numbered(images),
        model=slug,
        duration=int(duration) if re.fullmatch("[0-9]{1,4}", duration) else None,
        aspect_ratio=submission.text(RATIO) or None if model.aspect_ratios else None,
        spoiler=submission.is_ticked(SPOILER) if SPOILER in submission.fields else spoiler,
    )


def chosen_images_in(submission: Submission) -> Sequence[str]:
    return submission.chosen(IMAGES)


def uploaded_images_in(submission: Submission) -> Sequence[Reference]:
    return submission.images(IMAGES)
