"""The invitation: the two scopes and the permissions that posting a video takes, and no other."""

import discord
from yarl import URL

from bot.invite import invitation

LEAST = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)


def test_the_invitation_asks_for_the_fewest_permissions_that_serve() -> None:
    link = URL(invitation(1234))
    assert (link.host, link.path) == ("discord.com", "/oauth2/authorize")
    assert link.query["client_id"] == "1234"
    assert set(link.query["scope"].split()) == {"bot", "applications.commands"}
    assert discord.Permissions(int(link.query["permissions"])) == LEAST
