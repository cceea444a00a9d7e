"""Rules of servers are read when needed, kept by events, and never forgotten because Discord is down for a while."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.automod.book import (
    LAST_KNOWN_FOR,
    MOST_SERVERS,
    READ_AGAIN_AFTER,
    TRY_AGAIN_AFTER,
    RuleBook,
    RulesForbidden,
    RulesUnreadable,
)
from bot.automod.keywords import all_views_of
from bot.automod.rules import AutomodRule
from bot.automod.slices import taken_at_once

GUILD = 100


class Source:
    """A Discord whose rules are in a list; it can refuse, be down, and do something while it is read."""

    def __init__(self, *rules: AutomodRule) -> None:
        self.rules: Sequence[AutomodRule] = rules
        self.may = True
        self.error: Exception | None = None
        self.readings = 0
        self.meanwhile: Any = lambda: None

    def may_read(self, guild_id: int) -> bool:
        return self.may

    async def read(self, guild_id: int) -> Sequence[AutomodRule]:
        self.readings += 1
        found = self.rules
        self.meanwhile()
        await asyncio.to_thread(lambda: None)  # an answer takes its time
        if self.error is not None:
            raise self.error
        return found


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def a_rule(number: int = 1, *keywords: str) -> AutomodRule:
    return AutomodRule(id=number, name=f"rule {number}", keywords=keywords or ("cat",))


async def refuses(book: RuleBook, text: str, guild_id: int = GUILD) -> bool:
    rules = await book.rules_for(guild_id)
    assert rules is not None
    return taken_at_once(rules.judge(all_views_of([text]))) is not None


@pytest.fixture
def time() -> Time:
    return Time()


async def test_rules_are_read_once_and_then_kept(time: Time) -> None:
    source = Source(a_rule())
    book = RuleBook(source, time)
    assert await refuses(book, "a cat")
    time.now = READ_AGAIN_AFTER - 1
    assert not await refuses(book, "a dog")
    assert source.readings == 1


async def test_requests_at_once_share_one_reading(time: Time) -> None:
    source = Source(a_rule())
    book = RuleBook(source, time)
    assert all(await asyncio.gather(*(refuses(book, "a cat") for _ in range(10))))
    assert source.readings == 1


async def test_a_rule_that_is_made_changed_or_removed_counts_at_once(time: Time) -> None:
    source = Source(a_rule())
    book = RuleBook(source, time)
    assert not await refuses(book, "a dog")
    book.changed(GUILD, a_rule(2, "dog"))
    assert await refuses(book, "a dog")
    book.changed(GUILD, a_rule(2, "fox"))
    assert not await refuses(book, "a dog")
    assert await refuses(book, "a fox")
    book.removed(GUILD, 2)
    assert not await refuses(book, "a fox")
    assert await refuses(book, "a cat")
    assert source.readings == 1


async def test_what_happens_while_rules_are_read_is_not_overwritten_by_an_older_answer(time: Time) -> None:
    source = Source()
    book = RuleBook(source, time)

    def another_rule() -> None:
        source.meanwhile = lambda: None
        source.rules = [a_rule()]
        book.changed(GUILD, a_rule())

    source.meanwhile = another_rule
    assert await refuses(book, "a cat")
    assert source.readings == 2


async def test_events_of_servers_where_nobody_asks_cost_nothing(time: Time) -> None:
    source = Source()
    book = RuleBook(source, time)
    book.changed(GUILD, a_rule())
    book.removed(GUILD, 1)
    assert source.readings == 0


async def test_after_a_gap_in_the_events_the_servers_concerned_are_read_anew(time: Time) -> None:
    source = Source()
    book = RuleBook(source, time)
    for guild_id in (GUILD, GUILD + 1):
        assert not await refuses(book, "a cat", guild_id)
    source.rules = [a_rule()]
    book.missed_events(lambda guild_id: guild_id == GUILD)
    assert await refuses(book, "a cat", GUILD)
    assert not await refuses(book, "a cat", GUILD + 1)
    assert source.readings == 3


async def test_now_and_then_rules_are_read_anew_in_any_case(time: Time) -> None:
    source = Source()
    book = RuleBook(source, time)
    assert not await refuses(book, "a cat")
    source.rules = [a_rule()]
    time.now = READ_AGAIN_AFTER
    assert await refuses(book, "a cat")


async def test_without_manage_server_there_are_no_rules_to_apply(time: Time) -> None:
    source = Source(a_rule())
    source.may = False
    book = RuleBook(source, time)
    assert await book.rules_for(GUILD) is None
    assert source.readings == 0
    source.may = True
    assert await refuses(book, "a cat")
    source.may = False
    assert await book.rules_for(GUILD) is None


@pytest.mark.parametrize("error", [RulesUnreadable(), RulesForbidden()], ids=["down", "refused"])
async def test_rules_that_were_never_read_open_nothing_and_are_soon_asked_about_anew(
    time: Time, error: Exception
) -> None:
    source = Source(a_rule())
    source.error = error
    book = RuleBook(source, time)
    for _ in range(3):
        with pytest.raises(RulesUnreadable):
            await book.rules_for(GUILD)
        book.changed(GUILD, a_rule(2, "dog"))
    assert source.readings == 1  # a Discord in trouble is left alone for some seconds
    source.error = None
    time.now = TRY_AGAIN_AFTER
    assert await refuses(book, "a cat")


async def test_the_last_known_rules_and_their_changes_count_while_discord_refuses(time: Time) -> None:
    source = Source(a_rule())
    book = RuleBook(source, time)
    assert await refuses(book, "a cat")
    source.error = RulesForbidden()
    time.now = READ_AGAIN_AFTER
    assert await refuses(book, "a cat")
    book.changed(GUILD, a_rule(2, "dog"))
    assert await refuses(book, "a dog")
    time.now = LAST_KNOWN_FOR
    with pytest.raises(RulesUnreadable):
        await book.rules_for(GUILD)


async def test_manage_server_that_is_taken_away_while_rules_are_read_leaves_none_to_apply(time: Time) -> None:
    source = Source(a_rule())
    book = RuleBook(source, time)

    def taken_away() -> None:
        source.may = False

    source.meanwhile, source.error = taken_away, RulesForbidden()
    assert await book.rules_for(GUILD) is None
    source.meanwhile, source.error, source.may = lambda: None, None, True
    assert await refuses(book, "a cat")


async def test_the_last_known_rules_count_for_an_hour_while_discord_is_down(time: Time) -> None:
    source = Source(a_rule())
    book = RuleBook(source, time)
    assert await refuses(book, "a cat")
    source.error = RulesUnreadable()
    time.now = LAST_KNOWN_FOR - 1
    assert await refuses(book, "a cat")
    time.now = LAST_KNOWN_FOR + TRY_AGAIN_AFTER
    with pytest.raises(RulesUnreadable):
        await book.rules_for(GUILD)


async def test_the_rules_of_a_server_unused_for_long_make_room(time: Time) -> None:
    source = Source()
    book = RuleBook(source, time)
    for guild_id in range(MOST_SERVERS + 1):
        await book.rules_for(guild_id)
    readings = source.readings
    await book.rules_for(MOST_SERVERS)
    assert source.readings == readings
    await book.rules_for(0)
    assert source.readings == readings + 1
