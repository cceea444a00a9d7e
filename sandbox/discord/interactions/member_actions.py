"""What members do: send messages, use commands, press components, choose, and submit modals."""

from sandbox.discord.access import Access
from sandbox.discord.http.body import Body
from sandbox.discord.http.files import FileStore
from sandbox.discord.interactions import command_input, modal_input
from sandbox.discord.interactions.command_rules import CommandType
from sandbox.discord.interactions.commands import CommandRegistry
from sandbox.discord.interactions.interaction import Interaction, InteractionType
from sandbox.discord.interactions.interactions import InteractionHandler
from sandbox.discord.interactions.resolving import ClientRefusal, Resolver
from sandbox.discord.interactions.select_input import choose
from sandbox.discord.json_fields import is_object, snowflake, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.messages.components import SELECTS, ComponentType, find
from sandbox.discord.messages.messages import Messages, Origin
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.refusals import MISSING_PERMISSIONS
from sandbox.discord.world import payloads
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel, Message, MessageFlag, User, World


class MemberActions:
    """Does what a member's client would; raises `ClientRefusal` for what it would not offer."""

    def __init__(
        self,
        world: World,
        access: Access,
        files: FileStore,
        messages: Messages,
        registry: CommandRegistry,
        desk: InteractionHandler,
        render: MessagePayloads,
        announcer: Announcer,
    ) -> None:
        self._world = world
        self._access = access
        self._announcer = announcer
        self._files = files
        self._messages = messages
        self._registry = registry
        self._desk = desk
        self._render = render

    async def send(self, user: User, body: Body) -> JsonObject:
        """Post `{channel_id, content, reply_to?}` with files; answers the message."""
        channel = self._channel(user, body.object)
        self._access.require_posting(channel, files=bool(body.uploads), user=user)
        reply = channel.messages.get(snowflake(body.object.get("reply_to")) or 0)
        payload: JsonObject = {"content": text(body.object, "content")}
        message = await self._messages.create(channel, payload, body.uploads, Origin(author=user), reference=reply)
        return self._render.message(message)

    async def delete(self, user: User, body: Body) -> JsonObject:
        """Delete `{channel_id, message_id}`: one's own message, or with Manage Messages another's."""
        message = self._message(user, body.object)
        channel = self._channel(user, body.object)
        manager = Permission.MANAGE_MESSAGES in self._access.permissions(channel, user)
        if message.author is not user and message.visible_to is None and not manager:
            raise MISSING_PERMISSIONS.refusal()
        self._messages.delete(message)
        return {}

    async def typing(self, user: User, body: Body) -> JsonObject:
        """Show the others in `{channel_id}` that the member types."""
        channel = self._channel(user, body.object)
        self._access.require_posting(channel, files=False, user=user)
        self._announcer.typing(channel, user.id)
        return {}

    async def direct(self, user: User, _body: Body) -> JsonObject:
        """Open the direct channel with the bot; answers it."""
        return payloads.channel(self._world.direct_channel(user))

    async def commands(self, user: User, body: Body) -> JsonObject:
        """Answer the commands that a member may use in `{channel_id}`, and why they may not use the others."""
        channel = self._channel(user, body.object)
        usable: list[JsonObject] = []
        refused: list[JsonObject] = []
        for command in [*self._registry.all(channel.guild_id), *self._registry.all(None)]:
            try:
                self._find(user, channel, CommandType(command["type"]), command["name"])
                usable.append(command)
            except ClientRefusal as refusal:
                refused.append(command | {"reason": str(refusal)})
        return {"commands": usable, "refused": refused}

    async def command(self, user: User, body: Body) -> JsonObject:
        """Use a command: `{channel_id, name, kind?, options?, target_id?}`; `name` may hold subcommands."""
        payload = body.object
        channel = self._channel(user, payload)
        kind = _kind(payload)
        name, path = _names(payload) if kind is CommandType.CHAT_INPUT else (text(payload, "name"), [])
        command = self._find(user, channel, kind, name)
        resolver = self._resolver(user, channel, body)
        data = _command_data(command)
        if kind is CommandType.CHAT_INPUT:
            options = command_input.find_options(command, path)
            filled = await command_input.fill_in(options, _options(payload), resolver)
            data["options"] = command_input.nest(path, command, filled)
        elif kind is CommandType.MESSAGE:
            data["target_id"] = resolver.resolve_message(self._message(user, payload, "target_id"))
        else:
            data["target_id"] = resolver.resolve_user(payload.get("target_id"))
        return self._open(InteractionType.COMMAND, user, channel, resolver.into(data))

    async def autocomplete(self, user: User, body: Body) -> JsonObject:
        """Ask for choices: `{channel_id, name, options, focused}`; they come as an event."""
        payload = body.object
        channel = self._channel(user, payload)
        name, path = _names(payload)
        command = self._find(user, channel, CommandType.CHAT_INPUT, name)
        options = command_input.find_options(command, path)
        filled = command_input.complete(options, _options(payload), text(payload, "focused"))
        data = _command_data(command) | {"options": command_input.nest(path, command, filled)}
        return self._open(InteractionType.AUTOCOMPLETE, user, channel, data)

    async def component(self, user: User, body: Body) -> JsonObject:
        """Press or choose: `{channel_id, message_id, custom_id, values?, forge?}`.

        A forged press carries any custom id, as a modified client could send it.
        """
        payload = body.object
        message = self._message(user, payload)
        channel = self._channel(user, payload)
        custom_id = text(payload, "custom_id")
        resolver = self._resolver(user, channel, body)
        component = find(message.components, custom_id)
        if payload.get("forge") is True:
            component = component or {"type": ComponentType.BUTTON, "custom_id": custom_id}
        elif component is None:
            raise ClientRefusal(f"the message has no component {custom_id!r}")
        elif component.get("disabled"):
            raise ClientRefusal(f"{custom_id!r} is disabled")
        data: JsonObject = {"component_type": component["type"], "custom_id": custom_id}
        data["id"] = component.get("id", 0)
        if component["type"] in SELECTS:
            data["values"] = choose(component, payload.get("values") or [], resolver)
        elif component["type"] != ComponentType.BUTTON:
            raise ClientRefusal(f"{custom_id!r} cannot be pressed")
        return self._open(InteractionType.COMPONENT, user, channel, resolver.into(data), source=message)

    async def modal(self, user: User, body: Body) -> JsonObject:
        """Submit the modal that an interaction opened: `{interaction_id, values, custom_id?}`.

        A custom id other than the modal's own is forged, as a modified client could send it.
        """
        opener = self._desk.find(snowflake(body.object.get("interaction_id")) or 0)
        if opener is None or opener.modal is None or opener.user is not user:
            raise ClientRefusal("no such modal is open")
        self._access.channel(opener.channel.id, user)
        values, forged = body.object.get("values"), text(body.object, "custom_id")
        resolver = self._resolver(user, opener.channel, body)
        components = await modal_input.submit(opener.modal, values if is_object(values) else {}, resolver)
        data: JsonObject = {"custom_id": forged or opener.modal["custom_id"], "components": components}
        return self._open(
            InteractionType.MODAL_SUBMIT,
            user,
            opener.channel,
            resolver.into(data),
            source=opener.source,
            opened_by=opener,
        )

    def _open(
        self,
        kind: InteractionType,
        user: User,
        channel: Channel,
        data: JsonObject,
        *,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> JsonObject:
        interaction = self._desk.open(kind, user=user, channel=channel, data=data, source=source, opened_by=opened_by)
        return {"id": str(interaction.id)}

    def _find(self, user: User, channel: Channel, kind: CommandType, name: str) -> JsonObject:
        return command_input.find_command(self._registry, self._world, user=user, channel=channel, kind=kind, name=name)

    def _resolver(self, user: User, channel: Channel, body: Body) -> Resolver:
        return Resolver(
            world=self._world,
            files=self._files,
            render=self._render,
            user=user,
            guild=self._world.guild_of(channel),
            uploads=body.uploads,
            upload_limit=self._messages.upload_limit(channel),
        )

    def _channel(self, user: User, payload: JsonObject) -> Channel:
        return self._access.channel(snowflake(payload.get("channel_id")) or 0, user)

    def _message(self, user: User, payload: JsonObject, key: str = "message_id") -> Message:
        """Return a message that the member sees and that is not still loading."""
        channel = self._channel(user, payload)
        message = channel.messages.get(snowflake(payload.get(key)) or 0)
        if message is None or not self._world.may_view(user.id, message):
            raise ClientRefusal(f"{user.username} sees no such message")
        if message.flags & MessageFlag.LOADING:
            raise ClientRefusal("the message is still loading")
        return message


def _kind(payload: JsonObject) -> CommandType:
    try:
        return CommandType(payload.get("kind", CommandType.CHAT_INPUT))
    except ValueError:
        raise ClientRefusal("there is no such kind of command") from None


def _names(payload: JsonObject) -> tuple[str, list[str]]:
    """Return the name of a command and those of the subcommands after it."""
    name, *path = text(payload, "name").split() or [""]
    return name, path


def _options(payload: JsonObject) -> JsonObject:
    options = payload.get("options")
    return options if is_object(options) else {}


def _command_data(command: JsonObject) -> JsonObject:
    data: JsonObject = {key: command[key] for key in ("id", "name", "type")}
    return data | {"guild_id": command["guild_id"]} if "guild_id" in command else data
