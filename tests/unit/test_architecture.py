"""The house rules that no type checker knows: who may import whom, and what a module may do by itself."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("bot", "cogs", "sandbox")
MAX_LINES = 400

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
        "standing",
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
READS_ENVIRONMENT = ("bot.config", "sandbox.demo")  # and the sandbox's `__main__` modules
RUN_BY_ALEMBIC = "bot.database.migrations"

# Calls that open, start or change something; none may run because a module is imported.
WORK = frozenset(
    {"ClientSession", "AsyncClient", "create_engine", "create_async_engine", "connect", "open", "mkdir", "read_text"}
    | {"read_bytes", "write_text", "run", "Popen", "basicConfig", "configure", "load_dotenv", "Settings", "Bot"}
    | {"AutoShardedBot", "Client", "get_event_loop", "new_event_loop", "Thread", "start"}
)

DECLARATIONS = frozenset({"Index"})  # SQLAlchemy's: tells the table above it something

# What an operator can set; the guides name these.
SETTINGS = (
    "DISCORD_TOKEN",
    "DISCORD_API_URL",
    "SEGMIND_API_KEY",
    "SEGMIND_API_URL",
    "SEGMIND_HISTORY_URL",
    "SEGMIND_STORAGE_URL",
    "SEGMIND_OUTPUT_HOSTS",
    "SEGMIND_MODELS",
    "SEGMIND_REQUESTS_PER_MINUTE",
    "SEGMIND_MAX_IN_FLIGHT",
    "PRICES_USD",
    "SPEND_LIMIT_USD_PER_DAY",
    "SPEND_LIMIT_USD_PER_MONTH",
    "OPERATOR_CREDITS_LOW_USD",
    "ATTACHMENT_HOSTS",
    "DATABASE_URL",
    "SHARD_COUNT",
    "SHARD_IDS",
    "HTTP_HOST",
    "HTTP_PORT",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "LOG_PROMPTS",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    name: str
    path: Path

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))


@cache
def modules() -> tuple[Module, ...]:
    paths = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
    return tuple(Module(name=module_name(path), path=path) for path in paths)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def row_of(name: str) -> str:
    return max((row for row in MAY_IMPORT if is_within(name, row)), key=len)


@cache
def known_names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield each import of a module, wherever it stands in it, as the full name of what is imported."""
    for node in ast.walk(module.tree()):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = module.package.split(".")[: len(module.package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield node, inner if inner in known_names() else base


def breaches(finder: Callable[[Module], Iterator[tuple[ast.AST, str]]], row: str | None = None) -> list[str]:
    """Return "path:line what" for everything that a finder yields, in one row's modules or in all."""
    chosen = [module for module in modules() if row is None or row_of(module.name) == row]
    return [f"{module.at(node)} {what}" for module in chosen for node, what in finder(module)]


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

    assert breaches(upward, row) == []


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


def test_a_class_name_stands_once() -> None:
    found: dict[str, list[str]] = {}
    for module in modules():
        if is_within(module.name, "bot") or is_within(module.name, "cogs"):
            for node in module.tree().body:
                if isinstance(node, ast.ClassDef) and not is_protocol(node):
                    found.setdefault(node.name, []).append(module.name)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def is_protocol(node: ast.ClassDef) -> bool:
    """Whether a class is a module's own private protocol, which says what it needs of others."""
    return node.name.startswith("_") and any(ast.unparse(base) == "Protocol" for base in node.bases)


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


def test_no_model_is_named_outside_the_catalogue() -> None:
    slugs = importlib.import_module("bot.catalogue.models").MODELS

    def named_model(module: Module) -> Iterator[tuple[ast.AST, str]]:
        if is_within(module.name, "sandbox") or is_within(module.name, "bot.catalogue"):
            return
        for node in ast.walk(module.tree()):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from ((node, f"names {slug}") for slug in slugs if slug in node.value)

    assert breaches(named_model) == []


def test_interactions_are_answered_in_one_place() -> None:
    answering = re.compile(r"nteraction\.(response|followup)\b|original_response")
    found = {each.name for each in modules() if answering.search(each.path.read_text(encoding="utf-8"))}
    assert {name for name in found if is_within(name, "bot") or is_within(name, "cogs")} == {"bot.ui.answers"}


def test_the_environment_is_read_in_one_place_a_side() -> None:
    def reads_environment(module: Module) -> Iterator[tuple[ast.AST, str]]:
        is_entry = is_within(module.name, "sandbox") and module.path.name == "__main__.py"
        if module.name in READS_ENVIRONMENT or is_entry:
            return
        for node in ast.walk(module.tree()):
            attribute = isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
            name = isinstance(node, ast.ImportFrom) and node.module == "os" and names_environment(node)
            if attribute or name:
                yield node, "reads the environment"

    assert breaches(reads_environment) == []


def names_environment(node: ast.ImportFrom) -> bool:
    return any(alias.name in {"environ", "getenv"} for alias in node.names)


def test_nothing_happens_because_a_module_is_imported() -> None:
    def works_at_import(module: Module) -> Iterator[tuple[ast.AST, str]]:
        if module.path.name == "__main__.py" or is_within(module.name, RUN_BY_ALEMBIC):
            return
        for node in at_import(module.tree()):
            if isinstance(node, ast.Call) and called_name(node) in WORK:
                yield node, f"calls {called_name(node)} at import"
            elif is_effect(node):
                yield node, f"calls {ast.unparse(node)} at import"

    assert breaches(works_at_import) == []


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported: everything but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            evaluated = (*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults))
            yield from (each for expression in evaluated for each in ast.walk(expression))
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from at_import(child)


def is_effect(node: ast.AST) -> bool:
    """Tell whether a statement is a call whose result nobody takes, and so there for what it does."""
    match node:
        case ast.Expr(value=ast.Call() as call):
            return called_name(call) not in DECLARATIONS
        case _:
            return False


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


@pytest.mark.parametrize("folder", OURS)
def test_no_module_is_longer_than_one_can_hold_in_mind(folder: str) -> None:
    lengths = {
        str(module.path.relative_to(ROOT)): len(module.path.read_text(encoding="utf-8").splitlines())
        for module in modules()
        if is_within(module.name, folder)
    }
    assert {path: length for path, length in lengths.items() if length > MAX_LINES} == {}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_stands_in_the_example(name: str) -> None:
    assert name in example_names()


def test_the_example_names_exactly_what_the_bot_reads() -> None:
    fields = importlib.import_module("bot.config").Settings.model_fields
    assert example_names() == {field.upper() for field in fields}


def example_names() -> set[str]:
    """Return the names in `.env.example`, those in a comment (`# NAME=value`) too."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", text, flags=re.MULTILINE))
