"""What a member asks for, as a value that can wait in the database for an answer of theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from bot.catalogue.offer import Offer
from bot.catalogue.options import ASPECT_RATIO, DURATION, ModelOption, Options, OptionValue
from bot.jobs.model import Element, Reference
from bot.requests.forms import IMAGES, MODEL, PROMPT, SPOILER, field_id
from bot.ui.forms import Submission

NOTHING_CHOSEN: Final = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A video as a member asks for it. `images` come with the number that the member knows each by: 2 for image2."""

    prompt: str
    images: Sequence[tuple[int, Reference]]
    options: Options = NOTHING_CHOSEN  # as far as they were chosen
    spoiler: bool = False  # it is to be shown as one, whatever the server wants
    cast: Sequence[str] = ()  # what was chosen in cast1 to cast3: ids, or names as typed
    kept: Sequence[Element] = ()  # of the request that this one repeats


_ADAPTER: Final = TypeAdapter(Wish)


def facts_of(wish: Wish) -> Mapping[str, Any]:
    return _ADAPTER.dump_python(wish, mode="json")


def wish_of(facts: Mapping[str, Any]) -> Wish:
    if "options" not in facts:  # as version 0.1 wrote it down
        values = {name: facts[name] for name in (DURATION, ASPECT_RATIO) if facts.get(name) is not None}
        facts = {**facts, "options": {"model": facts.get("model", ""), "values": values}}
    return _ADAPTER.validate_python(facts)


def numbered(images: Sequence[Reference]) -> Sequence[tuple[int, Reference]]:
    """Number images as they stand: the first is image1."""
    return list(enumerate(images, start=1))


def prompt_in(submission: Submission) -> str:
    return submission.text(PROMPT)


def wish_in(
    submission: Submission,
    offer: Offer,
    images: Sequence[Reference],
    *,
    spoiler: bool = False,
    before: Options = NOTHING_CHOSEN,
) -> Wish:
    """Read a request with these images. Of what its model doesn't take, a choice is for others.

    `spoiler` and `before` go where the modal had no room to ask for it.
    """
    slug = next(iter(submission.chosen(MODEL)), "")
    values = {
        option.name: value
        for option in (offer.find(slug) or offer.default).options
        if (value := _chosen_in(submission, option, before)) is not None
    }
    return Wish(
        prompt=prompt_in(submission),
        images=numbered(images),
        options=Options(model=slug, values=values),
        spoiler=submission.is_ticked(SPOILER) if SPOILER in submission.fields else spoiler,
    )


def _chosen_in(submission: Submission, option: ModelOption, before: Options) -> OptionValue | None:
    if field_id(option.name) in submission.fields:
        return option.read(submission.text(field_id(option.name)).strip())
    value = before.values.get(option.name)
    return value if value is not None and option.takes(value) else None


def chosen_images_in(submission: Submission) -> Sequence[str]:
    return submission.chosen(IMAGES)


def uploaded_images_in(submission: Submission) -> Sequence[Reference]:
    return submission.images(IMAGES)
