"""The rooms: which of them can import which, and which can call Discord."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.modules import OURS, ROOT, RUN_BY_ALEMBIC, Module, breaches, imports, is_within, known_names, modules
from tests.support.rooms import CROWDED, DISCORD_SPEAKERS, MAY_IMPORT, MOST_FILES


def row_of(name: str) -> str:
    return max((row for row in MAY_IMPORT if is_within(name, row)), key=len)


def may_import(row: str, name: str) -> bool:
    if name == "bot":  # the package itself: its version
        return True
    return row_of(name) in {row, *MAY_IMPORT[row]} or (row == "bot" and is_within(name, "bot"))


@pytest.mark.parametrize("row", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(row: str) -> None:
    def upward(module: Module) -> Iterator[tuple[ast.AST, str]]:
        for node, name in imports(module):
            if name.split(".")[0] in OURS and not may_import(row, name):
                yield node, f"imports {name}"

    assert breaches(upward, [module for module in modules() if row_of(module.name) == row]) == []


def test_no_room_imports_one_that_stands_below_it() -> None:
    rows = [row for row in MAY_IMPORT if row != "bot"]
    later = {row: rows[rows.index(row) :] for row in rows}
    assert {row: set(MAY_IMPORT[row]) & set(later[row]) for row in rows if set(MAY_IMPORT[row]) & set(later[row])} == {}


def test_every_room_has_its_row_and_says_what_lives_there() -> None:
    rooms = [
        module for module in modules() if module.path.name == "__init__.py" and not is_within(module.name, "sandbox")
    ]
    assert {room.name for room in rooms} - set(MAY_IMPORT) - {RUN_BY_ALEMBIC, f"{RUN_BY_ALEMBIC}.versions"} == set()
    assert {row for row in MAY_IMPORT if row.count(".")} <= known_names()
    silent = [room.name for room in rooms if not ast.get_docstring(room.tree())]
    assert [name for name in silent if not is_within(name, RUN_BY_ALEMBIC)] == []


def test_a_room_is_seen_at_a_glance() -> None:
    counts = Counter(
        module.name.rpartition(".")[0]
        for module in modules()
        if module.path.name != "__init__.py" and not is_within(module.name, f"{RUN_BY_ALEMBIC}.versions")
    )
    assert {room: count for room, count in counts.items() if count > CROWDED.get(room, MOST_FILES)} == {}


def test_nothing_imports_a_cog() -> None:
    """Nothing but a cog imports from cogs, and what Discord's library loads as a cog is imported by nothing."""
    loaded = {
        each.name for each in modules() if re.search(r"^async def setup\(", each.path.read_text("utf-8"), re.MULTILINE)
    }

    def imported_cog(module: Module) -> Iterator[tuple[ast.AST, str]]:
        for node, name in imports(module):
            if name in loaded or (is_within(name, "cogs") and not is_within(module.name, "cogs")):
                yield node, f"imports {name}"

    assert breaches(imported_cog) == []


@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_tests_mirror_the_rooms(kind: str) -> None:
    folder = ROOT / "tests" / kind
    places = {path.parent.relative_to(folder) for path in folder.rglob("test_*.py")}
    ours = {place for place in places if place.parts and place.parts[0] in OURS}
    assert {str(place) for place in ours if not (ROOT / place).is_dir()} == set()


def test_cogs_are_named_only_where_they_are_loaded() -> None:
    def named_cog(module: Module) -> Iterator[tuple[ast.AST, str]]:
        for node in ast.walk(module.tree()):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"cogs(\.\w+)+", node.value)
            ):
                yield node, f"names {node.value}"

    assert [breach for breach in breaches(named_cog) if not breach.startswith("bot/app.py:")] == []


def test_discord_is_imported_only_where_people_are_spoken_to() -> None:
    speakers = {f"{room}.{name}" for room, names in DISCORD_SPEAKERS.items() for name in names}

    def speaks(module: Module) -> Iterator[tuple[ast.AST, str]]:
        if not is_within(module.name, "cogs") and module.name not in speakers:
            yield from ((node, f"imports {name}") for node, name in imports(module) if is_within(name, "discord"))

    assert breaches(speaks) == []


def test_jobs_know_no_discord() -> None:
    assert [room for room in DISCORD_SPEAKERS if is_within(room, "bot.jobs")] == []
