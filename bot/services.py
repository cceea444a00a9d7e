"""The composition root: each room opens its part from what it needs, and everything closes in reverse."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import discord

from bot.automod.book import RuleBook
from bot.automod.discord_rules import AutomodSource
from bot.cast.lasting import Cast, cast_of
from bot.catalogue.offer import Offer
from bot.config import Settings
from bot.delivery.delivery import Delivery, open_delivery
from bot.engine import Jobs, jobs_of, stopped_first
from bot.gate.gatekeeping import Gatekeeping, gatekeeping_of, keep_usage_thin
from bot.jobs.clock import AnswersFirst, Clock, SystemClock, at_once
from bot.jobs.storage.jobs import JobStore
from bot.jobs.tasks import Work, in_background
from bot.members.members import DoneNotices, Members, members_of
from bot.members.preferences import PreferenceStore
from bot.moderation.decide import Moderation
from bot.moderation.moderators import Moderators, find_room, moderation_of, moderators_of, moderators_work
from bot.observing.health import Outside
from bot.observing.metrics import Metrics
from bot.operator.watch import Operating, operating_of
from bot.records.log_channel import LogChannel, RecordKeeping, keep_records
from bot.records.renamed_commands import RenamedCommands
from bot.requests.consent import ConsentStore
from bot.requests.waiting import PausedStore
from bot.resources import Troubles, open_resources
from bot.settings.store import SettingsStore
from bot.ui.attempts import RecentPresses
from bot.ui.language import read_catalogues

DRAFTS_THINNED_EVERY: Final = 300.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What cogs and commands call."""

    settings: Settings
    clock: Clock
    outside: Outside
    offer: Offer
    store: JobStore
    jobs: Jobs
    delivery: Delivery
    presses: RecentPresses
    consents: ConsentStore
    paused: PausedStore
    members: Members
    cast: Cast
    guild_settings: SettingsStore
    gate: Gatekeeping
    log_channel: LogChannel
    records: RecordKeeping
    operating: Operating
    moderators: Moderators
    moderation: Moderation


@asynccontextmanager
async def open_services(
    settings: Settings,
    client: discord.Client,
    *,
    clock: Clock | None = None,
    metrics: Metrics | None = None,
    troubles: Troubles | None = None,
    answers_first: AnswersFirst = at_once,
) -> AsyncGenerator[Services]:
    """Open database, HTTP sessions and the job engine, delivering through `client`.

    `metrics` are those that `client` tells of Discord's answers, if it does; `troubles` say, by part, what is wrong
    with what only the caller knows; `answers_first` is waited for before background work goes on.

    Drivers start with `jobs.dispatcher.resume()`, once `client` is logged in. On leaving, drivers stop first, then the
    last edits of cards go out, then everything closes.
    """
    clock = clock or SystemClock()
    await asyncio.to_thread(read_catalogues)
    async with open_resources(
        settings,
        client,
        clock=clock,
        metrics=metrics or Metrics(),
        troubles=troubles or {},
        answers_first=answers_first,
    ) as opened:
        database, store, turns, offer = opened.database, opened.store, opened.turns, settings.offer
        guild_settings, preferences = SettingsStore(database), PreferenceStore(database)
        delivery = await open_delivery(client, store, offer, clock, turns)
        log_channel = LogChannel(client, guild_settings, turns)
        moderators = moderators_of(
            client,
            database,
            jobs=store,
            settings=guild_settings,
            log_channel=log_channel,
            files=opened.files,
            offer=offer,
            clock=clock,
            turns=turns,
        )
        cast = cast_of(database, opened.account.client, clock, opened.files)
        caps, tell_done = partial(find_room, guild_settings), DoneNotices(client, preferences).tell
        jobs = jobs_of(opened, delivery, moderators, elements=cast.elements, caps=caps, tell_done=tell_done)
        engine, drivers = jobs.engine, jobs.dispatcher
        members = members_of(client, database, preferences, store, delivery.cards, drivers, clock)
        moderation = moderation_of(moderators, store, delivery.cards, drivers, clock, engine.limits.spend)
        records = keep_records(client, database, guild_settings, log_channel, clock)
        renamed = RenamedCommands(client, database, guild_settings, log_channel, clock)
        operating = operating_of(client, database, opened.account.budget, settings, engine, drivers, jobs.control)
        gate = gatekeeping_of(database, opened.reader, RuleBook(AutomodSource(client), clock.monotonic), clock)
        paused = PausedStore(database)
        work: Work = {
            **jobs.work,
            **moderators_work(moderators, moderation, guild_settings, drivers, database),
            **operating.work,
            **opened.work,
            **members.work,
            **records.work,
            "renamed-commands": renamed.run,
            **({} if turns is None else {"channel-turns": turns.run}),
            "usage-thinning": partial(keep_usage_thin, [gate.usage, gate.warnings], clock),
            "draft-thinning": partial(keep_usage_thin, [paused], clock, DRAFTS_THINNED_EVERY),
        }
        async with in_background(work, clock) as background, stopped_first(jobs, delivery, clock):
            yield Services(
                settings=settings,
                clock=clock,
                outside=opened.outside(
                    driving=lambda: drivers.driving, machine=lambda: engine.machine.trouble, background=background
                ),
                offer=offer,
                store=store,
                jobs=jobs,
                delivery=delivery,
                presses=RecentPresses(clock.monotonic),
                consents=ConsentStore(database, opened.reader),
                paused=paused,
                members=members,
                cast=cast,
                guild_settings=guild_settings,
                gate=gate,
                log_channel=log_channel,
                records=records,
                operating=operating,
                moderators=moderators,
                moderation=moderation,
            )
