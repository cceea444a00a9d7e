"""Starts what a demo needs: the sandbox and the real bot, as processes beside this one."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from sandbox.demo.processes import Child, python

# What the processes get of our environment: no setting of the bot but which models it offers, which one can try here.
PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TZ", "SEGMIND_MODELS")
PATIENCE: Final = 60.0  # seconds for the processes to start


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the processes get of our environment."""
    return {name: environment[name] for name in PASSED_ON if name in environment}


async def start_sandbox(
    stack: AsyncExitStack, folder: Path, environment: Mapping[str, str], arguments: Sequence[str]
) -> tuple[Child, Mapping[str, Any]]:
    """Start the sandbox with more arguments; returns it with what it says of itself."""
    sandbox = await stack.enter_async_context(
        python("the sandbox", "sandbox", "--until-eof", *arguments, folder=folder, environment=environment)
    )
    async with asyncio.timeout(PATIENCE):
        return sandbox, json.loads(await sandbox.said(lambda line: line.startswith("{")))


async def start_bot(
    stack: AsyncExitStack, folder: Path, environment: Mapping[str, str], addresses: Mapping[str, str]
) -> Child:
    """Start the bot in a fresh folder, so that no `.env` and no database of somebody's own is touched."""
    settings = {
        **addresses,
        "DATABASE_URL": f"sqlite:///{folder / 'reelcast.db'}",
        "DATA_DIR": str(folder / "data"),
        "HTTP_PORT": "0",
        "LOG_FORMAT": "json",
    }
    return await stack.enter_async_context(
        python("the bot", "bot", "run", folder=folder, environment={**environment, **settings})
    )


async def until_ready(bot: Child) -> None:
    """Wait until the bot is logged in."""
    async with asyncio.timeout(PATIENCE):
        await bot.said(lambda line: '"event": "ready"' in line)
