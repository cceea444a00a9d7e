"""Who has accepted the notice about other people's likeness, which stands before a member's first images.

Nothing of a member is kept, or sent to Segmind, before that.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

import discord
from discord import ui
from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.reading import Reader, SharedReader
from bot.database.statements import insert_if_absent
from bot.database.tables import consents
from bot.ui.custom_ids import ID_PATTERN, view_of
from bot.ui.formats import dollars
from bot.ui.language import N_, _

WORDING: Final = 2  # raised with each change of the notice: everyone accepts it again then
# Made once: to build it takes longer than to run it.
_ACCEPTED: Final = select(
    exists().where(consents.c.member_id == bindparam("member_id"), consents.c.version == WORDING).label("accepted")
)


class ConsentStore:
    """The record: who, when, which wording, and in which language it was read."""

    def __init__(self, engine: AsyncEngine, reader: Reader | None = None) -> None:
        self._engine = engine
        self._reader = reader or SharedReader(engine)

    async def given(self, member_id: int) -> bool:
        """Return whether a member has accepted today's wording."""
        return bool((await self._reader.row(_ACCEPTED, {"member_id": member_id})).accepted)

    async def give(self, member_id: int, *, locale: str, now: datetime) -> None:
        """Record that a member accepts today's wording; the first time counts."""
        values = {"member_id": member_id, "version": WORDING, "locale": locale, "accepted_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, consents, values))


NOTICE: Final = N_(
    "**Before you upload images (you'll see this once)**\n"
    "- Only use images you have the right to use. Anyone recognizable in them must agree, because a "
    "video can show people doing things they never did.\n"
    "- Your images and prompt are sent to Segmind, the service that makes the videos. Images of "
    "saved characters, and some from requests that had to wait, stay in its storage. You can delete "
    "them here, but the bot can't delete them there.\n"
    "Accept to continue with your request."
)
NOTHING_LEFT: Final = N_(
    "Thanks, you're all set. Your request was already picked up or is no longer here. If nothing "
    "happened, send it again. You won't be asked again."
)
CONSENT_PATTERN: Final = rf"reelcast:consent:(?P<version>[0-9]{{1,6}}):(?P<request>{ID_PATTERN})"


def consent_id(request_id: int) -> str:
    return f"reelcast:consent:{WORDING}:{request_id}"


def cost_line(seconds: int, price_usd: Decimal) -> str:
    """Say what accepting costs."""
    sentence = _("Your video ({seconds} s) costs {price} and starts when you accept.")
    return sentence.format(seconds=seconds, price=dollars(price_usd))


def consent_controls(request_id: int) -> ui.View:
    """Let a member accept, and go on with the request that waits; the view is stopped, its id says it all."""
    return view_of(
        ui.Button(label=_("Accept and continue"), style=discord.ButtonStyle.success, custom_id=consent_id(request_id))
    )
