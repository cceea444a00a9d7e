"""The modals in which a request is written; all have the same fields, named here.

They are stopped: a submission is known by its custom id, so discord.py need not remember them.
"""

from collections.abc import Mapping
from typing import Final

import discord
from discord import ui

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import ASPECT_RATIO, DIGITS, DURATION, ModelOption, OptionValue
from bot.jobs.model import VideoRequest
from bot.requests.reading import has_words
from bot.requests.wish import IMAGES, MODEL, PROMPT, SPOILER, Wish, field_id
from bot.ui.commands import ImageUpload
from bot.ui.custom_ids import VIDEO_FORM_ID, edit_id, pictures_id, stopped
from bot.ui.formats import dollars
from bot.ui.forms import KEEPS, LABEL_LIMIT, kept_images
from bot.ui.language import N_, _, ngettext
from bot.ui.text import clip, isolated, visible

COMMON: Final = (DURATION, ASPECT_RATIO)  # asked for in every form
MOST_FIELDS: Final = 5  # Discord's, of a modal
LEAST_CHOICES: Final = 2  # Discord's, of a group of buttons; of one there is nothing to choose
MOST_OPTIONS: Final = 10  # Discord's, of a group of checkboxes
TEXT_LIMIT: Final = 4_000  # characters that a field takes; Discord's
ASK: Final = N_(
    "The images are no longer on Discord. Press the button to add them again. Everything else is kept as you wrote it."
)
EXPIRED: Final = N_("This request expired after 15 minutes, or was already sent. Use `/video` to start again.")
FORM_EXPIRED: Final = N_(
    "This request expired after 15 minutes, or was already sent. Press the button to send what you wrote again."
)
ORDER: Final = N_("The first is @Image1, the next is @Image2, and so on. JPEG, PNG, WebP, HEIC, AVIF, or GIF.")
KEEPS_CURRENT: Final = N_("Leave this empty to keep the current images")
GONE: Final = N_("They're no longer on Discord. Add them in order, starting with @Image1.")
REPLACES: Final = N_("Add one to replace @Image{number}, or add all again. Kept: {names}")


def video_modal(offer: Offer, custom_id: str = VIDEO_FORM_ID, draft: Wish | None = None) -> ui.Modal:
    """Ask for everything at once, with one field that takes all images; filled in as in a draft."""
    gone = draft is not None and draft.gone
    return _modal(
        _("Add the images again") if gone else _("Make a video"),
        custom_id,
        ui.Label(
            text=_("Reference images"),
            description=_about_images(draft),
            component=ImageUpload(custom_id=IMAGES, required=gone, min_values=int(gone), max_values=offer.most_images),
        ),
        offer,
        draft,
    )


def edit_modal(job_id: int, request: VideoRequest, offer: Offer) -> ui.Modal:
    """Make the form that changes a request; its fields begin with the former values."""
    filenames = [each.filename for each in request.references]
    return _modal(
        _("Edit and make again"),
        edit_id(job_id),
        ui.Label(
            text=_("New reference images"),
            description=kept_images(filenames) if filenames else _(KEEPS_CURRENT),
            component=ImageUpload(custom_id=IMAGES, required=False, min_values=0, max_values=offer.most_images),
        ),
        offer,
        Wish(prompt=request.prompt, images=(), options=request.options, spoiler=request.handling.spoiler_asked),
    )


def pictures_modal(request_id: int, draft: Wish, offer: Offer) -> ui.Modal:
    """Ask which images of a draft, which is kept under an id, a video is made from; each is known by its place."""
    model = offer.find(draft.options.model) or offer.default
    options = [
        discord.CheckboxGroupOption(
            label=clip(f"{place}. {isolated(visible(image.filename))}", LABEL_LIMIT),
            value=str(place),
            default=place <= model.images.most,
        )
        for place, (_number, image) in enumerate(draft.images[:MOST_OPTIONS], start=1)
    ]
    most = min(offer.most_images, len(options))
    return _modal(
        _("Make a video"),
        pictures_id(request_id),
        ui.Label(
            text=_("Reference images"),
            description=_("From the top, the first image you check is @Image1, the next is @Image2, and so on"),
            component=ui.CheckboxGroup(custom_id=IMAGES, options=options, min_values=1, max_values=most),
        ),
        offer,
        draft,
    )


