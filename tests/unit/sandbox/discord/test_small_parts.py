"""The clock, the ids, the routes and the file names of the local Discord."""

import pytest

from sandbox.discord.http.files import safe_filename
from sandbox.discord.http.routing import NO_CONTENT, Answer, Call, Route, Router
from sandbox.discord.messages.components import find, normalise, texts, unfurl
from sandbox.discord.refusals import DiscordRefusal
from sandbox.discord.world.clock import DISCORD_EPOCH, SandboxClock, SnowflakeMint, timestamp

NOW = 1_700_000_000.0


async def nothing(_call: Call) -> Answer:
    return NO_CONTENT


def test_the_clock_is_pushed_ahead_and_never_back() -> None:
    clock = SandboxClock(lambda: NOW)
    clock.advance(90)
    assert clock() == NOW + 90
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_ids_tell_their_time_and_increase_within_a_millisecond() -> None:
    mint = SnowflakeMint(lambda: NOW)
    first, second = mint(), mint()
    assert (first >> 22) + DISCORD_EPOCH == NOW * 1000
    assert second > first


def test_times_are_written_in_utc_with_microseconds() -> None:
    assert timestamp(NOW) == "2023-11-14T22:13:20.000000+00:00"


def test_a_path_finds_its_route_and_parameters() -> None:
    route = Route(method="GET", template="/channels/{channel_id}/messages/{message_id}", handler=nothing)
    router = Router([route])
    assert router.find("GET", "/channels/1/messages/2") == (route, {"channel_id": "1", "message_id": "2"})
    assert router.find("POST", "/channels/1/messages/2") is None
    assert router.find("GET", "/channels/1/messages/2/reactions") is None


def test_a_parameter_that_is_no_id_is_not_found() -> None:
    with pytest.raises(DiscordRefusal, match="404"):
        Call(parameters={"guild_id": "x"}).id("guild_id")


def test_rate_limits_count_by_channel_guild_or_token() -> None:
    route = Route(method="POST", template="/channels/{channel_id}/messages", handler=nothing, bucket="b")
    assert route.rate_limit(Call(parameters={"channel_id": "7"})) == ("b", "7")
    other = Route(method="GET", template="/users/@me", handler=nothing)
    assert other.rate_limit(Call(parameters={})) == ("GET /users/@me", "")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a.png", "a.png"),
        ("my film (1).mp4", "my_film_1_.mp4"),
        ("../../etc/passwd", "passwd"),
        ("日本.png", "_.png"),
        ("...", "unknown"),
        ("SPOILER_a.png", "SPOILER_a.png"),
    ],
)
def test_file_names_are_stored_as_discord_stores_them(given: str, stored: str) -> None:
    assert safe_filename(given) == stored


def test_components_get_ids_around_those_given_and_their_defaults() -> None:
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "a", "id": 1}],
        "accessory": {"type": 2, "style": 1, "label": "Go", "custom_id": "go"},
    }
    [container] = normalise([{"type": 17, "components": [section, {"type": 14}]}])
    inner = container["components"]
    assert (container["id"], inner[0]["id"], inner[0]["components"][0]["id"]) == (2, 3, 1)
    assert (inner[0]["accessory"]["id"], inner[1]["id"]) == (4, 5)
    assert (inner[1]["divider"], container["spoiler"]) == (True, False)
    assert texts([container]) == ["a"]
    found = find([container], "go")
    assert found is not None
    assert found["label"] == "Go"


def test_media_is_resolved_without_touching_what_is_kept() -> None:
    kept = [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}]
    [shown] = unfurl(kept, lambda url: {"url": f"https://cdn/{url.removeprefix('attachment://')}"})
    assert shown["items"][0]["media"]["url"] == "https://cdn/a.png"
    assert kept[0]["items"] == [{"media": {"url": "attachment://a.png"}}]
