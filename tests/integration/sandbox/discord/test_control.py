"""Steering the local Discord: faults, the gateway, and a world that changes under a running bot."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import discord
import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.permissions import Permission
from sandbox.member import ControlError, Member, NotOffered, Sandbox, Upload
from tests.integration.sandbox.discord.discord_lab import Listener, Rest, Stage, channel, guild, online, png

MESSAGES = r"/messages$"


@pytest.mark.parametrize(("moment", "posted"), [("before", 0), ("after", 1)])
async def test_a_fault_comes_before_or_after_the_request_takes_effect(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox, moment: str, posted: int
) -> None:
    videos = channel(local_discord)
    await control.admin.fault(method="POST", route=MESSAGES, status=502, moment=moment)
    assert (await rest.post(videos)).status == 502
    assert len(videos.messages) == posted
    assert (await rest.post(videos)).status == 200


async def test_a_fault_may_be_a_page_a_rate_limit_or_a_cut_connection(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    videos = channel(local_discord)
    await control.admin.fault(route=MESSAGES, status=503, html=True)
    page = await rest.post(videos)
    assert (page.status, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    await control.admin.fault(route=MESSAGES, status=429, retry_after=2.5, is_global=True)
    limited = await rest.post(videos)
    assert (limited.status, limited.body["retry_after"], limited.body["global"]) == (429, 2.5, True)
    assert limited.headers["X-RateLimit-Global"] == "true"
    await control.admin.fault(route=MESSAGES, status=0)
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest.post(videos)


async def test_a_fault_carries_a_code_and_leaves_no_trace_of_the_request(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    videos = channel(local_discord)
    await control.admin.fault(method="POST", route=f"/channels/{videos.id}/messages", code=40333, times=2, skip=1)
    answers = [await rest.post(videos) for _ in range(4)]
    assert [each.status for each in answers] == [200, 403, 403, 200]
    assert answers[1].body == {"message": "internal network error", "code": 40333}
    assert len(videos.messages) == 2
    with pytest.raises(ControlError, match="nothing"):
        await control.admin._do("fault", nothing=1)


async def test_discord_py_takes_cloudflares_page_for_a_ban(stage: Stage, control: Sandbox) -> None:
    await control.admin.fault(method="POST", route=MESSAGES, cloudflare="1015", retry_after=3600, moment="after")
    videos = stage.bot.get_channel(channel(stage.sandbox).id)
    assert isinstance(videos, discord.TextChannel)
    with pytest.raises(discord.HTTPException) as refused:
        await videos.send("hello")
    assert (refused.value.status, refused.value.response.headers["Retry-After"]) == (429, "3600")
    assert "Via" not in refused.value.response.headers
    assert await stage.mira.wait_for(lambda message: message.text == "hello")


async def test_files_and_the_gateways_handshake_fail_too(
    mira: Member, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    sent = await mira.send("look", files=[Upload(png(), "a.png")])
    await control.admin.fault(route="/attachments/", server="cdn", status=503)
    with pytest.raises(ControlError, match="503"):
        await mira.download(sent.attachments[0])
    assert await mira.download(sent.attachments[0]) == png()
    await control.admin.fault(server="gateway", cloudflare="1015")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(local_discord.describe()["gateway_url"])
    assert refused.value.status == 429


async def test_a_file_is_held_back_until_the_faults_are_cleared(mira: Member, control: Sandbox) -> None:
    sent = await mira.send("look", files=[Upload(png(), "a.png")])
    await control.admin.fault(server="cdn", hold=True)
    held = asyncio.create_task(mira.download(sent.attachments[0]))
    await mira.send("after it")  # which the same server answers meanwhile
    assert not held.done()
    await control.admin.clear_faults()
    assert await held == png()


async def test_commands_that_are_refused_leave_those_that_are_there(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    path = f"/applications/{local_discord.world.application_id}/commands"
    await rest.register(local_discord, {"name": "ping", "description": "Answer"})
    await control.admin.fault(method="PUT", route="/commands$", code=30034)
    refused = await rest.call("PUT", path, [{"name": "pong", "description": "Answer"}])
    assert (refused.status, refused.code) == (400, 30034)
    assert [each["name"] for each in (await rest.call("GET", path)).body] == ["ping"]


async def test_the_bot_resumes_after_its_gateway_connection_is_cut(stage: Stage, control: Sandbox) -> None:
    resumed = asyncio.ensure_future(stage.bot.wait_for("shard_resumed", timeout=10))
    await asyncio.gather(control.admin.drop_gateway(code=4000), resumed)
    assert [each["connected"] for each in await control.admin.sessions()] == [True]


async def test_the_bot_comes_back_after_reconnect_and_invalid_session(stage: Stage, control: Sandbox) -> None:
    resumed = asyncio.ensure_future(stage.bot.wait_for("shard_resumed", timeout=10))
    await asyncio.gather(control.admin.request_reconnect(), resumed)
    await control.admin.refuse_resume()
    ready = asyncio.ensure_future(stage.bot.wait_for("shard_ready", timeout=20))
    await asyncio.gather(control.admin.invalidate_sessions(resumable=True), ready)
    assert {each.name for each in stage.bot.guilds} == {"Film Club", "Animation Guild"}


async def test_two_shards_share_the_guilds(local_discord: DiscordSandbox, control: Sandbox, rest: Rest) -> None:
    await control.admin.set_shards(2)
    assert (await rest.call("GET", "/gateway/bot")).body["shards"] == 2
    bot = Listener()
    await control.admin.set_rate_limits(enabled=False)
    async with online(bot, local_discord.world.token, bot.ready):
        assert len(bot.guilds) == 2
        assert all(each.shard_id == (each.id >> 22) % 2 for each in bot.guilds)
        assert {each.shard_id for each in bot.guilds} == {0, 1}
        assert sorted(each["shard"] for each in await control.admin.sessions()) == [0, 1]


async def test_a_rate_limit_can_be_set_and_faults_cleared(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    videos = channel(local_discord)
    await control.admin.set_rate_limit("message_create", limit=1, per=60)
    await control.admin.fault(route=MESSAGES, times=5)
    await control.admin.clear_faults()
    before = await control.admin.rate_limited()
    assert [(await rest.post(videos)).status for _ in range(2)] == [200, 429]
    assert await control.admin.rate_limited() == (before[0] + 1, before[1] + 1)


async def test_a_members_language_reaches_the_bot(stage: Stage, control: Sandbox) -> None:
    await stage.rest.register(stage.sandbox, {"name": "ping", "description": "Answer"})
    await control.admin.set_locale("mira", "pt-BR")
    action = asyncio.ensure_future(stage.mira.slash("ping"))
    _, heard = await stage.exchange(action, 4, {"content": "ok"})
    assert heard.locale is discord.Locale.brazil_portuguese
    assert heard.guild_locale is discord.Locale.american_english


async def test_a_guilds_language_reaches_the_bot(stage: Stage, control: Sandbox) -> None:
    await stage.rest.register(stage.sandbox, {"name": "ping", "description": "Answer"})
    await control.admin.set_guild_locale("ja")
    action = asyncio.ensure_future(stage.mira.slash("ping"))
    _, heard = await stage.exchange(action, 4, {"content": "ok"})
    assert heard.guild_locale is discord.Locale.japanese
    assert heard.locale is discord.Locale.american_english


async def test_the_administrator_deletes_any_message(stage: Stage, control: Sandbox) -> None:
    message = await stage.mira.send("hello", reply_to=await stage.mira.send("first"))
    assert message.reference is not None
    await control.admin.delete_message(message.channel_id, message.id)
    await stage.mira.wait_gone(message)
    assert await stage.mira.message(message.id) is None


async def test_everyone_has_an_avatar(mira: Member, local_discord: DiscordSandbox) -> None:
    image = await mira.download(f"{local_discord.origin}/embed/avatars/1.png")
    assert image.startswith(b"\x89PNG")


async def test_a_member_who_is_removed_sees_the_guild_no_more(mira: Member, control: Sandbox) -> None:
    await control.admin.remove_member("mira")
    with pytest.raises(ControlError, match="50001"):
        await mira.send("hello")


async def test_a_kicked_bot_offers_no_commands_and_learns_of_it(stage: Stage, control: Sandbox) -> None:
    await stage.rest.register(stage.sandbox, {"name": "ping", "description": "Answer"})
    kicked = asyncio.ensure_future(stage.bot.wait_for("guild_remove", timeout=10))
    await asyncio.gather(control.admin.remove_member("reelcast"), kicked)
    with pytest.raises(NotOffered, match="no command"):
        await stage.mira.slash("ping")
    joined = asyncio.ensure_future(stage.bot.wait_for("guild_join", timeout=10))
    await asyncio.gather(control.admin.invite_bot(), joined)
    assert joined.result().name == "Film Club"


async def test_a_fresh_server_has_the_bot_everyone_and_a_system_channel(stage: Stage, control: Sandbox) -> None:
    joined = asyncio.ensure_future(stage.bot.wait_for("guild_join", timeout=10))
    names, _joined = await asyncio.gather(control.admin.add_guild("mira"), joined)
    guild = joined.result()
    assert (names, guild.name) == ("New Server", "New Server")
    assert guild.system_channel is not None
    assert guild.system_channel.permissions_for(guild.me).send_messages
    hidden = next(each for each in guild.text_channels if each.name == "moderators")
    assert not hidden.permissions_for(guild.default_role).view_channel
    assert hidden.permissions_for(guild.me).view_channel
    assert await control.admin.add_guild("mira") == "New Server 2"
    await control.member("ada", guild="New Server", channel="general").send("hello")


async def test_permissions_of_roles_and_timeouts_count_at_once(mira: Member, control: Sandbox) -> None:
    await control.admin.time_out("mira", 60)
    with pytest.raises(ControlError, match="50013"):
        await mira.send("hello")
    await control.admin.advance(61)
    await mira.send("hello")
    await control.admin.set_role_permissions("@everyone", int(Permission.VIEW_CHANNEL))
    with pytest.raises(ControlError, match="50013"):
        await mira.send("hello")


async def test_a_members_new_roles_reach_the_world(
    local_discord: DiscordSandbox, mira: Member, control: Sandbox
) -> None:
    await control.admin.set_member_roles("mira", ["Trusted"])
    roles = guild(local_discord).roles
    [role_id] = guild(local_discord).members[mira.id].role_ids
    assert roles[role_id].name == "Trusted"
    await control.admin.delete_role("Trusted")
    assert guild(local_discord).members[mira.id].role_ids == []


async def test_a_deleted_channel_takes_its_threads_and_messages_along(stage: Stage, control: Sandbox) -> None:
    message = await stage.mira.send("hello")
    gone = asyncio.ensure_future(stage.bot.wait_for("guild_channel_delete", timeout=10))
    await control.admin.delete_channel("videos")
    assert (await gone).name == "videos"
    await stage.mira.wait_gone(message)
    assert "storyboards" not in {each.name for each in guild(stage.sandbox).channels.values()}


async def test_automod_rules_are_read_with_manage_server(stage: Stage, control: Sandbox) -> None:
    added = await control.admin.add_automod_rule(
        {"name": "Words", "trigger_metadata": {"keyword_filter": ["bad*"], "regex_patterns": ["b[ae]d"]}}
    )
    film_club = stage.bot.get_guild(guild(stage.sandbox).id)
    assert film_club is not None
    [rule] = await film_club.fetch_automod_rules()
    assert (rule.name, rule.trigger.keyword_filter) == ("Words", ["bad*"])
    heard = asyncio.ensure_future(stage.bot.wait_for("automod_rule_update", timeout=10))
    await control.admin.change_automod_rule(added["id"], {"enabled": False, "trigger_metadata": {"allow_list": ["ok"]}})
    changed = await heard
    assert (changed.id, changed.enabled, changed.trigger.allow_list) == (rule.id, False, ["ok"])
    assert changed.trigger.keyword_filter == ["bad*"]
    await control.admin.delete_automod_rule(added["id"])
    assert await film_club.fetch_automod_rules() == []
    await control.admin.set_role_permissions("Reelcast", 0)
    with pytest.raises(discord.Forbidden):
        await film_club.fetch_automod_rules()


async def test_a_member_sees_typing_and_every_change_as_it_happens(stage: Stage) -> None:
    events = stage.mira.events()
    first = asyncio.ensure_future(anext(events))
    await stage.mira.messages()
    await stage.rest.call("POST", f"/channels/{stage.mira.channel_id}/typing")
    assert (await first).name == "TYPING_START"
    made = await stage.rest.post(channel(stage.sandbox))
    assert (await anext(events)).data["id"] == made.body["id"]
    await stage.rest.call("DELETE", f"/channels/{stage.mira.channel_id}/messages/{made.body['id']}")
    assert (await anext(events)).name == "MESSAGE_DELETE"
    await events.aclose()


async def test_what_a_member_may_not_see_does_not_reach_them(stage: Stage, control: Sandbox) -> None:
    review = channel(stage.sandbox, "review")
    moderator = control.member("mo", channel="review")
    await stage.mira.messages()
    await stage.rest.post(review, "for moderators")
    await moderator.wait_for(lambda message: message.text == "for moderators")
    assert await stage.mira.messages("review") == []


@pytest.fixture
async def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[DiscordSandbox, Path]]:
    path = tmp_path / "recording.jsonl"
    async with DiscordSandbox(recording=path) as sandbox:
        yield sandbox, path


async def test_a_recording_holds_every_exchange_without_a_secret(
    recorded: tuple[DiscordSandbox, Path],
) -> None:
    sandbox, path = recorded
    async with aiohttp.ClientSession() as session:
        rest = Rest(session, sandbox)
        videos = channel(sandbox)
        where = f"/channels/{videos.id}/messages"
        await rest.call("POST", where, {"content": "x"}, files=[Upload(png(), "a.png")])
        await rest.call("PATCH", f"/webhooks/{sandbox.world.application_id}/s3cret/messages/@original", {})
        await rest.call("GET", "/stage-instances/1")
    written = path.read_text()
    assert sandbox.world.token not in written
    assert "s3cret" not in written
    posted, edited, unknown = map(json.loads, written.splitlines())
    assert posted["request"]["path"] == f"/api/v10{where}"
    assert posted["request"]["multipart"]["payload_json"] == {"content": "x"}
    assert posted["request"]["multipart"]["files"][0]["filename"] == "a.png"
    assert posted["response"]["status"] == 200
    assert posted["response"]["content_type"] == "application/json"
    assert posted["response"]["body"]["content"] == "x"
    assert edited["request"]["path"].endswith("/:token/messages/@original")
    assert unknown["response"]["status"] == 501


async def test_a_request_that_breaks_off_leaves_no_trace(
    rest: Rest, local_discord: DiscordSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    videos = channel(local_discord)
    host = local_discord.origin.removeprefix("http://")
    _, writer = await asyncio.open_connection("127.0.0.1", int(host.rsplit(":", 1)[1]))
    writer.write(f"POST /api/v10/channels/{videos.id}/messages HTTP/1.1\r\nHost: {host}\r\n".encode())
    writer.write(b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()
    assert (await rest.post(videos)).status == 200
    assert len(videos.messages) == 1
    assert not caplog.records


async def test_a_stranger_cannot_act(rest: Rest, local_discord: DiscordSandbox) -> None:
    bot_id = local_discord.world.bot.id
    for path in (f"/sandbox/users/{bot_id}/send", "/sandbox/users/1/send"):
        assert (await rest.outside("POST", path)).status == 404
    assert (await rest.outside("GET", f"/sandbox/users/{bot_id}/events")).status == 404
    assert (await rest.outside("POST", "/sandbox/admin/nothing")).status == 404
    assert (await rest.outside("POST", "/sandbox/admin/delete_channel")).status == 400


async def test_a_channel_becomes_age_restricted_and_open_again(stage: Stage, control: Sandbox) -> None:
    general = stage.bot.get_channel(int(control.admin.channel_id("general")))
    assert isinstance(general, discord.TextChannel)
    for on in (True, False):
        changed = asyncio.ensure_future(stage.bot.wait_for("guild_channel_update", timeout=10))
        await asyncio.gather(control.admin.restrict_age("general", on=on), changed)
        assert general.is_nsfw() is on
