"""What a member's client lets them send: options of commands, fields of modals, choices of selects."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.discord.http.files import FileStore, Upload
from sandbox.discord.http.signed_urls import UrlSigner
from sandbox.discord.interactions.command_input import complete, fill_in, find_command, find_options, nest
from sandbox.discord.interactions.command_rules import CommandType
from sandbox.discord.interactions.commands import CommandRegistry
from sandbox.discord.interactions.modal_input import submit
from sandbox.discord.interactions.resolving import ClientRefusal, Resolver
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.world.clock import SandboxClock
from sandbox.discord.world.seed import seed
from sandbox.discord.world.world import User, World

WIDE = {"name": "Wide", "value": "16:9"}


@pytest.fixture
def world() -> World:
    return seed(SandboxClock())


def user(world: World, name: str) -> User:
    return next(each for each in world.users.values() if each.username == name)


@pytest.fixture
def resolver(world: World, tmp_path: Path) -> Resolver:
    """A client of Mira's in Film Club, with one small and one large file at hand."""
    files = FileStore(tmp_path, world, UrlSigner(b"secret", world.clock))
    (tmp_path / "a").write_bytes(b"text")
    small = Upload(file=tmp_path / "a", filename="a.txt", content_type="text/plain", size=4)
    large = Upload(file=tmp_path / "a", filename="b.txt", content_type="text/plain", size=101)
    return Resolver(
        world=world,
        files=files,
        render=MessagePayloads(world, files.url),
        user=user(world, "mira"),
        guild=next(iter(world.guilds.values())),
        uploads={0: small, 1: large},
        upload_limit=100,
    )


def option(kind: int, **fields: object) -> JsonObject:
    return {"type": kind, "name": "it", "description": "It"} | fields


@pytest.mark.parametrize(
    ("definition", "value", "sent"),
    [
        (option(3), "text", "text"),
        (option(3, choices=[WIDE]), "Wide", "16:9"),
        (option(3, choices=[WIDE]), "16:9", "16:9"),
        (option(4, min_value=5, max_value=10), 10, 10),
        (option(4, choices=[{"name": "Five", "value": 5}]), "Five", 5),
        (option(10), 1.5, 1.5),
        (option(5), False, False),
    ],
)
async def test_an_option_takes_what_it_is_for(
    resolver: Resolver, definition: JsonObject, value: object, sent: object
) -> None:
    [filled] = await fill_in([definition], {"it": value}, resolver)
    assert filled == {"name": "it", "type": definition["type"], "value": sent}


@pytest.mark.parametrize(
    ("definition", "value", "reason"),
    [
        (option(3), 5, "is text"),
        (option(3), "", "1 to 6000 characters"),
        (option(3, min_length=3, max_length=4), "ab", "3 to 4 characters"),
        (option(3, choices=[WIDE]), "4:3", "must be one of: Wide"),
        (option(4), 1.5, "is a number"),
        (option(4), True, "is a number"),
        (option(4, min_value=5, max_value=10), 4, "between 5 and 10"),
        (option(5), "yes", "yes or no"),
        (option(6), "1", "no user"),
        (option(7), "1", "no channel"),
        (option(8), "1", "no role"),
        (option(9), "1", "no user"),
        (option(11), "a.png", "names no uploaded file"),
        (option(11), {"upload": 7}, "names no uploaded file"),
        (option(11), {"upload": 1}, "larger than 100 bytes"),
        (option(11, file_types=["image", ".heic"]), {"upload": 0}, "none of the files"),
    ],
)
async def test_an_option_refuses_everything_else(
    resolver: Resolver, definition: JsonObject, value: object, reason: str
) -> None:
    with pytest.raises(ClientRefusal, match=reason):
        await fill_in([definition], {"it": value}, resolver)


async def test_unknown_and_missing_options_are_named(resolver: Resolver) -> None:
    with pytest.raises(ClientRefusal, match="no option other"):
        await fill_in([], {"other": 1}, resolver)
    with pytest.raises(ClientRefusal, match="it must be given"):
        await fill_in([option(3, required=True)], {}, resolver)


def test_what_is_typed_so_far_completes_unchecked_and_without_files() -> None:
    options = [option(3, autocomplete=True), option(11, name="image"), option(4, name="number", max_value=1)]
    filled = complete(options, {"it": "m", "image": {"upload": 0}, "number": 99}, "it")
    assert [each["name"] for each in filled] == ["it", "number"]
    assert filled[0]["focused"] is True
    with pytest.raises(ClientRefusal, match="does not complete"):
        complete(options, {}, "number")


