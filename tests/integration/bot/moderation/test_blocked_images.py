"""Pictures that moderators do not want to see again."""

from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.moderation import blocks
from bot.moderation.blocks import BlockedImageStore
from tests.support.database import file_url
from tests.support.drawings import drawing, print_of
from tests.support.jobs import NOON

GUILD = 7
FOX, OWL, BEAR = (print_of(drawing(seed)) for seed in range(3))
SMALL_FOX = print_of(drawing(0).resize((320, 240)))


async def test_the_first_blocked_picture_of_several_is_found_in_its_server_alone(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockedImageStore(engine)
        assert await store.add(GUILD, [FOX], by_id=99, reason="private", now=NOON) == 1
        assert await store.find(GUILD, [OWL, SMALL_FOX]) == 1
        assert await store.find(GUILD, [OWL, BEAR]) is None
        assert await store.find(8, [FOX]) is None


async def test_a_copy_of_a_blocked_picture_and_one_that_shows_nothing_are_not_added(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockedImageStore(engine)
        await store.add(GUILD, [FOX], by_id=99, reason="", now=NOON)
        assert await store.add(GUILD, [SMALL_FOX, "", OWL, OWL], by_id=99, reason="", now=NOON) == 1


async def test_a_picture_is_allowed_again_by_any_copy_of_it(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockedImageStore(engine)
        await store.add(GUILD, [FOX, OWL], by_id=99, reason="", now=NOON)
        assert await store.allow(GUILD, [SMALL_FOX]) == 1
        assert await store.find(GUILD, [FOX]) is None
        assert await store.find(GUILD, [OWL]) == 0


async def test_a_full_list_gives_up_its_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_OF_A_SERVER", 2)
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockedImageStore(engine)
        for minute, each in enumerate([FOX, OWL, BEAR]):
            await store.add(GUILD, [each], by_id=99, reason="", now=NOON.replace(minute=minute))
        assert [await store.find(GUILD, [each]) for each in (FOX, OWL, BEAR)] == [None, 0, 0]
