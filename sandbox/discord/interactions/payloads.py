"""Discord's JSON for interactions: the event, the answer to a callback, and what messages keep of it."""

from sandbox.discord.interactions.command_rules import NESTING
from sandbox.discord.interactions.interaction import Interaction
from sandbox.discord.json_fields import objects
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.messages import DEFAULT_UPLOAD_LIMIT
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.world import payloads
from sandbox.discord.world.world import Message, MessageFlag, World

GUILD_CONTEXT, DIRECT_CONTEXT = 0, 1


def event(interaction: Interaction, world: World, render: MessagePayloads) -> JsonObject:
    """Return INTERACTION_CREATE's data."""
    guild, channel = interaction.guild, interaction.channel
    allowed = str(int(world.permissions(interaction.user.id, channel)))
    payload: JsonObject = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": payloads.channel(channel),
        # Also in a private thread without the bot, which so cannot tell from them that it is not in there.
        "app_permissions": str(int(world.permissions_by_roles(world.bot.id, channel))),
        "locale": interaction.user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": owners(interaction),
        "context": DIRECT_CONTEXT if guild is None else GUILD_CONTEXT,
        "attachment_size_limit": DEFAULT_UPLOAD_LIMIT if guild is None else guild.upload_limit,
    }
    if interaction.source is not None:
        payload["message"] = render.message(interaction.source)
    if guild is None:
        return payload | {"user": payloads.user(interaction.user)}
    member = payloads.member(guild.members[interaction.user.id]) | {"permissions": allowed}
    payload["channel"]["permissions"] = allowed
    return payload | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": member,
    }


def owners(interaction: Interaction) -> JsonObject:
    """Return who installed the application for this context: the guild, or 0 in a direct channel."""
    return {"0": "0" if interaction.guild is None else str(interaction.guild.id)}


def metadata(interaction: Interaction) -> JsonObject:
    """Return the `interaction_metadata` of the messages that an interaction leads to."""
    found: JsonObject = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": payloads.user(interaction.user),
        "authorizing_integration_owners": owners(interaction),
    }
    if interaction.original is not None:
        found["original_response_message_id"] = str(interaction.original.id)
    if interaction.source is not None and interaction.opened_by is None:
        found["interacted_message_id"] = str(interaction.source.id)
    if interaction.data.get("type") == 3 and "target_id" in interaction.data:
        found["target_message_id"] = interaction.data["target_id"]
    if interaction.opened_by is not None:
        found["triggering_interaction_metadata"] = metadata(interaction.opened_by)
    return found


def command_name(interaction: Interaction) -> str:
    """Return the name of the command that was used, with those of its subcommands."""
    names, level = [interaction.data["name"]], interaction.data
    while inner := [each for each in objects(level.get("options")) if each["type"] in NESTING]:
        level = inner[0]
        names.append(level["name"])
    return " ".join(names)


def callback(interaction: Interaction, changed: Message | None, render: MessagePayloads) -> JsonObject:
    """Return what `with_response` answers; `changed` is the message that the callback made or edited."""
    described: JsonObject = {"id": str(interaction.id), "type": int(interaction.type)}
    described["channel_id"] = str(interaction.channel.id)
    if interaction.guild is not None:
        described["guild_id"] = str(interaction.guild.id)
    original = interaction.original
    if original is not None:
        described |= {
            "response_message_id": str(original.id),
            "response_message_loading": bool(original.flags & MessageFlag.LOADING),
            "response_message_ephemeral": bool(original.flags & MessageFlag.EPHEMERAL),
        }
    body: JsonObject = {"interaction": described}
    if changed is not None and interaction.answered is not None:
        body["resource"] = {"type": int(interaction.answered), "message": render.message(changed)}
    return body
