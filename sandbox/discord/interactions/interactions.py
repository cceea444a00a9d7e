"""Interactions from their creation to their last follow-up, with Discord's two deadlines.

An interaction must be answered within 3 seconds, once; its token serves for 15 minutes after that.
https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import asyncio
import secrets

from sandbox.discord.access import Access
from sandbox.discord.interactions import payloads
from sandbox.discord.interactions.interaction import ALLOWED, CallbackType, Interaction, InteractionType
from sandbox.discord.interactions.rules import check_choices
from sandbox.discord.json_fields import integer, is_object, objects
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.announcer import ALWAYS, Announcer
from sandbox.discord.messages.messages import Messages, Origin, Uploads
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.messages.rules import check_modal
from sandbox.discord.refusals import (
    ALREADY_ACKNOWLEDGED,
    ARCHIVED_TO_INTERACTIONS,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_CHANNEL,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    DiscordRefusal,
    Path,
    invalid_form,
)
from sandbox.discord.world.world import Channel, Message, MessageFlag, MessageType, User, World

ANSWER_WITHIN = 3.0  # seconds
TOKEN_LIFETIME = 15 * 60.0  # seconds


class InteractionHandler:
    """Opens interactions, takes their answers and follow-ups, and lets those unanswered fail."""

    def __init__(
        self, world: World, access: Access, messages: Messages, announcer: Announcer, render: MessagePayloads
    ) -> None:
        self._world = world
        self._access = access
        self._messages = messages
        self._announcer = announcer
        self._render = render
        self._by_token: dict[str, Interaction] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def open(
        self,
        kind: InteractionType,
        *,
        user: User,
        channel: Channel,
        data: JsonObject,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """Create an interaction and send it to the bot."""
        guild = self._world.guild_of(channel)
        interaction = Interaction(
            id=self._world.mint(),
            token=secrets.token_urlsafe(48),
            type=kind,
            user=user,
            channel=channel,
            guild=guild,
            created_at=self._world.clock(),
            data=data,
            source=source,
            opened_by=opened_by,
        )
        self._by_token[interaction.token] = interaction
        self._watch(interaction)
        payload = payloads.event(interaction, self._world, self._render)
        self._announcer.bot("INTERACTION_CREATE", payload, guild=guild, intent=ALWAYS)
        return interaction

    def find(self, interaction_id: int) -> Interaction | None:
        """Find an interaction by its id."""
        return next((each for each in self._by_token.values() if each.id == interaction_id), None)

    async def answer(self, interaction_id: int, token: str, payload: JsonObject, uploads: Uploads) -> JsonObject:
        """Take the first answer to an interaction; returns the body of `with_response`.

        Raises `DiscordRefusal`: 10062 for an unknown or late one, 40060 for a second answer.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or self._is_late(interaction):
            raise UNKNOWN_INTERACTION.refusal()
        self._require_channel(interaction)
        if interaction.answered is not None:
            raise ALREADY_ACKNOWLEDGED.refusal()
        kind = _callback_type(interaction, payload)
        if kind not in {CallbackType.AUTOCOMPLETE, CallbackType.MODAL}:
            self.require_open(interaction)
        data = payload.get("data")
        interaction.answered = kind  # from here on a second answer is one too many
        try:
            resource = await self._apply(interaction, kind, data if is_object(data) else {}, uploads)
        except DiscordRefusal:
            interaction.answered = None
            if self._is_late(interaction):
                self._fail(interaction)
            raise
        self._stop_timer(interaction)
        self._announcer.user(interaction.user.id, "INTERACTION_SUCCESS", _success(interaction))
        return payloads.callback(interaction, resource, self._render)

    async def follow_up(self, token: str, payload: JsonObject, uploads: Uploads) -> Message:
        """Send another message; the first one after a deferred answer takes that answer's place."""
        interaction = self.by_token(token)
        self.require_open(interaction)
        original = interaction.original
        is_there = original is not None and original.id in interaction.channel.messages
        if original is not None and is_there and original.flags & MessageFlag.LOADING:
            return await self._messages.edit(original, payload, uploads)
        return await self._post(interaction, payload, uploads, MessageType.DEFAULT)

    def by_token(self, token: str) -> Interaction:
        """Return an answered interaction whose token still serves.

        Raises `DiscordRefusal`: 10015 for an unknown token or before the answer, 50027 after 15 minutes,
        10003 when the channel is gone.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.answered is None:
            raise UNKNOWN_WEBHOOK.refusal()
        if self._world.clock() - interaction.created_at >= TOKEN_LIFETIME:
            raise INVALID_WEBHOOK_TOKEN.refusal()
        self._require_channel(interaction)
        return interaction

    def require_open(self, interaction: Interaction) -> None:
        """Refuse to write in a thread that was locked: an answer, a follow-up or an edit, private ones included."""
        if self._access.is_locked_for(interaction.channel):
            raise ARCHIVED_TO_INTERACTIONS.refusal()

    def message(self, interaction: Interaction, message_id: int | None) -> Message:
        """Return a message that the token may reach: one that it sent, or with `None` the original answer."""
        there = interaction.channel.messages
        found = interaction.original if message_id is None else there.get(message_id)
        if found is None or found.id not in there:
            raise UNKNOWN_MESSAGE.refusal()
        sender = found.interaction and found.interaction["id"]
        if found is not interaction.original and sender != str(interaction.id):
            raise UNKNOWN_MESSAGE.refusal()
        return found

    def fail_overdue(self) -> None:
        """Fail at once what is overdue by the world's clock, after that was advanced."""
        for interaction in list(self._by_token.values()):
            if interaction.answered is None and not interaction.failed and self._is_late(interaction):
                self._fail(interaction)

    def close(self) -> None:
        """Stop all timers."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    async def _apply(
        self, interaction: Interaction, kind: CallbackType, data: JsonObject, uploads: Uploads
    ) -> Message | None:
        """Do what an answer asks for and return the message that it made or changed, if any."""
        message: Message | None = None
        match kind:
            case CallbackType.MESSAGE:
                message = await self._post(interaction, data, uploads, _message_type(interaction), path=("data",))
                interaction.original = message
            case CallbackType.DEFERRED_MESSAGE:
                interaction.original = self._think(interaction, data)
            case CallbackType.UPDATE_MESSAGE | CallbackType.DEFERRED_UPDATE:
                source = _updatable(interaction)
                interaction.original = source
                if kind is CallbackType.UPDATE_MESSAGE:
                    message = await self._messages.edit(source, data, uploads, path=("data",))
            case CallbackType.AUTOCOMPLETE:
                check_choices(data)
                choices: JsonObject = {"id": str(interaction.id), "choices": objects(data.get("choices"))}
                self._announcer.user(interaction.user.id, "AUTOCOMPLETE_CHOICES", choices)
            case CallbackType.MODAL:
                check_modal(data)
                interaction.modal = data
                self._announcer.user(interaction.user.id, "MODAL_CREATE", data | {"id": str(interaction.id)})
        return message

    async def _post(
        self,
        interaction: Interaction,
        payload: JsonObject,
        uploads: Uploads,
        kind: MessageType,
        *,
        path: Path = (),
    ) -> Message:
        origin = self._origin(interaction, payload, kind)
        return await self._messages.create(interaction.channel, payload, uploads, origin, path=path)

    def _think(self, interaction: Interaction, data: JsonObject) -> Message:
        """Show the member that the bot is thinking, which is a message with the loading flag."""
        origin = self._origin(interaction, data, _message_type(interaction))
        return self._messages.create_loading(interaction.channel, origin)

    def _origin(self, interaction: Interaction, payload: JsonObject, kind: MessageType) -> Origin:
        ephemeral = integer(payload, "flags") & MessageFlag.EPHEMERAL
        return Origin(
            author=self._world.bot,
            type=kind,
            interaction=payloads.metadata(interaction),
            command=None if kind is MessageType.DEFAULT else payloads.command_name(interaction),
            visible_to=interaction.user.id if ephemeral else None,
            flags=MessageFlag(ephemeral),
        )

    def _require_channel(self, interaction: Interaction) -> None:
        if self._world.channel(interaction.channel.id) is None:
            raise UNKNOWN_CHANNEL.refusal()

    def _is_late(self, interaction: Interaction) -> bool:
        unanswered = interaction.answered is None
        return unanswered and self._world.clock() - interaction.created_at >= ANSWER_WITHIN

    def _watch(self, interaction: Interaction) -> None:
        """Fail an interaction once it is late by the world's clock, else look again in time."""
        if interaction.answered is not None or self._is_late(interaction):
            self._fail(interaction)
            return
        left = ANSWER_WITHIN - (self._world.clock() - interaction.created_at)
        loop = asyncio.get_running_loop()
        self._timers[interaction.id] = loop.call_later(left, self._watch, interaction)

    def _fail(self, interaction: Interaction) -> None:
        if interaction.answered is None and not interaction.failed:
            interaction.failed = True
            self._announcer.user(interaction.user.id, "INTERACTION_FAILURE", {"id": str(interaction.id)})
        self._stop_timer(interaction)

    def _stop_timer(self, interaction: Interaction) -> None:
        timer = self._timers.pop(interaction.id, None)
        if timer is not None:
            timer.cancel()


def _callback_type(interaction: Interaction, payload: JsonObject) -> CallbackType:
    kind = integer(payload, "type")
    if kind not in ALLOWED[interaction.type]:
        raise invalid_form(
            ("type",),
            "INTERACTION_CALLBACK_TYPE_INVALID",
            "This callback type is not allowed for this interaction",
        )
    return CallbackType(kind)


def _updatable(interaction: Interaction) -> Message:
    """Return the message whose component led here; a modal that a command opened has none."""
    source = interaction.source or (interaction.opened_by and interaction.opened_by.source)
    if source is None or source.id not in interaction.channel.messages:
        raise UNKNOWN_MESSAGE.refusal()
    return source


def _message_type(interaction: Interaction) -> MessageType:
    if interaction.type is not InteractionType.COMMAND:
        return MessageType.DEFAULT
    slash = interaction.data.get("type") == 1
    return MessageType.CHAT_INPUT_COMMAND if slash else MessageType.CONTEXT_MENU_COMMAND


def _success(interaction: Interaction) -> JsonObject:
    original = interaction.original
    return {
        "id": str(interaction.id),
        "type": interaction.answered,
        "message_id": None if original is None else str(original.id),
    }
