"""A direct message when a video is posted, on the local Discord: for who wants it, and once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.members.members import DoneNotices
from bot.members.preferences import PreferenceStore
from sandbox.member import Message
from tests.support.channel import Channel, open_channel
from tests.support.database import file_url

DIRECT = "/users/@me/channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    channel: Channel
    preferences: PreferenceStore
    desk: DoneNotices

    async def wants(self, *, wanted: bool = True) -> None:
        await self.preferences.tell_when_done(self.channel.mira.id, wanted=wanted)

    async def takes_no_words(self) -> bool:
        return (await self.preferences.get(self.channel.mira.id)).takes_no_words

    async def posted(self) -> Job:
        return (await self.channel.job(State.DELIVERED, prompt="the keeper waves")).evolve(post_message_id=77)

    async def told(self) -> list[Message]:
        await self.channel.mira.at_direct_messages()
        return await self.channel.mira.messages()


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with open_channel(tmp_path, monkeypatch) as channel, open_database(file_url(tmp_path)) as database:
        preferences = PreferenceStore(database)
        yield Stage(channel=channel, preferences=preferences, desk=DoneNotices(channel.client, preferences))


async def test_who_wants_it_is_told_where_the_video_is_and_nothing_of_the_prompt(stage: Stage) -> None:
    await stage.wants()
    job = await stage.posted()
    await stage.desk.tell(job)
    await stage.desk.tell(job)
    [message] = await stage.told()
    assert f"https://discord.com/channels/{job.request.guild_id}/{job.request.channel_id}/77" in message.text
    assert "keeper" not in message.text


async def test_nobody_else_is_told(stage: Stage) -> None:
    await stage.desk.tell(await stage.posted())
    await stage.wants()
    await stage.wants(wanted=False)
    await stage.desk.tell(await stage.posted())
    assert stage.channel.requests("POST", DIRECT) == []


async def test_of_a_video_that_others_may_not_see_nobody_is_told(stage: Stage) -> None:
    await stage.wants()
    await stage.desk.tell((await stage.posted()).evolve(hidden=True))
    await stage.desk.tell((await stage.posted()).bare())
    assert stage.channel.requests("POST", DIRECT) == []


async def test_a_member_who_takes_no_words_is_left_in_peace_and_can_find_out_why(stage: Stage) -> None:
    await stage.wants()
    await stage.channel.sandbox.admin.fault(method="POST", route=DIRECT, code=50007)
    await stage.desk.tell(await stage.posted())
    assert await stage.takes_no_words()
    await stage.desk.tell(await stage.posted())
    assert not await stage.takes_no_words()
    assert len(await stage.told()) == 1


async def test_what_discord_leaves_open_breaks_nothing(stage: Stage) -> None:
    await stage.wants()
    await stage.channel.sandbox.admin.fault(method="POST", route=DIRECT, status=503)
    await stage.desk.tell(await stage.posted())
    assert not await stage.takes_no_words()
