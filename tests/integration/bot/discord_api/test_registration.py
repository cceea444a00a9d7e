"""Commands that Discord does not take: the bot goes on, tries again ever more slowly, and says so."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.discord_api.registration import FIRST_WAIT, LONGEST_WAIT, NOT_YET, Registration
from tests.support.clock import ManualClock

PAGE = "<html><title>Error 1015</title>You are being rate limited</html>"


@dataclass(slots=True)
class Discord:
    """Answers registrations in turn, and accepts when nothing is left to answer."""

    url: str
    session: aiohttp.ClientSession
    answers: list[web.Response] = field(default_factory=list[web.Response])

    async def sync(self) -> None:
        async with self.session.put(self.url) as response:
            if response.status >= 400:
                text = await response.text()
                raise discord.HTTPException(
                    response, await response.json() if "json" in response.content_type else text
                )


@pytest.fixture
async def served() -> AsyncIterator[Discord]:
    async def put(_request: web.Request) -> web.Response:
        return there.answers.pop(0) if there.answers else web.json_response([])

    app = web.Application()
    app.router.add_put("/commands", put)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        there = Discord(str(server.make_url("/commands")), session)
        yield there


def refused(status: int, code: int) -> web.Response:
    return web.json_response({"code": code, "message": "no"}, status=status)


async def test_commands_that_are_taken_leave_no_trouble(served: Discord) -> None:
    registration = Registration(served.sync, ManualClock())
    await registration.begin()
    assert registration.trouble == ""
    await registration.close()


@pytest.mark.parametrize(
    ("answer", "words", "pause"),
    [
        (refused(400, 30034), "HTTP 400, code 30034", FIRST_WAIT),
        (refused(403, 50001), "HTTP 403, code 50001", FIRST_WAIT),
        (web.Response(status=429, text=PAGE, headers={"Retry-After": "900"}), "HTTP 429", 900.0),
        (web.Response(status=403, text=PAGE), "HTTP 403", FIRST_WAIT),
        (web.Response(status=502, text=PAGE), "HTTP 502", FIRST_WAIT),
    ],
    ids=["too many today", "no access", "Cloudflare 1015", "Cloudflare 403", "bad gateway"],
)
async def test_refused_commands_are_offered_again_after_the_time_that_discord_names(
    served: Discord, answer: web.Response, words: str, pause: float
) -> None:
    clock = ManualClock()
    served.answers = [answer]
    registration = Registration(served.sync, clock)
    beginning = asyncio.create_task(registration.begin())
    await clock.asleep()
    assert words in registration.trouble
    clock.advance(pause - 1)
    assert registration.trouble
    clock.advance(1)
    await beginning
    assert registration.trouble == ""
    assert clock.slept == [pause]


async def test_the_pauses_grow_to_an_hour(served: Discord) -> None:
    clock = ManualClock()
    served.answers = [refused(400, 30034) for _ in range(10)]
    registration = Registration(served.sync, clock)
    beginning = asyncio.create_task(registration.begin())
    await clock.pass_until(beginning)
    assert clock.slept == [min(FIRST_WAIT * 2**turn, LONGEST_WAIT) for turn in range(10)]


async def test_a_discord_that_makes_us_wait_is_not_waited_for(served: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord_api.registration.GRACE", 0.0)
    registration = Registration(asyncio.Event().wait, ManualClock())
    await registration.begin()
    assert registration.trouble == NOT_YET
    await registration.close()
