"""Whoever runs the bot on SimCord's Discord, and a local Segmind for what they ask."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import discord
import pytest
import simcord
from pydantic import SecretStr

from sandbox.segmind.clock import ServiceClock
from sandbox.segmind.films.film import TINY
from sandbox.segmind.server import SegmindSandbox
from sandbox.segmind.settings import Settings

TEAM_ID: Final = "77"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Teammate:
    """Who belongs to the team that owns the application, apart from the team's owner."""

    user: simcord.MemberActor
    role: discord.TeamMemberRole
    state: discord.TeamMembershipState = discord.TeamMembershipState.accepted


def runs(bot: Any, user: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch, *teammates: Teammate) -> None:
    """Have Discord say that a person owns the application, or the team of it; SimCord says that the bot does."""
    bot_user = bot.user
    team = _team(user, teammates) if teammates else None
    # Of a team's application Discord gives the team in a user's shape.
    owner = _user(team["id"] if team else user.id)
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
        "team": team,
        "owner": owner,
    }

    async def application_info() -> discord.AppInfo:
        return discord.AppInfo(bot._connection, data)

    monkeypatch.setattr(bot, "application_info", application_info)


def _team(owner: simcord.MemberActor, teammates: Sequence[Teammate]) -> dict[str, Any]:
    members = [
        {
            "user": _user(each.user.id),
            "team_id": TEAM_ID,
            "membership_state": each.state.value,
            "permissions": ["*"],
            "role": each.role.value,
        }
        for each in teammates
    ]
    return {"id": TEAM_ID, "name": "Reelcast", "icon": None, "owner_user_id": str(owner.id), "members": members}


def _user(user_id: object) -> dict[str, Any]:
    return {"id": str(user_id), "username": "olga", "discriminator": "0", "avatar": None}
