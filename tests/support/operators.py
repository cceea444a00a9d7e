"""Whoever runs the bot on SimCord's Discord, and a local Segmind for what they ask."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import simcord
from pydantic import SecretStr

from sandbox.segmind.clock import ServiceClock
from sandbox.segmind.film import TINY
from sandbox.segmind.server import SegmindSandbox
from sandbox.segmind.settings import Settings


@asynccontextmanager
async def local_segmind() -> AsyncGenerator[SegmindSandbox]:
    clock = ServiceClock(start=datetime.now(UTC).timestamp(), frozen=True)
    async with SegmindSandbox(clock=clock, requests_per_minute=1_000_000, quality=TINY, settings=Settings()) as sandbox:
        yield sandbox


def settings_at(segmind: SegmindSandbox) -> dict[str, object]:
    """Give the settings of a bot that uses it."""
    described = segmind.describe()
    addresses = ("segmind_api_url", "segmind_history_url", "segmind_storage_url")
    return {
        "segmind_api_key": SecretStr(described["api_key"]),
        "segmind_requests_per_minute": 10_000,
        **dict.fromkeys(addresses, described["api_url"]),
    }


def runs(bot: Any, user: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch, **team: object) -> None:
    """Have Discord say that a person owns the application, or its team; SimCord says that the bot does."""
    bot_user = bot.user
    owner = {"id": str(user.id), "username": "olga", "discriminator": "0", "avatar": None}
    data: Any = {
        "id": str(bot_user.id),
        "name": "Reelcast",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "team": team or None,
        "owner": owner,
    }

    async def application_info() -> discord.AppInfo:
        return discord.AppInfo(bot._connection, data)

    monkeypatch.setattr(bot, "application_info", application_info)
