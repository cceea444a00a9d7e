"""`/video` and its form: a member's images and prompt become a job."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import DURATION, Options, OptionValue
from bot.requests.forms import EXPIRED, FORM_EXPIRED, model_prices, pictures_modal, video_modal
from bot.requests.wish import Wish, uploaded_images_in, wish_in, wish_of
from bot.ui.answers import ANSWER, Shape, open_form, say, take_controls_away
from bot.ui.custom_ids import ID_PATTERN, VIDEO_FORM_PATTERN, fix_id
from bot.ui.formats import dollars
from bot.ui.forms import LABEL_LIMIT, FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.requests.asking import Requests, reference_of
from cogs.requests.characters import usable_choices
from cogs.requests.gatekeeping import refuse
from cogs.requests.kept_references import repeat

CAST: Final = ("cast1", "cast2", "cast3")
PRICED: Final = {"priced": True}  # of a name with a price, which no catalog has
NOTHING: Final = Wish(prompt="", images=[])
FIX_PATTERN: Final = rf"reelcast:(?:fix:{Wish.kind}|images):(?P<request>{ID_PATTERN})"  # the latter in version 0.1


class VideoCog(FormCog):
    form_pattern = VIDEO_FORM_PATTERN
    shape = Shape.PUBLIC

    def __init__(self, bot: Reelcast, offer: Offer) -> None:
        """`offer` has the prices that the command shows."""
        self._services: Services = bot.services
        self._tree = bot.tree
        self._command = video_command(offer, self._asked)

    async def cog_load(self) -> None:
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._command.name)

    async def _asked(self, interaction: discord.Interaction[Any], given: dict[str, Any]) -> None:
        images = {number: given.get(f"image{number}") for number in range(1, self._services.offer.most_images + 1)}
        wish = Wish(
            prompt=given.get("prompt") or "",
            images=[(number, reference_of(image)) for number, image in images.items() if image is not None],
            options=Options(
                model=given.get("model") or "",
                values={name: given[name] for name in self._services.offer.options if given.get(name) is not None},
            ),
            cast=tuple(filter(None, map(given.get, CAST))),
            spoiler=bool(given.get("spoiler")),
        )
        if given.get("prompt") is not None:
            await Requests(self._services).take(interaction, wish)
        elif wish == NOTHING:
            await _open(self._services, interaction)
        elif await Requests(self._services).admits(interaction, wish):
            services = self._services
            await services.paused.pause(interaction.id, interaction.user.id, wish, services.clock.now(), refused=True)
            await open_draft(services, interaction, interaction.id, wish)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        wish = wish_in(submission, self._services.offer, uploaded_images_in(submission))
        await Requests(self._services).take(interaction, wish)


def video_command(
    offer: Offer, asked: Callable[[discord.Interaction[Any], dict[str, Any]], Awaitable[None]]
) -> app_commands.Command[Any, ..., None]:
    """Make the command with the options that the models on offer have a use for, and no others.

    discord.py reads a command's options off the signature of its callback, once, and has no way to take one away again.
    So the signature is what is written here: `inspect` goes by `__signature__` where there is one (PEP 362).
    """

    async def video(interaction: discord.Interaction[Any], **given: Any) -> None:
        await asked(interaction, given)

    options = dict(_options(offer))
    written: Any = video
    written.__signature__ = inspect.Signature(
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            inspect.Parameter("prompt", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=str | None),
            *(
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind | None)
                for name, kind in options.items()
            ),
        ]
    )
    _describe(written, options, offer)
    values: dict[str, Any] = {
        **{
            name: [_choice(offer, name, each) for each in option.values]
            for name, option in offer.options.items()
            if option.values
        },
        "model": [_model_choice(model) for model in offer.models],
    }
    app_commands.choices(**{name: each for name, each in values.items() if name in options})(written)
    app_commands.autocomplete(**{name: usable_choices for name in CAST if name in options})(written)
    command = app_commands.command(
        name="video",
        description="Make a video from your reference images. Leave everything out to use a form.",
        extras={ANSWER: Shape.PUBLIC},
    )
    return command(written)


def _choice(offer: Offer, option: str, value: OptionValue) -> app_commands.Choice[Any]:
    """Offer a value of an option, a duration with its price: the least, where it depends on the model."""
    if option != DURATION or not isinstance(value, int):
        return app_commands.Choice(name=str(value), value=value)
    prices = {model.prices_usd[value] for model in offer.models if value in model.prices_usd}
    name = f"{value} s · {dollars(min(prices))}{'+' if len(prices) > 1 else ''}"
    return app_commands.Choice(name=app_commands.locale_str(name, **PRICED), value=value)


def _model_choice(model: VideoModel) -> app_commands.Choice[str]:
    name = app_commands.locale_str(f"{model.title} · {model_prices(model)}"[:LABEL_LIMIT], **PRICED)
    return app_commands.Choice(name=name, value=model.slug)


def _options(offer: Offer) -> Iterator[tuple[str, Any]]:
    """Yield the options other than the prompt, in the order in which Discord shows them."""
    yield from ((f"image{number}", discord.Attachment) for number in range(1, offer.most_images + 1))
    for name, option in offer.options.items():
        yield name, type(option.default) if option.values else app_commands.Range[int, option.least, option.most]
    if offer.takes_elements:
        yield from ((name, str) for name in CAST)
    yield "spoiler", bool
    if offer.is_choice:
        yield "model", str


def _describe(command: Any, options: Mapping[str, Any], offer: Offer) -> None:
    app_commands.describe(prompt="Describe what happens. Use @Image1 for an image, @name for a saved character.")(
        command
    )
    images = [name for name in options if name.startswith("image")]
    app_commands.describe(**{name: f"@Image{number}" for number, name in enumerate(images, start=1)})(command)
    app_commands.describe(
        image1="First reference image (JPEG, PNG, WebP, HEIC, AVIF, or GIF)",
        spoiler="Hide the images and the video until someone clicks them",
    )(command)
    app_commands.describe(**{name: option.told for name, option in offer.options.items()})(command)
    if "cast1" in options:
        app_commands.describe(
            cast1="A saved character. You can also type its @name in the prompt.",
            cast2="A saved character",
            cast3="A saved character",
        )(command)
    if "model" in options:
        app_commands.describe(model="Video model (default: the first in the list)")(command)


class VideoFormButton(PressedItem, template=VIDEO_FORM_PATTERN):
    """Opens the form, where the command took too long to do so."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await _open(bot.services, interaction)


