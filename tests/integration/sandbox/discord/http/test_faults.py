"""Trouble as Discord has it: threads that shut the bot out, timeouts, outages, and a gateway that lets it wait."""

import asyncio

import discord
import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.permissions import Permission
from sandbox.member import Member, NotOffered, Sandbox
from tests.integration.sandbox.discord.discord_lab import Listener, Rest, Stage, channel, guild, online, sent

PING = {"name": "ping", "description": "Answer"}


async def secret_thread(control: Sandbox, *, invitable: bool = True) -> int:
    """Make a private thread of mira and noor, below #videos."""
    return await control.admin.add_channel(
        "secret", kind="private_thread", parent="videos", owner="mira", members=["noor"], invitable=invitable
    )


async def test_a_private_thread_is_for_its_members_and_for_who_manages_threads(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    thread_id = await secret_thread(control)
    for method, path in (("GET", ""), ("POST", "/messages"), ("GET", "/messages"), ("PUT", "/thread-members/@me")):
        refused = await rest.call(
            method, f"/channels/{thread_id}{path}", {"content": "x"} if method == "POST" else None
        )
        assert (refused.status, refused.code) == (403, 50001)
    active = await rest.call("GET", f"/guilds/{guild(local_discord).id}/threads/active")
    assert [each["name"] for each in active.body["threads"]] == ["storyboards"]
    assert await control.member("mo", channel=thread_id).messages() == []
    await control.admin.set_role_permissions("Reelcast", int(Permission.MANAGE_THREADS))
    assert (await rest.call("GET", f"/channels/{thread_id}")).body["type"] == 12


async def test_a_mention_lets_the_bot_into_a_private_thread(stage: Stage, control: Sandbox) -> None:
    thread_id = await secret_thread(control)
    film_club = stage.bot.get_guild(guild(stage.sandbox).id)
    assert film_club is not None
    assert film_club.get_thread(thread_id) is None
    joined = asyncio.ensure_future(stage.bot.wait_for("thread_join", timeout=10))
    mira = control.member("mira", channel=thread_id)
    await mira.send(f"come in, <@{stage.sandbox.world.bot.id}>")
    thread = await joined
    assert (thread.id, thread.type) == (thread_id, discord.ChannelType.private_thread)
    assert thread.me is not None
    members = await thread.fetch_members()
    assert {each.id for each in members} == {mira.id, control.member("noor").id, stage.sandbox.world.bot.id}
    await thread.send("here")
    removed = asyncio.ensure_future(stage.bot.wait_for("thread_remove", timeout=10))
    await control.admin.set_thread_member("secret", "reelcast", on=False)
    assert (await removed).id == thread_id
    with pytest.raises(discord.Forbidden) as refused:
        await thread.send("still here?")
    assert refused.value.code == 50001


async def test_where_only_moderators_invite_a_members_mention_adds_nobody(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    thread_id = await secret_thread(control, invitable=False)
    invitation = f"<@{local_discord.world.bot.id}>"
    await control.member("mira", channel=thread_id).send(invitation)
    assert (await rest.call("GET", f"/channels/{thread_id}")).code == 50001
    await control.member("mo", channel=thread_id).send(invitation)
    found = await rest.call("GET", f"/channels/{thread_id}")
    assert found.body["member"]["user_id"] == str(local_discord.world.bot.id)


async def test_the_bot_answers_in_a_private_thread_and_reaches_nothing_there_with_its_own_token(
    stage: Stage, control: Sandbox
) -> None:
    await stage.rest.register(stage.sandbox, PING)
    mira = control.member("mira", channel=await secret_thread(control))
    result, heard = await stage.exchange(asyncio.ensure_future(mira.slash("ping")), 4, {"content": "a card"})
    assert result.message is not None
    assert heard.app_permissions.send_messages_in_threads
    path = f"/channels/{mira.channel_id}/messages/{result.message.id}"
    assert (await stage.rest.call("PATCH", path, {"content": "b"})).code == 50001
    edited = await stage.rest.call("PATCH", stage.webhook(heard, "/messages/@original"), {"content": "b"})
    assert edited.status == 200


async def test_the_bot_joins_and_leaves_threads_and_adds_others(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    members = f"/channels/{channel(local_discord, 'storyboards').id}/thread-members"
    noor = control.member("noor").id
    assert (await rest.call("GET", f"{members}/@me")).code == 10007
    assert (await rest.call("PUT", f"{members}/@me")).status == 204
    assert (await rest.call("PUT", f"{members}/{noor}")).status == 204
    assert len((await rest.call("GET", members)).body) == 3
    assert (await rest.call("DELETE", f"{members}/{noor}")).code == 50013
    assert (await rest.call("DELETE", f"{members}/@me")).status == 204
    await control.admin.set_thread("storyboards", archived=True)
    assert (await rest.call("PUT", f"{members}/@me")).code == 50083
    assert (await rest.call("GET", f"/channels/{channel(local_discord).id}/thread-members")).code == 10003


async def test_an_answer_is_refused_in_a_thread_that_was_locked_meanwhile(stage: Stage, control: Sandbox) -> None:
    await stage.rest.register(stage.sandbox, PING)
    mira = control.member("mira", channel="storyboards")
    result, answered = await stage.exchange(asyncio.ensure_future(mira.slash("ping")), 4, {"content": "a card"})
    waiting = asyncio.ensure_future(mira.slash("ping"))
    heard = await stage.bot.heard.get()
    await control.admin.set_thread("storyboards", archived=True, locked=True)
    for kind in (4, 5):
        refused = await stage.answer(heard, kind, {"content": "x", "flags": 64})
        assert (refused.status, refused.code) == (403, 50083)
    follow_up = await stage.rest.call("POST", stage.webhook(answered), {"content": "x"})
    edit = await stage.rest.call("PATCH", stage.webhook(answered, "/messages/@original"), {"content": "x"})
    assert (follow_up.code, edit.code) == (50083, 50083)
    posted = await stage.rest.post(channel(stage.sandbox, "storyboards"))
    assert (posted.status, posted.code) == (403, 160005)
    await control.admin.advance(4)
    assert (await waiting).failed
    with pytest.raises(NotOffered, match="locked"):
        await mira.slash("ping")
    assert result.message is not None


async def test_a_form_opens_in_a_locked_thread_all_the_same(stage: Stage, control: Sandbox) -> None:
    await stage.rest.register(stage.sandbox, PING)
    await control.admin.set_thread("storyboards", locked=True)
    moderator = control.member("mo", channel="storyboards")
    field = {"type": 4, "custom_id": "text", "style": 1, "label": "Text"}
    form = {"title": "Form", "custom_id": "form", "components": [{"type": 1, "components": [field]}]}
    result, _ = await stage.exchange(asyncio.ensure_future(moderator.slash("ping")), 9, form)
    assert result.modal is not None


async def test_a_bot_in_timeout_is_told_so_and_may_not_post(stage: Stage, control: Sandbox) -> None:
    videos = channel(stage.sandbox)
    told = asyncio.ensure_future(stage.bot.wait_for("member_update", timeout=10))
    await control.admin.time_out("reelcast", 60)
    _, now = await told
    assert now.is_timed_out()
    refused = await stage.rest.post(videos)
    assert (refused.status, refused.code) == (403, 50013)
    assert (await stage.rest.call("GET", f"/channels/{videos.id}/messages")).status == 200
    await control.admin.advance(61)
    assert (await stage.rest.post(videos)).status == 200


async def test_a_kicked_bot_reaches_nothing_of_the_guild(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    await control.admin.remove_member("reelcast")
    assert (await rest.post(channel(local_discord))).code == 50001
    assert (await rest.call("GET", f"/guilds/{guild(local_discord).id}")).code == 10004


async def test_an_outage_hides_a_guild_until_it_ends(stage: Stage, control: Sandbox) -> None:
    gone = asyncio.ensure_future(stage.bot.wait_for("guild_unavailable", timeout=10))
    await control.admin.set_available(on=False)
    assert (await gone).name == "Film Club"
    assert (await stage.rest.post(channel(stage.sandbox))).status == 503
    assert (await stage.rest.call("GET", f"/guilds/{guild(stage.sandbox).id}")).status == 503
    back = asyncio.ensure_future(stage.bot.wait_for("guild_available", timeout=10))
    await control.admin.set_available(on=True)
    assert (await back).name == "Film Club"
    assert (await stage.rest.post(channel(stage.sandbox))).status == 200


async def test_a_bot_that_logs_in_during_an_outage_sees_the_other_guilds(
    local_discord: DiscordSandbox, control: Sandbox
) -> None:
    await control.admin.set_available(on=False)
    bot = Listener()
    async with online(bot, local_discord.world.token, bot.ready):
        assert {each.name for each in bot.guilds if not each.unavailable} == {"Animation Guild"}


async def test_session_starts_run_out_and_begin_anew(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    await control.admin.set_session_starts(remaining=0, reset_after=90)
    limit = (await rest.call("GET", "/gateway/bot")).body["session_start_limit"]
    assert (limit["remaining"], limit["reset_after"]) == (0, 90_000)
    bot = Listener()
    with pytest.raises(discord.ConnectionClosed, match="4004"):
        async with online(bot, local_discord.world.token, bot.ready):
            pass
    await control.admin.advance(90)
    async with online(bot := Listener(), local_discord.world.token, bot.ready):
        limit = (await rest.call("GET", "/gateway/bot")).body["session_start_limit"]
    assert (limit["remaining"], limit["total"]) == (999, 1000)


async def test_the_gateway_refuses_who_identifies(local_discord: DiscordSandbox, control: Sandbox) -> None:
    await control.admin.refuse_identify(4014)
    bot = Listener()
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with online(bot, local_discord.world.token, bot.ready):
            pass
    await control.admin.refuse_identify(None)
    async with online(bot := Listener(), local_discord.world.token, bot.ready):
        assert len(bot.guilds) == 2


async def test_a_chosen_channel_tells_what_the_bot_may_do_there(stage: Stage, control: Sandbox) -> None:
    option = {"name": "where", "description": "Where", "type": 7}
    await stage.rest.register(stage.sandbox, PING | {"options": [option]})
    chosen = channel(stage.sandbox, "announcements")
    _, heard = await stage.exchange(asyncio.ensure_future(stage.mira.slash("ping", where=chosen)), 4, {"content": "ok"})
    resolved = sent(heard)["resolved"]["channels"][str(chosen.id)]
    assert int(resolved["app_permissions"]) & Permission.VIEW_CHANNEL
    assert not int(resolved["app_permissions"]) & Permission.SEND_MESSAGES
    assert int(resolved["permissions"]) & Permission.SEND_MESSAGES


@pytest.mark.parametrize("kind", ["category", "forum", "media"])
async def test_channels_that_hold_no_messages_take_none(
    stage: Stage, mira: Member, control: Sandbox, kind: str
) -> None:
    await stage.rest.register(stage.sandbox, PING)
    channel_id = await control.admin.add_channel("other", kind=kind)
    refused = await stage.rest.call("POST", f"/channels/{channel_id}/messages", {"content": "x"})
    assert (refused.status, refused.code) == (400, 50008)
    assert (await stage.rest.call("GET", f"/channels/{channel_id}/messages")).code == 50024
    mira.at(channel_id)
    with pytest.raises(NotOffered, match="holds no messages"):
        await mira.slash("ping")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("voice", discord.VoiceChannel),
        ("stage", discord.StageChannel),
        ("forum", discord.ForumChannel),
        ("media", discord.ForumChannel),
        ("category", discord.CategoryChannel),
        ("announcement", discord.TextChannel),
    ],
)
async def test_the_bot_is_shown_channels_of_every_kind(
    stage: Stage, control: Sandbox, kind: str, expected: type[discord.abc.GuildChannel]
) -> None:
    made = asyncio.ensure_future(stage.bot.wait_for("guild_channel_create", timeout=10))
    channel_id = await control.admin.add_channel("other", kind=kind)
    assert isinstance(await made, expected)
    fetched = await stage.bot.fetch_channel(channel_id)
    assert isinstance(fetched, expected)


@pytest.mark.parametrize("kind", ["voice", "stage", "announcement"])
async def test_voice_stage_and_announcement_channels_hold_messages(rest: Rest, control: Sandbox, kind: str) -> None:
    channel_id = await control.admin.add_channel("other", kind=kind)
    message = await control.member("mira", channel=channel_id).send("hello")
    found = await rest.call("GET", f"/channels/{channel_id}/messages")
    assert [each["id"] for each in found.body] == [str(message.id)]
