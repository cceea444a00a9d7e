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
MOST_CHARACTERS: Final = 3_000  # of all findings together; a message has 4,000
SHORT: Final = 2  # findings that are shown after a change

# One sentence for whatever channels are meant.
_PLAIN: Final[Mapping[FindingCode, str]] = {
    FindingCode.NOT_CHOSEN: N_(
        "Nobody has chosen where members may ask, so only who has Manage Server may. Choose channels under"
        " *Where and who*."
    ),
    FindingCode.NO_CHANNEL: N_(
        "None of the channels where members may ask exists, so they can ask nowhere. Choose others under"
        " *Where and who*."
    ),
    FindingCode.NO_ROLE: N_(
        "None of the roles that may ask exists any more, so nobody may. Choose others under *Where and who*."
    ),
    FindingCode.PAUSED: N_("New videos are paused on the whole server. Resume below."),
    FindingCode.NO_REVIEW_CHANNEL: N_(
        "Videos wait for a moderator, but there is no review channel: all of them would be rejected in the end."
        " Choose one under *Review*."
    ),
    FindingCode.AUTOMOD_UNREAD: N_(
        "The server's AutoMod rules are NOT applied to prompts: the bot needs Manage Server to read them. Give it that"
        " permission, or add words of your own under *Filters*."
    ),
    FindingCode.AUTOMOD_UNREACHABLE: N_(
        "Discord does not give out the server's AutoMod rules right now. Until it does, prompts are refused, or not"
        " held to these rules, as is chosen for patterns under *Filters*."
    ),
    FindingCode.AUTOMOD_OFF: N_(
        "The server's AutoMod rules are NOT applied to prompts: that is turned off under *Filters*."
    ),
    FindingCode.CHANNEL_PAUSED: N_("New videos are paused in {channel}. Resume under *Channels*."),
    FindingCode.REVIEW_PUBLIC: N_(
        "Everyone can see {channel}, the review channel, so nothing that waits is shown there, and it's rejected in the"
        " end. Hide the channel from members, or choose another."
    ),
    FindingCode.LOG_PUBLIC: N_("Everybody sees {channel}, the log channel. Hide the channel from members."),
    FindingCode.UNUSED_CHANNEL: N_("{channel} has settings of its own, but members may not ask there."),
    FindingCode.NO_DURATION: N_("No duration is allowed that the bot can make. Allow one under *Posts*."),
    FindingCode.NO_RATIO: N_("No aspect ratio is allowed that the bot can make. Allow one under *Posts*."),
    FindingCode.AI_UNSAID: N_(
        "Posts don't say that the video is AI-generated. Laws such as the EU's AI Act can require that. Turn on the AI"
        " label under *Posts*."
    ),
    FindingCode.ORIGINALS: N_(
        "Posts always link to the original file, although videos are reviewed: a takedown cannot delete that file."
        " Change it under *Posts*."
    ),
    FindingCode.SHARING_UNREVIEWED: N_(
        "All members may share saved characters, and no moderator sees these before the others do. Let only moderators"
        " share, under *Language and cast*."
    ),
    FindingCode.SHARING_BY_MODERATORS: N_(
        "Only moderators, who have Manage Messages, share saved characters with the server."
    ),
    FindingCode.REPORTS_BARE: N_(
        "{channel}, where moderators read of reports, is not age-restricted: of videos from age-restricted channels it"
        " shows only where they were posted. Restrict it to see them there, too."
    ),
    FindingCode.NOBODY_TOLD: N_(
        "Reports of members reach nobody: there is neither a review channel nor a log channel. Choose one."
    ),
    FindingCode.NO_CAP: N_(
        "There is no spending cap for this server: its members can use up what the whole bot may spend. Set one under"
        " *Limits and spending*."
    ),
}
_MISSING: Final[Mapping[Purpose, str]] = {
    Purpose.REQUESTS: N_(
        "In {channel}, where members may ask, the bot lacks {permissions}. Allow that in the channel."
    ),
    Purpose.OUTPUT: N_(
        "In {channel}, where videos are posted, the bot lacks {permissions}. Allow that in the channel."
    ),
    Purpose.REVIEW: N_("In {channel}, the review channel, the bot lacks {permissions}. Allow that in the channel."),
    Purpose.LOG: N_("In {channel}, the log channel, the bot lacks {permissions}. Allow that in the channel."),
}
_UNRESTRICTED: Final[Mapping[Purpose, str]] = {
    Purpose.OUTPUT: N_(
        "{channel} is age-restricted, but {other}, where its videos are posted, is not, so none is made there."
        " Restrict {other}, or let the videos stay in {channel}."
    ),
    Purpose.REVIEW: N_(
        "{channel} is age-restricted, but {other}, where its videos are reviewed, is not, so none is made there."
        " Restrict {other}, too."
    ),
}
_GONE: Final[Mapping[Purpose, str]] = {
    Purpose.REQUESTS: N_("A channel where members may ask no longer exists. Choose another."),
    Purpose.OUTPUT: N_("The channel where videos are posted no longer exists. Choose another, or none."),
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
            sentence = _("In {channel} no duration or no aspect ratio is allowed. Allow one under *Channels*.")
        case _:
            sentence = _(_PLAIN[finding.code])
    return sentence.format(
        channel=channel_name(finding.channel_id or 0, facts),
        other=channel_name(finding.other_id or 0, facts),
        permissions=listed([f"**{_(word)}**" for word in finding.words]),
        count=number(finding.count),
    )


def findings_list(findings: Sequence[Finding], facts: ServerFacts) -> str:
    """Write all findings, a line each, as far as they fit a message; the clear answer where there is none."""
    if not findings:
        return _("✅ Everything is in order: nothing contradicts, and the bot has the permissions it needs.")
    lines: list[str] = []
    left = MOST_CHARACTERS
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
        lines.append(_("*Check* shows what else."))
    return "\n".join(lines)


def finding_line(finding: Finding, facts: ServerFacts) -> str:
    return f"{MARKS[finding.weight]} {finding_sentence(finding, facts)}"


def _amount_sentence(finding: Finding, facts: ServerFacts) -> str:
    match finding.code:
        case FindingCode.CAP_TOO_LOW:
            sentence = _(
                "A spending cap of {amount} is below the price of one video, {price}: nothing can be made. Raise it"
                " under *Limits and spending*."
            )
            return sentence.format(amount=dollars(finding.amount), price=dollars(finding.price))
        case FindingCode.CAPS_CROSSED:
            sentence = _("The spending cap of a month, {amount}, is below that of a day, {price}.")
            return sentence.format(amount=dollars(finding.amount), price=dollars(finding.price))
        case FindingCode.LIMITS_CROSSED if finding.role_id is None:
            sentence = _("A member's limit for a longer time is below that for a shorter one, which so has no effect.")
        case FindingCode.LIMITS_CROSSED:
            sentence = _("A limit of {role} for a longer time is below that for a shorter one, which so has no effect.")
        case FindingCode.SERVER_ZERO:
            sentence = _("*{limit}* is 0, so no one can make videos. Raise it, or pause instead.")
        case FindingCode.OUT_OF_RANGE:
            sentence = _("*{limit}* is out of range: that value isn't possible anymore. Set it again.")
        case _ if finding.channel_id is not None:
            sentence = _("The limit in {channel} is 0: nobody can ask there. Raise it, or pause the channel instead.")
        case _ if finding.role_id is not None:
            sentence = _(
                "The limit *{limit}* of {role} lets nobody with that role ask, unless another role allows more."
            )
        case _:
            sentence = _(
                "The limit *{limit}* of each member is too low for a single video: nobody can ask for one. Raise it."
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
                "Discord's own word lists in the AutoMod rule {rule} are NOT applied to prompts: Discord does not tell"
                " their words."
            )
        case FindingCode.PATTERN_BLOCKS:
            sentence = _(
                "A pattern of the AutoMod rule {rule} cannot be applied, so every text is refused: {pattern}. Change"
                " the pattern, or leave such patterns out under *Filters*."
            )
        case _:
            sentence = _("A pattern of the AutoMod rule {rule} cannot be applied and is left out: {pattern}")
    pattern = finding.words[0] if finding.words else ""
    return sentence.format(rule=f"**{_clipped(finding.name)}**", pattern=_clipped(pattern))


def _clipped(text: str) -> str:
    return plain(clip(" ".join(text.split()), RULE_LIMIT))
