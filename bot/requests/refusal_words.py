"""Why a request is not taken: a sentence for each reason, and what to do."""

from collections.abc import Sequence
from typing import Final

from bot.jobs import prompt
from bot.media.rules import ImageFault, ImageRules, pixel_limit
from bot.requests.reading import Refusal, RefusalCode
from bot.ui.formats import (
    listed,
    megabytes,
    number,
)
from bot.ui.language import N_, _, ngettext
from bot.ui.text import ELLIPSIS, clip, plain

NAME_LIMIT: Final = 80  # characters
_PLACES: Final = {
    RefusalCode.OUTSIDE_SERVER: N_("You can only make videos in servers. Use this command in a server channel."),
    RefusalCode.PRIVATE_THREAD: N_("The bot isn't in this private thread. Mention the bot here to add it."),
    RefusalCode.LOCKED_THREAD: N_("This thread is locked, so the bot can't post in it. Ask a moderator to unlock it."),
}
# What `policy` names in Discord's words, to be named in those that a reader's own Discord uses.
_PERMISSIONS: Final = (
    N_("View Channel"),
    N_("Send Messages"),
    N_("Attach Files"),
    N_("Read Message History"),
    N_("Send Messages in Threads"),
)
_NOT_SUPPORTED: Final = N_("`{name}` isn't a supported image. Upload a JPEG, PNG, WebP, HEIC, AVIF, or GIF.")
_OTHER_FORMAT: Final = N_("`{name}` is in the {format} format. Upload it as a PNG or JPEG.")
_TOO_MANY_PIXELS: Final = N_("`{name}` has too many pixels. Upload one up to {megapixels} megapixels.")
_NOT_FETCHED: Final = N_("`{name}` couldn't be downloaded from Discord. Upload it again.")
_IMAGE_FAULTS: Final = {
    ImageFault.NOT_AN_IMAGE: _NOT_SUPPORTED,
    ImageFault.WRONG_TYPE: _NOT_SUPPORTED,
    ImageFault.VIDEO: N_("`{name}` is a video. Upload a screenshot of the part you want."),
    ImageFault.SVG: _OTHER_FORMAT,
    ImageFault.JXL: _OTHER_FORMAT,
    ImageFault.JP2: _OTHER_FORMAT,
    ImageFault.PDF: _OTHER_FORMAT,
    ImageFault.PSD: _OTHER_FORMAT,
    ImageFault.ICO: _OTHER_FORMAT,
    ImageFault.BROKEN: N_(
        "`{name}` can't be opened. It's damaged or isn't an image. Upload a JPEG, PNG, WebP, HEIC, AVIF, or GIF."
    ),
    ImageFault.UNUSABLE: N_("`{name}` can't be processed. Upload it as a smaller JPEG or PNG."),
    ImageFault.TOO_LARGE: N_("`{name}` is too large. Upload one up to {size}."),
    ImageFault.TOO_MANY_PIXELS: _TOO_MANY_PIXELS,
    ImageFault.TOO_MANY_HEIC_PIXELS: _TOO_MANY_PIXELS,
    ImageFault.TOO_MANY_OTHER_PIXELS: _TOO_MANY_PIXELS,
    ImageFault.TOO_SMALL: N_("`{name}` is too small. The shorter side must be at least {side} pixels."),
    ImageFault.TOO_OBLONG: N_("`{name}` is too narrow. The longer side can be at most {ratio} times the shorter."),
    ImageFault.GONE: _NOT_FETCHED,
    ImageFault.FORBIDDEN_HOST: _NOT_FETCHED,
    ImageFault.UNREACHABLE: _NOT_FETCHED,
}
# Names that are the same in every language.
_FORMATS: Final = {
    ImageFault.SVG: "SVG",
    ImageFault.JXL: "JPEG XL",
    ImageFault.JP2: "JPEG 2000",
    ImageFault.PDF: "PDF",
    ImageFault.PSD: "PSD",
    ImageFault.ICO: "ICO",
}


