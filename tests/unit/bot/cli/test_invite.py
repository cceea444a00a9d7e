"""The invitation: the two scopes and the permissions that posting a video takes, and no other."""

import discord
from yarl import URL

from bot.cli.check import invitation

LEAST = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)


def asked(link: str) -> discord.Permissions:
    return discord.Permissions(int(URL(link).query["permissions"]))


def test_to_read_automods_rules_it_asks_for_manage_server_besides() -> None:
    assert asked(invitation(1234, automod=True)) == LEAST | discord.Permissions(manage_guild=True)


def test_the_invitation_asks_for_the_fewest_permissions_that_serve() -> None:
    link = URL(invitation(1234))
    assert (link.host, link.path) == ("discord.com", "/oauth2/authorize")
    assert link.query["client_id"] == "1234"
    assert set(link.query["scope"].split()) == {"bot", "applications.commands"}
    assert asked(invitation(1234)) == LEAST
