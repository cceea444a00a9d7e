"""What is asked for in an age-restricted channel is shown in no other channel."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.jobs.states import State
from bot.settings.model import GuildSettings, ReviewMode
from tests.unit.cogs.stage import Stage, picture, post_here

ELSEWHERE = "This channel is age-restricted, but the video would appear in one that isn't."


async def choose(stage: Stage, **settings: Any) -> None:
    """Change settings of the server."""

    def change(before: GuildSettings) -> GuildSettings:
        return replace(before, **settings)

    await stage.bot.services.guild_settings.change(stage.guild.id, change, stage.bot.services.clock.now())


def restrict(stage: Stage, channel: simcord.ChannelHandle) -> simcord.ChannelHandle:
    """Put a channel behind an age gate. SimCord's channels know none, so the bot's own knowledge is changed."""
    known = stage.bot.get_channel(channel.id)
    assert isinstance(known, discord.TextChannel)
    known.nsfw = True
    return channel


@pytest.mark.parametrize("setting", ["output_channel_id", "review_channel_id"])
@pytest.mark.parametrize("in_thread", [False, True])
async def test_nothing_is_made_that_would_be_shown_outside(stage: Stage, setting: str, in_thread: bool) -> None:
    other = stage.guild.create_text_channel("other")
    await choose(stage, **{"review": ReviewMode.BEFORE_POSTING, "review_channel_id": None, setting: other.id})
    place = await stage.thread_in(stage.channel) if in_thread else stage.channel
    restrict(stage, stage.channel)
    result = await stage.alice.slash(place, "video", prompt="a fox", image1=picture())
    assert (await stage.refused(result)).startswith(ELSEWHERE)
    restrict(stage, other)
    await stage.alice.slash(place, "video", prompt="a fox", image1=picture())
    [job] = await stage.jobs()
    assert job.request.handling.age_restricted


async def test_a_video_that_was_not_posted_is_sent_to_restricted_channels_alone(stage: Stage) -> None:
    other = stage.guild.create_text_channel("other")
    await choose(stage, channels=frozenset({stage.channel.id, other.id}))
    restrict(stage, stage.channel)
    await stage.ask("a fox")
    job = await stage.has_become(State.UNDELIVERED, post_attempts=1)
    assert "so it can only be posted in one." in await post_here(stage, job.id, channel=other)
    assert [job.state for job in await stage.jobs()] == [State.UNDELIVERED]
    await post_here(stage, job.id, channel=restrict(stage, other))
    [sent] = await stage.jobs()
    assert (sent.state, sent.post_channel_id) == (State.POSTING, other.id)
