"""`/video` and `/studio`: a member's images and prompt become a job."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options
from bot.requests.forms import studio_modal
from bot.requests.wish import Wish, uploaded_images_in, wish_in
from bot.ui.answers import ANSWER, Shape, open_form
from bot.ui.custom_ids import STUDIO_ID
from bot.ui.forms import FormCog, Submission
from bot.ui.pressed_item import PressedItem
from cogs.requests.asking import Requests, reference_of
from cogs.requests.characters import usable_choices

CAST: Final = ("cast1", "cast2", "cast3")


class VideoCog(commands.Cog):
    def __init__(self, bot: Reelcast) -> None:
        self._services = bot.services
        self._tree = bot.tree
        self._command = video_command(bot.services.offer, self._asked)

    async def cog_load(self) -> None:
        self._tree.add_command(self._command)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._command.name)

    async def _asked(self, interaction: discord.Interaction[Any], given: dict[str, Any]) -> None:
        images = {number: given.get(f"image{number}") for number in range(1, self._services.offer.most_images + 1)}
        wish = Wish(
            prompt=given["prompt"],
            images=[(number, reference_of(image)) for number, image in images.items() if image is not None],
            options=Options(
                model=given.get("model") or "",
                values={name: given[name] for name in self._services.offer.options if given.get(name) is not None},
            ),
            cast=tuple(filter(None, map(given.get, CAST))),
            spoiler=bool(given.get("spoiler")),
        )
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
            inspect.Parameter("prompt", inspect.Parameter.KEYWORD_ONLY, annotation=str),
            *(
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind | None)
                for name, kind in options.items()
            ),
        ]
    )
    _describe(written, options, offer)
    values: dict[str, Any] = {
        **{
            name: [app_commands.Choice(name=str(each), value=each) for each in option.values]
            for name, option in offer.options.items()
            if option.values
        },
        "model": [app_commands.Choice(name=model.title, value=model.slug) for model in offer.models],
    }
    app_commands.choices(**{name: each for name, each in values.items() if name in options})(written)
    app_commands.autocomplete(**{name: usable_choices for name in CAST if name in options})(written)
    command = app_commands.command(
        name="video", description="Make a video from your reference images", extras={ANSWER: Shape.PUBLIC}
    )
    return command(written)


def _options(offer: Offer) -> Iterator[tuple[str, Any]]:
    """Yield the options besides the prompt, in the order in which Discord shows them."""
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


class StudioButton(PressedItem, template=re.escape(STUDIO_ID)):
    """Does what the command does, where that took too long to open the form."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await _open(bot.services, interaction)


class StudioCog(FormCog):
    form_pattern = re.escape(STUDIO_ID)
    shape = Shape.PUBLIC

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="studio", description="Make a video by dropping your images into one form")
    @app_commands.guild_only()
    async def studio(self, interaction: discord.Interaction) -> None:
        await _open(self._services, interaction)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        wish = wish_in(submission, self._services.offer, uploaded_images_in(submission))
        await Requests(self._services).take(interaction, wish)


async def _open(services: Services, interaction: discord.Interaction[Any]) -> None:
    if await Requests(services).admits(interaction):
        await open_form(interaction, studio_modal(services.offer))


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(VideoCog(bot))
    bot.add_dynamic_items(StudioButton)
    await bot.add_cog(StudioCog(bot.services))
