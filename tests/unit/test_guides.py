"""The guides say what the code does: each line of the log that wants attention, each setting, each file they name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
OPERATORS: Final = ROOT / "docs" / "operators.md"
LOGS: Final = ROOT / "docs" / "logs.md"
WORRYING: Final = frozenset({"warning", "error", "exception", "critical"})


def worrying_events() -> Iterator[str]:
    """Give the names of all events that the bot logs at a level that somebody should look at."""
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"), attr=level), args=[event, *_]) if (
                    level in WORRYING
                ):
                    yield from (
                        each.value
                        for each in ast.walk(event)
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    )
                case _:
                    continue


def test_every_line_of_the_log_that_wants_attention_is_explained() -> None:
    guide = LOGS.read_text(encoding="utf-8")
    events = set(worrying_events())
    assert "undelivered" in events
    assert {event for event in events if f"`{event}`" not in guide} == set()


def test_no_line_is_explained_that_the_bot_no_longer_says() -> None:
    rows = [line.split("|")[1] for line in LOGS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert {event for row in rows for event in re.findall(r"`(\w+)`", row)} <= set(worrying_events())


def test_every_section_that_a_finding_of_the_check_names_is_there() -> None:
    headings = re.findall(r"^#+ (.+)$", OPERATORS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    named = {
        value.value
        for path in (ROOT / "bot" / "cli").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(value, ast.Constant) and re.fullmatch(r"(the|what)(-[a-z]+)+", str(value.value))
    }
    assert len(named) > 10
    assert named - anchors == set()


@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_setting_that_a_guide_names_is_one(guide: Path) -> None:
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    starts = tuple({name.split("_")[0] + "_" for name in known})
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", guide.read_text(encoding="utf-8")))
    # What else is written like a setting is a constant of the code, or a setting of compose.yaml.
    assert {name for name in named if name.startswith(starts)} <= known | _CONSTANTS


_CONSTANTS: Final = frozenset({"DELIVERIES_AT_ONCE"})
