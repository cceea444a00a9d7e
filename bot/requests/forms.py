"""The modals in which a request is written; all have the same fields, named here.

They are stopped: a submission is known by its custom id, so discord.py need not remember them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import discord
from discord import ui

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import ASPECT_RATIO, DIGITS, DURATION, ModelOption, OptionValue
from bot.jobs.model import Reference, VideoRequest
from bot.ui.commands import ImageUpload
from bot.ui.custom_ids import ID_PATTERN, STUDIO_ID, edit_id, pictures_id
from bot.ui.language import N_, _, ngettext
from bot.ui.text import clip

PROMPT: Final = "prompt"
IMAGES: Final = "images"
COMMON: Final = (DURATION, ASPECT_RATIO)  # asked for in every form
MODEL: Final = "model"  # there only where there is a choice
SPOILER: Final = "spoiler"  # there only where there is room
MOST_FIELDS: Final = 5  # Discord's, of a modal
LEAST_CHOICES: Final = 2  # Discord's, of a group of buttons; of one there is nothing to choose
MOST_OPTIONS: Final = 10  # Discord's, of a group of checkboxes
OPTION_LIMIT: Final = 100  # characters; Discord's


def studio_modal(offer: Offer) -> ui.Modal:
    """Ask for everything at once, with one field that takes all images."""
    return _modal(
        _("Make a video"),
        STUDIO_ID,
        ui.Label(
            text=_("Reference images"),
            description=_("The first is @Image1, the next is @Image2, and so on. JPEG, PNG, WebP, HEIC, AVIF, or GIF."),
            component=ImageUpload(custom_id=IMAGES, required=False, min_values=0, max_values=offer.most_images),
        ),
        offer,
    )


def edit_modal(job_id: int, request: VideoRequest, offer: Offer) -> ui.Modal:
    """Ask for what shall be different; what was asked for before stands in the fields."""
    return _modal(
        _("Edit and make again"),
        edit_id(job_id),
        ui.Label(
            text=_("New reference images"),
            description=_("Leave this empty to keep the current images"),
            component=ImageUpload(custom_id=IMAGES, required=False, min_values=0, max_values=offer.most_images),
        ),
        offer,
        request,
    )


def pictures_modal(message_id: int, pictures: Sequence[tuple[int, Reference]], offer: Offer) -> ui.Modal:
    """Ask for a video from the images of a message, given with the ids of their attachments."""
    options = [
        discord.CheckboxGroupOption(
            label=_option_label(picture.filename, number),
            value=str(attachment_id),
            default=number <= offer.default.images.most,
        )
        for number, (attachment_id, picture) in enumerate(pictures[:MOST_OPTIONS], start=1)
    ]
    most = min(offer.most_images, len(options))
    return _modal(
        _("Make a video"),
        pictures_id(message_id),
        ui.Label(
            text=_("Reference images"),
            description=_("From the top, the first image you check is @Image1, the next is @Image2, and so on"),
            component=ui.CheckboxGroup(custom_id=IMAGES, options=options, min_values=1, max_values=most),
        ),
        offer,
    )


def _modal(
    title: str, custom_id: str, images: ui.Label[ui.Modal], offer: Offer, request: VideoRequest | None = None
) -> ui.Modal:
    """Lay out the fields, filled in as in an earlier request; what can be chosen is what any of the models makes."""
    modal = ui.Modal(title=title, custom_id=custom_id)
    modal.add_item(
        ui.Label(
            text=_("Prompt"),
            description=_("Describe what happens. Use @Image1 for an image, @name for a saved character."),
            component=ui.TextInput(
                custom_id=PROMPT,
                style=discord.TextStyle.paragraph,
                max_length=offer.prompt_limit,
                default=request and request.prompt,
            ),
        )
    )
    modal.add_item(images)
    model = (request and offer.find(request.model)) or offer.default
    chosen: Mapping[str, OptionValue] = request.options.values if request else {}
    common = [option for name, option in offer.options.items() if name in COMMON]
    others = [option for name, option in offer.options.items() if name not in COMMON]
    for option in common:
        if len(option.values) >= LEAST_CHOICES:
            modal.add_item(_option(option, chosen.get(option.name, model.durations[0])))
    if offer.is_choice:
        modal.add_item(_model_choice(offer, model))
    for option in others[: MOST_FIELDS - len(modal.children)]:
        modal.add_item(_option(option, chosen.get(option.name)))
    if len(modal.children) < MOST_FIELDS:
        modal.add_item(_spoiler_choice(is_ticked=request is not None and request.handling.spoiler_asked))
    modal.stop()
    return modal


def _model_choice(offer: Offer, chosen: VideoModel) -> ui.Label[ui.Modal]:
    options = [
        discord.SelectOption(label=model.title, value=model.slug, default=model is chosen) for model in offer.models
    ]
    return ui.Label(text=_("Model"), component=ui.Select[ui.Modal](custom_id=MODEL, options=options))


def _spoiler_choice(*, is_ticked: bool) -> ui.Label[ui.Modal]:
    return ui.Label(
        text=_("Spoiler"),
        description=_("Hide the images and the video until someone clicks them"),
        component=ui.Checkbox[ui.Modal](custom_id=SPOILER, default=is_ticked),
    )


def _option(option: ModelOption, chosen: OptionValue | None) -> ui.Label[ui.Modal]:
    """Ask for an option of the model's: one of its values, or a number."""
    if option.values:
        labels = {str(each): _value_label(option, each) for each in option.values[:MOST_OPTIONS]}
        return _choice(_(option.label), field_id(option.name), labels, str(chosen))
    return ui.Label(
        text=_(option.label),
        component=ui.TextInput(
            custom_id=field_id(option.name),
            required=False,
            max_length=DIGITS,
            default=None if chosen is None else str(chosen),
        ),
    )


