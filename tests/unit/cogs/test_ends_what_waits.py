"""What may no longer be posted ends at once and free of charge, for whatever reason."""

from collections.abc import Awaitable, Callable

import discord
import pytest

from bot.jobs.model import Job, ProblemCode
from bot.jobs.states import State
from tests.support.settings_panel import Moderator, a_moderator
from tests.unit.cogs.stage import Stage

Act = Callable[[Stage, Moderator], Awaitable[object]]


async def block(stage: Stage, _mo: Moderator) -> None:
    role = stage.guild.create_role("guards", permissions=discord.Permissions(moderate_members=True, view_channel=True))
    guard = stage.guild.add_member(stage.env.create_user("bo"), roles=[role])
    await guard.slash(stage.channel, "mod block", member=stage.alice)


async def close_the_channel(stage: Stage, mo: Moderator) -> None:
    await mo.open("places")
    await mo.choose("channels")


async def ask_for_a_role(stage: Stage, mo: Moderator) -> None:
    await mo.open("places")
    await mo.choose("roles", stage.guild.create_role("crew"))


async def delete_the_channel(stage: Stage, _mo: Moderator) -> None:
    channel = stage.bot.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()


WAYS: dict[str, tuple[Act, State, ProblemCode]] = {
    "a block": (block, State.REJECTED, ProblemCode.BLOCKED),
    "a closed channel": (close_the_channel, State.FAILED, ProblemCode.NOT_ALLOWED),
    "a role that is asked for": (ask_for_a_role, State.FAILED, ProblemCode.NOT_ALLOWED),
    "a deleted channel": (delete_the_channel, State.FAILED, ProblemCode.CHANNEL_GONE),
}


async def check_ended(stage: Stage, job: Job, state: State, code: ProblemCode) -> None:
    await stage.env.settle()
    ended = await stage.bot.services.store.get(job.id)
    assert ended is not None
    assert (ended.state, ended.problem and ended.problem.code) == (state, code)
    assert await stage.bot.services.store.spent(job.spend_day) == 0
    assert stage.driven == [], "its driver is let go of"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", [State.WAITING, State.HELD])
async def test_what_waits_ends_at_once(stage: Stage, way: str, state: State) -> None:
    act, ends, code = WAYS[way]
    await stage.ask()
    job = await stage.has_become(state)
    await act(stage, a_moderator(stage))
    await check_ended(stage, job, ends, code)


async def test_a_role_that_is_deleted_ends_what_waits_of_its_members(stage: Stage) -> None:
    crew = stage.guild.create_role("crew")
    await stage.set(roles=frozenset({crew.id}))
    guild = stage.bot.get_guild(stage.guild.id)
    assert guild is not None
    alice = await guild.fetch_member(stage.alice.id)
    await alice.add_roles(discord.Object(crew.id))
    await stage.ask()
    job = await stage.has_become(State.WAITING)
    role = guild.get_role(crew.id)
    assert role is not None
    await role.delete()
    await check_ended(stage, job, State.FAILED, ProblemCode.NOT_ALLOWED)
