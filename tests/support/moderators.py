"""The moderators' side of the bot on the local Discord: lists in a real database, messages over real HTTP."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord

from bot.catalogue.offer import Offer
from bot.database.engine import open_database
from bot.discord_api.channel_pace import PacedChannels
from bot.jobs.kept_files import Files
from bot.jobs.model import Handling, Job, ReviewMode
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.media.fetch import Fetcher, Patience, open_fetch_session
from bot.media.hosts import AllowedHosts
from bot.media.images.checker import ImageChecker
from bot.moderation.moderators import Moderators, moderators_of
from bot.records.log_channel import LogChannel
from bot.settings.store import SettingsStore
from sandbox.member import Member, Message
from tests.support.channel import Channel
from tests.support.clock import ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.drawings import drawing, encoded

DECIDE = ["Approve", "Spoiler", "Block", "History", "Decide several"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    channel: Channel
    store: JobStore
    settings: SettingsStore
    moderators: Moderators
    clock: ManualClock
    folder: Path
    mo: Member

    async def job(
        self,
        state: State,
        mode: ReviewMode = ReviewMode.BEFORE_SPENDING,
        *,
        age_restricted: bool = False,
        **asked: Any,
    ) -> Job:
        """Save a job of Mira's that moderators have to look at."""
        job = await self.channel.job(state, **asked)
        handling = Handling(review=mode, age_restricted=age_restricted)
        now = self.clock.now()
        job = replace(job, request=replace(job.request, handling=handling), state_since=now, created_at=now)
        return await self.store.add(job, daily_limit_usd=LIMIT)

    async def set(self, **choices: Any) -> None:
        guild_id = int(self.channel.sandbox.admin.guild_id("Film Club"))
        await self.settings.change(guild_id, lambda settings: replace(settings, **choices), self.clock.now())

    def place(self, name: str) -> int:
        return int(self.channel.sandbox.admin.channel_id(name, guild="Film Club"))

    def pictures(self, count: int = 1) -> dict[str, Path]:
        found = {f"image{number}": self.folder / f"drawing{number}" for number in range(1, count + 1)}
        for number, path in enumerate(found.values()):
            path.write_bytes(encoded(drawing(number)))
        return found

    async def seen(self, channel: str = "review") -> list[Message]:
        """Return what a moderator sees of the bot in a channel, once all that happened has reached them."""
        await self.mo.send("and now?")  # what came before it has come by then
        return [message for message in await self.mo.messages(channel) if message.author == "reelcast"]


@asynccontextmanager
async def open_desk(
    channel: Channel, folder: Path, client: discord.Client | None = None, turns: PacedChannels | None = None
) -> AsyncGenerator[Desk]:
    clock = ManualClock(discord.utils.utcnow())
    hosts = AllowedHosts.parse([channel.cdn_host])
    async with open_database(file_url(folder)) as database, open_fetch_session(hosts) as session:
        fetcher = Fetcher(session, hosts, patience=Patience(attempts=1))
        store, settings = JobStore(database), SettingsStore(database)
        speaker = client or channel.client
        moderators = moderators_of(
            speaker,
            database,
            jobs=store,
            settings=settings,
            log_channel=LogChannel(speaker, settings, turns),
            files=Files(attachments=fetcher, outputs=fetcher, images=ImageChecker(), data_dir=folder),
            offer=Offer(),
            clock=clock,
            turns=turns,
        )
        mo = channel.sandbox.member("mo", guild="Film Club", channel="review")
        await mo.messages()
        desk = Desk(
            channel=channel,
            store=store,
            settings=settings,
            moderators=moderators,
            clock=clock,
            folder=folder,
            mo=mo,
        )
        await desk.set(review_channel_id=desk.place("review"), log_channel_id=desk.place("general"))
        yield desk


async def shown(desk: Desk, job: Job, pictures: int = 1) -> Message:
    """Show moderators a job; return the newest message that they see."""
    await desk.moderators.reviews.claim(job)
    await desk.moderators.reviews.show_request(job, desk.pictures(pictures))
    return (await desk.seen())[-1]


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]
