"""Discord libraries other than discord.py log in to the local Discord, unchanged, and do a bot's daily work."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import SubprocessError

import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.member import Member, Message, Sandbox, Upload
from tests.integration.sandbox.discord.discord_lab import png
from tests.support.clients import CLIENTS, Client

PATIENCE = 120.0  # seconds until a client that was just installed has started, on a busy machine


@asynccontextmanager
async def running(client: Client, sandbox: DiscordSandbox, trouble: Path) -> AsyncGenerator[list[str]]:
    """Run a client until the end of the block; gives the guilds that it sees once it is ready.

    What it complains of goes to `trouble`.
    """
    addresses = sandbox.describe()
    told = {"API_URL": addresses["api_url"], "TOKEN": addresses["token"]}
    with trouble.open("wb") as complaints:
        process = await asyncio.create_subprocess_exec(
            *client.command,
            env={**os.environ, **client.environment, **told},
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
        )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert line, f"the client ended: {await asyncio.to_thread(trouble.read_text)}"
        yield json.loads(line)["guilds"]
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def seen(mira: Member, text: str) -> Message:
    return await mira.wait_for(lambda message: message.text == text, PATIENCE)


@pytest.mark.parametrize("name", list(CLIENTS))
async def test_a_client_logs_in_answers_a_command_uploads_and_edits(
    local_discord: DiscordSandbox, control: Sandbox, mira: Member, tmp_path: Path, name: str
) -> None:
    for kind in ("voice", "stage", "forum", "media", "category", "announcement"):
        await control.admin.add_channel(f"a-{kind}", kind=kind)
    await control.admin.add_channel("a-post", kind="public_thread", parent="a-forum", owner="mira")
    try:
        client = await asyncio.to_thread(CLIENTS[name])
    except (OSError, SubprocessError) as error:
        pytest.skip(f"{name} cannot be installed here: {error}")
    async with running(client, local_discord, tmp_path / "trouble") as guilds:
        assert set(guilds) == {"Film Club", "Animation Guild"}
        answer = await mira.slash("clip", prompt="a fox", image=Upload(png(), "fox.png"))
        assert answer.message is not None
        edited = await seen(mira, "made of 320 pixels")
        assert edited.id == answer.message.id
        assert [each.filename for each in edited.attachments] == ["clip.png"]
        assert await mira.download(edited.attachments[0]) == png()
        assert (await seen(mira, "only you see this")).ephemeral
        post = await seen(mira, "an edited post")
        assert (await seen(mira, "a reply")).reference == post.id
        pressed = await mira.click(edited, "Press")
    assert pressed.message is not None
    assert pressed.message.text == "pressed"
