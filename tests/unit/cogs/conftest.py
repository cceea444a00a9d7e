"""The real bot on SimCord's Discord, with real services on a database of the test's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
import simcord
from aiohttp import TCPConnector
from pydantic import SecretStr

from bot.app import Reelcast, open_services
from bot.config import Settings
from bot.jobs.driving.control import JobControl
from bot.jobs.driving.intake import Intake
from bot.moderation.store import owe_in
from tests.support.consent import GivenConsents
from tests.support.database import file_url
from tests.support.doors import let_in
from tests.support.review_room import Room, a_room
from tests.unit.cogs.served_cdn import ServedCdn, served_cdn
from tests.unit.cogs.stage import Boot, MeasuringCdn, NotedDispatcher, SimulatedClock, Stage

NO_DEFERRAL = 1e6  # seconds: however busy the machine is, an answer is not deferred for that
COMES_TO_REST = 30.0  # seconds: the database writes through to a disk that other tests keep busy


@pytest.fixture
def changes() -> dict[str, object]:
    """Settings of the test's own; parametrize it to have some."""
    return {}


@pytest.fixture
def consent_given() -> bool:
    """Whether everybody has accepted the notice before their first images; a test of the notice says no."""
    return True


@pytest.fixture
async def cdn() -> AsyncIterator[ServedCdn]:
    async with served_cdn() as cdn:
        yield cdn


@pytest.fixture
async def boot(
    tmp_path: Path, changes: dict[str, object], consent_given: bool, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Boot]:
    """Give what makes a bot with services of its own; all of them on one database unless told otherwise.

    SimCord waits for the bot to come to rest. So no card waits for the moment when its estimate is over; edits, and
    answers that are tried again, leave without a pause; no answer is deferred for the time it takes; and no connection
    is kept open. All of that is tried on the local Discord.
    """
    monkeypatch.setattr("bot.delivery.cards.next_change", lambda _job, _now, _run_time: None)
    monkeypatch.setattr("bot.delivery.edit_queue.EDIT_EVERY", 0.0)
    monkeypatch.setattr("bot.ui.attempts.PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr("bot.ui.arrivals.PATIENCE", NO_DEFERRAL)
    monkeypatch.setattr(TCPConnector, "__init__", partialmethod(TCPConnector.__init__, force_close=True))
    settings = Settings.model_validate(
        {
            "discord_token": SecretStr("token"),
            "segmind_api_key": SecretStr("SG_0123456789abcdef"),
            "database_url": file_url(tmp_path),
            "data_dir": tmp_path / "data",
            **changes,
        }
    )
    async with AsyncExitStack() as stack:

        async def make(**others: object) -> Reelcast:
            bot = Reelcast(shard_count=1)
            chosen = settings.model_copy(update=others)
            services = await stack.enter_async_context(open_services(chosen, bot, clock=SimulatedClock()))
            dispatcher: Any = NotedDispatcher()
            intake = Intake(
                store=services.store,
                dispatcher=dispatcher,
                cards=services.delivery.cards,
                clock=services.clock,
                daily_limit_usd=chosen.spend_limit_usd_per_day,
                monthly_limit_usd=chosen.spend_limit_usd_per_month,
            )
            control = JobControl(
                store=services.store,
                dispatcher=dispatcher,
                cards=services.delivery.cards,
                clock=services.clock,
                look=services.moderators.reviews.look_again,
                owe=owe_in,
            )
            moderation = replace(services.moderation, dispatcher=dispatcher)
            jobs = replace(services.jobs, dispatcher=dispatcher, intake=intake, control=control)
            bot.services = replace(services, jobs=jobs, moderation=moderation)
            if consent_given:
                bot.services = replace(bot.services, consents=GivenConsents())
            return bot

        yield make


@pytest.fixture
async def simcord_bot(boot: Boot) -> Reelcast:
    return await boot()


@pytest.fixture
def channels_chosen() -> bool:
    """Whether a moderator has opened the channel to members; a test of a new server says no."""
    return True


@pytest.fixture
def newcomer() -> bool:
    """Whether Alice has never asked for a video: then she is given a hint with the first."""
    return False


@pytest.fixture
async def stage(simcord_env: simcord.Env, channels_chosen: bool, newcomer: bool) -> Stage:
    simcord_env.backend.cdn = MeasuringCdn()
    simcord_env.settle_timeout = COMES_TO_REST
    guild = simcord_env.create_guild("Film Club")
    stage = Stage(
        env=simcord_env,
        guild=guild,
        channel=guild.create_text_channel("videos"),
        alice=guild.add_member(simcord_env.create_user("alice")),
    )
    if channels_chosen:
        await let_in(stage.bot.services.guild_settings, guild.id, [stage.channel.id])
    if not newcomer:
        await stage.bot.services.members.preferences.hint(stage.alice.id)
    return stage


@pytest.fixture
async def room(stage: Stage, tmp_path: Path) -> Room:
    return await a_room(stage, tmp_path)
