"""The interactions that wait for an answer: each is watched over, and what can wait lets them go first."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import discord
import structlog

from bot.ui.answers import ANSWER, DISCORD_WAITS, Answer, Shape
from bot.ui.attempts import NotAnswered, RecentPresses
from bot.ui.text import replace_nul

log = structlog.get_logger(__name__)

PATIENCE: Final = 2.0  # seconds after an interaction was made
FOR_EACH_OTHER: Final = 0.02  # seconds: what a deferral takes of a busy machine, for each answer that is due as well
CROWD: Final = 20  # answers that are due at the same moment, and can be given while Discord waits
ROUNDS: Final = 3  # in which those who wait get their answers, while others come, before background work goes on
REMEMBERED: Final = 15 * 60.0  # seconds; for so long Discord may tell of an interaction again


class Arrivals:
    """Watches over the interactions of this process until each has an answer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._seen = RecentPresses(monotonic, REMEMBERED)
        self._open: set[int] = set()
        self._calm = asyncio.Event()
        self._unanswered: set[asyncio.Future[None]] = set()

    async def receive(self, interaction: discord.Interaction[Any], shape: Shape) -> bool:
        """Begin to watch an interaction that the current task answers; False where there is nothing to answer.

        In a crowd it is deferred at once, and taken up when the others are deferred: only Discord cannot wait.
        """
        replace_nul(interaction.data)
        if self._seen.is_repeated(interaction.id):
            log.info("interaction_repeated", interaction=interaction.id, kind=interaction.type.name)
            return False
        if shape is Shape.UPDATE and interaction.message is None:
            shape = Shape.PRIVATE
        answer = Answer(interaction, shape, is_open=partial(self._note, interaction.id))
        interaction.extras[ANSWER] = answer
        self._unanswered.add(answer.given)
        answer.given.add_done_callback(self._unanswered.discard)
        answer.watch(PATIENCE - FOR_EACH_OTHER * len(self._open))
        if len(self._open) <= CROWD:
            return True
        try:
            await answer.defer()
        except NotAnswered:
            return False
        except discord.HTTPException as error:
            log.warning("answer_refused", interaction=interaction.id, status=error.status, code=error.code)
        await self._calm.wait()
        return True

    async def all_answered(self, rounds: int = ROUNDS) -> None:
        """Wait until those who wait have an answer, which Discord has within seconds; others may come meanwhile.

        Background work does so before each of its steps: an answer needs the same processor and the same database.
        """
        for _round in range(rounds):
            if not self._unanswered:
                return
            await asyncio.wait(self._unanswered, timeout=DISCORD_WAITS)

    def _note(self, interaction_id: int, is_open: bool) -> None:
        (self._open.add if is_open else self._open.discard)(interaction_id)
        (self._calm.clear if len(self._open) > CROWD else self._calm.set)()
