"""The bot operator, as Discord knows them: the application's owner, or its team."""

from collections.abc import Callable
from typing import Final

import aiohttp
import discord
import structlog

from bot.discord_api.nonces import words_nonce
from bot.discord_api.reasons import Then, reason_of

log = structlog.get_logger(__name__)

REMEMBERED: Final = 60.0  # seconds for which Discord's word on who they are counts
_TEAM_ROLES: Final = frozenset({discord.TeamMemberRole.admin, discord.TeamMemberRole.developer})
_AWAY: Final = (aiohttp.ClientError, OSError)  # a timeout is an OSError


class Operators:
    """Asks Discord who they are, and writes to them."""

    def __init__(self, client: discord.Client, monotonic: Callable[[], float]) -> None:
        self.client = client
        self._monotonic = monotonic
        self._known: frozenset[int] = frozenset()
        self._asked_at: float | None = None

    async def includes(self, user_id: int) -> bool:
        """Tell whether a person runs this bot. Raises what Discord's client does where it cannot be asked."""
        return user_id in await self._operators()

    async def tell(self, words: str) -> bool:
        """Write to each of them; False where Discord is in trouble, and it is to be tried again. Never raises."""
        reached = 0
        try:
            for user_id in sorted(await self._operators()):
                reached += await self._write(user_id, words)
        except (discord.HTTPException, *_AWAY) as error:
            if is_trouble(error):
                log.warning("operator_not_told_yet", error=type(error).__name__)
                return False
            log.warning("operator_unknown", error=type(error).__name__)
        if not reached:
            log.error("operator_not_reached")
        return True

    async def _write(self, user_id: int, words: str) -> bool:
        """Send a direct message; False to who takes none."""
        try:
            user = await self.client.fetch_user(user_id)
            nonce = words_nonce("o", str(user_id), words)
            await user.send(words, allowed_mentions=discord.AllowedMentions.none(), nonce=nonce)
        except discord.HTTPException as error:
            if is_trouble(error):
                raise
            return False
        return True

    async def _operators(self) -> frozenset[int]:
        now = self._monotonic()
        if self._asked_at is None or now - self._asked_at > REMEMBERED:
            info = await self.client.application_info()
            self._known = _people(info)
            self._asked_at = now
        return self._known


def is_trouble(error: Exception) -> bool:
    """Tell an answer, or none, that is Discord's own trouble, from one that will be the same next time."""
    return not isinstance(error, discord.HTTPException) or reason_of(error).then is not Then.STOP


def _people(info: discord.AppInfo) -> frozenset[int]:
    """Name who runs an application: of a team the members who may work on it, not those who may only look."""
    if info.team is None:
        return frozenset({info.owner.id})
    joined = (
        each.id
        for each in info.team.members
        if each.role in _TEAM_ROLES and each.membership_state is discord.TeamMembershipState.accepted
    )
    return frozenset({*joined, *([info.team.owner_id] if info.team.owner_id else [])})
