"""Interactions from a member's client to the bot and back, with Discord's deadlines."""

import asyncio
from collections.abc import Awaitable

import discord
import pytest

from sandbox.member import InteractionResult, NotOffered, Sandbox, Upload
from tests.integration.sandbox.discord.discord_lab import Stage, png, sent

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL, LAYOUT = 1 << 6, 1 << 15
PING = {"name": "ping", "description": "Answer"}
BUTTONS = {
    "content": "choose",
    "components": [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "label": "Go", "custom_id": "go"},
                {"type": 2, "style": 4, "label": "Stop", "custom_id": "stop", "disabled": True},
            ],
        }
    ],
}


def doing(action: Awaitable[InteractionResult]) -> asyncio.Task[InteractionResult]:
    """Let a member do something while the test answers for the bot."""
    return asyncio.ensure_future(action)


@pytest.fixture
async def ping(stage: Stage) -> Stage:
    """A stage whose bot has a command without options."""
    await stage.rest.register(stage.sandbox, PING)
    return stage


async def test_a_slash_command_carries_its_options_and_what_they_refer_to(stage: Stage) -> None:
    kinds = {"who": 6, "where": 7, "role": 8, "either": 9, "file": 11, "text": 3, "number": 4, "yes": 5}
    options = [{"type": kind, "name": name, "description": name} for name, kind in kinds.items()]
    await stage.rest.register(stage.sandbox, {"name": "all", "description": "All", "options": options})
    guild = next(iter(stage.sandbox.world.guilds.values()))
    role = next(each for each in guild.roles.values() if each.name == "Trusted")
    action = stage.mira.slash(
        "all",
        who=stage.mira,
        where=stage.mira.channel_id,
        role=role,
        either=role,
        file=Upload(png(), "a.png"),
        text="x",
        number=3,
        yes=True,
    )
    result, heard = await stage.exchange(doing(action), MESSAGE, {"content": "ok"})
    assert result.message is not None
    assert result.message.text == "ok"
    data = sent(heard)
    given = {option["name"]: option["value"] for option in data["options"]}
    assert (given["text"], given["number"]) == ("x", 3)
    assert data["resolved"]["members"][given["who"]]["permissions"].isdigit()
    assert data["resolved"]["channels"][given["where"]]["name"] == "videos"
    assert data["resolved"]["roles"][given["either"]]["name"] == "Trusted"
    assert data["resolved"]["attachments"][given["file"]]["width"] == 320
    assert heard.filesize_limit == 10 * 1024 * 1024
    assert heard.permissions.send_messages
    assert heard.app_permissions.attach_files


async def test_subcommands_are_nested(stage: Stage) -> None:
    inner = {"type": 1, "name": "add", "description": "Add", "options": []}
    await stage.rest.register(stage.sandbox, {"name": "cast", "description": "Cast", "options": [inner]})
    _, heard = await stage.exchange(doing(stage.mira.slash("cast add")), MESSAGE, {"content": "ok"})
    assert sent(heard)["options"] == [{"type": 1, "name": "add", "options": []}]
    with pytest.raises(NotOffered, match="needs a subcommand"):
        await stage.mira.slash("cast")


async def test_typing_into_an_option_offers_the_choices_that_the_bot_answers(stage: Stage) -> None:
    option = {"type": 3, "name": "who", "description": "The member", "autocomplete": True}
    await stage.rest.register(stage.sandbox, {"name": "cast", "description": "Cast", "options": [option]})
    typing = asyncio.ensure_future(stage.mira.autocomplete("cast", "who", "mi"))
    heard = await stage.bot.heard.get()
    assert sent(heard)["options"][0] == {"type": 3, "name": "who", "value": "mi", "focused": True}
    too_long = {"choices": [{"name": "x" * 101, "value": "mira"}]}
    assert (await stage.answer(heard, CHOICES, too_long)).code == 50035
    await stage.answer(heard, CHOICES, {"choices": [{"name": "Mira", "value": "mira"}]})
    assert await typing == [{"name": "Mira", "value": "mira"}]


