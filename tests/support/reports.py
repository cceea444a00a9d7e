"""Reported videos on the local Discord, their posts, and the cards that moderators have of them."""

import asyncio
import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.discord_api.channel_pace import AtOnce
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.store import owe_in, settle_in
from sandbox.member import Message
from sandbox.member.messages import Media
from tests.support.clock import PATIENCE as LONGEST
from tests.support.files import mp4
from tests.support.moderators import Desk

BUTTONS = ["Take down", "Dismiss", "Block", "History"]


WORDS = "your video is ready."


class Door(AtOnce):
    """Turns that hold back the first edit or post in a channel until the door is opened."""

    def __init__(self) -> None:
        self.channel_id = 0
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def edit(self, channel_id: int, /) -> None:
        if channel_id == self.channel_id and not self.reached.is_set():
            self.reached.set()
            await self.opened.wait()

    async def post(self, channel_id: int, /) -> None:
        await self.edit(channel_id)


@asynccontextmanager
async def stopped(desk: Desk, job: Job, door: Door, channel_id: int) -> AsyncGenerator[None]:
    """Begin to bring a case in line, stop before a channel, and go on afterwards, to the end."""
    door.channel_id = channel_id
    run = asyncio.create_task(desk.moderators.cases.see_to(job.id))
    async with asyncio.timeout(LONGEST):
        await door.reached.wait()
        yield
        door.opened.set()
        assert await run


async def reported(desk: Desk, *, age_restricted: bool = False) -> Job:
    """Have a posted video that a member has reported."""
    job = await desk.job(State.DELIVERED, prompt="a fox", age_restricted=age_restricted)
    job = await desk.store.save(job.evolve(post_message_id=job.card_message_id))
    await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
    return job


async def posted(desk: Desk) -> Job:
    """Have a video in the channel that it was asked for in, and no report of it yet."""
    job = await desk.job(State.DELIVERED, prompt="a fox")
    there = desk.channel.client.get_partial_messageable(job.video_channel_id, guild_id=job.request.guild_id)
    post = await there.send(WORDS, file=discord.File(io.BytesIO(mp4()), "reelcast.mp4"))
    return await desk.store.save(job.evolve(post_message_id=post.id))


async def post_of(desk: Desk, job: Job) -> discord.Message:
    there = desk.channel.client.get_partial_messageable(job.video_channel_id, guild_id=job.request.guild_id)
    return await there.fetch_message(job.post_message_id or 0)


async def hide(desk: Desk, job: Job) -> Job:
    """Save that a video shall be hidden, and that its post is to follow."""
    return await desk.store.save(job.evolve(hidden=True), also=owe_in)


async def decide(desk: Desk, job: Job) -> Job:
    """Save that nothing is left to be decided on, and that the moderators' card is to follow."""

    async def settle(connection: AsyncConnection, saved: Job) -> None:
        assert await settle_in(connection, saved.id)
        await owe_in(connection, saved)

    return await desk.store.save(job, also=settle)


def videos_on(card: Message) -> list[Media]:
    return [media for media in card.gallery if media.content_type == "video/mp4"]


async def cards(desk: Desk, channel: str = "review") -> list[Message]:
    desk.mo.at(channel)
    return [each for each in await desk.seen(channel) if "Reported video" in each.text]


def buttons_of(message: discord.Message) -> list[str | None]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [each.label for row in rows for each in row.children if isinstance(each, discord.Button)]


async def see_alone(desk: Desk, channel: str, *, alone: bool = True) -> None:
    """Have moderators and the bot see a channel, and members only if these do not see it alone."""
    admin, seen = desk.channel.sandbox.admin, discord.Permissions(view_channel=True).value
    await admin.set_overwrite(channel, role="Moderators", allow=seen, guild="Film Club")
    await admin.set_overwrite(channel, member="reelcast", allow=seen, guild="Film Club")
    await admin.set_overwrite(channel, role="@everyone", deny=seen if alone else 0, guild="Film Club")
