"""The notice that stands before a member's first pictures, accepted for plays that are about something else."""

from dataclasses import replace
from typing import Final

from sandbox.member.member import InteractionResult, Member
from sandbox.member.messages import Message

_ACCEPT: Final = "reelcast:consent:"


def accepts(message: Message) -> str | None:
    """Return the custom id of the button that accepts the notice; `None` where a message is something else."""
    return next((each.custom_id for each in message.buttons if (each.custom_id or "").startswith(_ACCEPT)), None)


async def past_notice(member: Member, result: InteractionResult) -> InteractionResult:
    """Press *Accept* where an answer is the notice, which comes once for each member; return what came of it.

    The notice loses its button first, and what was requested follows it.
    """
    answer = await member.answered(result)
    accept = answer and accepts(answer)
    if answer is None or accept is None:
        return result
    pressed = await member.click(answer, custom_id=accept)
    if pressed.message is None or pressed.message.id != answer.id:
        return pressed
    followed = await member.wait_for(
        lambda message: message.interaction == pressed.id and message.id != answer.id and not message.loading
    )
    return replace(pressed, message=followed)