async def test_a_button_is_pressed_and_its_message_updated(ping: Stage) -> None:
    made, _ = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, BUTTONS)
    assert made.message is not None
    pressed, heard = await ping.exchange(
        doing(ping.mira.click(made.message, "Go")), UPDATE, {"content": "gone", "components": []}
    )
    assert heard.message is not None
    assert heard.message.id == made.message.id
    assert pressed.message is not None
    assert (pressed.message.text, pressed.message.buttons) == ("gone", [])


async def test_a_client_presses_only_what_is_there_unless_it_forges(ping: Stage) -> None:
    made, _ = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, BUTTONS)
    assert made.message is not None
    with pytest.raises(NotOffered, match="disabled"):
        await ping.mira.click(made.message, "Stop")
    with pytest.raises(NotOffered, match="no component"):
        await ping.mira.click(made.message, custom_id="other")
    forged = ping.mira.click(made.message, custom_id="job:999", forge=True)
    _, heard = await ping.exchange(doing(forged), DEFERRED_UPDATE)
    assert sent(heard)["custom_id"] == "job:999"


async def test_selects_send_values_and_resolve_what_they_name(ping: Stage) -> None:
    string = {
        "type": 3,
        "custom_id": "size",
        "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}],
    }
    rows = [
        {"type": 1, "components": [string]},
        {"type": 1, "components": [{"type": 5, "custom_id": "who"}]},
        {"type": 1, "components": [{"type": 8, "custom_id": "where", "channel_types": [11]}]},
    ]
    made, _ = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "x", "components": rows})
    assert made.message is not None
    chosen = ping.mira.select(made.message, "size", ["Large"])
    _, heard = await ping.exchange(doing(chosen), DEFERRED_UPDATE)
    assert sent(heard)["values"] == ["l"]
    chosen = ping.mira.select(made.message, "who", [ping.mira])
    _, heard = await ping.exchange(doing(chosen), DEFERRED_UPDATE)
    assert sent(heard)["resolved"]["users"][str(ping.mira.id)]["username"] == "mira"
    with pytest.raises(NotOffered, match="not of a type"):
        await ping.mira.select(made.message, "where", [ping.mira.channel_id])
    with pytest.raises(NotOffered, match="1 to 1 values"):
        await ping.mira.select(made.message, "size", ["s", "l"])


async def test_a_modal_is_filled_in_and_submitted_with_files(ping: Stage) -> None:
    fields = [
        {"type": 18, "label": "Prompt", "component": {"type": 4, "custom_id": "prompt", "style": 2}},
        {
            "type": 18,
            "label": "Images",
            "component": {"type": 19, "custom_id": "images", "max_values": 3, "required": False},
        },
        {
            "type": 18,
            "label": "Shape",
            "component": {
                "type": 3,
                "custom_id": "shape",
                "options": [{"label": "Wide", "value": "16:9", "default": True}],
            },
        },
    ]
    modal = {"custom_id": "edit:1", "title": "Edit", "components": fields}
    opened, _ = await ping.exchange(doing(ping.mira.slash("ping")), MODAL, modal)
    assert opened.modal is not None
    assert opened.modal.labels == ["Prompt", "Images", "Shape"]
    with pytest.raises(NotOffered, match="prompt must be filled in"):
        await ping.mira.submit(opened.modal)
    values = {"Prompt": "a fox", "images": [Upload(png(), "a.png"), Upload(png(), "b.png")]}
    result, heard = await ping.exchange(doing(ping.mira.submit(opened.modal, values)), MESSAGE, {"content": "ok"})
    prompt, images, shape = (each["component"] for each in sent(heard)["components"])
    assert prompt["value"] == "a fox"
    assert len(images["values"]) == 2
    assert set(images["values"]) == set(sent(heard)["resolved"]["attachments"])
    assert shape["values"] == ["16:9"]
    assert result.message is not None
    assert result.message.data["interaction_metadata"]["triggering_interaction_metadata"]["type"] == 2