def _value_label(option: ModelOption, value: OptionValue) -> str:
    if option.name == DURATION and isinstance(value, int):
        return ngettext("{count} second", "{count} seconds", value).format(count=value)
    return str(value)


def field_id(option_name: str) -> str:
    """Return the custom id of an option's field."""
    return "ratio" if option_name == ASPECT_RATIO else option_name


def _choice(text: str, custom_id: str, labels: dict[str, str], chosen: str) -> ui.Label[ui.Modal]:
    """Offer one of a few; what is not among them any more is replaced by the first."""
    chosen = chosen if chosen in labels else next(iter(labels))
    options = [
        discord.RadioGroupOption(label=label, value=value, default=value == chosen) for value, label in labels.items()
    ]
    return ui.Label(text=text, component=ui.RadioGroup(custom_id=custom_id, options=options))


def _option_label(filename: str, number: int) -> str:
    return clip(f"{number}. {filename}", OPTION_LIMIT)


ASK: Final = N_(
    "The images are no longer on Discord. Press the button to add them again. Everything else is kept as you wrote it."
)
TOO_LATE: Final = N_(
    "Your request was already picked up or is no longer here. If nothing happened, use `/studio` or "
    "`/video` and upload the images again."
)
IMAGES_PATTERN: Final = rf"reelcast:images:(?P<request>{ID_PATTERN})"  # of the button, and of the modal that it opens


def images_id(request_id: int) -> str:
    return f"reelcast:images:{request_id}"


def images_modal(request_id: int, most: int) -> ui.Modal:
    """Ask for the images of a request that waits, at most so many; everything else of it is known."""
    modal = ui.Modal(title=_("Add the images again"), custom_id=images_id(request_id))
    modal.add_item(
        ui.Label(
            text=_("Reference images"),
            description=_("They're no longer on Discord. Add them in order, starting with @Image1."),
            component=ImageUpload(custom_id=IMAGES, min_values=1, max_values=most),
        )
    )
    modal.stop()
    return modal


def images_controls(request_id: int) -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label=_("Add images"), style=discord.ButtonStyle.primary, custom_id=images_id(request_id)))
    view.stop()
    return view
