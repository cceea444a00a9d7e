"""Who has accepted the notice about other people's likeness, which stands before a member's first images.

Nothing of a member is kept, or sent to Segmind, before that.
"""

from datetime import datetime
from typing import Final

import discord
from discord import ui
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import consents
from bot.ui.custom_ids import ID_PATTERN
from bot.ui.language import N_, _

WORDING: Final = 1  # raised whenever the notice promises or asks something else: then everybody is asked anew


class ConsentStore:
    """The record: who, when, which wording, and in which language it was read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def given(self, member_id: int) -> bool:
        """Tell whether a member has accepted today's wording."""
        accepted = exists().where(consents.c.member_id == member_id, consents.c.version == WORDING)
        async with self._engine.connect() as connection:
            return bool(await connection.scalar(select(accepted)))

    async def give(self, member_id: int, *, locale: str, now: datetime) -> None:
        """Record that a member accepts today's wording; the first time counts."""
        values = {"member_id": member_id, "version": WORDING, "locale": locale, "accepted_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, consents, values))


NOTICE: Final = N_(
    "**Before your first pictures, once**\n"
    "- Use only pictures that you may use. Whoever can be recognised in one must agree to it: a video can show people "
    "doing what they never did.\n"
    "- The pictures and your prompt go to Segmind, the service that makes the videos. Pictures of your saved "
    "characters, and some of requests that had to wait, stay in its storage: you can delete them here, but we cannot "
    "call them back from there.\n"
    "Accept, and your request goes on as it is."
)
NOTHING_LEFT: Final = N_(
    "Accepted, thank you. Your request was taken up already or is no longer here: if nothing came of it, send it "
    "once more. You will not be asked again."
)
CONSENT_PATTERN: Final = rf"reelcast:consent:(?P<version>[0-9]{{1,6}}):(?P<request>{ID_PATTERN})"


def consent_id(request_id: int) -> str:
    return f"reelcast:consent:{WORDING}:{request_id}"


def consent_controls(request_id: int) -> ui.View:
    """Let a member accept, and go on with the request that waits; the view is stopped, its id says it all."""
    view = ui.View(timeout=None)
    view.add_item(
        ui.Button(label=_("Accept and go on"), style=discord.ButtonStyle.success, custom_id=consent_id(request_id))
    )
    view.stop()
    return view
