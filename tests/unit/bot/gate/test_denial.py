"""What the bot lacks in a channel, named as Discord's own settings name it."""

import discord
import pytest

from bot.gate.denial import INVITED_WITH, NEEDED, NEEDED_IN_THREADS, missing_permissions


@pytest.mark.parametrize(("thread", "needed"), [(False, NEEDED), (True, NEEDED_IN_THREADS)])
def test_what_is_needed_is_enough_and_nothing_of_it_can_be_spared(thread: bool, needed: dict[str, str]) -> None:
    assert missing_permissions(discord.Permissions(**dict.fromkeys(needed, True)), thread=thread) == ()
    for name, words in needed.items():
        others = discord.Permissions(**{other: other != name for other in needed})
        assert missing_permissions(others, thread=thread) == (words,)


def test_a_thread_needs_its_own_permission_to_send() -> None:
    granted = discord.Permissions(**dict.fromkeys(NEEDED, True))
    assert missing_permissions(granted, thread=True) == ("Send Messages in Threads",)


@pytest.mark.parametrize("words", ["View Channel", "Send Messages in Threads", "Attach Files", "Read Message History"])
def test_in_a_thread_the_bot_needs_all_that_it_needs_elsewhere(words: str) -> None:
    names = {words: name for name, words in NEEDED_IN_THREADS.items()}
    granted = discord.Permissions(**dict.fromkeys(names.values(), True))
    setattr(granted, names[words], False)
    assert missing_permissions(granted, thread=True) == (words,)
    assert set(names) == {"View Channel", "Send Messages in Threads", "Attach Files", "Read Message History"}


def test_every_name_is_one_of_discord_py() -> None:
    assert set(INVITED_WITH) <= set(discord.Permissions.VALID_FLAGS)
