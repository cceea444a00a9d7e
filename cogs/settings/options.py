"""What the commands of `/settings` share: the desk behind them, and options that come as ids."""

from itertools import combinations
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.settings.changes import SUBSETS
from bot.settings.panel.parts import ASKING, POSTING
from bot.ui.language import N_
from cogs.settings.editing import SettingsEditor

_THREADS: Final = (
    *(discord.ChannelType.public_thread, discord.ChannelType.private_thread),
    discord.ChannelType.news_thread,
)


class SettingsCommands(commands.Cog):
    """A part of the commands; the cog that is put together from them sets the desk."""

    desk: SettingsEditor


class AskingChannel(app_commands.Transformer):
    """A channel in which members may ask, by its id; a thread counts as the channel that it belongs to."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [*ASKING, *_THREADS]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:
        return home_of(value)


class PostingChannel(AskingChannel):
    """A channel to which the bot can post, by its id."""

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return list(POSTING)


Asking = app_commands.Transform[int, AskingChannel]
Posting = app_commands.Transform[int, PostingChannel]


def home_of(channel: object) -> int:
    """Give the id of a channel, or of the channel that a thread belongs to."""
    return getattr(channel, "parent_id", None) or getattr(channel, "id", 0)


def on_off(*, is_on: bool) -> str:
    """Name a switch's value as changes know it."""
    return "on" if is_on else "off"


def given(**typed: str | None) -> dict[str, str]:
    """Keep the options that were filled in."""
    return {name: text for name, text in typed.items() if text is not None}


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
