"""The ephemeral answer to a request that was not taken: one sentence, and the member's own words back."""

from typing import Final

import discord

from bot.gate.denial import Denial
from bot.gate.words import denial_sentence
from bot.presentation.details import prompt_file
from bot.requests.reading import Refusal, has_words
from bot.requests.refusal_words import refusal_sentence
from bot.ui.language import _

CODE_BLOCK_LIMIT: Final = 1_500  # characters of a prompt that are given back in the message itself


def refusal_message(refusal: Refusal, *, prompt: str) -> tuple[str, list[discord.File]]:
    """Write why a request was not taken; the prompt comes back to be copied, so that nothing typed is lost."""
    return with_prompt(refusal_sentence(refusal), prompt)


def denial_message(denial: Denial, *, prompt: str) -> tuple[str, list[discord.File]]:
    """Write why the server's rules do not let a request be made, with the prompt as above."""
    return with_prompt(denial_sentence(denial), prompt)


def with_prompt(sentence: str, prompt: str) -> tuple[str, list[discord.File]]:
    """Give a member's prompt back below a sentence, in a file where it is too long or would break its frame."""
    if not has_words(prompt):
        return sentence, []
    if len(prompt) <= CODE_BLOCK_LIMIT and "```" not in prompt:
        return f"{sentence}\n{_('Your prompt, to copy:')}\n```\n{prompt}\n```", []
    return f"{sentence}\n{_('Your prompt is in the file below.')}", [prompt_file(prompt)]
