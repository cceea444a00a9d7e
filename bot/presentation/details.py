"""*Details*: everything about one job, for the one who asks, ephemeral."""

from io import BytesIO
from typing import Final

import discord

from bot.jobs.model import Job
from bot.media.rules import ImageRules
from bot.presentation.looks import LOOKS
from bot.presentation.sentences import dollars, lasted, problem_sentence
from bot.presentation.text import plain

PROMPT_LIMIT: Final = 700  # characters shown; a longer prompt comes as a file beside it


def details_text(job: Job, rules: ImageRules) -> str:
    """Write what is known of a job, at most some 1,900 of a message's 2,000 characters."""
    request = job.request
    lines = [
        "**Prompt**\n" + (plain(request.prompt) if len(request.prompt) <= PROMPT_LIMIT else "in the file below"),
        f"**Options** {request.duration} s · {request.aspect_ratio} · {plain(request.model)}",
        f"**State** {LOOKS[job.state].title}, since <t:{int(job.state_since.timestamp())}:f>",
    ]
    if job.problem is not None:
        lines.append(problem_sentence(job.problem, rules))
    lines.append(f"**Asked** <t:{int(job.created_at.timestamp())}:f>")
    if job.submitted_at is not None:
        lines.append(f"**Sent** <t:{int(job.submitted_at.timestamp())}:f>")
    if job.completed_at is not None and job.submitted_at is not None:
        lines.append(f"**Made in** {lasted((job.completed_at - job.submitted_at).total_seconds())}")
    if job.cost_usd is not None:
        lines.append(f"**Cost** {dollars(job.cost_usd)}")
    if job.request_id is not None:
        lines.append(f"**Request** `{job.request_id}`")
    return "\n".join([*lines, f"**Job** `{job.id}`"])


def prompt_file(prompt: str) -> discord.File:
    return discord.File(BytesIO(prompt.encode()), filename="prompt.txt")
