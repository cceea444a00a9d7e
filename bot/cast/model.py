"""Saved characters and things as values, and why one cannot be saved."""

from dataclasses import dataclass
from datetime import datetime

from bot.jobs.model import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One image of a character as it is kept: the clean copy, in the size that is kept."""

    content: bytes
    content_type: str
    fingerprint: str | None = None  # of what it shows; None where it was saved before copies were clean


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """An image, and where Segmind's storage holds a copy of it, since when."""

    picture: Picture
    url: str | None
    url_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """A saved character or thing. `shared` tells of the server that was asked about."""

    id: int
    owner_id: int
    name: str
    created_at: datetime
    shared: bool = False

    @property
    def element(self) -> Element:
        return Element(cast_id=self.id, owner_id=self.owner_id, name=self.name)


class CastError(Exception):
    """Nothing was changed."""


class NameTaken(CastError):
    """The owner has another character of that name, or another one is shared under it."""


class CastFull(CastError):
    """The member has as many characters as one may have."""


class CharacterGone(CastError):
    """The character was removed meanwhile."""
