"""What Reelcast is said to do beside other bots is shown by tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

from tests.unit.test_docs import cells_of, text_of

TESTS: Final = Path(__file__).parents[1]
COMPARISON: Final = "docs/comparison.md"
WIDTH: Final = 7  # what, ours, four others, shown by


@cache
def names_of_tests() -> frozenset[str]:
    """Return the names of all test functions."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in TESTS.rglob("test_*.py"))
    return frozenset(
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def rows(guide: str) -> list[tuple[str, ...]]:
    """Return the rows of all tables in a guide that compare."""
    shown: list[tuple[str, ...]] = []
    comparing = False
    for line in text_of(guide).splitlines():
        comparing = line.startswith("|") and (comparing or line.endswith("| shown by |"))
        if comparing:
            shown.append(cells_of(line))
    return [row for row in shown if row[-1] != "shown by" and not row[0].startswith("---")]


def test_every_row_of_ours_names_tests_and_each_of_them_exists() -> None:
    named = {row[0]: re.findall(r"`(\w+)`", row[-1]) for row in rows(COMPARISON)}
    assert len(named) >= 6
    assert {what: names for what, names in named.items() if not names or not names_of_tests().issuperset(names)} == {}


def test_every_row_says_something_of_each_bot() -> None:
    assert [row for row in rows(COMPARISON) if len(row) != WIDTH or not all(row)] == []
