"""What can be judged of a request before anything is saved: its words, and what Discord says of its images."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.media.rules import ImageFault, ImageRules, judge_metadata

PROMPT_LIMIT: Final = 2_500  # characters; Kling O1's
MAX_IMAGES: Final = 7  # Kling O1's
ASPECT_RATIOS: Final = ("16:9", "9:16", "1:1")
_NAMED_IMAGE: Final = re.compile(r"@image(\d+)", re.IGNORECASE | re.ASCII)
# Letters, numbers, punctuation and symbols show something; controls, spaces, bare marks and unassigned codes do not.
_VISIBLE: Final = frozenset("LNPS")
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and a symbol that are drawn as nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An image as Discord describes it. `option` is the number in its option's name: 2 for image2."""

    option: int
    content_type: str | None
    size: int  # bytes
    width: int | None  # pixels
    height: int | None


class RefusalCode(StrEnum):
    BLANK_PROMPT = "BLANK_PROMPT"
    LONG_PROMPT = "LONG_PROMPT"
    IMAGE_COUNT = "IMAGE_COUNT"
    IMAGE = "IMAGE"
    UNKNOWN_IMAGE = "UNKNOWN_IMAGE"  # the prompt names an image that is not there
    GAP = "GAP"  # the prompt names images, and an option between them was left out
    OUTSIDE_SERVER = "OUTSIDE_SERVER"
    PERMISSIONS = "PERMISSIONS"
    SPEND_LIMIT = "SPEND_LIMIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request makes no job; `presentation` has the sentence."""

    code: RefusalCode
    number: int = 0  # the length of the prompt, or which image
    count: int = 0  # how many images there are
    fault: ImageFault | None = None
    names: tuple[str, ...] = ()  # the permissions that are missing, in Discord's words


def judge_request(prompt: str, uploads: Sequence[Upload], rules: ImageRules) -> Refusal | None:
    """Find the first thing that is wrong with a request; None if nothing is."""
    if not has_words(prompt):
        return Refusal(code=RefusalCode.BLANK_PROMPT)
    if len(prompt) > PROMPT_LIMIT:
        return Refusal(code=RefusalCode.LONG_PROMPT, number=len(prompt))
    if not 1 <= len(uploads) <= MAX_IMAGES:
        return Refusal(code=RefusalCode.IMAGE_COUNT, count=len(uploads))
    for upload in uploads:
        fault = judge_metadata(
            rules,
            content_type=upload.content_type,
            size=upload.size,
            width=upload.width,
            height=upload.height,
        )
        if fault is not None:
            return Refusal(code=RefusalCode.IMAGE, number=upload.option, fault=fault)
    return _judge_names(prompt, uploads)


def has_words(prompt: str) -> bool:
    """Tell whether a prompt shows anything at all; joiners, marks of direction, fillers and wide spaces do not."""
    return any(unicodedata.category(char)[0] in _VISIBLE and char not in _FILLERS for char in prompt)


def _judge_names(prompt: str, uploads: Sequence[Upload]) -> Refusal | None:
    named = [int(digits[:9]) for digits in _NAMED_IMAGE.findall(prompt)]
    if not named:
        return None
    count = len(uploads)
    if [upload.option for upload in uploads] != list(range(1, count + 1)):
        return Refusal(code=RefusalCode.GAP, count=count)
    for number in named:
        if not 1 <= number <= count:
            return Refusal(code=RefusalCode.UNKNOWN_IMAGE, number=number, count=count)
    return None
