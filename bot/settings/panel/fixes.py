"""Where each finding is fixed: the button beside it opens a page or a form, or makes the change itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.settings.changes import SERVER
from bot.settings.entries import Page
from bot.settings.findings import Finding, FindingCode, Purpose, ServerFacts
from bot.settings.findings_words import SHORT, finding_line, findings_list
from bot.settings.panel.ids import EMOJI, SETUP, TITLES, PanelAction, PanelId, forms
from bot.settings.panel.parts import Part, button, buttons, important, section, text
from bot.settings.words import channel_names
from bot.ui.formats import number
from bot.ui.language import N_, _, ngettext

MOST_SECTIONS: Final = 9  # three components each, of the 40 that a message can have
MOST_CHARACTERS: Final = 3_000  # of all findings together; a message has 4,000

# Findings that are fixed on a page; where a channel has a purpose, on the page where that is chosen.
_PAGES: Final[Mapping[FindingCode, Page]] = {
    **dict.fromkeys(
        (FindingCode.NO_CHANNEL, FindingCode.CHANNELS_GONE, FindingCode.NO_ROLE, FindingCode.LOG_PUBLIC), Page.PLACES
    ),
    **dict.fromkeys(
        (
            *(FindingCode.NO_REVIEW_CHANNEL, FindingCode.REVIEW_PUBLIC),
            *(FindingCode.REPORTS_BARE, FindingCode.NOBODY_TOLD),
        ),
        Page.REVIEW,
    ),
    **dict.fromkeys(
        (
            *(FindingCode.AUTOMOD_UNREAD, FindingCode.AUTOMOD_UNREACHABLE, FindingCode.AUTOMOD_PRESET),
            *(FindingCode.PATTERN_BLOCKS, FindingCode.PATTERN_SKIPPED),
        ),
        Page.FILTERS,
    ),
    **dict.fromkeys((FindingCode.NO_DURATION, FindingCode.NO_RATIO), Page.POSTS),
    FindingCode.SHARING_BY_MODERATORS: Page.CAST,
}
# Findings that one press fixes: the button's label, the setting, and its value.
_CHANGES: Final[Mapping[FindingCode, tuple[str, str, str]]] = {
    FindingCode.PAUSED: (N_("Resume"), "paused", "off"),
    FindingCode.CHANNEL_PAUSED: (N_("Resume"), "paused", "off"),
    FindingCode.AI_UNSAID: (N_("Turn on"), "ai_label", "on"),
    FindingCode.AUTOMOD_OFF: (N_("Turn on"), "automod", "on"),
    FindingCode.ORIGINALS: (N_("Hide links"), "original_links", "auto"),
    FindingCode.SHARING_UNREVIEWED: (N_("Only moderators"), "cast_sharing", "moderators"),
}
_SERVER_FORMS: Final = frozenset(
    {FindingCode.SERVER_ZERO, FindingCode.CAP_TOO_LOW, FindingCode.CAPS_CROSSED, FindingCode.NO_CAP}
)


def fix_of(finding: Finding) -> tuple[str, PanelId]:
    """Return the label and the custom id of the button that fixes a finding."""
    here = finding.channel_id or SERVER
    if finding.code in _CHANGES:
        label, name, value = _CHANGES[finding.code]
        target = here if finding.code is FindingCode.CHANNEL_PAUSED else SERVER
        return _(label), PanelId(action=PanelAction.FIX, name=name, target=target, value=value)
    match finding.code:
        case FindingCode.NOT_CHOSEN:
            return _("Set up"), PanelId(action=PanelAction.FORM, name=SETUP)
        case FindingCode.STALE:
            return _("Tidy up"), PanelId(action=PanelAction.DO, name="tidy")
        case FindingCode.UNUSED_CHANNEL:
            return _("Use server settings"), PanelId(action=PanelAction.DO, name="as_server", target=here)
        case FindingCode.NO_DURATION | FindingCode.NO_RATIO if here:
            return _opens(Page.CHANNELS)[0], PanelId(action=PanelAction.CHANNEL, name="own_settings", target=here)
        case FindingCode.MISSING | FindingCode.CHANNEL_GONE | FindingCode.UNRESTRICTED:
            return _opens(Page.REVIEW if finding.purpose is Purpose.REVIEW else Page.PLACES)
        case code if code in _PAGES:
            return _opens(_PAGES[code])
        case _:
            return _("Change"), _form_of(finding)


def findings_parts(findings: Sequence[Finding], facts: ServerFacts) -> Sequence[Part]:
    """Show findings, each beside the button that fixes it; those with the same fix share one."""
    if not findings:
        return [text(findings_list([], facts))]
    together: dict[PanelId, tuple[str, list[str]]] = {}
    for alike in _alike(findings):
        label, fix = fix_of(alike[0])
        if len(alike) > 1 and fix.target != SERVER:  # each has a fix of its own
            label, fix = _opens(Page.CHANNELS)
        line = finding_line(alike[0], facts)
        if others := [each.channel_id or 0 for each in alike[1:]]:
            line += "\n-# " + _("Also: {channels}").format(channels=channel_names(others, facts))
        together.setdefault(fix, (label, []))[1].append(line)
    parts: list[Part] = []
    rest: list[str] = []
    left = MOST_CHARACTERS
    for fix, (label, lines) in together.items():
        told = "\n".join(lines)
        if len(parts) == MOST_SECTIONS or len(told) > left:
            rest += lines
            continue
        left -= len(told)
        parts.append(section(told, (important if fix.name == SETUP else button)(label, fix)))
    if rest:
        more = ngettext("and {count} more", "and {count} more", len(rest)).format(count=number(len(rest)))
        told = "\n".join(rest)
        parts.append(text(told if len(told) <= left else more))
    return parts


def _alike(findings: Sequence[Finding]) -> Sequence[Sequence[Finding]]:
    """Put together the findings that are the same in several channels, in the order of the first of each."""
    found: dict[Finding, list[Finding]] = {}
    for finding in findings:
        is_like_others = finding.role_id is None and finding.other_id is None
        found.setdefault(replace(finding, channel_id=None) if is_like_others else finding, []).append(finding)
    return [*found.values()]


def fixes_row(findings: Sequence[Finding], page: Page) -> Sequence[Part]:
    """Return a row of buttons that lead from one page to what fixes findings elsewhere."""
    fixes = {fix: label for label, fix in map(fix_of, findings[:SHORT]) if not _is_on(page, fix)}
    return (
        [buttons(*((important if fix.name == SETUP else button)(label, fix) for fix, label in fixes.items()))]
        if fixes
        else []
    )


def _is_on(page: Page, fix: PanelId) -> bool:
    """Return whether a page has by itself what fixes something."""
    if fix.action is PanelAction.TURN:
        return fix.value == page.value
    if fix.name == SETUP:
        return page is Page.OVERVIEW
    return fix.action is PanelAction.DO or fix.page is page


def _opens(page: Page) -> tuple[str, PanelId]:
    return f"{EMOJI[page]} {_(TITLES[page])}", PanelId(action=PanelAction.TURN, name="fix", value=page.value)


def _form_of(finding: Finding) -> PanelId:
    """Return what opens the form with the number that a finding is about."""
    if finding.role_id is not None:
        return PanelId(action=PanelAction.FORM, name="role_limits", target=finding.role_id)
    if finding.channel_id is not None:
        return PanelId(action=PanelAction.FORM, name="channel_limits", target=finding.channel_id)
    if finding.code in _SERVER_FORMS:
        return PanelId(action=PanelAction.FORM, name="server_limits")
    with_it = (
        name
        for name, form in forms().items()
        if form.page is not Page.CHANNEL and any(each.label == finding.name for each in form.fields.values())
    )
    return PanelId(action=PanelAction.FORM, name=next(with_it, "member_limits"))
