"""What a model of Segmind's is, as far as the bot has to know: what it takes, what it makes, what that costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.catalogue.options import ASPECT_RATIO, DURATION, ModelOption, Options
from bot.media.rules import ImageRules


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementInput:
    """A character or thing, as the model gets it."""

    frontal_url: str
    reference_urls: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A request in the model's own terms: addresses in the order of `@Image1` …, a prompt that names them so."""

    prompt: str
    image_urls: Sequence[str]
    elements: Sequence[ElementInput]
    options: Options

    @property
    def duration(self) -> int:
        """The length of the video in seconds."""
        return self.options.duration

    @property
    def aspect_ratio(self) -> str:
        """The shape of the video; empty where the model takes none."""
        return self.options.aspect_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How many of something there may be, both ends included."""

    least: int
    most: int

    def __contains__(self, count: int) -> bool:
        return self.least <= count <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoModel:
    """One model. The first of its durations and ratios is taken where a member chooses none."""

    slug: str  # as in its Segmind address
    title: str  # a proper name of at most 80 characters, the same in every language
    prompt_limit: int  # characters
    images: Span  # reference images of a request; an element can stand in for the only one that is needed
    most_inputs: int  # images and elements together
    element_references: Span | None  # of one element, in addition to its frontal image; None: it takes no elements
    durations: tuple[int, ...]  # seconds, the shortest first
    aspect_ratios: tuple[str, ...]  # empty: a video is shaped like its first image
    image_rules: ImageRules
    prices_usd: Mapping[int, Decimal]  # by duration; an operator can set others
    typical_seconds: float  # of a run, until enough of them were seen
    body: Callable[[Inputs], dict[str, object]]  # what is sent
    images_have_roles: bool = False  # by their places: none may be left out before another
    more_options: tuple[ModelOption, ...] = ()

    @property
    def options(self) -> tuple[ModelOption, ...]:
        """Everything that members can choose, in the order in which the command shows it."""
        return (*_common(self.durations, self.aspect_ratios), *self.more_options)

    @property
    def takes_elements(self) -> bool:
        return self.element_references is not None


def _common(durations: tuple[int, ...], aspect_ratios: tuple[str, ...]) -> tuple[ModelOption, ...]:
    """Declare the options of every model, as far as there is something to choose."""
    duration = ModelOption(
        name=DURATION, label="Duration", told="Length in seconds (default: the shortest)", values=durations
    )
    ratio = ModelOption(
        name=ASPECT_RATIO,
        label="Aspect ratio",
        told="Aspect ratio (default: the first in the list)",
        values=aspect_ratios or ("",),
    )
    return (duration, ratio) if aspect_ratios else (duration,)
