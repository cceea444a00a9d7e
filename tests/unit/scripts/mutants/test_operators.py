"""Mutants: each is one fault in valid source, and what no test should notice is left alone."""

import ast
from pathlib import Path

import pytest

from scripts.mutants.operators import Mutant, find_mutants

PROJECT = Path(__file__).parents[4]


def mutated(source: str) -> set[str]:
    return {mutant.apply(source.encode()).decode() for mutant in find_mutants("a.py", source.encode())}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f(a):\n    return a < b", "def f(a):\n    return ((a) <= (b))"),
        ("x = a is None", "x = ((a) is not (None))"),
        ("x = a and b", "x = ((a) or (b))"),
        ("x = a or b", "x = ((a))"),
        ("x = not a", "x = (a)"),
        ("def f(a=True): ...", "def f(a=False): ..."),
        ("def f():\n    return g(2)", "def f():\n    return g(3)"),
        ("x = {a, b}", "x = {b}"),
        ("x = (a, b)", "x = (a,)"),
        ("x = a if b else c", "x = (c)"),
        ("def f():\n    raise E", "def f():\n    pass"),
        ("def f():\n    g()", "def f():\n    pass"),
        ("async def f():\n    await g()", "async def f():\n    pass"),
        ("for x in y:\n    continue", "for x in y:\n    break"),
        ("def f():\n    return g()", "def f():\n    return None"),
        ("x += 1", "pass"),
        ("ü = 'ä' if a else b", "ü = (b)"),
    ],
)
def test_each_kind_of_fault_is_put_in_where_it_belongs(source: str, fault: str) -> None:
    assert fault in mutated(source)


@pytest.mark.parametrize(
    "source",
    [
        "WAIT: Final = 5.0",
        "import a",
        '"""What it does."""',
        "def f(x: A | None) -> B | None: ...",
        "log.info('moved', job=job.id or 0)",
        "__slots__ = ('a', 'b')",
        "assert a is not None",
        "@dataclass(frozen=True)\nclass A: ...",
    ],
)
def test_what_means_nothing_to_the_program_is_left_alone(source: str) -> None:
    assert mutated(source) == set()


def test_every_mutant_of_the_engine_can_be_read_by_python() -> None:
    for path in sorted((PROJECT / "bot" / "jobs").rglob("*.py")):
        source = path.read_bytes()
        left = find_mutants(path.name, source)
        while left:  # as many at once as lie apart, from the last to the first
            changed, start, overlapping = source, len(source), list[Mutant]()
            for mutant in reversed(left):
                assert mutant.apply(source) != source
                if mutant.end <= start:
                    changed, start = mutant.apply(changed), mutant.start
                else:
                    overlapping.append(mutant)
            ast.parse(changed)
            left = overlapping[::-1]
