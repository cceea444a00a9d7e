"""What a module may do by itself: rules of the house that no type checker knows."""

import ast
import importlib
import re
from collections.abc import Iterator

import pytest

from tests.support.modules import OURS, ROOT, RUN_BY_ALEMBIC, Module, breaches, is_within, modules

MAX_LINES = 400
READS_ENVIRONMENT = ("bot.config", "sandbox.demo")  # and the sandbox's `__main__` modules

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