def test_subcommands_are_found_and_nested_by_their_path() -> None:
    add: JsonObject = {"type": 1, "name": "add", "options": [option(3)]}
    command: JsonObject = {"name": "cast", "options": [{"type": 2, "name": "mine", "options": [add]}]}
    assert find_options(command, ["mine", "add"]) == [option(3)]
    with pytest.raises(ClientRefusal, match="no subcommand 'drop'"):
        find_options(command, ["mine", "drop"])
    assert nest(["mine", "add"], command, []) == [
        {"type": 2, "name": "mine", "options": [{"type": 1, "name": "add", "options": []}]}
    ]


@pytest.mark.parametrize(
    ("fields", "name", "place", "reason"),
    [
        ({}, "mira", "videos", None),
        ({"default_member_permissions": "0"}, "mo", "videos", "lacks the permissions"),
        ({"default_member_permissions": "0"}, "ada", "videos", None),
        ({"default_member_permissions": "8192"}, "mo", "videos", None),
        ({"nsfw": True}, "mira", "videos", "age-restricted"),
        ({"nsfw": True}, "mira", "late-night", None),
        ({"contexts": [1]}, "mira", "videos", "cannot be used here"),
    ],
)
def test_a_command_is_offered_where_and_to_whom_it_is_registered(
    world: World, fields: JsonObject, name: str, place: str, reason: str | None
) -> None:
    registry = CommandRegistry(world.application_id, world.mint)
    registry.overwrite(None, [{"name": "ping", "description": "Answer"} | fields])
    guild = next(iter(world.guilds.values()))
    where = next(each for each in guild.channels.values() if each.name == place)
    arguments: dict[str, Any] = {"user": user(world, name), "channel": where, "name": "ping"}
    if reason is None:
        assert find_command(registry, world, kind=CommandType.CHAT_INPUT, **arguments)["name"] == "ping"
        return
    with pytest.raises(ClientRefusal, match=reason):
        find_command(registry, world, kind=CommandType.CHAT_INPUT, **arguments)


def modal(field: JsonObject) -> JsonObject:
    labelled = {"type": 18, "label": "It", "component": {"custom_id": "it"} | field}
    return {"custom_id": "m", "title": "M", "components": [{"type": 10, "content": "Read me"}, labelled]}


RADIO: JsonObject = {"type": 21, "options": [{"label": "Wide", "value": "w"}, {"label": "Tall", "value": "t"}]}
BOXES: JsonObject = RADIO | {"type": 22, "max_values": 2}


@pytest.mark.parametrize(
    ("field", "given", "sent"),
    [
        ({"type": 4, "style": 1, "value": "kept"}, None, "kept"),
        ({"type": 4, "style": 1, "required": False}, None, ""),
        ({"type": 4, "style": 1}, "text", "text"),
        ({"type": 23}, None, False),
        ({"type": 23, "default": True}, None, True),
        ({"type": 23}, True, True),
        (RADIO, "Tall", "t"),
        (RADIO | {"required": False}, None, None),
        (BOXES, ["Wide", "t"], ["w", "t"]),
        ({"type": 19, "required": False}, None, []),
        (BOXES | {"type": 3}, ["w"], ["w"]),
        (BOXES | {"type": 3, "required": False, "min_values": 0}, None, []),
    ],
)
async def test_a_field_of_a_modal_sends_what_was_given_or_its_default(
    resolver: Resolver, field: JsonObject, given: object, sent: object
) -> None:
    values = {} if given is None else {"It": given}
    read_me, labelled = await submit(modal(field), values, resolver)
    assert read_me == {"type": 10, "id": 0}
    component = labelled["component"]
    assert component.get("value", component.get("values")) == sent


@pytest.mark.parametrize(
    ("field", "given", "reason"),
    [
        ({"type": 4, "style": 1}, None, "must be filled in"),
        ({"type": 4, "style": 1, "max_length": 3}, "long", "0 to 3 characters"),
        ({"type": 4, "style": 1}, 5, "is text"),
        ({"type": 19}, [], "1 to 1 files"),
        ({"type": 19}, [{"upload": 0}, {"upload": 0}], "1 to 1 files"),
        ({"type": 19}, [{"upload": 1}], "larger than 100 bytes"),
        ({"type": 19, "file_types": [".png"]}, [{"upload": 0}], "none of the files"),
        (RADIO, "Round", "of its own options"),
        (BOXES, ["w", "x"], "of its own options"),
        (BOXES | {"type": 3}, ["x"], "no option 'x'"),
        ({"type": 2}, "x", "cannot hold"),
    ],
)
async def test_a_field_of_a_modal_refuses_everything_else(
    resolver: Resolver, field: JsonObject, given: object, reason: str
) -> None:
    with pytest.raises(ClientRefusal, match=reason):
        await submit(modal(field), {} if given is None else {"it": given}, resolver)


async def test_a_field_that_the_modal_has_not_is_named(resolver: Resolver) -> None:
    with pytest.raises(ClientRefusal, match="no field other"):
        await submit(modal({"type": 23}), {"other": 1}, resolver)
