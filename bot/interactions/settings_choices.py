"""The choices that several commands of `/settings` offer; their values are those of `setting_changes`."""

from itertools import combinations
from typing import Final

from discord import app_commands

from bot.settings.changes import SUBSETS
from bot.ui.language import N_

MOST_CHOICES: Final = 24  # of Discord's 25: channels have one more
Choices = list[app_commands.Choice[str]]

REVIEWS: Final[Choices] = [
    app_commands.Choice(name=N_("Off"), value="off"),
    app_commands.Choice(name=N_("Before spending: prompt and images first"), value="before_spending"),
    app_commands.Choice(name=N_("Before posting: the finished video first"), value="before_posting"),
]


def _subsets(name: str, unit: str = "") -> Choices:
    """Offer every choice of some values, all of them first; where these are too many for a command, all or one."""
    values = list(SUBSETS[name])
    sets = [some for count in range(len(values), 0, -1) for some in combinations(values, count)]
    if len(sets) > MOST_CHOICES:
        sets = [tuple(values), *((value,) for value in values)]
    return [
        app_commands.Choice(name=" · ".join(f"{each}{unit}" for each in some), value=",".join(some)) for some in sets
    ]


DURATIONS: Final = _subsets("durations", " s")
RATIOS: Final = _subsets("aspect_ratios")
