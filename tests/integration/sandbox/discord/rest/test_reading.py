"""What a bot reads of the world, and the commands it registers, over bare REST and discord.py."""

from typing import Any

import discord
import pytest

from sandbox.discord.server import DiscordSandbox
from tests.integration.sandbox.discord.discord_lab import Rest, Stage, guild

VIDEO: dict[str, Any] = {"name": "video", "description": "Make a video"}


async def test_discord_py_reads_guilds_channels_roles_and_members(stage: Stage) -> None:
    film_club = await stage.bot.fetch_guild(guild(stage.sandbox).id)
    assert film_club.approximate_member_count == 5
    channels = {each.name: each for each in await film_club.fetch_channels()}
    assert set(channels) == {"videos", "general", "review", "announcements", "late-night"}
    night = channels["late-night"]
    assert isinstance(night, discord.TextChannel)
    assert night.is_nsfw()
    assert {role.name for role in await film_club.fetch_roles()} >= {"Moderators", "Trusted", "Reelcast"}
    assert (await film_club.fetch_member(stage.mira.id)).display_name == "Mira"
    assert [thread.name for thread in await film_club.active_threads()] == ["storyboards"]
    assert {each.name async for each in stage.bot.fetch_guilds()} == {"Film Club", "Animation Guild"}


async def test_the_gateway_shows_the_bot_alone_and_members_on_request(stage: Stage) -> None:
    film_club = stage.bot.get_guild(guild(stage.sandbox).id)
    assert film_club is not None
    assert [member.name for member in film_club.members] == ["reelcast"]
    assert film_club.member_count == 5
    found = await film_club.query_members(query="mi", limit=5)
    assert [member.name for member in found] == ["mira"]


async def test_a_direct_message_reaches_its_recipient(stage: Stage) -> None:
    user = await stage.bot.fetch_user(stage.mira.id)
    sent = await user.send("done")
    seen = await stage.mira.wait_for(lambda message: message.text == "done")
    assert seen.id == sent.id
    assert isinstance(sent.channel, discord.DMChannel)


async def test_the_application_is_described_to_its_bot(rest: Rest, local_discord: DiscordSandbox) -> None:
    for path in ("/applications/@me", "/oauth2/applications/@me"):
        reply = await rest.call("GET", path)
        assert reply.body["id"] == str(local_discord.world.application_id)
        assert reply.body["owner"]["username"] == "ada"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/guilds/1", 10004),
        ("/channels/1", 10003),
        ("/users/1", 10013),
        ("/guilds/{guild}/members/1", 10007),
        ("/guilds/{guild}/auto-moderation/rules/1", 10066),
        ("/guilds/no-id", 0),
    ],
)
async def test_what_is_not_there_is_named(rest: Rest, local_discord: DiscordSandbox, path: str, code: int) -> None:
    reply = await rest.call("GET", path.format(guild=guild(local_discord).id))
    assert (reply.status, reply.code) == (404, code)


async def test_commands_are_created_changed_and_deleted(rest: Rest, local_discord: DiscordSandbox) -> None:
    path = f"/applications/{local_discord.world.application_id}/commands"
    made = await rest.call("POST", path, VIDEO)
    assert made.status == 201
    again = await rest.call("POST", path, VIDEO | {"description": "Make it"})
    assert (again.status, again.body["id"]) == (200, made.body["id"])
    one = f"{path}/{made.body['id']}"
    changed = await rest.call("PATCH", one, {"nsfw": True})
    assert (changed.body["nsfw"], changed.body["description"]) == (True, "Make it")
    assert changed.body["version"] != again.body["version"]
    limited = await rest.call("PATCH", one, {"default_member_permissions": 8192})
    assert limited.body["default_member_permissions"] == "8192"
    assert (await rest.call("DELETE", one)).status == 204
    assert (await rest.call("GET", one)).code == 10063


async def test_commands_of_a_guild_are_its_own(rest: Rest, local_discord: DiscordSandbox) -> None:
    application = f"/applications/{local_discord.world.application_id}"
    here = f"{application}/guilds/{guild(local_discord).id}/commands"
    made = await rest.call("PUT", here, [VIDEO])
    assert made.body[0]["guild_id"] == str(guild(local_discord).id)
    assert (await rest.call("GET", f"{application}/commands")).body == []
    foreign = await rest.call("GET", "/applications/1/commands")
    assert (foreign.status, foreign.code) == (403, 50001)


async def test_a_wrong_definition_changes_nothing(rest: Rest, local_discord: DiscordSandbox) -> None:
    path = f"/applications/{local_discord.world.application_id}/commands"
    await rest.call("PUT", path, [VIDEO])
    refused = await rest.call("PUT", path, [VIDEO | {"name": "Video Maker"}])
    assert (refused.status, refused.code) == (400, 50035)
    assert "name" in refused.body["errors"]["0"]
    assert [each["name"] for each in (await rest.call("GET", path)).body] == ["video"]
