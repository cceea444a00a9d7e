"""Options of a video, other than words and images. Each is declared once, by the model that takes it.

The command, the forms, the gate, the request body, the card, the record, and its export have it from there, and one
`Options` carries the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, cast

OptionValue = int | str
DURATION: Final = "duration"
ASPECT_RATIO: Final = "aspect_ratio"
DIGITS: Final = 16  # of a number, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOption:
    """One option: a few values, the first of which is taken if none is chosen; or a whole number in a range, or none.

    Its name is the one in the command, in what is saved, and in the export.
    """

    name: str
    label: str  # a noun phrase
    told: str  # in the command, at most 100 characters
    values: tuple[OptionValue, ...] = ()
    least: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        if not (self.name and self.label and self.told) or bool(self.values) == (self.least < self.most):
            raise ValueError("an option has a name, a label, a description, and either values or a range")

    @property
    def default(self) -> OptionValue | None:
        return self.values[0] if self.values else None

    @property
    def extremes(self) -> tuple[OptionValue | None, ...]:
        """Return what a check of the model tries: every value, or none and both ends of the range."""
        return self.values or (None, self.least, self.most)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Return what can be chosen, for people."""
        return tuple(map(str, self.values)) or (f"{self.least}-{self.most}",)

    def takes(self, value: OptionValue) -> bool:
        if self.values:
            return value in self.values
        return isinstance(value, int) and self.least <= value <= self.most

    def read(self, typed: str) -> OptionValue | None:
        """Read a value as a form gives it, also one that isn't possible and has to be refused; None is no choice."""
        if isinstance(self.default, str):
            return typed or None
        if typed.isascii() and typed.isdecimal() and len(typed) <= DIGITS:
            return int(typed)
        return None if self.values else typed or None  # a form has the values as buttons

    def joined(self, other: "ModelOption") -> "ModelOption":
        """Return the option with what another model takes under the same name."""
        values = dict.fromkeys((*self.values, *other.values))
        ordered = sorted(cast("dict[int, None]", values)) if isinstance(self.default, int) else values
        least, most = min(self.least, other.least), max(self.most, other.most)
        return replace(self, values=tuple(ordered), least=least, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was chosen: the model, by its slug, and the values of its options, by their names.

    Before it is read a request may have no model, which is the default, and lack values.
    """

    model: str = ""
    values: Mapping[str, OptionValue] = field(default_factory=dict[str, OptionValue])

    @property
    def duration(self) -> int:
        """The length of the video in seconds."""
        return cast("int", self.values[DURATION])

    @property
    def aspect_ratio(self) -> str:
        """The shape of the video; empty where the model takes none."""
        return str(self.values.get(ASPECT_RATIO, ""))

    @property
    def others(self) -> Mapping[str, OptionValue]:
        """All but duration and aspect ratio, which have columns of their own."""
        return {name: value for name, value in self.values.items() if name not in {DURATION, ASPECT_RATIO}}


def options_of(
    model: str, duration: int, aspect_ratio: str = "", others: Mapping[str, OptionValue] | None = None
) -> Options:
    """Return options with the values that every model has, and others."""
    ratio = {ASPECT_RATIO: aspect_ratio} if aspect_ratio else {}
    return Options(model=model, values={DURATION: duration, **ratio, **(others or {})})