async def test_message_and_user_commands_name_their_target(stage: Stage) -> None:
    await stage.rest.register(stage.sandbox, {"name": "Make it", "type": 3}, {"name": "Videos of", "type": 2})
    message = await stage.mira.send("look", files=[Upload(png(), "a.png")])
    _, heard = await stage.exchange(doing(stage.mira.message_command("Make it", message)), MESSAGE, {"content": "ok"})
    target = sent(heard)["resolved"]["messages"][str(message.id)]
    assert target["attachments"][0]["width"] == 320
    _, heard = await stage.exchange(doing(stage.mira.user_command("Videos of", stage.mira)), MESSAGE, {"content": "ok"})
    assert sent(heard)["target_id"] == str(stage.mira.id)


async def test_an_ephemeral_answer_is_seen_by_its_member_alone(ping: Stage, control: Sandbox) -> None:
    answer = {"content": "secret", "flags": EPHEMERAL}
    result, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, answer)
    assert result.message is not None
    assert result.message.ephemeral
    path = f"/channels/{ping.mira.channel_id}/messages"
    assert (await ping.rest.call("GET", f"{path}/{result.message.id}")).code == 10008
    assert (await ping.rest.call("GET", path)).body == []
    assert await control.member("noor").messages() == []
    edited = await ping.rest.call("PATCH", ping.webhook(heard, "/messages/@original"), {"content": "still"})
    assert edited.status == 200
    await ping.mira.wait_for(lambda message: message.text == "still")


async def test_a_deferred_answer_thinks_until_it_is_edited(ping: Stage) -> None:
    result, heard = await ping.exchange(doing(ping.mira.slash("ping")), DEFERRED)
    assert result.message is not None
    assert result.message.loading
    layout = {"flags": LAYOUT, "components": [{"type": 10, "content": "done"}]}
    await ping.rest.call("PATCH", ping.webhook(heard, "/messages/@original"), layout)
    done = await ping.mira.wait_for(lambda message: message.text == "done")
    assert (done.id, done.loading, done.edited) == (result.message.id, False, False)


async def test_followups_are_posted_edited_and_deleted_by_token(ping: Stage) -> None:
    _, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "first"})
    sent = await ping.rest.call("POST", ping.webhook(heard), {"content": "second"})
    message = await ping.mira.wait_for(lambda message: message.text == "second")
    path = ping.webhook(heard, f"/messages/{sent.body['id']}")
    await ping.rest.call("PATCH", path, {"content": "third"})
    await ping.mira.wait_for(lambda message: message.text == "third")
    assert (await ping.rest.call("DELETE", path)).status == 204
    await ping.mira.wait_gone(message)


async def test_an_interaction_without_an_answer_fails_after_three_seconds(ping: Stage, control: Sandbox) -> None:
    action = doing(ping.mira.slash("ping"))
    heard = await ping.bot.heard.get()
    await control.admin.advance(3)
    assert (await action).failed
    late = await ping.answer(heard, MESSAGE, {"content": "late"})
    assert (late.status, late.code) == (404, 10062)


async def test_an_interaction_is_answered_once(ping: Stage) -> None:
    _, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "x"})
    second = await ping.answer(heard, MESSAGE, {"content": "y"})
    assert (second.status, second.code) == (400, 40060)


async def test_in_a_deleted_channel_nothing_is_answered(ping: Stage, control: Sandbox) -> None:
    _, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "x"})
    await control.admin.delete_channel("videos")
    edited = await ping.rest.call("PATCH", ping.webhook(heard, "/messages/@original"), {"content": "y"})
    assert (edited.status, edited.code) == (404, 10003)


