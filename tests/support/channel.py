"""A channel of the local Discord, a bot that is logged in to it, and a member who looks on."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import discord
import pytest
from discord.http import Route

from bot.catalogue.offer import Offer
from bot.delivery.card_view import status_card
from bot.discord_api.leave_by import deadline_trace
from bot.jobs.model import Job
from bot.jobs.states import State
from sandbox.discord.server import DiscordSandbox
from sandbox.member import Member, Message, Sandbox
from tests.support.jobs import a_job, a_reference, a_request

FILM_CLUB, ANIMATION_GUILD = "Film Club", "Animation Guild"
OFFER = Offer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    client: discord.Client
    sandbox: Sandbox
    mira: Member
    recording: Path
    cdn_host: str

    async def job(
        self, state: State, *, channel: str = "videos", guild: str = FILM_CLUB, prompt: str = "a fox", images: int = 1
    ) -> Job:
        """Make a job in `state` whose card stands in a channel."""
        request = a_request(
            guild_id=int(self.sandbox.admin.guild_id(guild)),
            channel_id=int(self.sandbox.admin.channel_id(channel, guild=guild)),
            member_id=self.mira.id,
            prompt=prompt,
            references=[a_reference(f"https://cdn.discordapp.com/{number}.png") for number in range(images)],
        )
        job = replace(a_job(state, request=request), post_attempts=1)
        place = self.client.get_partial_messageable(request.channel_id, guild_id=request.guild_id)
        card = await place.send(view=status_card(job, OFFER, now=job.created_at, position=None))
        return job.evolve(card_message_id=card.id)

    async def card(self, job: Job) -> Message:
        return await self.mira.wait_for(lambda message: message.id == job.card_message_id)

    async def shows(self, job: Job, words: str) -> Message:
        """Wait until the card of a job says something."""
        return await self.mira.wait_for(lambda message: message.id == job.card_message_id and words in message.text)

    def requests(self, method: str, route: str = "/messages") -> Sequence[str]:
        """Tell the paths of the bot's requests so far that were of a method and on a route."""
        lines = map(json.loads, self.recording.read_text().splitlines())
        asked = [line["request"] for line in lines if "request" in line]
        return [each["path"] for each in asked if each["method"] == method and route in each["path"]]


@asynccontextmanager
async def open_channel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Channel]:
    recording = folder / "discord.jsonl"
    async with DiscordSandbox(recording=recording) as discord_sandbox:
        described = discord_sandbox.describe()
        # The library keeps the address in a class attribute.
        monkeypatch.setattr(Route, "BASE", described["api_url"])
        client = discord.Client(intents=discord.Intents.none(), http_trace=deadline_trace())
        async with client, Sandbox.connect(described["control_url"]) as sandbox:
            await client.login(described["token"])
            mira = sandbox.member("mira", guild=FILM_CLUB)
            await mira.messages()
            host = urlsplit(described["cdn_url"]).netloc
            yield Channel(client=client, sandbox=sandbox, mira=mira, recording=recording, cdn_host=host)
