"""Messages over bare REST, held to what Discord documents."""

import asyncio

import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel
from sandbox.member import Member, Sandbox, Upload
from tests.integration.sandbox.discord.discord_lab import Rest, channel, png

LAYOUT = 1 << 15


@pytest.fixture
def videos(local_discord: DiscordSandbox) -> Channel:
    return channel(local_discord)


@pytest.fixture
async def unlimited(control: Sandbox) -> None:
    await control.admin.set_rate_limits(enabled=False)


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "654321"),
        ("limit=2", "65"),
        ("limit=2&before={3}", "21"),
        ("limit=2&after={3}", "54"),
        ("limit=3&around={3}", "432"),
    ],
)
async def test_history_is_paged_newest_first(rest: Rest, videos: Channel, query: str, expected: str) -> None:
    posted = [(await rest.post(videos, text)).body["id"] for text in "123456"]
    found = await rest.call("GET", f"/channels/{videos.id}/messages?{query.format('', *posted)}")
    assert "".join(each["content"] for each in found.body) == expected


async def test_history_without_the_permission_to_read_it_is_empty(
    rest: Rest, videos: Channel, control: Sandbox
) -> None:
    message = (await rest.post(videos)).body
    deny = int(Permission.READ_MESSAGE_HISTORY)
    await control.admin.set_overwrite("videos", member="reelcast", deny=deny)
    history = await rest.call("GET", f"/channels/{videos.id}/messages")
    assert (history.status, history.body) == (200, [])
    one = await rest.call("GET", f"/channels/{videos.id}/messages/{message['id']}")
    assert (one.status, one.code) == (403, 50013)


async def test_an_enforced_nonce_posts_once_while_it_is_remembered(
    rest: Rest, videos: Channel, control: Sandbox
) -> None:
    first = await rest.post(videos, nonce="7-post-1", enforce_nonce=True)
    again = await rest.post(videos, nonce="7-post-1", enforce_nonce=True)
    assert again.body["id"] == first.body["id"]
    assert again.body["nonce"] == "7-post-1"
    await control.admin.advance(181)
    later = await rest.post(videos, nonce="7-post-1", enforce_nonce=True)
    assert later.body["id"] != first.body["id"]


async def test_an_enforced_nonce_posts_once_when_both_requests_are_under_way(rest: Rest, videos: Channel) -> None:
    path = f"/channels/{videos.id}/messages"
    payload = {"nonce": "7-post-1", "enforce_nonce": True}
    posts = (rest.call("POST", path, payload, files=[Upload(png(), "a.png")]) for _ in range(3))
    replies = await asyncio.gather(*posts)
    assert len({reply.body["id"] for reply in replies}) == 1
    assert len(videos.messages) == 1


async def test_a_message_that_was_deleted_is_not_made_again_by_its_nonce(rest: Rest, videos: Channel) -> None:
    first = await rest.post(videos, nonce="n", enforce_nonce=True)
    await rest.call("DELETE", f"/channels/{videos.id}/messages/{first.body['id']}")
    again = await rest.post(videos, nonce="n", enforce_nonce=True)
    assert (again.status, again.code) == (404, 10008)
    assert not videos.messages


async def test_the_memory_of_nonces_can_be_taken_away(rest: Rest, videos: Channel, control: Sandbox) -> None:
    await control.admin.set_nonce_memory(0)
    first = await rest.post(videos, nonce="n", enforce_nonce=True)
    again = await rest.post(videos, nonce="n", enforce_nonce=True)
    assert again.body["id"] != first.body["id"]


async def test_a_nonce_is_absent_from_history(rest: Rest, videos: Channel) -> None:
    await rest.post(videos, nonce="n", enforce_nonce=True)
    history = await rest.call("GET", f"/channels/{videos.id}/messages")
    assert "nonce" not in history.body[0]


async def test_a_reply_to_a_message_that_is_gone_fails_unless_that_is_allowed(rest: Rest, videos: Channel) -> None:
    refused = await rest.post(videos, message_reference={"message_id": "1"})
    assert (refused.status, refused.code) == (400, 50035)
    assert "message_reference" in refused.body["errors"]
    allowed = await rest.post(videos, message_reference={"message_id": "1", "fail_if_not_exists": False})
    assert allowed.body["type"] == 0


async def test_a_reply_carries_what_it_answers(rest: Rest, videos: Channel) -> None:
    first = (await rest.post(videos, "question")).body
    reply = (await rest.post(videos, "answer", message_reference={"message_id": first["id"]})).body
    assert reply["type"] == 19
    assert reply["referenced_message"]["content"] == "question"
    assert reply["message_reference"]["message_id"] == first["id"]