class FixButton(PressedItem, template=FIX_PATTERN):
    """Opens the form with what was refused, which is kept under the id in the button's custom id."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services, request_id = bot.services, int(self.match["request"])
        paused = await services.paused.look(request_id, interaction.user.id, services.clock.now())
        if paused is None or Wish.kind not in paused.facts:
            await say(interaction, _(EXPIRED))
        elif await Requests(services).admits(interaction, wish := wish_of(paused.facts[Wish.kind])):
            await open_draft(services, interaction, request_id, wish)


class FixCog(FormCog):
    """Takes the form of *Fix it*, and goes on with what was refused as it is now."""

    form_pattern = FIX_PATTERN
    shape = Shape.PUBLIC

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        services = self._services
        paused = await services.paused.resume(int(match["request"]), interaction.user.id, services.clock.now())
        await take_controls_away(interaction)
        draft = wish_of(paused.facts[Wish.kind]) if paused and Wish.kind in paused.facts else None
        images, before = uploaded_images_in(submission), draft or NOTHING
        wish = wish_in(submission, services.offer, images, spoiler=before.spoiler, before=before.options)
        if draft is None:  # nothing of it is lost, and nothing is made twice
            await refuse(services, interaction, _(FORM_EXPIRED), replace(wish, gone=not images))
            return
        wish = draft.fixed(wish, services.offer)
        job = await services.store.get(wish.repeats) if wish.repeats else None
        if job:
            await repeat(services, interaction, job, wish)
        else:
            await Requests(services).take(interaction, wish)


async def _open(services: Services, interaction: discord.Interaction[Any]) -> None:
    if await Requests(services).admits(interaction):
        await open_form(interaction, video_modal(await services.operating.prices.offer()))


async def open_draft(services: Services, interaction: discord.Interaction[Any], request_id: int, wish: Wish) -> None:
    """Open the form with a wish that is kept under an id; with too many images, the one where some are chosen."""
    offer = await services.operating.prices.offer()
    if len(wish.images) > offer.most_images:
        modal = pictures_modal(request_id, wish, offer)
    else:
        modal = video_modal(offer, fix_id(wish.kind, request_id), wish)
    await open_form(interaction, modal)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(VideoFormButton, FixButton)
    await bot.add_cog(VideoCog(bot, await bot.services.operating.prices.offer()))
    await bot.add_cog(FixCog(bot.services))
