"""The modules of bot, cogs, and sandbox, parsed, for the tests that hold them to the rules of the house."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("bot", "cogs", "sandbox")
RUN_BY_ALEMBIC = "bot.database.migrations"


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
        return parsed(self.path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules() -> tuple[Module, ...]:
    paths = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
    return tuple(Module(name=module_name(path), path=path) for path in paths)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


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


def breaches(
    finder: Callable[[Module], Iterator[tuple[ast.AST, str]]], chosen: Iterable[Module] | None = None
) -> list[str]:
    """Return "path:line what" for everything that a finder yields, in the chosen modules or in all."""
    searched = modules() if chosen is None else chosen
    return [f"{module.at(node)} {what}" for module in searched for node, what in finder(module)]
