"""The demo in the browser, started as a newcomer starts it."""

import asyncio
import os
import re
import signal
from pathlib import Path

import aiohttp

from sandbox.demo.processes import python
from sandbox.member import Sandbox
from sandbox.member.notice import past_notice
from tests.end_to_end.stage import PATIENCE, photo
from tests.end_to_end.test_demo import environment, status_of


async def test_the_demo_says_where_its_page_is_lets_members_ask_and_ends_what_it_started(tmp_path: Path) -> None:
    variables = environment() | {"TMPDIR": str(tmp_path)}
    arguments = ["--no-open", "--speed", "200"]
    async with python("the demo", "sandbox.web", *arguments, folder=tmp_path, environment=variables) as demo:
        async with asyncio.timeout(PATIENCE):
            said = await demo.said(lambda line: "http://" in line)
        found = re.search(r"http://\S+", said)
        assert found is not None
        address = found[0]
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            assert (response.status, response.content_type) == (200, "text/html")
        async with Sandbox.connect(address) as sandbox:
            mira = sandbox.member("mira", channel="videos")
            result = await past_notice(mira, await mira.slash("video", prompt="A walk in @Image1", image1=photo()))
            assert result.message is not None
            assert "Details" in [each.label for each in result.message.buttons], result.message.text
        demo.send(signal.SIGINT)
        assert await status_of(demo) == 130
        assert demo.lines[-1] == "Stopped."
    assert os.listdir(tmp_path) == []  # noqa: PTH208
