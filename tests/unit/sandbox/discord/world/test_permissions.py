"""What members may do, against Discord's documented algorithm."""

import discord
import pytest
from discord.permissions import PermissionOverwrite

from sandbox.discord.world.permissions import ALL, MEMBER, ROLE, Overwrite, Permission, base, compute

EVERYONE, HELPER, MUTED, ALICE = 1, 2, 3, 9
WRITER = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.ATTACH_FILES


def in_channel(
    *overwrites: Overwrite,
    everyone: int = WRITER,
    roles: dict[int, int] | None = None,
    owner: bool = False,
    timed_out: bool = False,
    in_thread: bool = False,
) -> Permission:
    """Return what Alice, who has all of `roles`, may do."""
    roles = roles or {}
    found = compute(
        owner=owner,
        member_role_ids=[*roles],
        everyone_role_id=EVERYONE,
        role_permissions={EVERYONE: everyone, **roles},
        overwrites=overwrites,
        member_id=ALICE,
        timed_out=timed_out,
        in_thread=in_thread,
    )
    return Permission(found)


def test_the_names_stand_for_the_bits_that_discord_py_knows() -> None:
    renamed = {
        "USE_EXTERNAL_EMOJIS": "external_emojis",
        "USE_EXTERNAL_STICKERS": "external_stickers",
        "USE_VAD": "use_voice_activation",
        "MANAGE_GUILD_EXPRESSIONS": "manage_expressions",
        "CREATE_GUILD_EXPRESSIONS": "create_expressions",
        "SEND_POLLS": "create_polls",
    }
    theirs = discord.Permissions.VALID_FLAGS

    assert {each.name: each.value for each in Permission} == {
        each.name: theirs[renamed.get(str(each.name), str(each.name).lower())] for each in Permission
    }
    assert discord.Permissions.all().value == ALL


def test_roles_add_up() -> None:
    assert in_channel(roles={HELPER: Permission.MANAGE_MESSAGES}) == WRITER | Permission.MANAGE_MESSAGES


def test_the_owner_and_administrators_may_everything_whatever_a_channel_says() -> None:
    nothing = Overwrite(id=EVERYONE, type=ROLE, deny=ALL)

    assert in_channel(nothing, everyone=0, owner=True, timed_out=True) == ALL
    assert in_channel(nothing, roles={HELPER: Permission.ADMINISTRATOR}, timed_out=True) == ALL


def test_overwrites_apply_from_everyone_over_roles_to_the_member() -> None:
    send = Permission.SEND_MESSAGES
    everyone = Overwrite(id=EVERYONE, type=ROLE, deny=send)
    helper = Overwrite(id=HELPER, type=ROLE, allow=send)
    alice = Overwrite(id=ALICE, type=MEMBER, deny=send)

    assert send not in in_channel(everyone)
    assert send in in_channel(helper, everyone, roles={HELPER: 0})
    assert send not in in_channel(alice, helper, everyone, roles={HELPER: 0})


def test_among_roles_allow_wins_over_deny() -> None:
    muted = Overwrite(id=MUTED, type=ROLE, deny=Permission.SEND_MESSAGES)
    helper = Overwrite(id=HELPER, type=ROLE, allow=Permission.SEND_MESSAGES)

    for overwrites in ((muted, helper), (helper, muted)):
        assert Permission.SEND_MESSAGES in in_channel(*overwrites, roles={HELPER: 0, MUTED: 0})


def test_overwrites_of_others_do_not_apply() -> None:
    role = Overwrite(id=HELPER, type=ROLE, deny=ALL)
    member = Overwrite(id=ALICE + 1, type=MEMBER, deny=ALL)

    assert in_channel(role, member) == WRITER


def test_without_view_channel_nothing_is_left() -> None:
    assert in_channel(Overwrite(id=EVERYONE, type=ROLE, deny=Permission.VIEW_CHANNEL)) == 0


def test_without_send_messages_what_a_message_carries_is_denied_too() -> None:
    carried = (
        Permission.MENTION_EVERYONE | Permission.SEND_TTS_MESSAGES | Permission.ATTACH_FILES | Permission.EMBED_LINKS
    )
    mute = Overwrite(id=EVERYONE, type=ROLE, deny=Permission.SEND_MESSAGES)

    assert in_channel(mute, everyone=WRITER | carried) == Permission.VIEW_CHANNEL


def test_in_a_thread_sending_needs_its_own_permission() -> None:
    threaded = Permission.SEND_MESSAGES_IN_THREADS
    mute = Overwrite(id=EVERYONE, type=ROLE, deny=Permission.SEND_MESSAGES)

    assert Permission.ATTACH_FILES not in in_channel(in_thread=True)
    assert Permission.ATTACH_FILES in in_channel(mute, everyone=WRITER | threaded, in_thread=True)


def test_a_timeout_leaves_seeing_and_reading() -> None:
    reader = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY

    assert in_channel(everyone=WRITER | reader, timed_out=True) == reader


@pytest.mark.parametrize(("owner", "expected"), [(False, Permission.MANAGE_GUILD), (True, ALL)])
def test_in_the_guild_at_large_no_channel_rule_applies(owner: bool, expected: int) -> None:
    found = base(
        owner=owner,
        member_role_ids=[HELPER],
        everyone_role_id=EVERYONE,
        role_permissions={EVERYONE: 0, HELPER: Permission.MANAGE_GUILD},
    )

    assert found == expected


def test_an_overwrite_is_read_as_discord_py_writes_it() -> None:
    allow, deny = PermissionOverwrite(attach_files=False, embed_links=True).pair()

    found = in_channel(Overwrite(id=EVERYONE, type=ROLE, allow=allow.value, deny=deny.value))

    assert found == (WRITER & ~Permission.ATTACH_FILES) | Permission.EMBED_LINKS
