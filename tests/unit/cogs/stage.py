"""What the tests of the cogs act on: a server, a channel and a member on SimCord's Discord, and the real bot."""

import io
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import discord
import simcord
from PIL import Image
from simcord.backend.cdn import CdnStore
from simcord.results import InteractionResult
from typing_extensions import Unpack

from bot.app import Reelcast
from bot.delivery.card_view import status_card
from bot.delivery.post_view import post_controls, post_text
from bot.jobs.clock import SystemClock
from bot.jobs.model import Changes, Job
from bot.jobs.states import State

Upload = tuple[str, bytes]  # a file's name and its bytes
Boot = Callable[..., Awaitable[Reelcast]]

BOT_PERMISSIONS: Final = ("view_channel", "send_messages", "attach_files", "read_message_history")


class MeasuringCdn(CdnStore):
    """SimCord's CDN, telling the width and height of pictures as Discord does."""

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        stored = super().store_attachment(attachment_id, channel_id, filename, data, description)
        try:
            with Image.open(io.BytesIO(data)) as picture:
                stored["width"], stored["height"] = picture.size
        except OSError:
            return stored  # what Discord cannot read has no sides
        return stored


class SimulatedClock(SystemClock):
    """Time as SimCord has it pass: it stands behind `time.monotonic`, and behind no other clock of the system."""

    def monotonic(self) -> float:
        return time.monotonic()


