"""What `bot check` says of broken setups is what the operators' guide shows: `python -m` this module writes it anew."""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

import pytest

from tests.integration.bot.cli.broken_setups import SETUPS, Setup, said
from tests.integration.bot.cli.command_line import open_world

GUIDE = Path(__file__).parents[4] / "docs" / "operators.md"
HEADING = "### Broken setups and what the check says"


def shown() -> dict[str, list[str]]:
    """Read the guide's examples: the lines of each, by its title."""
    _, _, section = GUIDE.read_text(encoding="utf-8").partition(HEADING)
    section, _, _ = section.partition("\n###")
    return {
        title: block.splitlines()
        for title, block in re.findall(r"^\*\*(.+?)\*\*\n\n```\n(.*?)\n```", section, flags=re.MULTILINE | re.DOTALL)
    }


async def lines_of(setup: Setup, folder: Path) -> list[str]:
    async with open_world(folder) as world:
        return await said(setup, world)


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.title)
async def test_the_guide_shows_what_the_check_says(setup: Setup, tmp_path: Path) -> None:
    lines = await lines_of(setup, tmp_path)
    assert lines
    assert shown()[setup.title] == lines


def test_the_guide_shows_no_setup_that_is_not_tried() -> None:
    assert set(shown()) == {setup.title for setup in SETUPS}


async def _write() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    before, _, after = text.partition(HEADING)
    intro, _, _ = after.lstrip("\n").partition("\n\n")
    rest = after[after.index("\n###") :]
    blocks: list[str] = []
    for setup in SETUPS:
        with tempfile.TemporaryDirectory() as name:
            lines = await lines_of(setup, Path(name))
        blocks.append(f"**{setup.title}**\n\n```\n" + "\n".join(lines) + "\n```\n")
    GUIDE.write_text(f"{before}{HEADING}\n\n{intro}\n\n" + "\n".join(blocks) + rest, encoding="utf-8")


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(asyncio.run(_write()))
