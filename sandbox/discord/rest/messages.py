"""Messages over REST: list, get, create, edit, delete, and typing."""

from sandbox.discord.access import Access
from sandbox.discord.http.routing import MESSAGE_BODIES, NO_CONTENT, Answer, Call, Route
from sandbox.discord.json_fields import is_object, snowflake
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.messages.messages import Messages, Origin
from sandbox.discord.messages.nonces import NonceMemory
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.refusals import (
    MISSING_PERMISSIONS,
    NOT_THE_AUTHOR,
    UNKNOWN_MESSAGE,
    WRONG_CHANNEL_TYPE,
    DiscordRefusal,
    invalid_form,
)
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import WITHOUT_MESSAGES, Channel, Message, World

_COLLECTION = "/channels/{channel_id}/messages"
_ONE = _COLLECTION + "/{message_id}"


class MessageRoutes:
    def __init__(
        self,
        world: World,
        access: Access,
        messages: Messages,
        nonces: NonceMemory,
        announcer: Announcer,
        render: MessagePayloads,
    ) -> None:
        self._world = world
        self._access = access
        self._messages = messages
        self._nonces = nonces
        self._announcer = announcer
        self._render = render

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", template=_COLLECTION, handler=self.history),
            Route(
                method="POST", template=_COLLECTION, handler=self.create, bucket="message_create", bodies=MESSAGE_BODIES
            ),
            Route(method="GET", template=_ONE, handler=self.get),
            Route(method="PATCH", template=_ONE, handler=self.edit, bucket="message_edit", bodies=MESSAGE_BODIES),
            Route(method="DELETE", template=_ONE, handler=self.delete, bucket="message_delete"),
            Route(
                method="POST",
                template="/channels/{channel_id}/typing",
                handler=self.typing,
                bucket="typing",
            ),
        ]

    async def history(self, call: Call) -> Answer:
        """Answer messages, newest first; without Read Message History there are none, and no error."""
        channel = self._access.channel(call.id("channel_id"))
        if channel.type in WITHOUT_MESSAGES:
            raise WRONG_CHANNEL_TYPE.refusal()
        if Permission.READ_MESSAGE_HISTORY not in self._access.permissions(channel):
            return Answer(body=[])
        limit = snowflake(call.query.get("limit", "50"))
        if limit is None or not 1 <= limit <= 100:
            raise invalid_form(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        visible = [each for each in channel.messages.values() if each.visible_to is None]
        chosen = _page(visible, {k: snowflake(v) or 0 for k, v in call.query.items()}, limit)
        return Answer(body=[self._render.message(each) for each in reversed(chosen)])

    async def get(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        self._access.require(channel, Permission.READ_MESSAGE_HISTORY)
        return self._answer(self._access.message(channel, call.id("message_id")))

    async def create(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        payload, uploads = call.body.object, call.body.uploads
        self._access.require_posting(channel, files=bool(uploads), embeds=bool(payload.get("embeds")))
        reference = self._reference(channel, payload)
        async with self._nonces.turn(payload) as slot:
            if slot.message is not None:
                return self._repeated(slot.message, payload)
            origin = Origin(author=self._world.bot)
            message = await self._messages.create(channel, payload, uploads, origin, reference=reference)
            self._nonces.keep(slot, message)
        return self._answer(message, payload)

    async def edit(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        message = self._access.message(channel, call.id("message_id"))
        if message.author is not self._world.bot:
            raise NOT_THE_AUTHOR.refusal()
        self._access.require_open(channel)
        if call.body.uploads:
            self._access.require(channel, Permission.ATTACH_FILES)
        return self._answer(await self._messages.edit(message, call.body.object, call.body.uploads))

    async def delete(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        message = self._access.message(channel, call.id("message_id"))
        self._access.require_open(channel)
        manager = Permission.MANAGE_MESSAGES in self._access.permissions(channel)
        if message.author is not self._world.bot and not manager:
            raise MISSING_PERMISSIONS.refusal()
        self._messages.delete(message)
        return NO_CONTENT

    async def typing(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        self._access.require_posting(channel, files=False)
        self._announcer.typing(channel, self._world.bot.id)
        return NO_CONTENT

    def _answer(self, message: Message, payload: JsonObject | None = None) -> Answer:
        body = self._render.message(message)
        nonce = None if payload is None else payload.get("nonce")
        return Answer(body=body if nonce is None else body | {"nonce": nonce})

    def _repeated(self, message: Message, payload: JsonObject) -> Answer:
        """Answer the message that a nonce made before; one that was deleted since is not made again."""
        channel = self._world.channel(message.channel_id)
        if channel is None or message.id not in channel.messages:
            raise UNKNOWN_MESSAGE.refusal()
        return self._answer(message, payload)

    def _reference(self, channel: Channel, payload: JsonObject) -> Message | None:
        """Return the message that a payload replies to; one that is gone is refused unless allowed."""
        reference = payload.get("message_reference")
        if not is_object(reference):
            return None
        if Permission.READ_MESSAGE_HISTORY not in self._access.permissions(channel):
            raise DiscordRefusal(400, 160002, "Cannot reply without permission to read message history")
        found = channel.messages.get(snowflake(reference.get("message_id")) or 0)
        if found is None and reference.get("fail_if_not_exists", True):
            raise invalid_form(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        return found


def _page(messages: list[Message], query: dict[str, int], limit: int) -> list[Message]:
    """Return up to `limit` messages, oldest first, before, after or around an id; else the latest."""
    if "around" in query:
        older = [each for each in messages if each.id <= query["around"]]
        newer = [each for each in messages if each.id > query["around"]]
        return older[-(limit // 2 + 1) :] + newer[: limit - limit // 2 - 1]
    if "after" in query:
        return [each for each in messages if each.id > query["after"]][:limit]
    if "before" in query:
        messages = [each for each in messages if each.id < query["before"]]
    return messages[-limit:]
