"""Requests and decisions in a line each, for a server's log channel and for `/records`."""

from collections.abc import Mapping
from typing import Final

from bot.delivery.card_view import other_words
from bot.delivery.state_looks import LOOKS
from bot.jobs.decisions import Decided, Decision
from bot.jobs.states import State
from bot.records.store import Item, Record
from bot.ui.formats import dollars, lasted
from bot.ui.language import N_, _
from bot.ui.text import clip, message_address, plain

PROMPT_SHOWN: Final = 120  # characters in a line of the log channel
REASON_SHOWN: Final = 150

_DECIDED: Final[Mapping[Decided, str]] = {
    Decided.APPROVED: N_("{who} approved a request by {member}."),
    Decided.APPROVED_AS_SPOILER: N_("{who} approved a request by {member} as a spoiler."),
    Decided.REJECTED: N_("{who} rejected a request by {member}."),
    Decided.WITHHELD: N_("{who} stopped a video by {member} from being posted."),
    Decided.REPORTED: N_("{who} reported a video by {member}."),
    Decided.HIDDEN: N_("{who} hid a video by {member} because of reports."),
    Decided.PUT_BACK: N_("{who} restored a video by {member}."),
    Decided.DISMISSED: N_("{who} dismissed the reports on a video by {member}."),
    Decided.TAKEN_DOWN: N_("{who} took down a video by {member}."),
    Decided.DELETED: N_("{who} deleted a video by {member}."),
    Decided.QUOTA_GIVEN_BACK: N_("{who} refunded usage for a video by {member}. It no longer counts toward limits."),
    Decided.BLOCKED: N_("{who} blocked {member}."),
    Decided.UNBLOCKED: N_("{who} unblocked {member}."),
    Decided.IMAGES_BLOCKED: N_("{who} blocked images from {member} in this server."),
    Decided.IMAGE_BLOCKED: N_("{who} blocked an image in this server."),
    Decided.IMAGE_ALLOWED: N_("{who} unblocked an image in this server."),
    Decided.SETTINGS_CHANGED: N_("{who} changed this server's settings."),
}
_EMOJI: Final[Mapping[Decided, str]] = {  # of what ends a video, as its card has it
    Decided.APPROVED: "✅",
    Decided.APPROVED_AS_SPOILER: "🫣",
    Decided.REJECTED: LOOKS[State.REJECTED].emoji,
    Decided.WITHHELD: LOOKS[State.WITHHELD].emoji,
    Decided.REPORTED: "🚩",
    Decided.HIDDEN: "🙈",
    Decided.PUT_BACK: "↩️",
    Decided.DISMISSED: "☑️",
    Decided.TAKEN_DOWN: LOOKS[State.TAKEN_DOWN].emoji,
    Decided.DELETED: "🗑️",
    Decided.QUOTA_GIVEN_BACK: "🎟️",
    Decided.BLOCKED: "🔒",
    Decided.UNBLOCKED: "🔓",
    Decided.IMAGES_BLOCKED: "🔒",
    Decided.IMAGE_BLOCKED: "🔒",
    Decided.IMAGE_ALLOWED: "🔓",
    Decided.SETTINGS_CHANGED: "⚙️",
}


def decided_line(decision: Decision, *, reason_limit: int = REASON_SHOWN) -> str:
    """Say who decided what, and why."""
    who = f"<@{decision.by_id}>" if decision.by_id else _("The bot")
    sentence = _(_DECIDED[decision.kind]).format(who=who, member=f"<@{decision.member_id}>")
    line = f"{_EMOJI[decision.kind]} {sentence}"
    if not decision.reason:
        return line
    reason = " ".join(decision.reason.split())
    if decision.kind is Decided.SETTINGS_CHANGED:  # in our own words and of bounded length, with channels and roles
        return f"{line} {reason}"
    return f"{line} ({plain(clip(reason, reason_limit))})"


def log_line(item: Item) -> str:
    """Write what the log channel is told; the prompt only where everyone may see it."""
    if item.decision is not None:
        link = f" {found}" if item.record and (found := video_address(item.record)) else ""
        return _told(item.decision) + link
    record = item.record
    if record is None:
        return ""
    line = f"{facts_line(record)} · <@{record.member_id}> <#{record.channel_id}>"
    if found := video_address(record):
        line += f" {found}"
    if record.open and record.prompt:
        line += f"\n-# {plain(clip(' '.join(record.prompt.split()), PROMPT_SHOWN))}"
    return line


def _told(decision: Decision) -> str:
    """Say what was decided, but not who reported something: a log channel may have more readers than moderators."""
    if decision.kind is Decided.REPORTED:
        told = _("A video by {member} was reported.").format(member=f"<@{decision.member_id}>")
        return f"{_EMOJI[decision.kind]} {told}"
    return decided_line(decision)


def facts_line(record: Record) -> str:
    """Write how a request stands, how long its video is, and what it cost."""
    look = LOOKS[record.state]
    cost = [] if record.cost_usd is None else [dollars(record.cost_usd)]
    return " · ".join(
        [f"{look.emoji} **{look.title}**", lasted(record.options.duration), *other_words(record.options), *cost]
    )


def video_address(record: Record) -> str | None:
    """Return the address of the post, or of the card where nothing is posted."""
    if record.video_message_id is not None and record.state is not State.TAKEN_DOWN:
        return message_address(record.guild_id, record.video_channel_id, record.video_message_id)
    return card_address(record)


def card_address(record: Record) -> str | None:
    if record.card_message_id is None:
        return None
    return message_address(record.guild_id, record.channel_id, record.card_message_id)