async def test_only_allowed_mentions_notify(rest: Rest, videos: Channel, control: Sandbox) -> None:
    mira, noor = control.member("mira"), control.member("noor")
    allowed = {"parse": [], "users": [str(mira.id)]}
    reply = await rest.post(
        videos, f"<@{mira.id}> <@{noor.id}> @everyone <@&{videos.guild_id}>", allowed_mentions=allowed
    )
    assert [each["id"] for each in reply.body["mentions"]] == [str(mira.id)]
    assert reply.body["mention_everyone"] is False
    assert reply.body["mention_roles"] == []


async def test_an_edit_keeps_drops_and_adds_attachments(rest: Rest, videos: Channel) -> None:
    path = f"/channels/{videos.id}/messages"
    files = [Upload(png(), "one.png"), Upload(png(), "two.png")]
    made = (await rest.call("POST", path, {"content": "x"}, files=files)).body
    keep = [{"id": made["attachments"][1]["id"]}, {"id": "0", "description": "the third"}]
    edited = await rest.call("PATCH", f"{path}/{made['id']}", {"attachments": keep}, files=[Upload(png(), "three.png")])
    assert [each["filename"] for each in edited.body["attachments"]] == ["two.png", "three.png"]
    assert edited.body["attachments"][1]["description"] == "the third"
    assert edited.body["edited_timestamp"] is not None
    untouched = await rest.call("PATCH", f"{path}/{made['id']}", {"content": "y"})
    assert len(untouched.body["attachments"]) == 2


async def test_a_layout_shows_its_uploads_with_their_sizes(rest: Rest, videos: Channel) -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a_b.png"}}]}
    file = {"type": 13, "file": {"url": "attachment://a_b.png"}}
    payload = {"flags": LAYOUT, "components": [{"type": 17, "components": [gallery, file]}]}
    made = await rest.call("POST", f"/channels/{videos.id}/messages", payload, files=[Upload(png(300, 500), "a b.png")])
    container = made.body["components"][0]
    media = container["components"][0]["items"][0]["media"]
    assert (media["width"], media["height"], media["content_type"]) == (300, 500, "image/png")
    assert media["url"].startswith("http://127.0.0.1")
    assert container["components"][1]["name"] == "a_b.png"
    assert [each["id"] for each in container["components"]] == [2, 3]
    assert made.body["attachments"] == []


async def test_a_layout_keeps_the_uploads_that_an_edit_lists_by_their_ids(rest: Rest, videos: Channel) -> None:
    def shown(*names: str) -> dict[str, object]:
        items = [{"media": {"url": f"attachment://{name}"}} for name in names]
        return {"components": [{"type": 12, "items": items}]}

    path = f"/channels/{videos.id}/messages"
    files = [Upload(png(), "a.png"), Upload(png(), "b.png")]
    made = await rest.call("POST", path, {"flags": LAYOUT} | shown("a.png", "b.png"), files=files)
    media = [item["media"] for item in made.body["components"][0]["items"]]
    one = f"{path}/{made.body['id']}"
    again = await rest.call("PATCH", one, shown("b.png", "a.png"))
    assert again.body["components"][0]["items"][0]["media"]["attachment_id"] == media[1]["attachment_id"]
    kept = await rest.call("PATCH", one, {"attachments": [{"id": media[0]["attachment_id"]}]} | shown("a.png"))
    assert kept.status == 200
    refused = await rest.call("PATCH", one, shown("b.png"))
    assert (refused.status, refused.code) == (400, 50035)


async def test_an_embed_shows_its_upload_and_the_list_of_attachments_does_not(rest: Rest, videos: Channel) -> None:
    payload = {"embeds": [{"title": "T", "image": {"url": "attachment://a.png"}}]}
    made = await rest.call("POST", f"/channels/{videos.id}/messages", payload, files=[Upload(png(), "a.png")])
    assert made.body["attachments"] == []
    assert made.body["embeds"][0]["image"]["width"] == 320


async def test_a_file_that_is_no_image_has_no_width(rest: Rest, videos: Channel) -> None:
    made = await rest.call("POST", f"/channels/{videos.id}/messages", {}, files=[Upload(b"just text", "a.png")])
    [attachment] = made.body["attachments"]
    assert attachment["size"] == 9
    assert "width" not in attachment


async def test_the_boost_tier_decides_what_size_passes(rest: Rest, local_discord: DiscordSandbox) -> None:
    large = Upload(bytes(11 * 1024 * 1024), "large.bin")
    for guild, status in (("Film Club", 413), ("Animation Guild", 200)):
        where = channel(local_discord, at=guild)
        reply = await rest.call("POST", f"/channels/{where.id}/messages", {}, files=[large])
        assert reply.status == status


