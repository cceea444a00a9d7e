"""Models by their names: what one cannot make, or that it is not offered."""

from typing import Final

from bot.policy.request import Refusal, RefusalCode
from bot.ui.formats import listed
from bot.ui.language import _
from bot.ui.text import clip, plain

NAME_LIMIT: Final = 80  # characters


def option_sentence(refusal: Refusal) -> str:
    """Say what the model that was asked for does not make or take, and what to do."""
    model = f"**{plain(clip(refusal.name, NAME_LIMIT))}**"
    names = listed(refusal.names) if refusal.names else ""
    match refusal.code:
        case RefusalCode.DURATION:
            sentence = _(
                "The model {model} does not make videos of this length. Use one of these, in seconds: {durations}."
            )
            return sentence.format(model=model, durations=names)
        case RefusalCode.ASPECT_RATIO if not names:
            sentence = _("The model {model} makes videos in the shape of the first image. Ask without an aspect ratio.")
            return sentence.format(model=model)
        case RefusalCode.ASPECT_RATIO:
            sentence = _("The model {model} does not make videos of this shape. Use one of these: {ratios}.")
            return sentence.format(model=model, ratios=names)
        case RefusalCode.NO_ELEMENTS:
            sentence = _("The model {model} takes no saved characters. Use pictures of them as images instead.")
            return sentence.format(model=model)
        case _:
            sentence = _("The model {model} is not offered here. Use *Edit* or `/video` with one of these: {models}.")
            return sentence.format(model=model, models=names)
