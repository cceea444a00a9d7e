"""Gateway dispatches held against the schemas that the document has for the objects in them.

The document describes the HTTP API only. An object that the gateway sends is the one that HTTP answers,
with the few additions and omissions that https://docs.discord.com/developers/events/gateway-events names;
the table below says so for each event. What stands in no row (presences, READY's frame, a guild's own
properties) has no HTTP counterpart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.contract.document import Document
from sandbox.contract.findings import Finding, Side, Verdict, finding_of, plain_finding
from sandbox.contract.recording import Dispatch
from sandbox.contract.schemas import UNKNOWN, SchemaChecker, Violation
from sandbox.contract.values import Json, JsonObject, Place, general_pointer

EACH = "*"
MESSAGE_EXTRAS = frozenset({"/guild_id", "/member", "/mentions/*/member", "/channel_type"})
MEMBER_EXTRAS = frozenset({"/permissions", "/unusual_dm_activity_until"})
AUTOMOD_RULES = (
    "DefaultKeywordRuleResponse",
    "KeywordRuleResponse",
    "MLSpamRuleResponse",
    "MentionSpamRuleResponse",
    "UserProfileRuleResponse",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayObject:
    """Where an event carries an object, and how it differs from the one that HTTP answers."""

    events: tuple[str, ...]
    at: tuple[str, ...] = ()  # `EACH` stands for every item of a list or object
    components: tuple[str, ...]  # the object is one of these
    adds: frozenset[str] = frozenset()  # general pointers below the object
    omits: frozenset[str] = frozenset()  # the same, of required properties


GATEWAY_OBJECTS = (
    GatewayObject(events=("READY",), at=("user",), components=("UserPIIResponse",), omits=frozenset({"/locale"})),
    GatewayObject(events=("GUILD_CREATE",), at=("roles", EACH), components=("GuildRoleResponse",)),
    GatewayObject(
        events=("GUILD_CREATE",),
        at=("channels", EACH),
        components=("GuildChannelResponse",),
        omits=frozenset({"/guild_id"}),
    ),
    GatewayObject(events=("GUILD_CREATE",), at=("threads", EACH), components=("ThreadResponse",)),
    GatewayObject(events=("GUILD_CREATE",), at=("members", EACH), components=("GuildMemberResponse",)),
    GatewayObject(events=("GUILD_CREATE",), at=("emojis", EACH), components=("EmojiResponse",)),
    GatewayObject(events=("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"), at=("role",), components=("GuildRoleResponse",)),
    GatewayObject(
        events=("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE"),
        components=("GuildMemberResponse",),
        adds=frozenset({"/guild_id"}),
    ),
    GatewayObject(
        events=("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"),
        components=("GuildChannelResponse", "PrivateChannelResponse"),
    ),
    GatewayObject(
        events=("THREAD_CREATE", "THREAD_UPDATE"),
        components=("ThreadResponse",),
        adds=frozenset({"/newly_created"}),
    ),
    GatewayObject(events=("MESSAGE_CREATE", "MESSAGE_UPDATE"), components=("MessageResponse",), adds=MESSAGE_EXTRAS),
    GatewayObject(
        events=("MESSAGE_CREATE", "MESSAGE_UPDATE"),
        at=("member",),
        components=("GuildMemberResponse",),
        omits=frozenset({"/user"}),
    ),
    GatewayObject(events=("TYPING_START",), at=("member",), components=("GuildMemberResponse",)),
    GatewayObject(
        events=("AUTO_MODERATION_RULE_CREATE", "AUTO_MODERATION_RULE_UPDATE", "AUTO_MODERATION_RULE_DELETE"),
        components=AUTOMOD_RULES,
    ),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("member",),
        components=("PrivateGuildMemberResponse",),
        adds=MEMBER_EXTRAS,
    ),
    GatewayObject(events=("INTERACTION_CREATE",), at=("user",), components=("UserResponse",)),
    GatewayObject(events=("INTERACTION_CREATE",), at=("message",), components=("MessageResponse",)),
    GatewayObject(events=("INTERACTION_CREATE",), at=("entitlements", EACH), components=("EntitlementResponse",)),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("channel",),
        components=("GuildChannelResponse", "ThreadResponse", "PrivateChannelResponse"),
    ),
    GatewayObject(events=("INTERACTION_CREATE",), at=("data", "resolved", "users", EACH), components=("UserResponse",)),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("data", "resolved", "members", EACH),
        components=("BasicGuildMemberResponse",),
        adds=MEMBER_EXTRAS,
    ),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("data", "resolved", "roles", EACH),
        components=("GuildRoleResponse",),
    ),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("data", "resolved", "channels", EACH),
        components=("GuildChannelResponse", "ThreadResponse"),
        omits=frozenset(
            # Resolved channels are partial: what they lack is what an option's reader does not need.
            f"/{name}"
            for name in (
                "guild_id",
                "flags",
                "position",
                "owner_id",
                "message_count",
                "member_count",
                "total_message_sent",
            )
        ),
    ),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("data", "resolved", "messages", EACH),
        components=("MessageResponse",),
    ),
    GatewayObject(
        events=("INTERACTION_CREATE",),
        at=("data", "resolved", "attachments", EACH),
        components=("AttachmentResponse",),
    ),
)


class DispatchChecker:
    def __init__(self, document: Document, schemas: SchemaChecker) -> None:
        self._document = document
        self._schemas = schemas

    def check(self, dispatch: Dispatch) -> Verdict:
        route = f"GATEWAY {dispatch.event}"
        rows = [row for row in GATEWAY_OBJECTS if dispatch.event in row.events]
        findings = [finding for row in rows for finding in self._row(route, row, dispatch.data)]
        return Verdict(route=route, is_exchange=False, response_checked=bool(rows), findings=tuple(findings))

    def _row(self, route: str, row: GatewayObject, data: Json) -> Iterator[Finding]:
        places = list(_objects(row.at, data, ()))
        absent = [name for name in row.components if not self._document.has_component(name)]
        if places and absent:
            yield plain_finding(route, Side.DISPATCH, f"the document has no schema {', '.join(absent)}")
            return
        schema: JsonObject = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in row.components]}
        for place, value in places:
            for violation in self._schemas.violations(schema, value):
                if not _is_gateways_own(row, violation):
                    yield finding_of(route, Side.DISPATCH, _moved(violation, place))


def _objects(at: tuple[str, ...], value: Json, place: Place) -> Iterator[tuple[Place, Json]]:
    """Yield the values at a row's place that are there; null and absent ones are nothing to check."""
    if not at:
        if value is not None:
            yield place, value
        return
    step, rest = at[0], at[1:]
    if isinstance(value, list) and step == EACH:
        for index, item in enumerate(value):
            yield from _objects(rest, item, (*place, index))
    elif isinstance(value, dict):
        for name in value if step == EACH else value.keys() & {step}:
            yield from _objects(rest, value[name], (*place, name))


def _is_gateways_own(row: GatewayObject, violation: Violation) -> bool:
    pointer = general_pointer(violation.place)
    return (violation.rule == UNKNOWN and pointer in row.adds) or (
        violation.rule == "required" and pointer in row.omits
    )


def _moved(violation: Violation, place: Place) -> Violation:
    return Violation(
        rule=violation.rule,
        place=(*place, *violation.place),
        message=violation.message,
        value=violation.value,
    )
