"""Whom a message mentions, as its sender allows."""

import pytest

from sandbox.discord.messages.mentions import find_mentions
from sandbox.discord.world.world import Guild, Message, Role, User

MIRA, NOOR, TRUSTED = 1, 2, 3
TEXT = f"<@{MIRA}> <@!{NOOR}> <@{MIRA}> <@&{TRUSTED}> <@99> @everyone"


def found_in(text: str, allowed: object, *, everyone: bool = True, reply: bool = False) -> str:
    """Return what is mentioned, in one line."""
    guild = Guild(id=9, name="Film Club", owner_id=MIRA)
    guild.roles[TRUSTED] = Role(id=TRUSTED, name="Trusted", permissions=0)
    author = User(id=NOOR, username="noor")
    found = find_mentions(
        text,
        allowed,
        guild=guild,
        known_users={MIRA, NOOR},
        may_mention_everyone=everyone,
        replied_to=Message(id=1, channel_id=1, guild_id=9, author=author, created_at=0) if reply else None,
    )
    return f"{found.users} {found.roles} {found.everyone}"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, "[1, 2] [3] True"),
        ({"parse": []}, "[] [] False"),
        ({"parse": ["users"]}, "[1, 2] [] False"),
        ({"parse": ["everyone", "roles"]}, "[] [3] True"),
        ({"users": ["2"]}, "[2] [] False"),
        ({"parse": ["users"], "roles": ["3"]}, "[1, 2] [3] False"),
    ],
)
def test_only_what_is_allowed_mentions(allowed: object, expected: str) -> None:
    assert found_in(TEXT, allowed) == expected


def test_everyone_takes_the_permission() -> None:
    assert found_in("@here", None, everyone=False) == "[] [] False"
    assert found_in("@here", None) == "[] [] True"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, "[2] [] False"),
        ({"parse": [], "replied_user": True}, "[2] [] False"),
        ({"parse": [], "replied_user": False}, "[] [] False"),
    ],
)
def test_a_reply_mentions_the_author_unless_told_not_to(allowed: object, expected: str) -> None:
    assert found_in("", allowed, reply=True) == expected
