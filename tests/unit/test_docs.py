"""What the guides say is held to what the code does: links, tables, and every command that they name."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer.main

from bot import VERSION
from bot.command_line import app
from bot.config import Settings
from bot.gate.denial import INVITED_WITH
from bot.jobs.states import MOVES
from scripts import settings_docs

ROOT = Path(__file__).parents[2]
GUIDES = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md"),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
)
LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
OUTSIDE = ("https://", "http://")


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(name: str, heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the table whose first column has this heading, each cell without the spaces around it."""
    lines = iter(text_of(name).splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            return [cells_of(row) for row in rows_of(lines)]
    raise LookupError(f"{name} has no table {heading!r}")


def rows_of(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield line


def cells_of(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip("|").split("|"))


def quoted(text: str) -> set[str]:
    """Return what stands between single backticks."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`\n]+)`", prose))


def anchors(name: str) -> set[str]:
    """Return the anchors that GitHub makes of a guide's headings."""
    headings = re.findall(r"^#+ (.+)$", text_of(name), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_link_of_a_guide_leads_somewhere(guide: str) -> None:
    broken: list[str] = []
    for found in LINK.finditer(text_of(guide)):
        target = found[1] or found[2]
        if target.startswith(OUTSIDE):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / guide).parent / path).resolve() if path else ROOT / guide
        if not file.exists() or (anchor and anchor not in anchors(str(file.relative_to(ROOT)))):
            broken.append(target)
    assert broken == []


def test_every_setting_is_in_the_example_and_in_the_operators_guide_as_the_code_declares_it() -> None:
    named = [name for names in settings_docs.GROUPS.values() for name in names]
    assert sorted(named) == sorted(Settings.model_fields)
    assert text_of(".env.example") == settings_docs.example(), "python -m scripts.settings_docs"
    for path, rows in (
        ("docs/operators.md", settings_docs.table()),
        ("docs/moderators.md", settings_docs.server_table()),
    ):
        assert text_of(path) == settings_docs.guide(text_of(path), rows), "python -m scripts.settings_docs"


def test_the_guide_gives_a_reason_for_every_permission_that_the_bot_asks_for() -> None:
    assert {name for name, _ in table("docs/operators.md", "permission")} == set(INVITED_WITH.values())


def test_the_readme_is_short() -> None:
    assert 90 <= len(text_of("README.md").splitlines()) <= 120


def test_the_table_of_states_is_the_one_that_the_code_goes_by() -> None:
    shown = {state: set(moves.split(" · ")) - {""} for state, _, moves in table("docs/architecture.md", "state")}
    assert shown == {state.value: {move.value for move in moves} for state, moves in MOVES.items()}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_of_ours_that_a_guide_names_is_there(guide: str) -> None:
    named = {name for name in quoted(text_of(guide)) if re.match(r"(bot|cogs|sandbox|tests|benchmarks|docs)/\S", name)}
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_make_target_that_a_guide_names_is_there(guide: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text_of(guide), flags=re.MULTILINE)) - targets == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_module_that_a_guide_runs_is_there(guide: str) -> None:
    named = set(re.findall(r"python -m ([a-z_.]+[a-z_])", text_of(guide)))
    assert {name for name in named if find_spec(name) is None} == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_the_bot_that_a_guide_names_is_there(guide: str) -> None:
    known = set(typer.main.get_group(app).commands)
    named = set(re.findall(r"(?:python -m bot|`bot|/app/data reelcast) ([a-z]+)", text_of(guide)))
    assert named - known == set()


def test_what_the_image_is_built_of_passes_the_dockerignore() -> None:
    copies = [shlex.split(line)[1:-1] for line in text_of("Dockerfile").splitlines() if line.startswith("COPY")]
    sources = {source for copied in copies if not copied[0].startswith("--from") for source in copied}
    allowed = {line[1:] for line in text_of(".dockerignore").splitlines() if line.startswith("!")}
    assert sources == allowed
    assert all((ROOT / source).exists() for source in sources)


def test_the_version_is_the_same_everywhere() -> None:
    assert tomllib.loads(text_of("pyproject.toml"))["project"]["version"] == VERSION
    assert f"## {VERSION} - " in text_of("CHANGELOG.md")
