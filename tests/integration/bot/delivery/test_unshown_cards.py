"""Cards that cannot show what became of a job: its member is told in private, or a token edits them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import discord
import pytest

from bot.delivery.cards import TOKEN_LIFE, CardEditor
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from tests.support.channel import OFFER, Channel
from tests.support.clock import ManualClock
from tests.support.jobs import NOON


class Unshown:
    """The jobs whose members have to hear in private what their card cannot show."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def note(self, job: Job) -> None:
        self.jobs.append(job)


@asynccontextmanager
async def desk_with(channel: Channel, clock: ManualClock, unshown: Unshown) -> AsyncGenerator[CardEditor]:
    desk = CardEditor(channel.client, OFFER, clock, unshown=unshown.note)
    yield desk
    await desk.close(0)


def failed(job: Job) -> Job:
    return job.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.NO_ACCESS, detail="403 50001"))


@pytest.mark.parametrize("code", [50001, 10008, 10003, 50013, 160005])
async def test_where_a_card_cannot_say_that_nothing_came_of_a_request_its_member_is_told_in_private(
    channel: Channel, clock: ManualClock, code: int
) -> None:
    unshown = Unshown()
    async with desk_with(channel, clock, unshown) as desk:
        job = failed(await channel.job(State.PREPARING))
        await channel.sandbox.admin.fault(method="PATCH", route="/messages", code=code, times=9)
        desk.changed(job)
        await clock.asleep()
        assert unshown.jobs == [job]


@pytest.mark.parametrize("state", [State.CANCELLED, State.WAITING])
async def test_of_what_they_did_themselves_or_what_goes_on_nobody_is_told_in_private(
    channel: Channel, clock: ManualClock, state: State
) -> None:
    unshown = Unshown()
    async with desk_with(channel, clock, unshown) as desk:
        await channel.sandbox.admin.fault(method="PATCH", route="/messages", code=10008, times=9)
        desk.changed((await channel.job(State.PREPARING)).move(state, NOON))
        await clock.asleep()
        assert unshown.jobs == []


@pytest.mark.parametrize("late", [False, True])
async def test_a_card_that_the_bot_cannot_edit_is_edited_by_its_interactions_token_while_that_lives(
    channel: Channel, clock: ManualClock, *, late: bool
) -> None:
    unshown, edited = Unshown(), list[discord.ui.LayoutView]()

    async def by_token(*, view: discord.ui.LayoutView, **_: object) -> None:
        edited.append(view)

    async with desk_with(channel, clock, unshown) as desk:
        preparing = await channel.job(State.PREPARING)
        job = failed(preparing)
        desk.answered(preparing, by_token)
        if late:
            clock.advance(TOKEN_LIFE)
        await channel.sandbox.admin.fault(method="PATCH", route="/messages", code=50001, times=9)
        desk.changed(job)
        await clock.asleep()
        assert (len(edited), len(unshown.jobs)) == ((0, 1) if late else (1, 0))


async def test_a_token_that_discord_knows_no_more_is_no_way_either(channel: Channel, clock: ManualClock) -> None:
    unshown = Unshown()
    hook = discord.Webhook.partial(channel.client.application_id or 1, "gone", client=channel.client)

    async with desk_with(channel, clock, unshown) as desk:
        preparing = await channel.job(State.PREPARING)
        job = failed(preparing)
        desk.answered(preparing, partial(hook.edit_message, job.card_message_id or 0))
        await channel.sandbox.admin.fault(method="PATCH", route="/channels/.*/messages", code=50001, times=9)
        desk.changed(job)
        await clock.asleep()
        assert unshown.jobs == [job]