def option_sentence(refusal: Refusal) -> str:
    """Say what the requested model does not make or take, and what to do."""
    model = f"**{plain(clip(refusal.name, NAME_LIMIT))}**"
    names = listed(refusal.names) if refusal.names else ""
    match refusal.code:
        case RefusalCode.DURATION:
            sentence = _("The model {model} doesn't support this length. Choose one of these, in seconds: {durations}.")
            return sentence.format(model=model, durations=names)
        case RefusalCode.ASPECT_RATIO if not names:
            sentence = _("The model {model} uses the aspect ratio of the first image. Try again without choosing one.")
            return sentence.format(model=model)
        case RefusalCode.ASPECT_RATIO:
            sentence = _("The model {model} doesn't support this aspect ratio. Choose one of these: {ratios}.")
            return sentence.format(model=model, ratios=names)
        case RefusalCode.OPTION if not names:
            sentence = _("The model {model} doesn't take the option *{option}*. Leave it out.")
            return sentence.format(model=model, option=_(refusal.option))
        case RefusalCode.OPTION:
            sentence = _("For *{option}*, the model {model} takes {names}. Choose one of these.")
            return sentence.format(model=model, option=_(refusal.option), names=names)
        case RefusalCode.NO_ELEMENTS:
            sentence = _("The model {model} doesn't support saved characters. Add images of them instead.")
            return sentence.format(model=model)
        case _:
            sentence = _("The model {model} isn't available here. Use *Edit* or `/video` with one of these: {models}.")
            return sentence.format(model=model, models=names)