def _about_images(draft: Wish | None) -> str:
    """Say what the field for images is for, and name those that are kept, for a form can't show them."""
    if draft is not None and draft.gone:
        return _(GONE)
    if draft is not None and draft.images:
        filenames = [image.filename for _number, image in draft.images]
        number = draft.replaceable
        return kept_images(filenames, _(REPLACES).replace("{number}", str(number)) if number else KEEPS)
    return _(KEEPS_CURRENT) if draft is not None and draft.repeats else _(ORDER)


def _modal(title: str, custom_id: str, images: ui.Label[ui.Modal], offer: Offer, draft: Wish | None = None) -> ui.Modal:
    """Lay out the fields, filled in as in a draft; what can be chosen is what any of the models makes."""
    modal = ui.Modal(title=title, custom_id=custom_id)
    prompt = draft.prompt[:TEXT_LIMIT] if draft and has_words(draft.prompt) else None
    modal.add_item(
        ui.Label(
            text=_("Prompt"),
            description=_("Describe what happens. Use @Image1 for an image, @name for a saved character."),
            component=ui.TextInput(
                custom_id=PROMPT,
                style=discord.TextStyle.paragraph,
                max_length=max(offer.prompt_limit, len(prompt or "")),  # one that is too long is shortened here
                default=prompt,
            ),
        )
    )
    modal.add_item(images)
    model = (draft and offer.find(draft.options.model)) or offer.default
    chosen: Mapping[str, OptionValue] = draft.options.values if draft else {}
    common = [option for name, option in offer.options.items() if name in COMMON]
    others = [option for name, option in offer.options.items() if name not in COMMON]
    for option in common:
        if len(option.values) >= LEAST_CHOICES:
            modal.add_item(_option(option, chosen.get(option.name, model.durations[0]), offer))
    if offer.is_choice:
        modal.add_item(_model_choice(offer, model))
    for option in others[: MOST_FIELDS - len(modal.children)]:
        modal.add_item(_option(option, chosen.get(option.name), offer))
    if len(modal.children) < MOST_FIELDS:
        modal.add_item(_spoiler_choice(is_ticked=draft is not None and draft.spoiler))
    return stopped(modal)


def _model_choice(offer: Offer, chosen: VideoModel) -> ui.Label[ui.Modal]:
    options = [
        discord.SelectOption(
            label=model.title, value=model.slug, description=model_prices(model), default=model is chosen
        )
        for model in offer.models
    ]
    return ui.Label(text=_("Model"), component=ui.Select[ui.Modal](custom_id=MODEL, options=options))


def _spoiler_choice(*, is_ticked: bool) -> ui.Label[ui.Modal]:
    return ui.Label(
        text=_("Spoiler"),
        description=_("Hide the images and the video until someone clicks them"),
        component=ui.Checkbox[ui.Modal](custom_id=SPOILER, default=is_ticked),
    )


def model_prices(model: VideoModel) -> str:
    """Return the price of each duration that a model makes, in one line."""
    prices = [
        f"{_('{seconds} s').format(seconds=duration)} {dollars(price)}"
        for duration, price in sorted(model.prices_usd.items())
    ]
    return clip(" · ".join(prices), LABEL_LIMIT)


def _option(option: ModelOption, chosen: OptionValue | None, offer: Offer) -> ui.Label[ui.Modal]:
    """Ask for an option of the model's: one of its values, or a number."""
    if option.values:
        labels = {str(each): _value_label(option, each, offer) for each in option.values[:MOST_OPTIONS]}
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


def _value_label(option: ModelOption, value: OptionValue, offer: Offer) -> str:
    if option.name == DURATION and isinstance(value, int):
        length = ngettext("{count} second", "{count} seconds", value).format(count=value)
        return f"{length} · {_price(offer, value)}"
    return str(value)


def _price(offer: Offer, duration: int) -> str:
    """Return the price of a duration: the least, where it depends on the model."""
    prices = {model.prices_usd[duration] for model in offer.models if duration in model.prices_usd}
    least = dollars(min(prices))
    return least if len(prices) == 1 else _("from {price}").format(price=least)


def _choice(text: str, custom_id: str, labels: dict[str, str], chosen: str) -> ui.Label[ui.Modal]:
    """Offer one of a few; what is not among them any more is replaced by the first."""
    chosen = chosen if chosen in labels else next(iter(labels))
    options = [
        discord.RadioGroupOption(label=label, value=value, default=value == chosen) for value, label in labels.items()
    ]
    return ui.Label(text=text, component=ui.RadioGroup(custom_id=custom_id, options=options))
