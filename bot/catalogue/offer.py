"""What an operator offers of the catalog, and at which prices; and what holds of all that is offered together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.catalogue.model import VideoModel
from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.options import ModelOption
from bot.media.rules import ImageRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The models that members can ask for, at the operator's prices; the first where they choose none.

    A job keeps the model that it was asked with. One that is offered no more is still looked up among all that are
    `known`; of one that no one describes any more a job that was submitted needs nothing.
    """

    models: tuple[VideoModel, ...] = (DEFAULT,)
    known: Mapping[str, VideoModel] = field(default_factory=lambda: MODELS)

    @property
    def default(self) -> VideoModel:
        return self.models[0]

    @property
    def is_choice(self) -> bool:
        """Return whether there is more than one model, so that people have to know of which one is spoken."""
        return len(self.models) > 1

    def find(self, slug: str) -> VideoModel | None:
        """Return a model on offer, or None."""
        return next((model for model in self.models if model.slug == slug), None)

    def described(self, slug: str) -> VideoModel | None:
        """Find a model of which a job may still be; None where it was taken out of the catalog."""
        return self.find(slug) or self.known.get(slug)

    def title_to_tell(self, slug: str) -> str | None:
        """Return the name of a job's model, where people have to know of which one is spoken."""
        model = self.described(slug)
        return model.title if model and (self.is_choice or model.slug != self.default.slug) else None

    def image_rules(self, slug: str) -> ImageRules:
        """Return the rules for reference images of a job's model; the default's where no one describes it any more."""
        return (self.described(slug) or self.default).image_rules

    def typical_seconds(self, slug: str) -> float:
        """Return how long a run of a job's model takes, before any was seen."""
        return (self.described(slug) or self.default).typical_seconds

    @property
    def takes_elements(self) -> bool:
        return any(model.takes_elements for model in self.models)

    @property
    def durations(self) -> tuple[int, ...]:
        """Return every duration that a model offers, in seconds, the shortest first."""
        return tuple(sorted({duration for model in self.models for duration in model.durations}))

    @property
    def aspect_ratios(self) -> tuple[str, ...]:
        """Return every ratio that a model offers, in the order in which they name them."""
        return tuple(dict.fromkeys(ratio for model in self.models for ratio in model.aspect_ratios))

    @property
    def options(self) -> Mapping[str, ModelOption]:
        """Return every option that a model takes, by its name, with all that any of them makes."""
        found: dict[str, ModelOption] = {}
        for option in (option for model in self.models for option in model.options):
            found[option.name] = found[option.name].joined(option) if option.name in found else option
        return found

    @property
    def prompt_limit(self) -> int:
        """Return the most characters that any model takes."""
        return max(model.prompt_limit for model in self.models)

    @property
    def most_images(self) -> int:
        return max(model.images.most for model in self.models)

    @property
    def prices_usd(self) -> Mapping[int, Decimal]:
        """Return the least price of each duration."""
        return {
            duration: min(model.prices_usd[duration] for model in self.models if duration in model.prices_usd)
            for duration in self.durations
        }

    @property
    def shortest_run(self) -> float:
        """Return how long the quickest model typically takes, in seconds."""
        return min(model.typical_seconds for model in self.models)
