"""What CONTRIBUTING.md says about adding a command is done here, word for word: a member uses it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.app
import bot.members
import cogs.members
from tests.support.answers import words_of
from tests.support.guide import code_of
from tests.unit.cogs.stage import Stage

WORDS, COG = "bot.members.price_words", "cogs.members.prices"


@pytest.fixture(autouse=True)
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add the guide's two modules to their rooms, and the command to the bot, before it starts."""
    for room, name, code in zip((bot.members, cogs.members), (WORDS, COG), code_of("Adding a command"), strict=True):
        folder = tmp_path / room.__name__
        folder.mkdir()
        (folder / f"{name.rpartition('.')[2]}.py").write_text(code, encoding="utf-8")
        monkeypatch.setattr(room, "__path__", [*room.__path__, str(folder)])
    monkeypatch.setattr(bot.app, "EXTENSIONS", (*bot.app.EXTENSIONS, COG))
    yield
    for name in (WORDS, COG):
        sys.modules.pop(name, None)


async def test_a_member_uses_the_command_and_reads_the_answer_alone(stage: Stage) -> None:
    for _ in range(2):
        told = await stage.alice.slash(stage.channel, "prices")
        assert told.response is not None
        assert told.response.ephemeral
        assert words_of(told).splitlines()[0] == "**What a video costs**"
        assert "5 seconds: $" in words_of(told)


async def test_the_command_is_offered_in_servers(stage: Stage) -> None:
    [command] = [each for each in stage.bot.tree.get_commands() if each.name == "prices"]
    assert command.guild_only
