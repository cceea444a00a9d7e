"""What can be judged of a request before anything is saved: its words, and what Discord says of its images."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import ASPECT_RATIO, DURATION, Options
from bot.jobs.model import Element
from bot.jobs.prompt import NAME_LIMIT, Kind, Mention, as_sent, mentions, name_key, rewritten
from bot.media.rules import ImageFault, ImageRules, judge_metadata

# Letters, numbers, punctuation and symbols show something; controls, spaces, bare marks and unassigned codes do not.
_VISIBLE: Final = frozenset("LNPS")
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and a symbol that are drawn as nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An image as Discord describes it. `option` is the number in its option's name: 2 for image2."""

    option: int
    size: int  # bytes
    width: int | None  # pixels
    height: int | None


class RefusalCode(StrEnum):
    BLANK_PROMPT = "BLANK_PROMPT"
    LONG_PROMPT = "LONG_PROMPT"
    IMAGE_COUNT = "IMAGE_COUNT"  # there are too many images; or nothing at all, where characters would do, too
    TOO_FEW_IMAGES = "TOO_FEW_IMAGES"
    IMAGE = "IMAGE"
    INPUT_COUNT = "INPUT_COUNT"  # images and characters together are too many
    UNKNOWN_IMAGE = "UNKNOWN_IMAGE"  # the prompt names an image that is not there
    UNKNOWN_NAME = "UNKNOWN_NAME"  # the prompt names someone who is not there
    UNKNOWN_CHARACTER = "UNKNOWN_CHARACTER"  # an option names someone who is not there
    MEMBER = "MEMBER"  # the prompt mentions a member, `number`, who stands for no character
    ROLE_OR_CHANNEL = "ROLE_OR_CHANNEL"  # it mentions one, as `name` has it
    NO_ELEMENTS = "NO_ELEMENTS"  # the model takes no characters
    SAME_NAME = "SAME_NAME"  # two characters of one name were chosen
    GAP = "GAP"  # the prompt names images, or each has its role, and an option between them was left out
    MODEL_GONE = "MODEL_GONE"  # the model is not offered
    DURATION = "DURATION"  # the model does not make it
    ASPECT_RATIO = "ASPECT_RATIO"  # the same
    OPTION = "OPTION"  # the model does not take it, or not this value
    OUTSIDE_SERVER = "OUTSIDE_SERVER"
    PERMISSIONS = "PERMISSIONS"
    PRIVATE_THREAD = "PRIVATE_THREAD"  # which the bot is not in
    LOCKED_THREAD = "LOCKED_THREAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request makes no job, with the limits of its model that it tells of; `presentation` has the sentence."""

    code: RefusalCode
    number: int = 0  # the length of the prompt, or which image, or how many images
    count: int = 0  # how many images there are, or characters
    limit: int = 0  # how many there may be of what are too many, or must be of what are too few
    fault: ImageFault | None = None
    rules: ImageRules = field(default_factory=ImageRules)  # that an image breaks
    names: tuple[str, ...] = ()  # the permissions that are missing; what the prompt may name; what can be chosen
    name: str = ""  # that the prompt names, without its @; or what an option does; or the model's
    option: str = ""  # the label of an option of the model's


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A request as it is understood: every name in its prompt in its one spelling."""

    prompt: str
    elements: tuple[Element, ...]


def read_request(
    prompt: str,
    uploads: Sequence[Upload],
    model: VideoModel,
    *,
    chosen: Sequence[Element] = (),
    known: Mapping[str, Element] = MappingProxyType({}),
) -> Read | Refusal:
    """Read a request to a model, or find the first thing that is wrong with it.

    `chosen` are the saved characters that it uses in any case; those that its prompt names, of `known` by their keys,
    come after them.
    """
    if not has_words(prompt):
        return Refusal(code=RefusalCode.BLANK_PROMPT)
    if len(prompt) > model.prompt_limit:
        return Refusal(code=RefusalCode.LONG_PROMPT, number=len(prompt), limit=model.prompt_limit)
    elements = {name_key(each.name): each for each in chosen}
    if len(elements) < len({each.cast_id for each in chosen}):
        return Refusal(code=RefusalCode.SAME_NAME, names=_names_twice(chosen))
    named = list(mentions(prompt, {*known, *elements}))
    for mention in named:
        if mention.kind is Kind.NAME:
            elements.setdefault(mention.key, known.get(mention.key) or elements[mention.key])
    refusal = (
        _judge_count(prompt, named, len(uploads), len(elements), model)
        or _judge_images(uploads, model.image_rules)
        or _judge_names(prompt, named, uploads, elements, model)
    )
    if refusal is not None:
        return refusal
    by_number = list(elements.values())

    def spelled(mention: Mention) -> str:
        if mention.kind is Kind.IMAGE:
            return f"@Image{mention.number}"
        found = elements[mention.key] if mention.kind is Kind.NAME else by_number[mention.number - 1]
        return f"@{found.name}"

    read = Read(prompt=rewritten(prompt, {*elements}, spelled), elements=tuple(by_number))
    length = len(as_sent(read.prompt, [each.name for each in by_number]))
    if length > model.prompt_limit:
        return Refusal(code=RefusalCode.LONG_PROMPT, number=length, limit=model.prompt_limit)
    return read


def has_words(prompt: str) -> bool:
    """Return whether a prompt shows anything at all; joiners, marks of direction, fillers and wide spaces do not."""
    return any(unicodedata.category(char)[0] in _VISIBLE and char not in _FILLERS for char in prompt)


def _names_twice(chosen: Sequence[Element]) -> tuple[str, ...]:
    keys = [name_key(each.name) for each in chosen]
    return tuple(each.name for each in chosen if keys.count(name_key(each.name)) > 1)[:1]


def _judge_count(
    prompt: str, named: Sequence[Mention], images: int, elements: int, model: VideoModel
) -> Refusal | None:
    least, most = model.images.least, model.images.most
    if elements and not model.takes_elements:
        return Refusal(code=RefusalCode.NO_ELEMENTS, count=elements, name=model.title)
    if images + elements == 0 < least and model.takes_elements:
        unknown = next((each for each in named if each.kind is Kind.UNKNOWN), None)
        return Refusal(code=RefusalCode.IMAGE_COUNT) if unknown is None else _unknown_name(prompt, unknown, ())
    if images + min(elements, 1) < least:
        return Refusal(code=RefusalCode.TOO_FEW_IMAGES, count=images, limit=least)
    if images > most:
        return Refusal(code=RefusalCode.IMAGE_COUNT, count=images, limit=most)
    if max(images, least) + elements > model.most_inputs:
        limit = model.most_inputs if images >= least else model.most_inputs - least
        return Refusal(code=RefusalCode.INPUT_COUNT, number=images, count=elements, limit=limit)
    return None


def _judge_images(uploads: Sequence[Upload], rules: ImageRules) -> Refusal | None:
    for upload in uploads:
        fault = judge_metadata(
            rules,
            size=upload.size,
            width=upload.width,
            height=upload.height,
        )
        if fault is not None:
            return Refusal(code=RefusalCode.IMAGE, number=upload.option, fault=fault, rules=rules)
    return None


def _judge_names(
    prompt: str,
    named: Sequence[Mention],
    uploads: Sequence[Upload],
    elements: Mapping[str, Element],
    model: VideoModel,
) -> Refusal | None:
    count = len(uploads)
    is_numbered = model.images_have_roles or any(each.kind is Kind.IMAGE for each in named)
    if is_numbered and [upload.option for upload in uploads] != list(range(1, count + 1)):
        return Refusal(code=RefusalCode.GAP, count=count, name=model.title if model.images_have_roles else "")
    there = (*(f"@Image{number}" for number in range(1, count + 1)), *(f"@{each.name}" for each in elements.values()))
    for mention in named:
        match mention.kind:
            case Kind.IMAGE if not 1 <= mention.number <= count:
                return Refusal(code=RefusalCode.UNKNOWN_IMAGE, number=mention.number, count=count, names=there)
            case Kind.ELEMENT if not 1 <= mention.number <= len(elements):
                return Refusal(code=RefusalCode.UNKNOWN_NAME, name=f"Element{mention.number}", names=there)
            case Kind.UNKNOWN:
                return _unknown_name(prompt, mention, there)
            case _:
                continue
    return None


def _unknown_name(prompt: str, mention: Mention, there: tuple[str, ...]) -> Refusal:
    name = prompt[mention.start + 1 : mention.end]
    return Refusal(code=RefusalCode.UNKNOWN_NAME, name=name[:NAME_LIMIT], names=there)


def read_options(offer: Offer, wanted: Options) -> Options | Refusal:
    """Fill in what was not chosen, or find what cannot be made; no name of a model means the default."""
    chosen = offer.find(wanted.model) if wanted.model else offer.default
    if chosen is None:
        known = offer.described(wanted.model)
        names = tuple(each.title for each in offer.models)
        return Refusal(code=RefusalCode.MODEL_GONE, name=known.title if known else wanted.model, names=names)
    taken = {option.name: option for option in chosen.options}
    for name, value in wanted.values.items():
        if name not in taken or not taken[name].takes(value):
            code = _OPTION_REFUSALS.get(name, RefusalCode.OPTION)
            label = offer.options[name].label if name in offer.options else name
            return Refusal(
                code=code,
                name=chosen.title,
                names=taken[name].allowed if name in taken else (),
                option=label if code is RefusalCode.OPTION else "",
            )
    filled = {name: wanted.values.get(name, option.default) for name, option in taken.items()}
    return Options(model=chosen.slug, values={name: value for name, value in filled.items() if value is not None})


_OPTION_REFUSALS: Final = {DURATION: RefusalCode.DURATION, ASPECT_RATIO: RefusalCode.ASPECT_RATIO}