@pytest.mark.parametrize(
    ("where", "payload", "status", "code"),
    [
        ("announcements", {"content": "x"}, 403, 50013),
        ("videos", {"content": ""}, 400, 50006),
        ("videos", {"content": "x" * 2001}, 400, 50035),
        ("videos", {"flags": LAYOUT, "content": "x", "components": []}, 400, 50035),
    ],
)
async def test_what_discord_refuses_is_refused(
    rest: Rest, local_discord: DiscordSandbox, where: str, payload: object, status: int, code: int
) -> None:
    found = channel(local_discord, where)
    refused = await rest.call("POST", f"/channels/{found.id}/messages", payload)
    assert (refused.status, refused.code) == (status, code)


async def test_a_channel_out_of_sight_is_missing_access_and_a_deleted_one_unknown(
    rest: Rest, videos: Channel, control: Sandbox
) -> None:
    deny = int(Permission.VIEW_CHANNEL)
    await control.admin.set_overwrite("videos", member="reelcast", deny=deny)
    hidden = await rest.post(videos)
    assert (hidden.status, hidden.code) == (403, 50001)
    await control.admin.delete_channel("videos")
    gone = await rest.post(videos)
    assert (gone.status, gone.code) == (404, 10003)


async def test_a_kicked_bot_reaches_nothing_of_the_guild(rest: Rest, videos: Channel, control: Sandbox) -> None:
    await control.admin.remove_member("reelcast")
    assert (await rest.post(videos)).code == 50001
    assert (await rest.call("GET", f"/guilds/{videos.guild_id}")).code == 10004


async def test_a_message_in_an_archived_thread_cannot_be_edited_but_a_new_one_wakes_the_thread(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    thread = channel(local_discord, "storyboards")
    message = (await rest.post(thread)).body
    await control.admin.set_thread("storyboards", archived=True)
    path = f"/channels/{thread.id}/messages/{message['id']}"
    assert (await rest.call("PATCH", path, {"content": "y"})).code == 50083
    assert (await rest.post(thread)).status == 200
    assert (await rest.call("PATCH", path, {"content": "y"})).status == 200


async def test_a_locked_thread_takes_no_messages(rest: Rest, local_discord: DiscordSandbox, control: Sandbox) -> None:
    await control.admin.set_thread("storyboards", locked=True)
    refused = await rest.post(channel(local_discord, "storyboards"))
    assert (refused.status, refused.code) == (403, 160005)


async def test_only_its_author_edits_a_message_and_a_moderator_may_delete_it(
    rest: Rest, videos: Channel, mira: Member, control: Sandbox
) -> None:
    message = await mira.send("mine")
    path = f"/channels/{videos.id}/messages/{message.id}"
    assert (await rest.call("PATCH", path, {"content": "y"})).code == 50005
    await control.member("mo").delete(message)
    await mira.wait_gone(message)
    assert (await rest.call("GET", path)).code == 10008


async def test_a_wrong_token_is_unauthorized_and_an_unknown_route_is_named(rest: Rest) -> None:
    wrong = await rest.call("GET", "/users/@me", token="Bot wrong")
    assert (wrong.status, wrong.code) == (401, 0)
    unknown = await rest.call("GET", "/stage-instances/1")
    assert unknown.status == 501
    assert unknown.body["method"] == "GET"
    assert unknown.body["route"] == "/stage-instances/1"


async def test_the_sixth_message_in_five_seconds_waits(rest: Rest, videos: Channel) -> None:
    replies = [await rest.post(videos) for _ in range(6)]
    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert replies[0].headers["X-RateLimit-Limit"] == "5"
    assert replies[4].headers["X-RateLimit-Remaining"] == "0"
    assert "Via" in replies[5].headers
    assert 0 < replies[5].body["retry_after"] <= 5
    assert replies[5].body["global"] is False


HOSTILE = [None, True, 0, -1, 2**63, 1.5, "", "x" * 3000, "attachment://a.png", [], [None], {}, {"id": []}]
FIELDS = ("content", "embeds", "components", "flags", "nonce", "allowed_mentions", "attachments", "tts")


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
async def test_whatever_a_field_holds_discord_answers(
    rest: Rest, videos: Channel, hostile: object, local_discord: DiscordSandbox
) -> None:
    message = (await rest.post(videos)).body["id"]
    application = f"/applications/{local_discord.world.application_id}/commands"
    for field in FIELDS:
        path = f"/channels/{videos.id}/messages"
        made = await rest.call("POST", path, {"content": "x", field: hostile})
        edited = await rest.call("PATCH", f"{path}/{message}", {field: hostile})
        assert {made.status, edited.status} <= {200, 400}
    for field in ("name", "description", "options", "type"):
        command = {"name": "a", "description": "b", field: hostile}
        assert (await rest.call("PUT", application, [command])).status in {200, 400}


async def test_broken_json_is_refused(rest: Rest, videos: Channel, local_discord: DiscordSandbox) -> None:
    refused = await rest.call("POST", f"/channels/{videos.id}/messages", ["no object"])
    assert (refused.status, refused.code) == (400, 50006)