def image_sentence(fault: ImageFault, name: str, rules: ImageRules) -> str:
    """Say what is wrong with the image given as `name`, such as `image2`, and what would be right."""
    return _(_IMAGE_FAULTS[fault]).format(
        name=name,
        format=_FORMATS.get(fault, ""),
        size=megabytes(rules.max_bytes),
        megapixels=number(pixel_limit(fault) // 1_000_000),
        side=number(rules.min_side),
        ratio=number(rules.max_ratio),
    )


def refusal_sentence(refusal: Refusal) -> str:
    """Say why a request was not taken, and what to do."""
    match refusal.code:
        case RefusalCode.BLANK_PROMPT:
            return _("Your prompt is empty. Describe what should happen in the video.")
        case RefusalCode.LONG_PROMPT:
            sentence = _("Your prompt is {length} characters. The limit is {limit}, so shorten it.")
            return sentence.format(length=number(refusal.number), limit=number(refusal.limit))
        case RefusalCode.IMAGE:
            return image_sentence(refusal.fault or ImageFault.NOT_AN_IMAGE, f"image{refusal.number}", refusal.rules)
        case RefusalCode.IMAGE_COUNT | RefusalCode.TOO_FEW_IMAGES | RefusalCode.GAP:
            return _images_sentence(refusal)
        case RefusalCode.UNKNOWN_IMAGE if len(refusal.names) <= refusal.count > 0:
            sentence = ngettext(
                "Your prompt mentions `@Image{number}`, but there's only `@Image1`. Add that image, or change "
                "the prompt.",
                "Your prompt mentions `@Image{number}`, but there are only {count} images. Add that image, or "
                "change the prompt.",
                refusal.count,
            )
            return sentence.format(number=refusal.number, count=refusal.count)
        case RefusalCode.MODEL_GONE | RefusalCode.DURATION | RefusalCode.ASPECT_RATIO | RefusalCode.NO_ELEMENTS:
            return option_sentence(refusal)
        case code if code in _PLACES:
            return _(_PLACES[code])
        case RefusalCode.PERMISSIONS:
            return missing_permissions_sentence(refusal.names)
        case _:
            return request_sentence(refusal, named(refusal.names))


def _images_sentence(refusal: Refusal) -> str:
    """Say that there are too few images or too many, or that one is missing between them."""
    match refusal.code:
        case RefusalCode.GAP if refusal.name:
            sentence = _(
                "Image order matters, so fill `image1` to `image{count}` without gaps. The video starts with `image1`."
            )
        case RefusalCode.GAP:
            sentence = _(
                "Your prompt mentions images, so fill `image1` to `image{count}` without gaps. That way, "
                "`@Image2` is `image2`."
            )
        case RefusalCode.TOO_FEW_IMAGES:
            sentence = ngettext(
                "You need at least {limit} image here. Add one.",
                "You need at least {limit} images here. Add more.",
                refusal.limit,
            )
        case _ if refusal.count == 0:
            return _("Add at least one reference image or saved character.")
        case _:
            sentence = _("You added {count} reference images. The limit is {limit}, so use fewer.")
    return sentence.format(count=number(refusal.count), limit=number(refusal.limit))


def named(names: Sequence[str]) -> str:
    """Write what a prompt can name one after another; empty where there is nothing."""
    return listed([f"`{name}`" for name in names]) if names else ""


def missing_permissions_sentence(names: Sequence[str]) -> str:
    """Say what the bot is not allowed in a channel, in Discord's words for it."""
    sentence = ngettext(
        "The bot can't post here without the {names} permission. Ask a moderator to allow it, or use another channel.",
        "The bot can't post here without these permissions: {names}. Ask a moderator to allow them, or "
        "use another channel.",
        len(names),
    )
    return sentence.format(names=listed([f"**{_(name)}**" for name in names]))


def not_usable_sentence(name: str) -> str:
    sentence = _("`@{name}` was removed or is no longer shared here. Use *Edit* and take the name out of the prompt.")
    return sentence.format(name=name)


def unknown_character_sentence(name: str, there: str) -> str:
    """Say that a member has no character of a name, as they typed it, and which there are."""
    shown = plain(clip(" ".join(name.split()), prompt.NAME_LIMIT)) or ELLIPSIS
    if not there:
        return _("There's no saved character named **{name}**. Save one with `/cast`.").format(name=shown)
    return _("There's no saved character named **{name}**. Use one of these: {there}.").format(name=shown, there=there)


def request_sentence(refusal: Refusal, there: str) -> str:
    """Say what is wrong with the names in a prompt; `there` lists what it can name, or is empty."""
    match refusal.code:
        case RefusalCode.INPUT_COUNT if refusal.number == 0:
            sentence = _("You used {count} saved characters. Without an image, the limit is {limit}, so use fewer.")
            return sentence.format(count=refusal.count, limit=refusal.limit)
        case RefusalCode.INPUT_COUNT:
            sentence = _("You used {count} images and saved characters. The limit is {limit}, so use fewer.")
            return sentence.format(count=refusal.number + refusal.count, limit=refusal.limit)
        case RefusalCode.SAME_NAME:
            sentence = _("You used two saved characters named `@{name}`. Use only one of them.")
            return sentence.format(name=refusal.names[0])
        case RefusalCode.MEMBER:
            sentence = _(
                "Your prompt mentions {member}, who shares no character under their name here. Write the name of a "
                "character instead, or save one with `/cast`."
            )
            return sentence.format(member=f"<@{refusal.number}>")
        case RefusalCode.ROLE_OR_CHANNEL:
            sentence = _("Your prompt mentions {mention}, a role or a channel. Describe it in words instead.")
            return sentence.format(mention=refusal.name)
        case RefusalCode.UNKNOWN_CHARACTER:
            return unknown_character_sentence(refusal.name, there)
        case _:
            name = refusal.name or f"Image{refusal.number}"
            if not there:
                sentence = _(
                    "Your prompt mentions `@{name}`, but there's no image or character with that name. Add it, or "
                    "change the prompt."
                )
                return sentence.format(name=name)
            sentence = _("Your prompt mentions `@{name}`, which doesn't exist. Use one of these: {there}.")
            return sentence.format(name=name, there=there)
