"""The house rules that no type checker knows: who may import whom, and what a module may do by itself."""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("bot", "cogs", "sandbox")
MAX_LINES = 400

# What each package may import of ours besides itself; the longest row that fits a module speaks for it. Read from below
# (what knows nothing) to above (what wires everything). The names in `PURE_JOBS` are values and rules without I/O.
PURE_JOBS = (
    *("bot.jobs.clock", "bot.jobs.model", "bot.jobs.states", "bot.jobs.run_times", "bot.jobs.prompt"),
    "bot.jobs.decisions",
)
_SPOKEN = ("bot.presentation", "bot.policy", "bot.cast", "bot.jobs", "bot.media", "bot.catalogue")
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "bot.segmind": (),
    "bot.media": (),
    "bot.database": (),
    "bot.jobs.clock": (),
    "bot.jobs.states": (),
    "bot.jobs.problem_codes": (),
    "bot.jobs.model": ("bot.jobs.states", "bot.jobs.problem_codes"),
    "bot.jobs.run_times": ("bot.jobs.model", "bot.jobs.states"),
    "bot.jobs.prompt": (),
    "bot.jobs.decisions": ("bot.jobs.model",),
    "bot.config": ("bot.config_values", "bot.media.hosts", "bot.catalogue"),
    "bot.config_values": ("bot.media.hosts", "bot.catalogue"),
    "bot.jobs": ("bot.segmind", "bot.media", "bot.database", "bot.catalogue"),
    "bot.policy": (*PURE_JOBS, "bot.media.rules", "bot.media.images.fingerprints", "bot.database", "bot.catalogue"),
    "bot.observing": ("bot.jobs",),
    "bot.catalogue": ("bot.media.rules",),
    "bot.presentation": (*PURE_JOBS, "bot.cast.model", "bot.policy", "bot.media.rules", "bot.catalogue"),
    "bot.delivery": ("bot.presentation", "bot.policy", "bot.media", "bot.jobs", "bot.catalogue"),
    "bot.cast.model": ("bot.jobs.model",),
    "bot.cast": ("bot.segmind", "bot.media", "bot.database", "bot.jobs"),
    "bot.interactions": ("bot.services", "bot.database.trouble", *_SPOKEN),
    "bot": ("bot",),  # the modules directly in it: settings apart, they wire
    "cogs": ("bot.app", "bot.interactions", *_SPOKEN),
    "sandbox": (),
}
DISCORD_SPEAKERS = (
    *("bot.app", "bot.interactions", "bot.presentation", "bot.delivery", "cogs"),
    # What opens a client, or wires it.
    *(
        "bot.__main__",
        "bot.cli.check",
        "bot.cli.check",
        "bot.services",
        "bot.moderation.moderators",
        "bot.worker",
        "bot.records.log_channel",
    ),
    "bot.operator.watch",
)
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


@pytest.mark.parametrize("row", MAY_IMPORT)
def test_a_package_imports_only_what_lies_below_it(row: str) -> None:
    def upward(module: Module) -> Iterator[tuple[ast.AST, str]]:
        for node, name in imports(module):
            allowed = any(is_within(name, package) for package in (row, *MAY_IMPORT[row]))
            if name.split(".")[0] in OURS and not allowed:
                yield node, f"imports {name}"

    assert breaches(upward, row) == []


def test_every_package_of_the_bot_has_its_row() -> None:
    packages = {".".join(module.name.split(".")[:2]) for module in modules() if module.path.parent.parent.name == "bot"}
    assert {package for package in packages if row_of(package) == "bot"} == set()


def test_nothing_imports_a_cog() -> None:
    def imported_cog(module: Module) -> Iterator[tuple[ast.AST, str]]:
        yield from ((node, f"imports {name}") for node, name in imports(module) if is_within(name, "cogs"))

    assert breaches(imported_cog) == []


def test_cogs_are_named_only_where_they_are_loaded() -> None:
    def named_cog(module: Module) -> Iterator[tuple[ast.AST, str]]:
        for node in ast.walk(module.tree()):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"cogs\.\w+", node.value)
            ):
                yield node, f"names {node.value}"

    assert [breach for breach in breaches(named_cog) if not breach.startswith("bot/app.py:")] == []


def test_discord_is_imported_only_where_people_are_spoken_to() -> None:
    def speaks(module: Module) -> Iterator[tuple[ast.AST, str]]:
        if not any(is_within(module.name, speaker) for speaker in DISCORD_SPEAKERS):
            yield from ((node, f"imports {name}") for node, name in imports(module) if is_within(name, "discord"))

    assert breaches(speaks) == []


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
