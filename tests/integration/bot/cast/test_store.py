"""Saved characters in either database: whose they are, who may use them, and what is kept of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cast.model import CastFull, Character, CharacterGone, NameTaken, Picture
from bot.cast.store import CastStore
from bot.database.engine import open_database
from bot.database.transfer import transfer
from bot.jobs.prompt import name_key
from tests.support.database import file_url
from tests.support.files import png
from tests.support.jobs import NOON

MIRA, BOB = 30, 31
FILM_CLUB, ELSEWHERE = 10, 11
FACE, SIDE = Picture(content=png(), content_type="image/png"), Picture(content=b"\0\xff", content_type="image/jpeg")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[CastStore]:
    async with open_database(database_url) as engine:
        yield CastStore(engine)


async def add(store: CastStore, cast_id: int, name: str, *, owner: int = MIRA, most: int = 20) -> Character:
    return await store.add(cast_id, owner, name, [FACE, SIDE], most=most, now=NOON)


async def names(store: CastStore, member_id: int, guild_id: int | None = FILM_CLUB) -> list[str]:
    return [each.name for each in await store.usable(member_id, guild_id)]


async def test_a_character_comes_back_with_its_pictures_in_order(store: CastStore) -> None:
    saved = await add(store, 1, "Mira")
    assert await store.by_id(1, MIRA, None) == saved
    stored = await store.pictures(1)
    assert [each.picture for each in stored] == [FACE, SIDE]
    assert [each.url for each in stored] == [None, None]


async def test_a_name_belongs_to_one_of_a_members_characters(store: CastStore) -> None:
    await add(store, 1, "Straße")
    with pytest.raises(NameTaken):
        await add(store, 2, "STRASSE")
    await add(store, 3, "strasse", owner=BOB)
    assert await names(store, MIRA) == ["Straße"]


async def test_a_member_has_no_more_than_allowed(store: CastStore) -> None:
    await add(store, 1, "a", most=1)
    with pytest.raises(CastFull):
        await add(store, 2, "b", most=1)
    assert await store.count(MIRA) == 1


async def test_of_characters_saved_at_once_in_several_processes_no_more_are_kept_than_allowed(
    database_url: str,
) -> None:
    async with AsyncExitStack() as stack:
        stores = [CastStore(await stack.enter_async_context(open_database(database_url))) for _ in range(3)]
        saving = [add(stores[each % 3], each, f"n{each}", most=2) for each in range(12)]
        ends = await asyncio.gather(*saving, return_exceptions=True)
        assert len(await names(stores[0], MIRA)) == 2
    assert sum(isinstance(end, CastFull) for end in ends) == 10


async def test_what_is_shared_is_found_there_and_nowhere_else(store: CastStore) -> None:
    await add(store, 1, "lamp")
    assert await names(store, BOB) == []
    assert await store.by_id(1, BOB, FILM_CLUB) is None
    await store.share(1, MIRA, FILM_CLUB, NOON)
    assert await names(store, BOB) == ["lamp"]
    assert await names(store, BOB, ELSEWHERE) == []
    assert await names(store, BOB, None) == []
    found = await store.by_id(1, BOB, FILM_CLUB)
    assert found is not None
    assert found.shared
    await store.unshare(1, FILM_CLUB)
    assert await names(store, BOB) == []


async def test_ones_own_stands_before_what_others_share(store: CastStore) -> None:
    await add(store, 1, "lamp")
    await store.share(1, MIRA, FILM_CLUB, NOON)
    await add(store, 2, "Lamp", owner=BOB)
    found = await store.by_names([name_key("LAMP"), "quay"], BOB, FILM_CLUB)
    assert {key: each.id for key, each in found.items()} == {"lamp": 2}


async def test_a_server_has_one_shared_character_of_a_name(store: CastStore) -> None:
    await add(store, 1, "lamp")
    await add(store, 2, "quay", owner=BOB)
    for cast_id, owner in ((1, MIRA), (2, BOB)):
        await store.share(cast_id, owner, FILM_CLUB, NOON)
    with pytest.raises(NameTaken):
        await store.rename(2, BOB, "LAMP")
    assert await names(store, BOB) == ["quay", "lamp"]


async def test_what_is_anothers_cannot_be_changed(store: CastStore) -> None:
    await add(store, 1, "lamp")
    with pytest.raises(CharacterGone):
        await store.rename(1, BOB, "x")
    with pytest.raises(CharacterGone):
        await store.share(1, BOB, FILM_CLUB, NOON)
    assert not await store.remove(1, BOB)


async def test_what_is_removed_is_gone_with_its_pictures_and_shares(store: CastStore) -> None:
    await add(store, 1, "lamp")
    await store.share(1, MIRA, FILM_CLUB, NOON)
    assert await store.remove(1, MIRA)
    assert await store.pictures(1) == []
    assert await names(store, BOB) == []
    await add(store, 2, "lamp")


async def test_a_member_who_is_forgotten_leaves_nothing_and_others_all(store: CastStore) -> None:
    for cast_id, name in ((1, "lamp"), (2, "quay")):
        await add(store, cast_id, name)
        await store.share(cast_id, MIRA, FILM_CLUB, NOON)
    await add(store, 3, "fox", owner=BOB)
    assert await store.forget_member(MIRA) == 2
    assert await names(store, BOB) == ["fox"]


async def test_addresses_are_kept_with_their_date(store: CastStore) -> None:
    await add(store, 1, "lamp")
    await store.keep_urls(1, ["https://a/1", "https://a/2"], NOON + timedelta(hours=1))
    stored = await store.pictures(1)
    assert [each.url for each in stored] == ["https://a/1", "https://a/2"]
    assert {each.url_since for each in stored} == {NOON + timedelta(hours=1)}


async def test_two_who_save_the_same_name_at_once_make_one(store: CastStore) -> None:
    outcomes = await asyncio.gather(*(add(store, cast_id, "lamp") for cast_id in (1, 2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["Character", "NameTaken"]


async def test_pictures_move_to_another_database_byte_for_byte(tmp_path: Path, postgres_url: str) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        for cast_id in range(1, 26):
            await add(CastStore(engine), cast_id, f"n{cast_id}", most=100)
    await transfer(file_url(tmp_path), postgres_url)
    async with open_database(postgres_url) as engine:
        assert [each.picture for each in await CastStore(engine).pictures(25)] == [FACE, SIDE]
