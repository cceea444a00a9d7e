"""`/settings`: where members may ask, who may, where things go, and what one channel does otherwise."""

import discord
from discord import app_commands

from bot.settings.changes import (
    Change,
    add_and_remove,
    all_of,
    allow,
    as_the_server,
    choose,
    everybody,
    point_to,
    set_numbers,
)
from bot.settings.panel.ids import Page
from bot.ui.language import N_
from cogs.settings.options import DURATIONS, RATIOS, REVIEWS, Asking, Posting, SettingsCommands, given, home_of, on_off

AS_SERVER = app_commands.Choice(name=N_("As the server"), value="server")
SPOILERS = [
    AS_SERVER,
    app_commands.Choice(name=N_("Hidden until a member clicks"), value="on"),
    app_commands.Choice(name=N_("Not hidden"), value="off"),
]


class PlaceCommands(SettingsCommands):
    channels = app_commands.Group(name="channels", description="Where members may ask for videos")
    roles = app_commands.Group(name="roles", description="Which roles may ask for videos")

    @channels.command(name="add", description="Let members ask in a channel and its threads")
    @app_commands.describe(channel="This channel if you leave it out")
    async def add_channel(self, interaction: discord.Interaction, channel: Asking | None = None) -> None:
        here = channel or home_of(interaction.channel)
        await self.desk.change(interaction, lambda: add_and_remove("channels", [here], []), Page.PLACES)

    @channels.command(name="remove", description="Let members no longer ask in a channel")
    @app_commands.describe(channel="This channel if you leave it out")
    async def remove_channel(self, interaction: discord.Interaction, channel: Asking | None = None) -> None:
        here = channel or home_of(interaction.channel)
        await self.desk.change(interaction, lambda: add_and_remove("channels", [], [here]), Page.PLACES)

    @channels.command(name="everywhere", description="Let members ask in every channel, or only in the chosen ones")
    @app_commands.describe(on="Whether members may ask in every channel")
    async def everywhere(self, interaction: discord.Interaction, on: bool) -> None:
        await self.desk.change(interaction, lambda: choose("everywhere", on_off(is_on=on)), Page.PLACES)

    @roles.command(name="add", description="Let members with a role ask; without any role everybody may")
    @app_commands.describe(role="Who has this role may ask")
    async def add_role(self, interaction: discord.Interaction, role: discord.Role) -> None:
        await self.desk.change(interaction, lambda: add_and_remove("roles", [role.id], []), Page.PLACES)

    @roles.command(name="remove", description="Take a role from those that may ask")
    @app_commands.describe(role="Who has only this role may no longer ask")
    async def remove_role(self, interaction: discord.Interaction, role: discord.Role) -> None:
        await self.desk.change(interaction, lambda: add_and_remove("roles", [], [role.id]), Page.PLACES)

    @roles.command(name="everybody", description="Let every member ask, whatever their roles")
    async def every_role(self, interaction: discord.Interaction) -> None:
        await self.desk.change(interaction, lambda: everybody, Page.PLACES)

    @app_commands.command(name="output", description="Where finished videos are posted")
    @app_commands.describe(channel="Where they were asked for if you leave it out")
    async def output(self, interaction: discord.Interaction, channel: Posting | None = None) -> None:
        await self.desk.change(interaction, lambda: point_to("output_channel_id", channel), Page.PLACES)

    @app_commands.command(name="log", description="Where decisions and warnings are written for moderators")
    @app_commands.describe(channel="None if you leave it out")
    async def log(self, interaction: discord.Interaction, channel: Posting | None = None) -> None:
        await self.desk.change(interaction, lambda: point_to("log_channel_id", channel), Page.PLACES)

    @app_commands.command(name="channel", description="What one channel does otherwise than the server")
    @app_commands.describe(
        channel="Whose settings to see or change",
        reset="Let it do everything as the server again, first",
        review="When a moderator looks",
        output="Where its videos are posted; the channel itself: where they were asked for",
        spoilers="Whether its videos are hidden until a member clicks",
        durations="Which durations are allowed",
        ratios="Which aspect ratios are allowed",
        per_day="Videos of one member there in 24 hours: a number, or none",
    )
    @app_commands.choices(
        review=[AS_SERVER, *REVIEWS],
        spoilers=SPOILERS,
        durations=[AS_SERVER, *DURATIONS],
        ratios=[AS_SERVER, *RATIOS],
    )
    async def channel(
        self,
        interaction: discord.Interaction,
        channel: Asking,
        reset: bool = False,
        review: str | None = None,
        output: Posting | None = None,
        spoilers: str | None = None,
        durations: str | None = None,
        ratios: str | None = None,
        per_day: str | None = None,
    ) -> None:
        def change() -> Change:
            changes = [as_the_server(channel)] if reset else []
            changes += [choose(name, value, channel) for name, value in given(review=review, spoiler=spoilers).items()]
            if output is not None:
                changes.append(point_to("output_channel_id", output, channel))
            changes += [
                allow(name, [] if value == AS_SERVER.value else value.split(","), channel)
                for name, value in given(durations=durations, aspect_ratios=ratios).items()
            ]
            changes += [set_numbers({name: typed}, channel) for name, typed in given(per_day=per_day).items()]
            return all_of(*changes)

        options = (review, output, spoilers, durations, ratios, per_day)
        if reset or any(each is not None for each in options):
            await self.desk.change(interaction, change, Page.CHANNEL, channel)
        else:
            await self.desk.show(interaction, Page.CHANNEL, channel)
