"""A server under review on SimCord: a channel for moderators, and requests that wait there."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord.results import InteractionResult

from bot.jobs.clock import SystemClock
from bot.jobs.decisions import Decided
from bot.jobs.model import Job, ReviewMode
from bot.jobs.ports import Video, reference_name
from bot.jobs.states import State
from bot.media.videos.checker import VideoFacts
from bot.moderation.decide import Moderation
from bot.moderation.ids import reject_id
from bot.moderation.review_card import OTHER_REASON
from tests.support.drawings import drawing, encoded
from tests.unit.cogs.stage import Stage, unlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The moderators' channel of a stage, with two of them."""

    stage: Stage
    channel: simcord.ChannelHandle
    mo: simcord.MemberActor
    kim: simcord.MemberActor
    guest: simcord.MemberActor  # sees the channel, and manages nothing
    folder: Path

    @property
    def moderation(self) -> Moderation:
        return self.stage.bot.services.moderation

    async def request(self, prompt: str = "@Image1 waves", **asked: Any) -> Job:
        """Have Alice ask for a video that waits for a moderator before anything is spent."""
        await self.stage.set(review=ReviewMode.BEFORE_SPENDING)
        await self.stage.ask(prompt, **asked)
        job = await self.stage.has_become(State.HELD)
        await self.show(job)
        return job

    async def finished(self, prompt: str = "@Image1 waves") -> Job:
        """Have a finished video of Alice's wait for a moderator before it is posted."""
        await self.stage.set(review=ReviewMode.BEFORE_POSTING)
        await self.stage.ask(prompt)
        job = await self.stage.has_become(State.REVIEW, output_url="https://images.segmind.com/x.mp4")
        path = self.folder / "video.mp4"
        path.write_bytes(b"a film")
        facts = VideoFacts(
            width=640,
            height=480,
            duration_seconds=5.0,
            frame_rate=24.0,
            codec="h264",
            audio=False,
            size=path.stat().st_size,
            container="mov",
            plays=True,
        )
        reviews = self.stage.bot.services.moderators.reviews
        await reviews.show_video(job, Video(path=path, facts=facts), self.pictures(job))
        return job

    async def show(self, job: Job) -> None:
        """Show moderators a request, with a picture for each of its references."""
        await self.stage.bot.services.moderators.reviews.show_request(job, self.pictures(job))

    def pictures(self, job: Job) -> dict[str, Path]:
        return {reference_name(number): self.picture(number) for number in range(1, len(job.request.references) + 1)}

    async def forge(self, place: simcord.ChannelHandle, custom_id: str) -> discord.Message:
        """Have a button with this custom id in a channel, as who speaks to Discord by themselves may press one."""
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Forged", custom_id=custom_id))
        view.stop()
        return await self.stage.bot.get_partial_messageable(place.id).send("forged", view=view)

    async def allow(self, command: str, who: simcord.MemberActor) -> None:
        """Let a member have a command that is not for them, as a server's owner can."""
        name = command.split(maxsplit=1)[0]
        found = [each for each in await self.stage.bot.tree.fetch_commands() if each.name == name]
        self.stage.guild.set_command_permissions(found[0], {who: True})

    def picture(self, seed: int) -> Path:
        path = self.folder / f"picture{seed}"
        path.write_bytes(encoded(drawing(seed)))
        return path

    def cards(self) -> list[discord.Message]:
        return self.channel.history()

    def texts(self) -> list[str]:
        """Return what each message in the moderators' channel says."""
        return [texts_of(message) for message in self.cards()]

    async def press(
        self, label: str, who: simcord.MemberActor | None = None, card: discord.Message | None = None
    ) -> InteractionResult:
        return await (who or self.mo).click(card or self.cards()[-1], label=label)

    async def choose(
        self, custom_id: str, *values: str, who: simcord.MemberActor | None = None, card: discord.Message | None = None
    ) -> InteractionResult:
        """Choose in a menu of a card, of the newest one unless it is given."""
        return await (who or self.mo).select(card or self.cards()[-1], values, custom_id=custom_id)

    async def rejection(
        self, who: simcord.MemberActor | None = None, card: discord.Message | None = None
    ) -> InteractionResult:
        """Choose to reject for a reason that is not among the ready ones, which opens a form."""
        return await self.choose(reject_id((await self.job()).id), OTHER_REASON, who=who, card=card)

    async def job(self) -> Job:
        [job] = await self.stage.jobs()
        return job


def texts_of(message: discord.Message) -> str:
    """Return every text of a layout that discord.py has read, a line each."""

    def walk(components: Any) -> list[str]:
        found: list[str] = []
        for component in components:
            if isinstance(component, discord.TextDisplay):
                found.append(component.content)
            found += walk(getattr(component, "children", ()))
        return found

    return "\n".join(walk(message.components))


def page_of(result: InteractionResult) -> discord.Message:
    """Return the private list that a press has shown."""
    [shown] = [each for each in (result.response, *result.followups) if each is not None and each.components]
    return shown.message


def spoilers_in(message: discord.Message) -> list[bool]:
    """Return, for each small picture in a layout, whether it's a spoiler."""
    items = [each for container in message.components for each in getattr(container, "children", ())]
    pictures = [each.accessory for each in items if isinstance(each, discord.SectionComponent)]
    return [each.spoiler for each in pictures if isinstance(each, discord.ThumbnailComponent)]


def said(result: InteractionResult) -> str:
    """Return the one sentence that only who acted sees."""
    [told] = [result.response] if result.response is not None and result.response.content else result.followups
    assert result.ephemeral
    return unlinked(told.content)


async def a_room(stage: Stage, folder: Path) -> Room:
    """Make the moderators' channel, which members do not see, and choose it."""
    assert stage.guild.me is not None
    role = stage.guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_messages=True, moderate_members=True)
    )
    guests = stage.guild.create_role("Guests")
    seen = discord.PermissionOverwrite(view_channel=True)
    hidden = discord.PermissionOverwrite(view_channel=False)
    channel = stage.guild.create_text_channel(
        "moderators", overwrites={stage.guild.default_role: hidden, role: seen, guests: seen, stage.guild.me: seen}
    )
    await stage.set(review_channel_id=channel.id)
    return Room(
        stage=stage,
        channel=channel,
        mo=stage.guild.add_member(stage.env.create_user("mo"), roles=[role]),
        kim=stage.guild.add_member(stage.env.create_user("kim"), roles=[role]),
        guest=stage.guild.add_member(stage.env.create_user("bob"), roles=[guests]),
        folder=folder,
    )


async def decisions(room: Room) -> list[tuple[Decided, int | None]]:
    made = await room.stage.bot.services.moderators.decisions.of_job((await room.job()).id)
    return [(each.kind, each.by_id) for each in made]


def days_later(monkeypatch: pytest.MonkeyPatch, job: Job, days: int) -> None:
    """Have it be so many days after a job was asked for."""
    later = job.created_at + timedelta(days=days)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
