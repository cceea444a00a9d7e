"""What Discord libraries other than discord.py ask of it: tokens, types of bodies, and lists that are empty here."""

import asyncio
import base64
from urllib.parse import urlencode

import aiohttp
import pytest

from sandbox.discord.rest.empty import NOTHING
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.permissions import Permission
from sandbox.member import Sandbox
from tests.integration.sandbox.discord.discord_lab import Rest, Stage, channel, guild

FORM = "application/x-www-form-urlencoded"


async def raw(sandbox: DiscordSandbox, method: str, path: str, body: str, content_type: str) -> tuple[int, object]:
    """Send a body as it is; returns status and answer."""
    headers = {"Authorization": f"Bot {sandbox.world.token}", "Content-Type": content_type}
    url = f"{sandbox.describe()['api_url']}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body.encode(), headers=headers) as response,
    ):
        return response.status, await response.json()


def test_a_token_begins_with_the_bots_id(local_discord: DiscordSandbox) -> None:
    first = local_discord.world.token.split(".")[0]
    padded = first + "=" * (-len(first) % 4)
    assert base64.b64decode(padded).decode() == str(local_discord.world.bot.id)
    assert "=" not in first


async def test_bots_have_a_discriminator_and_people_none(rest: Rest, control: Sandbox) -> None:
    bot = (await rest.call("GET", "/users/@me")).body
    person = (await rest.call("GET", f"/users/{control.member('mira').id}")).body
    assert bot["discriminator"].isdecimal()
    assert (len(bot["discriminator"]), bot["discriminator"] == "0000") == (4, False)
    assert person["discriminator"] == "0"


async def test_an_application_still_has_its_summary(rest: Rest) -> None:
    for path in ("/applications/@me", "/oauth2/applications/@me"):
        assert (await rest.call("GET", path)).body["summary"] == ""


async def test_guilds_come_with_counts_where_they_are_asked_for(rest: Rest) -> None:
    plain, counted = [(await rest.call("GET", f"/users/@me/guilds{query}")).body for query in ("", "?with_counts=true")]
    assert "approximate_member_count" not in plain[0]
    assert [each["approximate_member_count"] for each in counted] == [3, 5]


@pytest.mark.parametrize("template", sorted(NOTHING))
async def test_what_is_not_there_is_an_empty_list(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox, template: str
) -> None:
    place = {
        "application_id": local_discord.world.application_id,
        "guild_id": guild(local_discord).id,
        "channel_id": channel(local_discord).id,
    }
    await control.admin.set_role_permissions("Reelcast", int(Permission.ADMINISTRATOR))
    found = await rest.call("GET", template.format_map(place))
    assert (found.status, found.body) == (200, NOTHING[template])
    others = template.format_map({key: value + 1000 for key, value in place.items()})
    if others != template:
        assert (await rest.call("GET", others)).status in {403, 404}


async def test_webhooks_invites_and_integrations_are_for_those_who_manage_them(
    rest: Rest, local_discord: DiscordSandbox, control: Sandbox
) -> None:
    await control.admin.set_role_permissions("Reelcast", 0)
    for name in ("webhooks", "invites", "integrations"):
        refused = await rest.call("GET", f"/guilds/{guild(local_discord).id}/{name}")
        assert (refused.status, refused.code) == (403, 50013)


async def test_a_form_carries_a_message_with_its_numbers_and_switches(local_discord: DiscordSandbox) -> None:
    videos = channel(local_discord)
    fields = {"content": "123", "flags": str(1 << 12), "tts": "true", "nonce": "7", "enforce_nonce": "true"}
    status, made = await raw(local_discord, "POST", f"/channels/{videos.id}/messages", urlencode(fields), FORM)
    assert isinstance(made, dict)
    assert (status, made["content"], made["flags"], made["tts"]) == (200, "123", 1 << 12, True)
    _, again = await raw(local_discord, "POST", f"/channels/{videos.id}/messages", urlencode(fields), FORM)
    assert isinstance(again, dict)
    assert again["id"] == made["id"]


async def test_a_form_may_carry_json_as_libraries_send_it(stage: Stage) -> None:
    await stage.rest.register(stage.sandbox, {"name": "ping", "description": "Answer"})
    asking = asyncio.ensure_future(stage.mira.slash("ping"))
    heard = await stage.bot.heard.get()
    body = urlencode({"payload_json": '{"type": 4, "data": {"content": "from a form"}}'})
    path = f"/interactions/{heard.id}/{heard.token}/callback?with_response=1"
    status, _ = await raw(stage.sandbox, "POST", path, body, FORM)
    assert status == 200
    result = await asking
    assert result.message is not None
    assert result.message.text == "from a form"


@pytest.mark.parametrize(
    ("method", "path", "content_type", "accepted"),
    [
        ("POST", "/channels/{channel}/messages", "text/plain", True),
        ("POST", "/channels/{channel}/messages", "application/octet-stream", True),
        ("PUT", "/applications/{application}/commands", FORM, False),
        ("POST", "/users/@me/channels", FORM, False),
    ],
)
async def test_a_body_of_another_type_is_refused(
    local_discord: DiscordSandbox, method: str, path: str, content_type: str, accepted: bool
) -> None:
    place = path.format(channel=channel(local_discord).id, application=local_discord.world.application_id)
    status, refused = await raw(local_discord, method, place, '{"content": "x"}', content_type)
    assert isinstance(refused, dict)
    [error] = refused["errors"]["_errors"]
    assert (status, refused["code"], error["code"]) == (400, 50035, "CONTENT_TYPE_INVALID")
    assert "'application/json'" in error["message"]
    assert (FORM in error["message"]) is accepted


@pytest.mark.parametrize("body", ["content", "%ff=1", "payload_json=%7B"])
async def test_a_form_that_cannot_be_read_is_refused(local_discord: DiscordSandbox, body: str) -> None:
    path = f"/channels/{channel(local_discord).id}/messages"
    status, refused = await raw(local_discord, "POST", path, body, FORM)
    assert isinstance(refused, dict)
    assert (status, refused["code"]) in {(400, 50109), (400, 50006)}


async def test_an_answer_to_an_interaction_tells_of_no_bucket(stage: Stage) -> None:
    await stage.rest.register(stage.sandbox, {"name": "ping", "description": "Answer"})
    asking = asyncio.ensure_future(stage.mira.slash("ping"))
    answered = await stage.answer(await stage.bot.heard.get(), 4, {"content": "pong"})
    await asking
    assert not [name for name in answered.headers if name.lower().startswith("x-ratelimit")]
    assert answered.headers["Via"]
