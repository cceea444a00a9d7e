"""The modals in which a request is written; all have the same fields, named here.

They are stopped: a submission is known by its custom id, so discord.py need not remember them.
"""

from collections.abc import Sequence
from typing import Final

import discord
from discord import ui

from bot.jobs.model import Reference, VideoRequest
from bot.policy.request import ASPECT_RATIOS, MAX_IMAGES, PROMPT_LIMIT
from bot.presentation.controls import STUDIO_ID, edit_id, pictures_id
from bot.presentation.language import _
from bot.presentation.text import clip

PROMPT: Final = "prompt"
IMAGES: Final = "images"
DURATION: Final = "duration"
RATIO: Final = "ratio"
MOST_OPTIONS: Final = 10  # Discord's, of a group of checkboxes
OPTION_LIMIT: Final = 100  # characters; Discord's


def studio_modal() -> ui.Modal:
    """Ask for everything at once, with one field that takes all images."""
    return _modal(
        _("Make a video"),
        STUDIO_ID,
        ui.Label(
            text=_("Reference images"),
            description=_("The first is @Image1, the next @Image2 … JPEG, PNG or WebP"),
            component=ui.FileUpload(custom_id=IMAGES, required=False, min_values=0, max_values=MAX_IMAGES),
        ),
    )


def edit_modal(job_id: int, request: VideoRequest) -> ui.Modal:
    """Ask for what shall be different; what was asked for before stands in the fields."""
    return _modal(
        _("Edit and make again"),
        edit_id(job_id),
        ui.Label(
            text=_("Other reference images"),
            description=_("Leave this empty to keep the images as they are"),
            component=ui.FileUpload(custom_id=IMAGES, required=False, min_values=0, max_values=MAX_IMAGES),
        ),
        prompt=request.prompt,
        duration=request.duration,
        aspect_ratio=request.aspect_ratio,
    )


def pictures_modal(message_id: int, pictures: Sequence[tuple[int, Reference]]) -> ui.Modal:
    """Ask for a video from the images of a message, given with the ids of their attachments."""
    options = [
        discord.CheckboxGroupOption(
            label=_option_label(picture.filename, number),
            value=str(attachment_id),
            default=number <= MAX_IMAGES,
        )
        for number, (attachment_id, picture) in enumerate(pictures[:MOST_OPTIONS], start=1)
    ]
    most = min(MAX_IMAGES, len(options))
    return _modal(
        _("Make a video"),
        pictures_id(message_id),
        ui.Label(
            text=_("Reference images"),
            description=_("The first that you choose is @Image1, the next @Image2 …"),
            component=ui.CheckboxGroup(custom_id=IMAGES, options=options, min_values=1, max_values=most),
        ),
    )


def _modal(
    title: str,
    custom_id: str,
    images: ui.Label[ui.Modal],
    *,
    prompt: str | None = None,
    duration: int = 5,
    aspect_ratio: str = ASPECT_RATIOS[0],
) -> ui.Modal:
    modal = ui.Modal(title=title, custom_id=custom_id)
    modal.add_item(
        ui.Label(
            text=_("Prompt"),
            description=_("What should happen; @Image1 names an image, @name a saved character"),
            component=ui.TextInput(
                custom_id=PROMPT, style=discord.TextStyle.paragraph, max_length=PROMPT_LIMIT, default=prompt
            ),
        )
    )
    modal.add_item(images)
    modal.add_item(_choice(_("Duration"), DURATION, {"5": _("5 seconds"), "10": _("10 seconds")}, str(duration)))
    modal.add_item(_choice(_("Aspect ratio"), RATIO, {each: each for each in ASPECT_RATIOS}, aspect_ratio))
    modal.stop()
    return modal


def _choice(text: str, custom_id: str, labels: dict[str, str], chosen: str) -> ui.Label[ui.Modal]:
    options = [
        discord.RadioGroupOption(label=label, value=value, default=value == chosen) for value, label in labels.items()
    ]
    return ui.Label(text=text, component=ui.RadioGroup(custom_id=custom_id, options=options))


def _option_label(filename: str, number: int) -> str:
    return clip(f"{number}. {filename}", OPTION_LIMIT)
