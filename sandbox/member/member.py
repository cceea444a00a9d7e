"""One member: what they do, and what they see of it."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.discord.json_fields import objects
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.components import walk
from sandbox.member.connection import Connection, Event, EventStream, Files, Upload
from sandbox.member.messages import Attachment, Media, Message

ANSWERED_WITHIN = 10.0  # seconds: well above the 3 after which the sandbox itself calls it failed
_SLASH, _USER, _MESSAGE = 1, 2, 3
_OUTCOMES = {"INTERACTION_SUCCESS", "INTERACTION_FAILURE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A modal that opened; `interaction_id` is what it answers."""

    interaction_id: str
    title: str
    custom_id: str
    components: list[JsonObject] = field(repr=False)

    @property
    def fields(self) -> list[JsonObject]:
        """Return the components that can be filled in."""
        return [each for each in walk(self.components) if "custom_id" in each]

    @property
    def labels(self) -> list[str]:
        return [each["label"] for each in walk(self.components) if each.get("label")]


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionResult:
    """What came of an interaction within its three seconds.

    `message` is the answer, or the message that was updated; `modal` and `choices` are there where the answer was
    that.
    """

    id: str
    acknowledged: bool
    message: Message | None = None
    modal: Modal | None = None
    choices: list[JsonObject] = field(default_factory=list[JsonObject])

    @property
    def failed(self) -> bool:
        """Tell whether the client showed that the interaction failed."""
        return not self.acknowledged


