"""What an interaction is: who did what where, how it may be answered and how it was.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from dataclasses import dataclass
from enum import IntEnum

from sandbox.discord.json_types import JsonObject
from sandbox.discord.world.world import Channel, Guild, Message, User


class InteractionType(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackType(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE_MESSAGE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


_MESSAGE_RESPONSES = {CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE}
_UPDATES = {CallbackType.DEFERRED_UPDATE, CallbackType.UPDATE_MESSAGE}
ALLOWED = {
    InteractionType.COMMAND: _MESSAGE_RESPONSES | {CallbackType.MODAL},
    InteractionType.COMPONENT: _MESSAGE_RESPONSES | _UPDATES | {CallbackType.MODAL},
    InteractionType.AUTOCOMPLETE: {CallbackType.AUTOCOMPLETE},
    InteractionType.MODAL_SUBMIT: _MESSAGE_RESPONSES | _UPDATES,
}


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """One thing a member did, and what became of it; `source` is the message whose component was used."""

    id: int
    token: str
    type: InteractionType
    user: User
    channel: Channel
    guild: Guild | None
    created_at: float
    data: JsonObject
    source: Message | None = None
    opened_by: "Interaction | None" = None  # of a modal: the interaction that it answered
    answered: CallbackType | None = None
    failed: bool = False
    original: Message | None = None
    modal: JsonObject | None = None