async def test_an_answer_that_is_refused_may_be_given_again(ping: Stage) -> None:
    action = doing(ping.mira.slash("ping"))
    heard = await ping.bot.heard.get()
    refused = await ping.answer(heard, MESSAGE, {"content": "x" * 2001})
    assert refused.code == 50035
    assert "data" in refused.body["errors"]
    assert (await ping.answer(heard, MESSAGE, {"content": "x"})).status == 200
    assert (await action).acknowledged


async def test_a_token_ends_after_fifteen_minutes(ping: Stage, control: Sandbox) -> None:
    _, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "x"})
    await control.admin.advance(15 * 60)
    ended = await ping.rest.call("PATCH", ping.webhook(heard, "/messages/@original"), {"content": "y"})
    assert (ended.status, ended.code) == (401, 50027)


async def test_a_command_shows_only_to_those_who_may_use_it(stage: Stage, control: Sandbox) -> None:
    moderators_only = PING | {"name": "review", "default_member_permissions": 1 << 13}
    await stage.rest.register(stage.sandbox, PING, moderators_only)
    assert [each["name"] for each in await stage.mira.commands()] == ["ping"]
    assert len(await control.member("mo").commands()) == 2
    with pytest.raises(NotOffered, match="lacks the permissions"):
        await stage.mira.slash("review")


async def test_a_command_of_guilds_alone_is_not_offered_in_direct_messages(stage: Stage) -> None:
    await stage.rest.register(stage.sandbox, PING, PING | {"name": "here", "contexts": [0]})
    await stage.mira.at_direct_messages()
    with pytest.raises(NotOffered, match="cannot be used here"):
        await stage.mira.slash("here")
    result, heard = await stage.exchange(doing(stage.mira.slash("ping")), MESSAGE, {"content": "hi"})
    assert isinstance(heard.channel, discord.DMChannel)
    assert heard.guild is None
    assert result.message is not None
    assert result.message.text == "hi"


async def test_a_modal_that_a_component_opened_may_update_its_message(ping: Stage) -> None:
    made, _ = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, BUTTONS)
    assert made.message is not None
    field = {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 1}}
    modal = {"custom_id": "reason", "title": "Reason", "components": [field]}
    opened, _ = await ping.exchange(doing(ping.mira.click(made.message, "Go")), MODAL, modal)
    assert opened.modal is not None
    result, heard = await ping.exchange(
        doing(ping.mira.submit(opened.modal, {"why": "because"})), UPDATE, {"content": "because"}
    )
    assert heard.message is not None
    assert result.message is not None
    assert (result.message.id, result.message.text) == (made.message.id, "because")


async def test_a_token_reaches_only_what_its_own_interaction_sent(ping: Stage) -> None:
    first, _ = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "x"})
    _, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, {"content": "y"})
    assert first.message is not None
    path = ping.webhook(heard, f"/messages/{first.message.id}")
    refused = await ping.rest.call("PATCH", path, {"content": "z"})
    assert (refused.status, refused.code) == (404, 10008)


async def test_a_token_serves_nothing_before_the_answer(ping: Stage) -> None:
    action = doing(ping.mira.slash("ping"))
    heard = await ping.bot.heard.get()
    early = await ping.rest.call("POST", ping.webhook(heard), {"content": "x"})
    assert (early.status, early.code) == (404, 10015)
    await ping.answer(heard, MESSAGE, {"content": "x"})
    await action


async def test_the_first_followup_takes_the_place_of_a_deferred_answer(ping: Stage) -> None:
    result, heard = await ping.exchange(doing(ping.mira.slash("ping")), DEFERRED, {"flags": EPHEMERAL})
    await ping.rest.call("POST", ping.webhook(heard), {"content": "first"})
    await ping.rest.call("POST", ping.webhook(heard), {"content": "second"})
    first = await ping.mira.wait_for(lambda message: message.text == "first")
    second = await ping.mira.wait_for(lambda message: message.text == "second")
    assert result.message is not None
    assert (first.id, first.ephemeral) == (result.message.id, True)
    assert (second.id != first.id, second.ephemeral) == (True, False)