class Member:
    """A member at their client, in one channel unless said otherwise.

    Whatever the client would not offer raises `NotOffered` with the reason.
    """

    def __init__(
        self, connection: Connection, *, user_id: int, name: str, channels: Mapping[str, int], channel_id: int
    ) -> None:
        self.id = user_id
        self.name = name
        self.channel_id = channel_id
        self._channels = channels
        self._connection = connection
        self._stream = EventStream(connection, user_id, self._receive)
        self._messages: dict[int, Message] = {}
        self._outcomes: dict[str, Event] = {}
        self._modals: dict[str, Modal] = {}
        self._choices: dict[str, list[JsonObject]] = {}

    async def slash(self, name: str, /, **options: object) -> InteractionResult:
        """Use a slash command; subcommands are named after a space, files given as `Path` or `Upload`."""
        files = Files()
        payload: JsonObject = {
            "kind": _SLASH,
            "name": name,
            "options": {key: files.encode(value) for key, value in options.items()},
        }
        return await self._interact("command", payload, files)

    async def autocomplete(self, name: str, focused: str, typed: str | float, /, **options: object) -> list[JsonObject]:
        """Type into an option that completes; returns the choices offered."""
        payload: JsonObject = {"name": name, "focused": focused, "options": options | {focused: typed}}
        return (await self._interact("autocomplete", payload)).choices

    async def message_command(self, name: str, message: Message) -> InteractionResult:
        payload: JsonObject = {"kind": _MESSAGE, "name": name, "target_id": str(message.id)}
        return await self._interact("command", payload | {"channel_id": str(message.channel_id)})

    async def user_command(self, name: str, user: "Member | int") -> InteractionResult:
        target = user.id if isinstance(user, Member) else user
        return await self._interact("command", {"kind": _USER, "name": name, "target_id": str(target)})

    async def click(
        self,
        message: Message,
        label: str | None = None,
        *,
        custom_id: str | None = None,
        forge: bool = False,
    ) -> InteractionResult:
        """Press a button by label or custom id; `forge` sends any custom id, there or not."""
        current = self._messages.get(message.id, message)
        wanted = custom_id or (None if label is None else current.button(label).custom_id)
        payload: JsonObject = {"custom_id": wanted, "forge": forge}
        return await self._interact("component", payload | _place(message))

    async def select(self, message: Message, custom_id: str, values: Sequence[object]) -> InteractionResult:
        """Choose in a select menu: options by value or label, members, roles and channels by id."""
        payload: JsonObject = {"custom_id": custom_id, "values": Files().encode(list(values))}
        return await self._interact("component", payload | _place(message))

    async def submit(
        self, modal: Modal, values: Mapping[str, object] | None = None, *, forge: str = ""
    ) -> InteractionResult:
        """Submit a modal; values are by custom id or label, what is left out keeps its default.

        `forge` sends it with another custom id than its own.
        """
        files = Files()
        encoded = {key: files.encode(value) for key, value in (values or {}).items()}
        payload: JsonObject = {"interaction_id": modal.interaction_id, "values": encoded, "custom_id": forge}
        return await self._interact("modal", payload, files)

    async def type(self) -> None:
        """Show the others in their channel that they type."""
        await self._post("typing", {"channel_id": str(self.channel_id)})

    async def send(
        self,
        content: str = "",
        *,
        files: Sequence[Path | Upload] = (),
        reply_to: Message | None = None,
    ) -> Message:
        """Post a message in the member's channel."""
        await self._stream.open()
        collected = Files()
        collected.encode(list(files))
        payload: JsonObject = {"channel_id": str(self.channel_id), "content": content}
        if reply_to is not None:
            payload["reply_to"] = str(reply_to.id)
        sent = Message(await self._post("send", payload, collected))
        await self._stream.until(lambda: sent.id in self._messages, ANSWERED_WITHIN)
        return sent

    async def delete(self, message: Message) -> None:
        """Delete a message, one's own or as a moderator; an ephemeral one is dismissed."""
        await self._post("delete", _place(message))

    async def commands(self) -> list[JsonObject]:
        """Return the commands that the member may use in their channel."""
        answer = await self._post("commands", {"channel_id": str(self.channel_id)})
        return objects(answer["commands"])

    async def wait_for(
        self,
        predicate: Callable[[Message], bool],
        timeout: float = 30.0,  # noqa: ASYNC109
    ) -> Message:
        """Return the first message that is, or comes to be, as asked; raises `TimeoutError` with all seen."""
        await self._stream.open()
        try:
            await self._stream.until(lambda: self._first(predicate) is not None, timeout)
        except TimeoutError:
            seen = "\n".join(repr(each) for each in self._messages.values())
            raise TimeoutError(f"{self.name} saw no such message in {timeout} s, but\n{seen}") from None
        found = self._first(predicate)
        if found is None:
            raise LookupError("the message is gone again")
        return found

    async def answered(
        self,
        result: InteractionResult,
        timeout: float = 30.0,  # noqa: ASYNC109
    ) -> Message | None:
        """Return the answer to an interaction, once the bot has stopped thinking about it."""
        if result.message is None or not result.message.loading:
            return result.message
        return await self.wait_for(lambda message: message.interaction == result.id and not message.loading, timeout)

    async def wait_gone(self, message: Message, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until a message is no longer there."""
        await self._stream.open()
        await self._stream.until(lambda: message.id not in self._messages, timeout)

    async def messages(self, channel: str | int | None = None) -> list[Message]:
        """Return the messages that the member sees in a channel, theirs by default, oldest first."""
        await self._stream.open()
        channel_id = self.channel_id if channel is None else self._channel(channel)
        return [each for each in self._messages.values() if each.channel_id == channel_id]

    async def message(self, message_id: int) -> Message | None:
        """Return how a message is now; `None` if the member does not see it (any more)."""
        await self._stream.open()
        return self._messages.get(message_id)

    async def download(self, file: Attachment | Media | str) -> bytes:
        """Fetch a file by its address."""
        return await self._connection.download(file if isinstance(file, str) else file.url)

    async def events(self) -> AsyncGenerator[Event]:
        """Yield each event that reaches the member's client from now on."""
        await self._stream.open()
        async for event in self._stream.listen():
            yield event

    async def at_direct_messages(self) -> None:
        """Go to the direct messages with the bot."""
        self.channel_id = int((await self._post("direct", {}))["id"])

    def at(self, channel: str | int) -> None:
        """Go to another channel."""
        self.channel_id = self._channel(channel)

    async def close(self) -> None:
        await self._stream.close()

    async def _interact(self, action: str, payload: JsonObject, files: Files | None = None) -> InteractionResult:
        """Send an interaction and wait for its answer or its failure."""
        await self._stream.open()
        answer = await self._post(action, {"channel_id": str(self.channel_id)} | payload, files)
        key: str = answer["id"]
        await self._stream.until(lambda: key in self._outcomes, ANSWERED_WITHIN)
        outcome = self._outcomes.pop(key)
        message_id = outcome.data.get("message_id")
        return InteractionResult(
            id=key,
            acknowledged=outcome.name == "INTERACTION_SUCCESS",
            message=None if message_id is None else self._messages.get(int(message_id)),
            modal=self._modals.pop(key, None),
            choices=self._choices.pop(key, []),
        )

    async def _post(self, action: str, payload: JsonObject, files: Files | None = None) -> JsonObject:
        uploads = None if files is None else files.uploads
        return await self._connection.post(f"users/{self.id}/{action}", payload, uploads)

    def _channel(self, channel: str | int) -> int:
        return self._channels[channel] if isinstance(channel, str) else channel

    def _first(self, predicate: Callable[[Message], bool]) -> Message | None:
        return next((each for each in self._messages.values() if predicate(each)), None)

    def _receive(self, event: Event) -> None:
        data: dict[str, Any] = event.data
        match event.name:
            case "READY":
                self._messages = {int(each["id"]): Message(each) for each in objects(data["messages"])}
            case "MESSAGE_CREATE" | "MESSAGE_UPDATE":
                self._messages[int(data["id"])] = Message(data)
            case "MESSAGE_DELETE":
                self._messages.pop(int(data["id"]), None)
            case "CHANNEL_DELETE" | "THREAD_DELETE":
                gone = int(data["id"])
                kept = {k: each for k, each in self._messages.items() if each.channel_id != gone}
                self._messages = kept
            case "MODAL_CREATE":
                self._modals[data["id"]] = Modal(
                    interaction_id=data["id"],
                    title=data["title"],
                    custom_id=data["custom_id"],
                    components=objects(data["components"]),
                )
            case "AUTOCOMPLETE_CHOICES":
                self._choices[data["id"]] = objects(data["choices"])
            case _:
                if event.name in _OUTCOMES:
                    self._outcomes[data["id"]] = event


def _place(message: Message) -> JsonObject:
    return {"channel_id": str(message.channel_id), "message_id": str(message.id)}
