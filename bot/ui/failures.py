"""The answer to whatever went wrong in a command, a button or a modal."""

import contextlib
from typing import Any, Final

import discord
import structlog

from bot.database.outages import is_away, words
from bot.jobs.errors import trouble_of
from bot.ui.answers import answer_of, say
from bot.ui.attempts import DISCORD_AWAY, AnswerUnclear, NotAnswered
from bot.ui.language import N_, _

log = structlog.get_logger(__name__)

BROKEN: Final = N_("Something went wrong, and the bot operator has been notified.")
BROKEN_UNCHARGED: Final = N_("Something went wrong, and the bot operator has been notified. Nothing was charged.")
STOPPED: Final = "Session is closed"  # aiohttp's words, in a RuntimeError, for a request while the bot stops
AWAY: Final = N_("The bot can't reach its database right now. Try again in a minute.")
AWAY_UNCHARGED: Final = N_("The bot can't reach its database right now. Nothing was charged. Try again in a minute.")


class NotDone(Exception):
    """Nothing was done; `sentence` says why to who acts, in their language."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


async def answer_broken(interaction: discord.Interaction[Any], name: str | None, error: BaseException) -> None:
    """Answer with a sentence instead of Discord's "interaction failed", and tell the operator the rest."""
    if isinstance(error, NotAnswered):
        return  # which is logged, and no one can be told
    if isinstance(error, RuntimeError) and str(error) == STOPPED:
        log.warning("answer_unclear", command=name, interaction=interaction.id, error=STOPPED)
        return  # the interaction has expired, so no answer reaches the member
    sentences = BROKEN, BROKEN_UNCHARGED
    if isinstance(error, NotDone):
        sentences = error.sentence, error.sentence
        log.info("not_done", command=name, interaction=interaction.id, error=str(error.__cause__))
    elif is_away(error):
        sentences = AWAY, AWAY_UNCHARGED
        log.warning("database_away", command=name, interaction=interaction.id, error=words(error))
    elif isinstance(error, (*DISCORD_AWAY, AnswerUnclear, discord.DiscordServerError)):
        log.warning("answer_unclear", command=name, interaction=interaction.id, error=type(error).__name__)
    elif trouble := trouble_of(error):
        log.warning("machine_in_trouble", command=name, interaction=interaction.id, error=trouble)
    else:
        log.error("command_broke", command=name, interaction=interaction.id, exc_info=error)
    with contextlib.suppress(discord.HTTPException, *DISCORD_AWAY):
        await say(interaction, _(sentences[answer_of(interaction).uncharged]))
