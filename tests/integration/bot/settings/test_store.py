"""What a server decides is kept, and counts at once."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.settings.model import UNSET, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.settings.store import SettingsStore
from tests.support.database import file_url
from tests.support.jobs import NOON

GUILD = 7


async def test_a_server_that_decided_nothing_has_the_defaults(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        assert await SettingsStore(engine).get(GUILD) == UNSET


async def test_every_setting_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    decided = GuildSettings(
        channels=frozenset({2**63 - 1, 4}),
        roles=frozenset({5}),
        review=ReviewMode.BEFORE_POSTING,
        member_limits=Limits(per_day=0, at_once=2),
        role_limits={9: Limits(per_month=30)},
        spend_per_day_usd=Decimal("13.50"),
        words=("ünwört*", "*"),
        durations=frozenset({5}),
        channel_settings={4: ChannelSettings(review=ReviewMode.OFF, aspect_ratios=frozenset({"1:1"}))},
    )
    async with open_database(file_url(tmp_path)) as engine:
        await SettingsStore(engine).change(GUILD, lambda _before: decided, NOON)
    async with open_database(file_url(tmp_path)) as engine:
        assert await SettingsStore(engine).get(GUILD) == decided


async def test_two_changes_at_once_both_count(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = SettingsStore(engine)
        await asyncio.gather(
            store.change(GUILD, lambda before: replace(before, spoiler=True), NOON),
            store.change(GUILD, lambda before: replace(before, paused=True), NOON),
        )
        saved = await store.get(GUILD)
    assert saved == replace(UNSET, spoiler=True, paused=True)


async def test_a_change_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    def refuse(_before: GuildSettings) -> GuildSettings:
        raise ValueError("no")

    async with open_database(file_url(tmp_path)) as engine:
        store = SettingsStore(engine)
        with pytest.raises(ValueError, match="no"):
            await store.change(GUILD, refuse, NOON)
        assert await store.get(GUILD) == UNSET


def test_a_channel_does_as_its_server_unless_it_says_otherwise() -> None:
    server = GuildSettings(review=ReviewMode.BEFORE_SPENDING, spoiler=True, durations=frozenset({5}))
    own = replace(server, channel_settings={4: ChannelSettings(review=ReviewMode.OFF, spoiler=False)})
    here, elsewhere = own.in_channel(4), own.in_channel(5)
    assert (here.review, here.spoiler, here.durations) == (ReviewMode.OFF, False, frozenset({5}))
    assert (elsewhere.review, elsewhere.spoiler) == (ReviewMode.BEFORE_SPENDING, True)


def test_members_may_ask_nowhere_until_somebody_has_chosen() -> None:
    undecided, nowhere = GuildSettings(), GuildSettings(channels=frozenset())
    assert (undecided.chosen, undecided.is_open(4)) == (False, False)
    assert (nowhere.chosen, nowhere.is_open(4)) == (True, False)
    here = GuildSettings(channels=frozenset({4}))
    assert (here.chosen, here.is_open(4), here.is_open(5)) == (True, True, False)
    everywhere = GuildSettings(everywhere=True)
    assert (everywhere.chosen, everywhere.is_open(5)) == (True, True)


@pytest.mark.parametrize(
    ("settings", "linked"),
    [
        (GuildSettings(), True),
        (GuildSettings(review=ReviewMode.BEFORE_POSTING), False),
        (GuildSettings(new_member_days=3), False),
        (GuildSettings(review=ReviewMode.BEFORE_POSTING, original_links=True), True),
        (GuildSettings(original_links=False), False),
    ],
)
def test_the_original_is_linked_only_where_there_is_no_review_unless_it_was_decided(
    settings: GuildSettings, *, linked: bool
) -> None:
    assert settings.links_to_original is linked
