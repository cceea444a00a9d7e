"""The first page of the settings panel: everything that is set, at a glance."""

from collections.abc import Sequence

from bot.settings.panel.ids import Page
from bot.settings.panel.pages import (
    asking_words,
    records_words,
    review_times_words,
    server_limits_words,
)
from bot.settings.panel.parts import EMOJI, TITLES, PanelState, Part, text
from bot.settings.words import (
    channel_name,
    durations_words,
    language_words,
    limits_words,
    on_off,
    originals_words,
    ratios_words,
    review_labels,
    role_names,
    sharing_labels,
)
from bot.ui.formats import number
from bot.ui.language import _, ngettext


def overview_page(state: PanelState) -> Sequence[Part]:
    """Write every setting, under the page where it is changed."""
    paused = [text(_("⏸️ **New videos are paused on the whole server.**"))] if state.settings.paused else []
    blocks = {
        Page.PLACES: _places(state),
        Page.REVIEW: _review(state),
        Page.LIMITS: _limits(state),
        Page.FILTERS: _filters(state),
        Page.POSTS: _posts(state),
        Page.CAST: _cast(state),
        Page.CHANNELS: _channels(state),
    }
    return (
        *paused,
        *(
            text("\n".join([_heading(page), *(f"-# {line}" for line in lines)]))
            for page, lines in blocks.items()
            if lines
        ),
    )


def _heading(page: Page) -> str:
    return f"**{EMOJI[page]} {_(TITLES[page])}**"


def _places(state: PanelState) -> Sequence[str]:
    settings, facts = state.settings, state.facts
    output = settings.output_channel_id
    posted = _("where they were asked for") if output is None else channel_name(output, facts)
    log = _("none") if settings.log_channel_id is None else channel_name(settings.log_channel_id, facts)
    return [
        _("Where members may ask: {where}").format(where=asking_words(state)),
        _("Who may ask: {who}").format(who=role_names(settings.roles, facts) or _("everybody")),
        _("Where videos are posted: {where}").format(where=posted),
        _("Log channel: {channel}").format(channel=log),
    ]


def _review(state: PanelState) -> Sequence[str]:
    settings, facts = state.settings, state.facts
    where = _("none") if settings.review_channel_id is None else channel_name(settings.review_channel_id, facts)
    lines = [
        _("When a moderator looks: {mode}").format(mode=review_labels()[settings.review.value.lower()]),
        _("Review channel: {channel}").format(channel=where),
    ]
    if settings.trusted_roles:
        lines.append(_("Roles that skip the review: {roles}").format(roles=role_names(settings.trusted_roles, facts)))
    return [*lines, review_times_words(state)]


def _limits(state: PanelState) -> Sequence[str]:
    settings = state.settings
    lines = [_("Each member: {limits}").format(limits=limits_words(settings.member_limits))]
    if settings.role_limits:
        roles = role_names(settings.role_limits, state.facts)
        lines.append(_("Roles with limits of their own: {roles}").format(roles=roles))
    return [*lines, server_limits_words(state)]


def _filters(state: PanelState) -> Sequence[str]:
    settings = state.settings
    count = len(settings.words)
    words = ngettext("{count} word of your own", "{count} words of your own", count).format(count=number(count))
    applied = on_off(is_on=settings.automod and state.facts.automod.readable)
    return [_("AutoMod: {state} · {words}").format(state=applied, words=words)]


def _posts(state: PanelState) -> Sequence[str]:
    settings = state.settings
    choices = _("Spoilers: {spoilers} · Durations: {durations} · Aspect ratios: {ratios}")
    return [
        choices.format(
            spoilers=on_off(is_on=settings.spoiler),
            durations=durations_words(settings.durations),
            ratios=ratios_words(settings.aspect_ratios),
        ),
        _("AI label: {state}").format(state=on_off(is_on=settings.ai_label)),
        _("Buttons to the original file: {when}").format(when=originals_words(settings.original_links)),
        records_words(state),
    ]


def _cast(state: PanelState) -> Sequence[str]:
    settings = state.settings
    return [
        _("Language of cards and posts: {language}").format(language=language_words(settings.language)),
        _("Who may share saved characters: {who}").format(who=sharing_labels()[settings.cast_sharing.value.lower()]),
    ]


def _channels(state: PanelState) -> Sequence[str]:
    own = len(state.settings.channel_settings)
    sentence = ngettext("{count} channel has settings of its own", "{count} channels have settings of their own", own)
    return [sentence.format(count=number(own))] if own else []
