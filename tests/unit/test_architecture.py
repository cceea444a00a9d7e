"""The rooms: which of them can import which, and which can call Discord."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.modules import OURS, ROOT, RUN_BY_ALEMBIC, Module, breaches, imports, is_within, known_names, modules

# What each room may import of ours besides itself, and nothing of that may stand below it in this table: imports point
# one way. The longest row that fits a module speaks for it, and for none of the rooms within it.
PURE_JOBS = (  # values and rules without I/O
    "bot.jobs.clock",
    "bot.jobs.states",
    "bot.jobs.problem_codes",
    "bot.jobs.model",
    "bot.jobs.prompt",
    "bot.jobs.decisions",
)
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "bot.segmind": (),
    "bot.media": (),
    "bot.media.images": ("bot.media",),
    "bot.media.videos": ("bot.media",),
    "bot.database": (),
    "bot.automod": (),
    "bot.catalogue": ("bot.media",),
    "bot.jobs.clock": (),
    "bot.jobs.states": (),
    "bot.jobs.problem_codes": (),
    "bot.jobs.model": ("bot.catalogue", "bot.jobs.states", "bot.jobs.problem_codes"),
    "bot.jobs.prompt": (),
    "bot.jobs.decisions": ("bot.jobs.model",),
    "bot.jobs": (
        "bot.media",
        "bot.media.images",
        "bot.segmind",
        "bot.media.videos",
        "bot.database",
        "bot.jobs.clock",
        "bot.jobs.states",
        "bot.jobs.model",
        "bot.jobs.prompt",
        "bot.jobs.decisions",
        "bot.catalogue",
    ),
    "bot.jobs.storage": (*PURE_JOBS, "bot.catalogue", "bot.segmind", "bot.database", "bot.jobs"),
    "bot.jobs.history": (*PURE_JOBS, "bot.segmind", "bot.catalogue", "bot.jobs", "bot.jobs.storage"),
    "bot.jobs.pacing": (*PURE_JOBS, "bot.segmind", "bot.database", "bot.jobs", "bot.jobs.storage"),
    "bot.jobs.steps": (
        *PURE_JOBS,
        "bot.segmind",
        "bot.media",
        "bot.media.images",
        "bot.media.videos",
        "bot.database",
        "bot.catalogue",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.history",
        "bot.jobs.pacing",
    ),
    "bot.jobs.driving": (*PURE_JOBS, "bot.database", "bot.jobs", "bot.jobs.storage", "bot.jobs.steps"),
    "bot.jobs.upkeep": (
        *PURE_JOBS,
        "bot.segmind",
        "bot.database",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.history",
        "bot.jobs.steps",
        "bot.jobs.driving",
    ),
    "bot.config_values": ("bot.media", "bot.catalogue"),
    "bot.config": ("bot.media", "bot.catalogue", "bot.config_values"),
    "bot.ui": (*PURE_JOBS, "bot.database", "bot.jobs"),
    "bot.discord_api": (*PURE_JOBS, "bot.media", "bot.database", "bot.jobs", "bot.ui"),
    "bot.cast.model": ("bot.jobs.model",),
    "bot.cast": (
        *PURE_JOBS,
        "bot.segmind",
        "bot.media",
        "bot.media.images",
        "bot.database",
        "bot.catalogue",
        "bot.jobs",
        "bot.ui",
        "bot.cast.model",
    ),
    "bot.requests": ("bot.media", "bot.database", "bot.jobs.model", "bot.jobs.prompt", "bot.catalogue", "bot.ui"),
    "bot.settings": ("bot.database", "bot.automod", "bot.jobs.model", "bot.catalogue", "bot.ui"),
    "bot.settings.panel": ("bot.ui", "bot.settings"),
    "bot.gate": (
        "bot.catalogue",
        "bot.database",
        "bot.automod",
        "bot.jobs.clock",
        "bot.jobs.states",
        "bot.jobs.model",
        "bot.ui",
        "bot.requests",
        "bot.settings",
    ),
    "bot.delivery": (
        *PURE_JOBS,
        "bot.jobs.storage",
        "bot.media",
        "bot.media.videos",
        "bot.catalogue",
        "bot.jobs",
        "bot.ui",
        "bot.discord_api",
        "bot.requests",
        "bot.gate",
    ),
    "bot.records": (
        *PURE_JOBS,
        "bot.catalogue",
        "bot.database",
        "bot.jobs",
        "bot.ui",
        "bot.discord_api",
        "bot.settings",
        "bot.delivery",
    ),
    "bot.members": (
        *PURE_JOBS,
        "bot.database",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.driving",
        "bot.jobs.upkeep",
        "bot.ui",
        "bot.discord_api",
        "bot.gate",
        "bot.delivery",
    ),
    "bot.moderation": (
        *PURE_JOBS,
        "bot.media",
        "bot.media.images",
        "bot.database",
        "bot.catalogue",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.driving",
        "bot.ui",
        "bot.discord_api",
        "bot.settings",
        "bot.gate",
        "bot.delivery",
        "bot.records",
    ),
    "bot.operator": (
        *PURE_JOBS,
        "bot.segmind",
        "bot.database",
        "bot.catalogue",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.history",
        "bot.jobs.pacing",
        "bot.jobs.steps",
        "bot.jobs.driving",
        "bot.config",
        "bot.ui",
        "bot.discord_api",
        "bot.gate",
    ),
    "bot.observing": (
        "bot.database",
        "bot.jobs.clock",
        "bot.jobs.states",
        "bot.jobs.model",
        "bot.jobs.storage",
        "bot.jobs.pacing",
    ),
    "bot.segmind_account": ("bot.segmind", "bot.jobs.clock", "bot.jobs.pacing", "bot.config"),
    "bot.cli": (
        *PURE_JOBS,
        "bot.segmind",
        "bot.database",
        "bot.catalogue",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.pacing",
        "bot.config",
        "bot.ui",
        "bot.discord_api",
        "bot.gate",
        "bot.operator",
        "bot.segmind_account",
    ),
    "bot.resources": (
        *PURE_JOBS,
        "bot.media",
        "bot.media.images",
        "bot.database",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.driving",
        "bot.config",
        "bot.discord_api",
        "bot.observing",
        "bot.segmind_account",
    ),
    "bot.engine": (
        *PURE_JOBS,
        "bot.media.videos",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.jobs.history",
        "bot.jobs.pacing",
        "bot.jobs.steps",
        "bot.jobs.driving",
        "bot.jobs.upkeep",
        "bot.delivery",
        "bot.moderation",
        "bot.operator",
        "bot.segmind_account",
        "bot.resources",
    ),
    "bot.services": (
        *PURE_JOBS,
        "bot.automod",
        "bot.catalogue",
        "bot.jobs",
        "bot.jobs.storage",
        "bot.config",
        "bot.ui",
        "bot.cast",
        "bot.requests",
        "bot.settings",
        "bot.gate",
        "bot.delivery",
        "bot.records",
        "bot.members",
        "bot.moderation",
        "bot.operator",
        "bot.observing",
        "bot.resources",
        "bot.engine",
    ),
    "bot.app": (
        "bot.automod",
        "bot.jobs.clock",
        "bot.config",
        "bot.ui",
        "bot.discord_api",
        "bot.observing",
        "bot.services",
        "bot",
    ),
    "cogs.requests": (
        *PURE_JOBS,
        "bot.media",
        "bot.database",
        "bot.automod",
        "bot.catalogue",
        "bot.jobs",
        "bot.jobs.steps",
        "bot.ui",
        "bot.discord_api",
        "bot.cast.model",
        "bot.cast",
        "bot.requests",
        "bot.settings",
        "bot.gate",
        "bot.delivery",
        "bot.members",
        "bot.services",
        "bot.app",
    ),
    "cogs.cast": (
        "bot.media",
        "bot.jobs.model",
        "bot.jobs.prompt",
        "bot.catalogue",
        "bot.ui",
        "bot.cast.model",
        "bot.cast",
        "bot.requests",
        "bot.settings",
        "bot.services",
        "bot.app",
        "cogs.requests",
    ),
    "cogs": (
        *PURE_JOBS,
        "bot.jobs",
        "bot.jobs.storage",
        "bot.ui",
        "bot.cast",
        "bot.requests",
        "bot.gate",
        "bot.records",
        "bot.members",
        "bot.operator",
        "bot.services",
        "bot.app",
        "cogs.requests",
        "cogs.cast",
    ),
    "cogs.members": (
        *PURE_JOBS,
        "bot.jobs",
        "bot.ui",
        "bot.requests",
        "bot.gate",
        "bot.delivery",
        "bot.members",
        "bot.moderation",
        "bot.app",
        "cogs.requests",
    ),
    "cogs.moderation": (
        *PURE_JOBS,
        "bot.media",
        "bot.jobs",
        "bot.ui",
        "bot.cast",
        "bot.requests",
        "bot.gate",
        "bot.moderation",
        "bot.services",
        "bot.app",
        "cogs.requests",
    ),
    "cogs.settings": (
        "bot.automod",
        "bot.jobs.decisions",
        "bot.jobs.storage",
        "bot.ui",
        "bot.settings",
        "bot.settings.panel",
        "bot.gate",
        "bot.services",
        "bot.app",
    ),
    "bot": ("bot",),  # the modules directly in it wire
    "sandbox": (),
}
# Who may speak to Discord, by file; the cogs all do.
DISCORD_SPEAKERS: dict[str, tuple[str, ...]] = {
    "bot": (
        "command_line",
        "processes",
        "app",
        "resources",
        "services",
        "worker",
    ),
    "bot.automod": ("discord_rules",),
    "bot.cast": ("view",),
    "bot.cli": ("check",),
    "bot.delivery": (
        "card_view",
        "cards",
        "delivery",
        "notices",
        "post_search",
        "post_view",
        "posts",
        "private_answers",
        "state_looks",
    ),
    "bot.discord_api": (
        "channels",
        "door",
        "errors",
        "reasons",
        "registration",
        "sending",
    ),
    "bot.members": (
        "emptying",
        "list_view",
        "members",
        "words",
    ),
    "bot.moderation": (
        "blocks",
        "hidden_videos",
        "history",
        "modals",
        "moderators",
        "report_card",
        "report_messages",
        "review_card",
        "review_messages",
        "member_standing",
        "waiting",
    ),
    "bot.operator": (
        "notices",
        "panel",
        "watch",
    ),
    "bot.records": (
        "log_channel",
        "page",
        "renamed_commands",
    ),
    "bot.requests": (
        "consent",
        "forms",
    ),
    "bot.settings.panel": (
        "modals",
        "panel",
        "parts",
    ),
    "bot.ui": (
        "answers",
        "arrivals",
        "attempts",
        "commands",
        "custom_ids",
        "failures",
        "forms",
        "language",
        "pressed_item",
    ),
}
MOST_FILES = 15  # in a room
CROWDED = {"bot.moderation": 20, "sandbox.segmind": 20}


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