class NotedDispatcher:
    """Notes which jobs are to be driven, and drives none: what a member is answered needs no driver.

    `test_whole_way` shows how drivers run beside SimCord.
    """

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def dispatch(self, job: Job) -> None:
        self.jobs.append(job)

    async def resume(self) -> int:
        return 0

    async def release(self, job_id: int) -> None:
        self.jobs = [job for job in self.jobs if job.id != job_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    env: simcord.Env
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor

    @property
    def bot(self) -> Reelcast:
        assert isinstance(self.env.bot, Reelcast)
        return self.env.bot

    async def jobs(self) -> Sequence[Job]:
        return await self.bot.services.store.in_states(State)

    @property
    def driven(self) -> Sequence[Job]:
        dispatcher: Any = self.bot.services.jobs.dispatcher
        assert isinstance(dispatcher, NotedDispatcher)
        return dispatcher.jobs

    async def set(self, **choices: Any) -> None:
        """Have a moderator choose these of the server's settings, by their names in `GuildSettings`."""
        services = self.bot.services
        now = services.clock.now()
        await services.guild_settings.change(self.guild.id, lambda settings: replace(settings, **choices), now)

    async def ask(self, prompt: str = "@Image1 waves", **options: Any) -> InteractionResult:
        """Have Alice send `/video` in the channel, with one good picture unless `image1` says otherwise."""
        options.setdefault("image1", picture())
        return await self.alice.slash(self.channel, "video", prompt=prompt, **options)

    async def has_become(self, state: State, **changes: Unpack[Changes]) -> Job:
        """Save the one job there is in another state, as if its driver had brought it there."""
        [job] = await self.jobs()
        return await self.bot.services.store.save(replace(job.evolve(**changes), state=state))

    async def card_of(self, job: Job) -> discord.Message:
        """Have a job's card show it as it stands, and return the card."""
        assert job.card_message_id is not None
        services = self.bot.services
        channel = self.bot.get_partial_messageable(job.request.channel_id, guild_id=job.request.guild_id)
        view = status_card(job, services.offer, now=services.clock.now())
        await channel.get_partial_message(job.card_message_id).edit(view=view)
        [card] = [message for message in self.channel.history() if message.id == job.card_message_id]
        return card

    async def post_of(
        self, job: Job, channel: simcord.ChannelHandle | None = None, file: discord.File | None = None
    ) -> discord.Message:
        """Have the bot post a job's video, or all but its file, and return the post."""
        there = self.bot.get_partial_messageable((channel or self.channel).id, guild_id=self.guild.id)
        text = post_text(job, self.bot.services.offer)
        return await there.send(text, view=post_controls(job), file=file or discord.utils.MISSING)

    async def submit(
        self, shown: InteractionResult, values: dict[str, Any], *, who: simcord.MemberActor | None = None
    ) -> InteractionResult:
        """Have a member submit a modal, Alice unless said otherwise; what is not given keeps its default."""
        return await (who or self.alice).submit_modal(shown, {**_defaults(shown.modal or {}), **values})

    async def refusal(self, prompt: str = "@Image1 waves", **options: Any) -> str:
        """Have Alice ask for what is refused; returns the sentence that only she sees."""
        return await self.refused(await self.ask(prompt, **options))

    async def refused(self, result: InteractionResult) -> str:
        """Make sure that one ephemeral message came and that nothing was saved; returns its first line."""
        assert result.response is not None
        assert result.response.ephemeral
        assert result.followups == []
        assert await self.jobs() == []
        assert self.driven == []
        assert "@everyone" not in result.response.content
        return unlinked(result.response.content.splitlines()[0])

    def channel_without(self, *names: str) -> simcord.ChannelHandle:
        """Make a channel where the bot lacks these permissions."""
        assert self.guild.me is not None
        denied = discord.PermissionOverwrite(**dict.fromkeys(names, False))
        return self.guild.create_text_channel("quiet", overwrites={self.guild.me: denied})

    async def thread_in(self, channel: simcord.ChannelHandle) -> simcord.ChannelHandle:
        """Open a public thread in a channel."""
        parent = self.bot.get_channel(channel.id)
        assert isinstance(parent, discord.TextChannel)
        await parent.create_thread(name="storyboards", type=discord.ChannelType.public_thread)
        [thread] = channel.threads
        return thread


def _defaults(modal: dict[str, Any]) -> dict[str, Any]:
    """Take what stands in a modal when it opens, which a client sends unless the member changes it."""
    found: dict[str, Any] = {}
    for field in (label["component"] for label in modal["components"]):
        chosen = [option["value"] for option in field.get("options", ()) if option.get("default")]
        if field["type"] == discord.ComponentType.radio_group.value:
            found[field["custom_id"]] = chosen[0]
        elif chosen or "value" in field:
            found[field["custom_id"]] = field.get("value") or chosen
    return found


def picture(name: str = "keeper.png", *, size: tuple[int, int] = (640, 480), padding: int = 0) -> Upload:
    """Draw a picture of `size` pixels in the format that its name tells, with `padding` bytes behind it."""
    buffer = io.BytesIO()
    kind = name.rpartition(".")[2].replace("jpg", "jpeg")
    Image.new("L", size, 128).save(buffer, format=kind)
    return name, buffer.getvalue() + bytes(padding)


def unlinked(text: str) -> str:
    """Write the commands that a text links to as their names."""
    return re.sub(r"</([^:>]+):[0-9]+>", r"`/\1`", text)


async def press_id(
    stage: Stage,
    custom_id: str,
    *,
    channel: simcord.ChannelHandle | None = None,
    who: simcord.MemberActor | None = None,
) -> InteractionResult:
    """Have a member press a button with this custom id in a layout, Alice in the channel unless said otherwise."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(discord.ui.Button[Any](label="Forged", custom_id=custom_id)))
    view.stop()
    message = await stage.bot.get_partial_messageable((channel or stage.channel).id).send(view=view)
    return await (who or stage.alice).click(message, label="Forged")


async def post_here(
    stage: Stage, job_id: int, *, channel: simcord.ChannelHandle | None = None, who: simcord.MemberActor | None = None
) -> str:
    """Press *Post here* of a video; returns what only the member sees."""
    result = await press_id(stage, f"reelcast:post-here:{job_id}", channel=channel, who=who)
    assert result.ephemeral
    assert result.response is not None
    return result.response.content


def texts(message: simcord.ResponseMessage) -> str:
    """Return every text of a card, a line each."""

    def walk(components: Sequence[dict[str, Any]]) -> list[str]:
        found: list[str] = []
        for component in components:
            if "content" in component:
                found.append(component["content"])
            found += walk(component.get("components", []))
        return found

    return "\n".join(walk(message.components))
