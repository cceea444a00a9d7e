"""What a member asks for, as a value that can wait in the database for an answer of theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from bot.jobs.model import Element, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A video as a member asks for it. `images` come with the number that the member knows each by: 2 for image2."""

    prompt: str
    images: Sequence[tuple[int, Reference]]
    duration: int | None = None  # seconds; None: the model's usual
    aspect_ratio: str | None = None
    model: str = ""  # its slug; empty: the default
    spoiler: bool = False  # it is to be shown as one, whatever the server wants
    cast: Sequence[str] = ()  # what was chosen in cast1 to cast3: ids, or names as typed
    kept: Sequence[Element] = ()  # of the request that this one repeats


_ADAPTER: Final = TypeAdapter(Wish)


def facts_of(wish: Wish) -> Mapping[str, Any]:
    return _ADAPTER.dump_python(wish, mode="json")


def wish_of(facts: Mapping[str, Any]) -> Wish:
    return _ADAPTER.validate_python(facts)


def numbered(images: Sequence[Reference]) -> Sequence[tuple[int, Reference]]:
    """Number images as they stand: the first is image1."""
    return list(enumerate(images, start=1))