async def test_once_a_deferred_answer_is_deleted_a_followup_is_a_message_of_its_own(ping: Stage) -> None:
    result, heard = await ping.exchange(doing(ping.mira.slash("ping")), DEFERRED)
    assert result.message is not None
    assert (await ping.rest.call("DELETE", ping.webhook(heard, "/messages/@original"))).status == 204
    await ping.mira.wait_gone(result.message)
    await ping.rest.call("POST", ping.webhook(heard), {"content": "alone", "flags": EPHEMERAL})
    alone = await ping.mira.wait_for(lambda message: message.text == "alone")
    assert alone.ephemeral
    assert alone.id != result.message.id


async def test_a_deferred_answer_takes_a_gallery_with_its_second_edit_alone(ping: Stage) -> None:
    _, heard = await ping.exchange(doing(ping.mira.slash("ping")), DEFERRED)
    original = ping.webhook(heard, "/messages/@original")
    gallery = {"type": 12, "items": [{"media": {"url": "https://example.com/fox.png"}}]}
    text = {"type": 10, "content": "done"}
    layout = {"flags": LAYOUT, "components": [{"type": 17, "components": [text, gallery]}]}
    refused = await ping.rest.call("PATCH", original, layout)
    assert (refused.status, refused.code) == (400, 50035)
    assert (await ping.rest.call("PATCH", original, {"flags": LAYOUT, "components": [text]})).status == 200
    assert (await ping.rest.call("PATCH", original, layout)).status == 200


async def test_a_bot_may_be_told_of_an_interaction_more_than_once(ping: Stage, control: Sandbox) -> None:
    await control.admin.deliver_interactions(2)
    action = doing(ping.mira.slash("ping"))
    first, second = await ping.bot.heard.get(), await ping.bot.heard.get()
    assert first.id == second.id
    await ping.answer(first, MESSAGE, {"content": "x"})
    assert (await ping.answer(second, MESSAGE, {"content": "x"})).code == 40060
    await action


async def test_a_form_can_be_sent_with_a_forged_id(ping: Stage) -> None:
    field = {"type": 18, "label": "Prompt", "component": {"type": 4, "custom_id": "prompt", "style": 2}}
    modal = {"custom_id": "form", "title": "Form", "components": [field]}
    opened, _ = await ping.exchange(doing(ping.mira.slash("ping")), MODAL, modal)
    assert opened.modal is not None
    sending = doing(ping.mira.submit(opened.modal, {"prompt": "x"}, forge="form:999"))
    _, heard = await ping.exchange(sending, MESSAGE, {"content": "x"})
    assert sent(heard)["custom_id"] == "form:999"


async def test_an_answer_that_is_held_back_has_taken_effect(ping: Stage, control: Sandbox) -> None:
    await control.admin.fault(route="/callback$", moment="after", hold=True)
    action = doing(ping.mira.slash("ping"))
    heard = await ping.bot.heard.get()
    answering = asyncio.ensure_future(ping.answer(heard, MESSAGE, {"content": "x"}))
    await ping.mira.wait_for(lambda message: message.text == "x")
    assert not answering.done()
    await control.admin.clear_faults()
    assert (await answering).status == 200
    await action


async def test_a_dismissed_answer_is_gone_for_the_bot_too(ping: Stage) -> None:
    answer = {"content": "secret", "flags": EPHEMERAL}
    result, heard = await ping.exchange(doing(ping.mira.slash("ping")), MESSAGE, answer)
    assert result.message is not None
    await ping.mira.delete(result.message)
    await ping.mira.wait_gone(result.message)
    edited = await ping.rest.call("PATCH", ping.webhook(heard, "/messages/@original"), {"content": "y"})
    assert edited.code == 10008
