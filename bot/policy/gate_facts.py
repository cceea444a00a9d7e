"""What the database says about a request, read in one query: a request waits for it, and all of it is of one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Exists, bindparam, exists, select

from bot.database.reading import Reader
from bot.database.record_tables import operator_blocks
from bot.database.tables import blocks, guild_settings, marks
from bot.policy.operator import PAUSED, Target
from bot.settings.model import GuildSettings
from bot.settings.store import parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """What whoever runs the bot has stopped, whom moderators have blocked, and what the server has set."""

    settings: GuildSettings
    bot_paused: bool = False
    server_blocked: bool = False  # by whoever runs the bot
    member_blocked_everywhere: bool = False  # the same
    member_blocked: bool = False  # by the server's moderators, at some time: `blocked_until` tells whether it counts
    blocked_until: datetime | None = None  # None: for good


class GateFactsReader:
    """Read at each request: what is stopped, blocked or set counts at once, in every process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def read(self, guild_id: int, member_id: int) -> GateFacts:
        row = await self._reader.row(_QUERY, {"guild_id": guild_id, "member_id": member_id})
        return GateFacts(
            settings=parsed(row.settings),
            bot_paused=row.bot_paused,
            server_blocked=row.server_blocked,
            member_blocked_everywhere=row.member_blocked_everywhere,
            member_blocked=row.member_blocked,
            blocked_until=row.blocked_until,
        )


_GUILD: Final = bindparam("guild_id", type_=BigInteger())
_MEMBER: Final = bindparam("member_id", type_=BigInteger())
_BLOCK: Final = blocks.c.guild_id == _GUILD, blocks.c.member_id == _MEMBER


def _is_stopped(target: Target, target_id: BindParameter[int]) -> Exists:
    return exists().where(operator_blocks.c.kind == target, operator_blocks.c.target_id == target_id)


# Put together once: that takes longer than to run it.
_QUERY: Final = select(
    exists().where(marks.c.name == PAUSED).label("bot_paused"),
    _is_stopped(Target.SERVER, _GUILD).label("server_blocked"),
    _is_stopped(Target.MEMBER, _MEMBER).label("member_blocked_everywhere"),
    exists().where(*_BLOCK).label("member_blocked"),
    select(blocks.c.until).where(*_BLOCK).scalar_subquery().label("blocked_until"),
    select(guild_settings.c.settings).where(guild_settings.c.guild_id == _GUILD).scalar_subquery().label("settings"),
)
