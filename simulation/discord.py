"""Discord as discord.py's HTTP client meets it: its API, with its refusals, over a simulated world."""

import random
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from simulation.discord_world import EPHEMERAL, LOADING, Channel, DiscordWorld, Guild, Interaction, Message
from simulation.http import Asked, Told

CDN: Final = "cdn.discordapp.com"
NONCE_LIFE: Final = timedelta(minutes=5)
ANSWER_WITHIN: Final = timedelta(seconds=3)
TOKEN_LIFE: Final = timedelta(minutes=15)


class Refusal(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.told = Told(status=status, body={"code": code, "message": message})


class Discord(DiscordWorld):
    """The service."""

    def __init__(self, rng: random.Random, now: Callable[[], datetime]) -> None:
        super().__init__(rng, now)
        self.unknown: set[str] = set()  # routes that it does not serve
        self._routes = [
            (re.compile(f"^{method} {pattern}$"), serve)
            for method, pattern, serve in (
                ("GET", r"/users/@me", self._me),
                ("GET", r"/applications/@me", self._application),
                ("GET", r"/oauth2/applications/@me", self._application),
                ("PUT", r"/applications/\d+/commands", self._put_commands),
                ("GET", r"/applications/\d+/commands", self._get_commands),
                ("GET", r"/users/(\d+)", self._user_route),
                ("POST", r"/users/@me/channels", self._open_dm),
                ("GET", r"/guilds/(\d+)", self._guild_route),
                ("GET", r"/guilds/(\d+)/members/(\d+)", self._member_route),
                ("GET", r"/guilds/(\d+)/auto-moderation/rules", self._rules),
                ("GET", r"/channels/(\d+)", self._channel_route),
                ("GET", r"/channels/(\d+)/messages", self._history),
                ("POST", r"/channels/(\d+)/messages", self._send),
                ("GET", r"/channels/(\d+)/messages/(\d+)", self._get),
                ("PATCH", r"/channels/(\d+)/messages/(\d+)", self._edit),
                ("DELETE", r"/channels/(\d+)/messages/(\d+)", self._delete),
                ("POST", r"/interactions/(\d+)/([^/]+)/callback", self._callback),
                ("POST", r"/webhooks/\d+/([^/]+)", self._follow_up),
                ("GET", r"/webhooks/\d+/([^/]+)/messages/(@original|\d+)", self._get_answer),
                ("PATCH", r"/webhooks/\d+/([^/]+)/messages/(@original|\d+)", self._edit_answer),
                ("DELETE", r"/webhooks/\d+/([^/]+)/messages/(@original|\d+)", self._delete_answer),
            )
        ]

    # --- REST ------------------------------------------------------------------------------------------------

    def serve(self, asked: Asked) -> Told:
        """Answer a request as the API would."""
        if asked.url.host == CDN:
            return Told(text="something")
        path = asked.url.path.split("/v10", 1)[-1]
        for pattern, serve in self._routes:
            if found := pattern.match(f"{asked.method} {path}"):
                try:
                    body = serve(asked, *found.groups())
                except Refusal as refusal:
                    return refusal.told
                return Told(status=204, text="") if body is None else Told(body=body)
        self.unknown.add(f"{asked.method} {re.sub(r'[0-9]{5,}', 'ID', path)}")
        return Told(status=404, body={"code": 0, "message": "404: Not Found"})

    def _me(self, _asked: Asked) -> Any:
        return self._user_json(self.bot_id, "reelcast", bot=True)

    def _application(self, _asked: Asked) -> Any:
        owner = next(iter(self.guilds.values())).owner_id
        return {
            "id": str(self.application_id),
            "name": "Reelcast",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "",
            "flags": 0,
            "owner": self._user_json(owner, "owner"),
            "team": None,
        }

    def _put_commands(self, asked: Asked) -> Any:
        known = {(each["name"], each["type"]): each["id"] for each in self.commands}
        self.commands = [
            {
                "dm_permission": None,
                "default_member_permissions": None,
                "nsfw": False,
                "description": "",
                **each,
                "type": each.get("type", 1),
            }
            | {"id": known.get((each["name"], each.get("type", 1))) or str(self.snowflake())}
            | {"application_id": str(self.application_id), "version": "1"}
            for each in asked.body
        ]
        return self.commands

    def _get_commands(self, _asked: Asked) -> Any:
        return self.commands

    def _user_route(self, _asked: Asked, user_id: str) -> Any:
        return self._user_json(int(user_id), "someone")

    def _open_dm(self, asked: Asked) -> Any:
        recipient = int(asked.body["recipient_id"])
        channel = next((each for each in self.channels.values() if each.recipient == recipient), None)
        if channel is None:
            channel = Channel(id=self.snowflake(), guild_id=None, name="", recipient=recipient)
            self.channels[channel.id] = channel
        return self.channel_json(channel)

    def _guild_route(self, _asked: Asked, guild_id: str) -> Any:
        return self.guild_json(self._guild(guild_id))

    def _member_route(self, _asked: Asked, guild_id: str, user_id: str) -> Any:
        member = self._guild(guild_id).members.get(int(user_id))
        if member is None:
            raise Refusal(404, 10007, "Unknown Member")
        return self._member_json(member)

    def _rules(self, _asked: Asked, _guild_id: str) -> Any:
        return []

    def _channel_route(self, _asked: Asked, channel_id: str) -> Any:
        return self.channel_json(self._open(channel_id, "view_channel"))

    def _history(self, asked: Asked, channel_id: str) -> Any:
        channel = self._open(channel_id, "view_channel")
        if channel.denied & discord.Permissions(read_message_history=True).value:
            return []
        query = asked.url.query
        limit = int(query.get("limit", "50"))
        messages = list(self.messages.get(channel.id, {}).values())
        if "after" in query:
            later = [each for each in messages if each.id > int(query["after"])][:limit]
            return [self._message_json(each) for each in reversed(later)]
        before = int(query.get("before", 1 << 63))
        return [self._message_json(each) for each in reversed([each for each in messages if each.id < before][-limit:])]

    def _send(self, asked: Asked, channel_id: str) -> Any:
        channel = self._open(channel_id, "view_channel", "send_messages", *(["attach_files"] if asked.files else []))
        body = asked.body
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        messages = self.messages.setdefault(channel.id, {})
        if nonce is not None and body.get("enforce_nonce"):
            for each in reversed(messages.values()):
                if each.at < self._now() - NONCE_LIFE:
                    break
                if each.nonce == nonce and each.author_id == self.bot_id:
                    return self._message_json(each)
        reference = body.get("message_reference")
        if reference and reference.get("fail_if_not_exists", True):
            held = self.messages.get(int(reference["channel_id"]), {})
            if int(reference["message_id"]) not in held:
                raise Refusal(400, 50035, "Invalid Form Body: message_reference: Unknown message")
        message = self._new_message(channel.id, body, asked.files)
        message.nonce = nonce
        message.reply_to = int(reference["message_id"]) if reference else None
        return self._message_json(message)

    def _get(self, _asked: Asked, channel_id: str, message_id: str) -> Any:
        channel = self._open(channel_id, "view_channel", "read_message_history")
        return self._message_json(self._message(channel.id, message_id))

    def _edit(self, asked: Asked, channel_id: str, message_id: str) -> Any:
        channel = self._open(channel_id, "view_channel")
        return self._message_json(self._change(self._message(channel.id, message_id), asked))

    def _delete(self, _asked: Asked, channel_id: str, message_id: str) -> None:
        channel = self._open(channel_id, "view_channel")
        self.remove(self._message(channel.id, message_id))

    def remove(self, message: Message) -> None:
        """Delete a message, of anyone."""
        self.messages[message.channel_id].pop(message.id, None)
        self.changed("deleted", message)

    def _callback(self, asked: Asked, _id: str, token: str) -> Any:
        interaction = self.interactions.get(token)
        if interaction is None or self._now() > interaction.at + ANSWER_WITHIN:
            raise Refusal(404, 10062, "Unknown interaction")
        if interaction.answered is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        kind: int = asked.body["type"]
        data: dict[str, Any] = asked.body.get("data") or {}
        interaction.answered = kind
        channel_id = int(interaction.payload["channel_id"])
        described: dict[str, Any] = {"id": str(interaction.id), "type": interaction.payload["type"]}
        if kind == 4:
            interaction.message = self._new_message(channel_id, data, asked.files)
        elif kind == 5:
            interaction.message = self._new_message(channel_id, {"flags": data.get("flags", 0) | LOADING}, {})
        elif kind in {6, 7}:
            source = interaction.payload.get("message")
            held = None if source is None else self.messages.get(channel_id, {}).get(int(source["id"]))
            interaction.message = held
            if kind == 7 and held is not None:
                self._change(held, Asked(method="PATCH", url=asked.url, body=data, files=asked.files))
        elif kind == 9:
            interaction.modal = data
        body: dict[str, Any] = {"interaction": described}
        if interaction.message is not None:
            described |= {"response_message_id": str(interaction.message.id)}
            body["resource"] = {"type": kind, "message": self._message_json(interaction.message)}
        return body

    def _token(self, token: str) -> Interaction:
        interaction = self.interactions.get(token)
        if interaction is None or self._now() > interaction.at + TOKEN_LIFE:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return interaction

    def _follow_up(self, asked: Asked, token: str) -> Any:
        interaction = self._token(token)
        message = self._new_message(int(interaction.payload["channel_id"]), asked.body, asked.files)
        interaction.followups.append(message)
        return self._message_json(message)

    def _answer(self, token: str, which: str) -> Message:
        interaction = self._token(token)
        message = interaction.message
        if which != "@original":
            message = next((each for each in interaction.followups if each.id == int(which)), None)
        if message is None or message.id not in self.messages.get(message.channel_id, {}):
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def _get_answer(self, _asked: Asked, token: str, which: str) -> Any:
        return self._message_json(self._answer(token, which))

    def _edit_answer(self, asked: Asked, token: str, which: str) -> Any:
        message = self._answer(token, which)
        message.flags &= ~LOADING
        return self._message_json(self._change(message, asked))

    def _delete_answer(self, _asked: Asked, token: str, which: str) -> None:
        self.remove(self._answer(token, which))

    # --- messages --------------------------------------------------------------------------------------------

    def _guild(self, guild_id: str) -> Guild:
        guild = self.guilds.get(int(guild_id))
        if guild is None:
            raise Refusal(404, 10004, "Unknown Guild")
        return guild

    def _open(self, channel_id: str, *needed: str) -> Channel:
        channel = self.channels.get(int(channel_id))
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        for name in needed:
            if channel.denied & discord.Permissions(**{name: True}).value:
                raise Refusal(403, 50001 if name == "view_channel" else 50013, "Missing Access")
        return channel

    def _message(self, channel_id: int, message_id: str) -> Message:
        message = self.messages.get(channel_id, {}).get(int(message_id))
        if message is None or message.flags & EPHEMERAL:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def _new_message(self, channel_id: int, body: Mapping[str, Any], files: Mapping[str, Any]) -> Message:
        message = Message(id=self.snowflake(), channel_id=channel_id, author_id=self.bot_id, at=self._now())
        message.flags = body.get("flags", 0)
        self.messages.setdefault(channel_id, {})[message.id] = message
        self._fill(message, body, files)
        self.changed("sent", message)
        return message

    def _change(self, message: Message, asked: Asked) -> Message:
        kept = asked.body.get("attachments")
        if kept is not None:
            ids = {str(each["id"]) for each in kept}
            message.attachments = [each for each in message.attachments if each["id"] in ids]
        self._fill(message, asked.body, asked.files)
        self.changed("edited", message)
        return message

    def _fill(self, message: Message, body: Mapping[str, Any], files: Mapping[str, Any]) -> None:
        if body.get("flags") is not None:
            message.flags |= body["flags"]
        for filename, _content in files.values():
            message.attachments.append(self.upload(message.channel_id, filename))
        if body.get("content") is not None:
            message.content = body["content"]
        elif "content" in body:
            message.content = ""
        if body.get("components") is not None:
            message.components = _resolved(body["components"], message.attachments)


def _resolved(components: list[Any], attachments: list[dict[str, Any]]) -> list[Any]:
    """Return components with addresses in place of `attachment://` names."""
    return [_part_resolved(each, attachments) for each in components]


def _part_resolved(part: dict[str, Any], attachments: list[dict[str, Any]]) -> dict[str, Any]:
    url = part.get("url")
    if isinstance(url, str) and url.startswith("attachment://"):
        named = next((each for each in attachments if each["filename"] == url.removeprefix("attachment://")), None)
        if named is None:
            raise Refusal(400, 50035, "Invalid Form Body: the attachment was not found")
        return part | {key: named[key] for key in ("url", "proxy_url", "width", "height", "content_type")}
    inner: dict[str, Any] = {}
    for key, value in part.items():
        if isinstance(value, list):
            of_one: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
            inner[key] = [_part_resolved(each, attachments) if isinstance(each, dict) else each for each in of_one]  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, dict):
            inner[key] = _part_resolved(value, attachments)  # pyright: ignore[reportUnknownArgumentType]
        else:
            inner[key] = value
    return inner
