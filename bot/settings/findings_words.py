"""What is wrong with a server's settings, a sentence each: what it is, and what to do."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.settings.findings import Finding, FindingCode, Purpose, ServerFacts, Weight
from bot.settings.words import channel_name, role_name
from bot.ui.formats import dollars, listed, number
from bot.ui.language import N_, _, ngettext
from bot.ui.text import clip, plain

MARKS: Final[Mapping[Weight, str]] = {
    Weight.STOPS: "🔴",
    Weight.RISKS: "🟠",
    Weight.ODD: "🟡",
    Weight.NOTE: "🔵",
}
RULE_LIMIT: Final = 80  # characters of a rule's name or pattern
SHORT: Final = 2  # findings that are shown after a change

# One sentence for whatever channels are meant.
_PLAIN: Final[Mapping[FindingCode, str]] = {
    FindingCode.NOT_CHOSEN: N_(
        "No channels are set, so only members with Manage Server can make videos. Choose channels under "
        "*Where and who*."
    ),
    FindingCode.NO_CHANNEL: N_(
        "No channels are chosen, so members can't make videos. Choose channels under *Where and who*."
    ),
    FindingCode.CHANNELS_GONE: N_(
        "The chosen channels no longer exist, so members can't make videos. Choose others under *Where and who*."
    ),
    FindingCode.NO_ROLE: N_(
        "The roles that can make videos no longer exist, so no one can make videos. Choose others under "
        "*Where and who*."
    ),
    FindingCode.PAUSED: N_("New videos are paused on the whole server. Resume below."),
    FindingCode.NO_REVIEW_CHANNEL: N_(
        "Review is on, but there's no review channel, so every video would eventually be rejected. "
        "Choose one under *Review*."
    ),
    FindingCode.AUTOMOD_UNREAD: N_(
        "The server's AutoMod rules are NOT applied to prompts. The bot needs Manage Server to read "
        "them. Give it that permission, or add blocked words under *Filters*."
    ),
    FindingCode.AUTOMOD_UNREACHABLE: N_(
        "The bot can't get the server's AutoMod rules from Discord right now. Until it can, prompts are "
        "blocked or not checked against them. That depends on the choice for patterns under *Filters*."
    ),
    FindingCode.AUTOMOD_OFF: N_(
        "The server's AutoMod rules are NOT applied to prompts. That's turned off under *Filters*."
    ),
    FindingCode.CHANNEL_PAUSED: N_("New videos are paused in {channel}. Resume them under *Channels*."),
    FindingCode.REVIEW_PUBLIC: N_(
        "Everyone can see {channel}, the review channel, so nothing is shown there for review. Requests "
        "and videos are eventually rejected. Hide the channel from members, or choose another."
    ),
    FindingCode.LOG_PUBLIC: N_("Everyone can see {channel}, the log channel. Hide the channel from members."),
    FindingCode.UNUSED_CHANNEL: N_("{channel} has its own settings, but members can't make videos there."),
    FindingCode.NO_DURATION: N_(
        "The bot can't make videos of any of the allowed durations. Allow another under *Posts*."
    ),
    FindingCode.NO_RATIO: N_(
        "The bot can't make videos in any of the allowed aspect ratios. Allow another under *Posts*."
    ),
    FindingCode.AI_UNSAID: N_(
        "Posts don't say that the video is AI-generated. Laws such as the EU's AI Act can require that. Turn on the AI"
        " label under *Posts*."
    ),
    FindingCode.ORIGINALS: N_(
        "Posts always link to the original file, even though videos are reviewed. A takedown can't "
        "delete that file. Change this under *Posts*."
    ),
    FindingCode.SHARING_UNREVIEWED: N_(
        "All members can share saved characters, and no moderator reviews them first. Let only "
        "moderators share, under *Language and cast*."
    ),
    FindingCode.SHARING_BY_MODERATORS: N_(
        "Only moderators (members with Manage Messages) can share saved characters with the server."
    ),
    FindingCode.REPORTS_BARE: N_(
        "{channel}, where moderators see reports, isn't age-restricted. For videos from age-restricted "
        "channels, it only shows where they were posted. Make it age-restricted to see the videos there, "
        "too."
    ),
    FindingCode.NOBODY_TOLD: N_(
        "Members' reports go to the server's owner in direct messages, because there's no review channel or log "
        "channel. Choose one under *Review*."
    ),
    FindingCode.NO_CAP: N_(
        "This server has no spending limit, so its members can use up the whole bot's limit. Set one "
        "under *Limits and spending*."
    ),
}
_MISSING: Final[Mapping[Purpose, str]] = {
    Purpose.REQUESTS: N_(
        "The bot doesn't have {permissions} in {channel}, where members can make videos. Allow that in the channel."
    ),
    Purpose.OUTPUT: N_(
        "The bot doesn't have {permissions} in {channel}, where videos are posted. Allow that in the channel."
    ),
    Purpose.REVIEW: N_(
        "The bot doesn't have {permissions} in {channel}, the review channel. Allow that in the channel."
    ),
    Purpose.LOG: N_("The bot doesn't have {permissions} in {channel}, the log channel. Allow that in the channel."),
}
_UNRESTRICTED: Final[Mapping[Purpose, str]] = {
    Purpose.OUTPUT: N_(
        "{channel} is age-restricted, but its videos are posted in {other}, which isn't. So no videos "
        "can be made in {channel}. Make {other} age-restricted, or let the videos stay in {channel}."
    ),
    Purpose.REVIEW: N_(
        "{channel} is age-restricted, but its videos are reviewed in {other}, which isn't. So no videos "
        "can be made in {channel}. Make {other} age-restricted, too."
    ),
}
_GONE: Final[Mapping[Purpose, str]] = {
    Purpose.REQUESTS: N_("A channel where members can make videos no longer exists. Choose another."),
    Purpose.OUTPUT: N_("The channel this server posts videos in no longer exists. Choose another, or none."),
    Purpose.REVIEW: N_("The review channel no longer exists. Choose another under *Review*."),
    Purpose.LOG: N_("The log channel no longer exists. Choose another, or none."),
}


def finding_sentence(finding: Finding, facts: ServerFacts) -> str:
    """Say what is wrong, and what to do."""
    match finding.code:
        case FindingCode.MISSING:
            sentence = _(_MISSING[finding.purpose or Purpose.REQUESTS])
        case FindingCode.UNRESTRICTED:
            sentence = _(_UNRESTRICTED[finding.purpose or Purpose.OUTPUT])
        case FindingCode.CHANNEL_GONE:
            return _(_GONE[finding.purpose or Purpose.REQUESTS])
        case FindingCode.CAP_TOO_LOW | FindingCode.CAPS_CROSSED | FindingCode.LIMITS_CROSSED:
            return _amount_sentence(finding, facts)
        case FindingCode.ZERO | FindingCode.SERVER_ZERO | FindingCode.OUT_OF_RANGE:
            return _amount_sentence(finding, facts)
        case FindingCode.AUTOMOD_PRESET | FindingCode.PATTERN_BLOCKS | FindingCode.PATTERN_SKIPPED:
            return _automod_sentence(finding)
        case FindingCode.STALE:
            sentence = ngettext(
                "{count} channel or role in the settings no longer exists. *Tidy up* removes it.",
                "{count} channels or roles in the settings no longer exist. *Tidy up* removes them.",
                finding.count,
            )
        case FindingCode.NO_DURATION | FindingCode.NO_RATIO if finding.channel_id is not None:
            sentence = _("In {channel}, no duration or no aspect ratio is allowed. Allow one under *Channels*.")
        case _:
            sentence = _(_PLAIN[finding.code])
    return sentence.format(
        channel=channel_name(finding.channel_id or 0, facts),
        other=channel_name(finding.other_id or 0, facts),
        permissions=listed([f"**{_(word)}**" for word in finding.words]),
        count=number(finding.count),
    )


def findings_list(findings: Sequence[Finding], facts: ServerFacts, *, most_characters: int = 3_000) -> str:
    """Write all findings, a line each, as far as they fit a message; the clear answer where there is none."""
    if not findings:
        return _("✅ All good: no conflicts, and the bot has the permissions it needs.")
    lines: list[str] = []
    left = most_characters
    for finding in findings:
        text = finding_line(finding, facts)
        left -= len(text)
        if left < 0:
            break
        lines.append(text)
    if more := len(findings) - len(lines):
        lines.append(ngettext("and {count} more", "and {count} more", more).format(count=number(more)))
    return "\n".join(lines)


def short_findings(findings: Sequence[Finding], facts: ServerFacts) -> str:
    """Write what a change has made wrong: the weightiest of it."""
    lines = [finding_line(finding, facts) for finding in findings[:SHORT]]
    if len(findings) > SHORT:
        lines.append(_("*Check* shows the rest."))
    return "\n".join(lines)


def finding_line(finding: Finding, facts: ServerFacts) -> str:
    return f"{MARKS[finding.weight]} {finding_sentence(finding, facts)}"


def _amount_sentence(finding: Finding, facts: ServerFacts) -> str:
    match finding.code:
        case FindingCode.CAP_TOO_LOW:
            sentence = _(
                "A spending limit of {amount} is below the price of one video, {price}. No videos can be made. "
                "Raise it under *Limits and spending*."
            )
            return sentence.format(amount=dollars(finding.amount), price=dollars(finding.price))
        case FindingCode.CAPS_CROSSED:
            sentence = _(
                "The monthly spending limit ({amount}) is below the daily one ({price}), so the daily "
                "one has no effect."
            )
            return sentence.format(amount=dollars(finding.amount), price=dollars(finding.price))
        case FindingCode.LIMITS_CROSSED if finding.role_id is None:
            sentence = _(
                "Each member has a long-period limit below a shorter-period one, so the shorter one has no effect."
            )
        case FindingCode.LIMITS_CROSSED:
            sentence = _("{role} has a long-period limit below a shorter-period one, so the shorter one has no effect.")
        case FindingCode.SERVER_ZERO:
            sentence = _("*{limit}* is 0, so no one can make videos. Raise it, or pause instead.")
        case FindingCode.OUT_OF_RANGE:
            sentence = _("*{limit}* is out of range: that value isn't possible anymore. Set it again.")
        case _ if finding.channel_id is not None:
            sentence = _(
                "The limit in {channel} is 0, so no one can make videos there. Raise it, or pause the channel instead."
            )
        case _ if finding.role_id is not None:
            sentence = _(
                "The *{limit}* limit for {role} is too low for a single video. Members with that role can't make "
                "one unless another role allows more."
            )
        case _:
            sentence = _(
                "The *{limit}* limit for each member is too low for a single video. No one can make videos. Raise it."
            )
    return sentence.format(
        limit=_(finding.name),
        role=role_name(finding.role_id or 0, facts),
        channel=channel_name(finding.channel_id or 0, facts),
    )


def _automod_sentence(finding: Finding) -> str:
    match finding.code:
        case FindingCode.AUTOMOD_PRESET:
            sentence = _(
                "Discord's own word lists in the AutoMod rule {rule} are NOT applied to prompts. Discord doesn't "
                "share their words."
            )
        case FindingCode.PATTERN_BLOCKS:
            sentence = _(
                "The bot can't read this pattern of the AutoMod rule {rule}, so it blocks every prompt: {pattern}. "
                "Change the pattern, or ignore such patterns under *Filters*."
            )
        case _:
            sentence = _("The bot can't read this pattern of the AutoMod rule {rule} and ignores it: {pattern}")
    pattern = finding.words[0] if finding.words else ""
    return sentence.format(rule=f"**{_clipped(finding.name)}**", pattern=_clipped(pattern))


def _clipped(text: str) -> str:
    return plain(clip(" ".join(text.split()), RULE_LIMIT))
