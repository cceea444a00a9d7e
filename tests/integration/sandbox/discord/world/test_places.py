"""What a member's client is told of where they are, as the page is built on it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.permissions import Permission
from sandbox.member import ControlError, Member, Sandbox, Upload
from tests.integration.sandbox.discord.discord_lab import Rest, Stage, channel


class Client:
    """The events of one member, raw."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next(self, name: str) -> dict[str, Any]:
        """Return the data of the next event of a name."""
        while True:
            event = await self._socket.receive_json(timeout=10)
            if event["event"] == name:
                return event["data"]

    async def refresh(self) -> dict[str, Any]:
        await self._socket.send_str("refresh")
        return await self.next("READY")


@asynccontextmanager
async def client(sandbox: DiscordSandbox, member: Member) -> AsyncGenerator[Client]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{sandbox.origin}/sandbox/users/{member.id}/events") as socket,
    ):
        yield Client(socket)


def channels_of(ready: dict[str, Any], guild: str = "Film Club") -> dict[str, dict[str, Any]]:
    found = next(each for each in ready["guilds"] if each["name"] == guild)
    return {each["name"]: each for each in found["channels"]}


async def test_a_member_is_told_the_channels_they_see_and_what_they_may_do_there(
    local_discord: DiscordSandbox, mira: Member
) -> None:
    async with client(local_discord, mira) as events:
        ready = await events.next("READY")
    assert (ready["user"]["username"], ready["locale"], ready["bot_online"]) == ("mira", "en-US", False)
    assert (ready["direct"], [each["name"] for each in ready["guilds"]]) == (None, ["Film Club", "Animation Guild"])
    channels = channels_of(ready)
    assert "review" not in channels
    assert int(channels["videos"]["permissions"]) & Permission.SEND_MESSAGES
    assert ready["guilds"][0]["owner_id"] in {each["user"]["id"] for each in ready["guilds"][0]["members"]}


async def test_a_client_may_ask_to_be_told_anew(local_discord: DiscordSandbox, mira: Member, control: Sandbox) -> None:
    async with client(local_discord, mira) as events:
        await events.next("READY")
        await control.admin.set_overwrite("videos", role="@everyone", deny=int(Permission.SEND_MESSAGES))
        await control.admin.set_locale("mira", "de")
        await mira.at_direct_messages()
        ready = await events.refresh()
    assert not int(channels_of(ready)["videos"]["permissions"]) & Permission.SEND_MESSAGES
    assert (ready["locale"], ready["direct"]["type"]) == ("de", 1)


async def test_members_see_the_bot_come_and_go(stage: Stage) -> None:
    async with client(stage.sandbox, stage.mira) as events:
        assert (await events.next("READY"))["bot_online"] is True
        await stage.bot.close()
        assert (await events.next("PRESENCE_UPDATE"))["status"] == "offline"


async def test_others_see_that_a_member_types_where_that_member_may_write(
    local_discord: DiscordSandbox, mira: Member, control: Sandbox
) -> None:
    async with client(local_discord, control.member("noor")) as events:
        await events.next("READY")
        await mira.type()
        assert (await events.next("TYPING_START"))["user_id"] == str(mira.id)
    await control.admin.set_overwrite("videos", role="@everyone", deny=int(Permission.SEND_MESSAGES))
    with pytest.raises(ControlError, match="50013"):
        await mira.type()


async def test_commands_that_one_may_not_use_come_with_the_reason(stage: Stage) -> None:
    needed = str(int(Permission.MANAGE_GUILD))
    rule = {"name": "rule", "description": "Decide", "default_member_permissions": needed}
    await stage.rest.register(stage.sandbox, {"name": "ping", "description": "Answer"}, rule)
    answer = await stage.mira._post("commands", {"channel_id": str(stage.mira.channel_id)})
    assert [each["name"] for each in answer["commands"]] == ["ping"]
    assert [(each["name"], each["reason"]) for each in answer["refused"]] == [
        ("rule", "mira lacks the permissions for 'rule'")
    ]


async def test_a_message_names_the_command_that_it_answers_with_its_subcommands(stage: Stage) -> None:
    inner = {"name": "show", "description": "Show", "type": 1}
    await stage.rest.register(stage.sandbox, {"name": "settings", "description": "All", "options": [inner]})
    async with client(stage.sandbox, stage.mira) as events:
        await events.next("READY")
        await stage.mira._post("command", {"channel_id": str(stage.mira.channel_id), "name": "settings show"})
        await stage.answer(await stage.bot.heard.get(), 4, {"content": "here"})
        message = await events.next("MESSAGE_CREATE")
    assert (message["interaction"]["name"], message["interaction"]["user"]["username"]) == ("settings show", "mira")


async def test_a_file_that_is_opened_by_itself_can_do_nothing(rest: Rest, local_discord: DiscordSandbox) -> None:
    page = Upload(b"<script>alert(1)</script>", "page.html", "text/html")
    path = f"/channels/{channel(local_discord).id}/messages"
    posted = await rest.call("POST", path, {"content": "look"}, files=[page])
    url = posted.body["attachments"][0]["url"]
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
