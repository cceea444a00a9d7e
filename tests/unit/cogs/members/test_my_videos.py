"""The user command *My videos*."""

import discord
import simcord

from bot.jobs.states import State
from tests.unit.cogs.stage import Stage


async def ask_about(stage: Stage, member: simcord.MemberActor, who: simcord.MemberActor | None = None) -> str:
    result = await (who or stage.alice).context_menu(stage.channel, "My videos", member)
    assert result.ephemeral
    assert result.response is not None
    return result.response.content


async def test_of_others_only_posts_are_shown_with_their_address(stage: Stage) -> None:
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    await stage.ask()
    assert (await ask_about(stage, stage.alice, bob)).startswith("They have no videos here")
    await stage.has_become(State.DELIVERED, post_message_id=77)
    answer = await ask_about(stage, stage.alice, bob)
    assert f"https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/77" in answer


async def test_posts_in_channels_that_are_closed_to_who_asks_are_not_shown(stage: Stage) -> None:
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    closed = stage.guild.create_text_channel(
        "closed", overwrites={bob: discord.PermissionOverwrite(view_channel=False)}
    )
    await stage.ask()
    await stage.has_become(State.DELIVERED, post_message_id=77, post_channel_id=closed.id)
    assert (await ask_about(stage, stage.alice, bob)).startswith("They have no videos here")
    mo = stage.guild.add_member(stage.env.create_user("mo"))
    assert "/77" in await ask_about(stage, stage.alice, mo)
