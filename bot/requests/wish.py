"""What a member asks for, as a value that can wait in the database for an answer of theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

from bot.catalogue.offer import Offer
from bot.catalogue.options import ASPECT_RATIO, DURATION, ModelOption, Options, OptionValue
from bot.database.types import adapter_of
from bot.jobs.model import Element, Reference
from bot.ui.forms import Submission

NOTHING_CHOSEN: Final = Options()
# The fields of a form.
PROMPT: Final = "prompt"
IMAGES: Final = "images"
MODEL: Final = "model"  # there only where there is a choice
SPOILER: Final = "spoiler"  # there only where there is room


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A video as a member asks for it. `images` come with the number that the member knows each by: 2 for image2."""

    kind: ClassVar[str] = "video"

    prompt: str
    images: Sequence[tuple[int, Reference]]
    options: Options = NOTHING_CHOSEN  # as far as they were chosen
    spoiler: bool = False  # it is to be shown as one, whatever the server wants
    cast: Sequence[str] = ()  # what was chosen in cast1 to cast3: ids, or names as typed
    kept: Sequence[Element] = ()  # of the request that this one repeats
    faulty: int = 0  # the number of the image that it was refused for
    gone: bool = False  # its images are no longer on Discord
    repeats: int = 0  # the id of the job whose images it uses if it has none of its own

    @property
    def words(self) -> Sequence[str]:
        return self.prompt, *self.cast, *(each.name for each in self.kept)

    @property
    def filenames(self) -> Sequence[str]:
        return [image.filename for _number, image in self.images]

    def facts(self) -> Mapping[str, Any]:
        return adapter_of(Wish).dump_python(self, mode="json")

    def only(self, *, words: bool, images: bool) -> Self:
        wish = self if words else replace(self, prompt="", cast=(), kept=())
        return wish if images else replace(wish, images=())

    def fixed(self, submitted: "Wish", offer: Offer) -> "Wish":
        """Return the wish as it was changed in its form, with what the form had no room for.

        No image leaves them as they were. A single one takes the place of the one that was refused, if others are kept.
        """
        model = offer.find(submitted.options.model) or offer.default
        images = submitted.images
        if not images:
            images = self.in_order
        elif len(images) == 1 and self.replaceable:
            [(_first, image)] = images
            images = [(number, image if number == self.replaceable else each) for number, each in self.in_order]
        return replace(
            submitted,
            images=images,
            cast=self.cast if model.takes_elements else (),
            kept=self.kept if model.takes_elements else (),
            repeats=0 if images else self.repeats,
        )

    @property
    def in_order(self) -> Sequence[tuple[int, Reference]]:
        """The images without gaps in their numbers, as a form shows them."""
        return numbered([image for _number, image in self.images])

    @property
    def replaceable(self) -> int:
        """The number, as a form shows it, of the image that was refused, if there are others; 0 where there is none."""
        numbers = [number for number, _image in self.images]
        return numbers.index(self.faulty) + 1 if self.faulty in numbers and len(numbers) > 1 else 0


def wish_of(facts: Mapping[str, Any]) -> Wish:
    if "options" not in facts:  # as version 0.1 wrote it down
        values = {name: facts[name] for name in (DURATION, ASPECT_RATIO) if facts.get(name) is not None}
        facts = {**facts, "options": {"model": facts.get("model", ""), "values": values}}
    return adapter_of(Wish).validate_python(facts)


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
    """Read a request with these images. Choices that its model doesn't take are left out.

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


def field_id(option_name: str) -> str:
    """Return the custom id of an option's field."""
    return "ratio" if option_name == ASPECT_RATIO else option_name


def _chosen_in(submission: Submission, option: ModelOption, before: Options) -> OptionValue | None:
    if field_id(option.name) in submission.fields:
        return option.read(submission.text(field_id(option.name)).strip())
    value = before.values.get(option.name)
    return value if value is not None and option.takes(value) else None


def chosen_images_in(submission: Submission) -> Sequence[str]:
    return submission.chosen(IMAGES)


def uploaded_images_in(submission: Submission) -> Sequence[Reference]:
    return submission.images(IMAGES)
