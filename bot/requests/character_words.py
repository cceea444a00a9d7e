"""Saved characters in a request: how a card names them, and what is wrong with a prompt that does."""

from bot.jobs.prompt import NAME_LIMIT
from bot.requests.reading import Refusal, RefusalCode
from bot.ui.language import _
from bot.ui.text import ELLIPSIS, clip, plain


def not_usable_sentence(name: str) -> str:
    sentence = _("`@{name}` was removed or is no longer shared here. Use *Edit* and take the name out of the prompt.")
    return sentence.format(name=name)


def unknown_character_sentence(name: str, there: str) -> str:
    """Say that a member has no character of a name, as they typed it, and which there are."""
    shown = plain(clip(" ".join(name.split()), NAME_LIMIT)) or ELLIPSIS
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
