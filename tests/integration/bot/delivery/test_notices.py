"""Private words to a member on the local Discord: given once, and owed until then."""

from typing import Any

import pytest

from bot.delivery.notices import PrivateNotices
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from sandbox.member import Message
from tests.support.channel import OFFER, Channel

DIRECT = "/users/@me/channels"


class Desk(PrivateNotices):
    """The desk, with what it said of each job to whoever keeps what is owed."""

    def __init__(self, channel: Channel, **more: Any) -> None:
        self.told: list[Job] = []
        super().__init__(channel.client, OFFER, self._note, **more)

    async def _note(self, job: Job) -> None:
        self.told.append(job)


@pytest.fixture
def desk(channel: Channel) -> Desk:
    return Desk(channel)


async def undelivered(channel: Channel) -> Job:
    job = await channel.job(State.UNDELIVERED)
    return job.evolve(problem=Problem(code=ProblemCode.CHANNEL, detail="403 50013"))


async def private(channel: Channel) -> list[Message]:
    await channel.mira.at_direct_messages()
    return await channel.mira.messages()


async def test_a_member_is_told_in_private_and_nothing_is_owed_any_more(channel: Channel, desk: Desk) -> None:
    job = await undelivered(channel)
    await desk.tell(job)
    [message] = await private(channel)
    assert [button.label for button in message.buttons] == ["Send again"]
    assert desk.told == [job]


@pytest.mark.parametrize("code", [ProblemCode.NO_ACCESS, ProblemCode.REFUSED])
async def test_that_nothing_came_of_a_request_is_told_with_its_reason_and_that_nothing_was_charged(
    channel: Channel, code: ProblemCode
) -> None:
    owed: list[Job] = []

    async def note(job: Job) -> None:
        owed.append(job)

    desk = PrivateNotices(channel.client, OFFER, note, owed=note)
    job = (await channel.job(State.FAILED)).evolve(problem=Problem(code=code))
    await desk.owe(job)
    [message] = await private(channel)
    assert f"There's no video for your request in <#{job.request.channel_id}>." in message.content
    assert message.content.count("Nothing was charged.") == 1
    assert owed == [job, job]


async def test_what_is_owed_is_noted_before_it_is_told(channel: Channel) -> None:
    owed: list[Job] = []

    async def note(job: Job) -> None:
        owed.append(job)

    desk = Desk(channel, owed=note)
    job = (await channel.job(State.FAILED)).evolve(problem=Problem(code=ProblemCode.NO_ACCESS))
    await channel.sandbox.admin.fault(method="POST", route=DIRECT, code=40333)
    await desk.owe(job)
    assert (owed, desk.told) == ([job], [])


async def test_a_word_that_is_repeated_arrives_once(channel: Channel, desk: Desk) -> None:
    job = await undelivered(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", status=0, moment="after")
    await desk.tell(job)
    await desk.tell(job)
    assert len(await private(channel)) == 1
    assert job in desk.told


async def test_what_discord_leaves_open_stays_owed(channel: Channel, desk: Desk) -> None:
    job = await undelivered(channel)
    await channel.sandbox.admin.fault(method="POST", route=DIRECT, status=503)
    await desk.tell(job)
    assert desk.told == []


async def test_a_member_who_takes_no_words_from_us_is_left_in_peace(channel: Channel, desk: Desk) -> None:
    job = await undelivered(channel)
    await channel.sandbox.admin.fault(method="POST", route=DIRECT, code=50007)
    await desk.tell(job)
    assert await private(channel) == []
    assert desk.told == [job]
