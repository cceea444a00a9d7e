"""The pages of the settings panel for channels that do otherwise than their server."""

from collections.abc import Sequence

from bot.presentation.settings_ids import Deed, PanelId
from bot.presentation.settings_pages import shortened
from bot.presentation.settings_parts import (
    PanelState,
    Part,
    any_channel,
    explained,
    one_channel,
    one_of,
    opens,
    some_of,
    switch,
    text,
)
from bot.presentation.settings_words import channel_name, duration_labels, own_words, ratio_labels, review_labels
from bot.ui.formats import number
from bot.ui.language import _, ngettext


def channels_page(state: PanelState) -> Sequence[Part]:
    """Show which channels do otherwise than the server."""
    facts = state.facts
    own = [
        f"{channel_name(each, facts)}: {own_words(own, lambda to: channel_name(to, facts))}"
        for each, own in sorted(state.settings.channel_settings.items())
    ]
    return (
        text(
            "\n".join(
                [
                    f"**{_('Channels with settings of their own')}**",
                    *(shortened(own) or [f"-# {_('None: every channel does as the server.')}"]),
                ]
            )
        ),
        any_channel(PanelId(deed=Deed.CHANNEL, name="own_settings"), _("Choose a channel to see and change its own")),
    )


def channel_page(state: PanelState) -> Sequence[Part]:
    """Show what one channel does otherwise."""
    settings, facts, here = state.settings, state.facts, state.channel_id
    own = settings.channel_settings.get(here)
    review = {"server": _("As the server"), **review_labels()}
    spoiler = {"server": _("As the server"), "on": _("Hidden until a member clicks"), "off": _("Not hidden")}
    spoilers = {None: "server", True: "on", False: "off"}
    limit = limits_words_of_channel(state)
    return (
        explained(channel_name(here, facts), _("What is not chosen here is as the server has it.")),
        switch(_("Paused"), _("Nothing new is made here."), "paused", is_on=bool(own and own.paused), channel_id=here),
        explained(_("Review"), ""),
        one_of(
            PanelId(deed=Deed.PICK, name="review", target=here),
            review,
            "server" if own is None or own.review is None else own.review.value.lower(),
        ),
        explained(_("Where videos are posted"), ""),
        one_channel("output_channel_id", own and own.output_channel_id, facts, _("As the server"), here),
        explained(_("Spoilers"), ""),
        one_of(PanelId(deed=Deed.PICK, name="spoiler", target=here), spoiler, spoilers[own and own.spoiler]),
        explained(_("Allowed durations and aspect ratios"), ""),
        some_of(
            PanelId(deed=Deed.ALLOW, name="durations", target=here),
            duration_labels(),
            {str(each) for each in (own and own.durations) or ()},
            none=_("Durations as the server"),
        ),
        some_of(
            PanelId(deed=Deed.ALLOW, name="aspect_ratios", target=here),
            ratio_labels(),
            (own and own.aspect_ratios) or (),
            none=_("Aspect ratios as the server"),
        ),
        opens(_("Each member in this channel"), limit, _("Change"), "channel_limits", here),
    )


def limits_words_of_channel(state: PanelState) -> str:
    own = state.settings.channel_settings.get(state.channel_id)
    if own is None or own.per_day is None:
        return _("no limit besides the server's")
    return ngettext("{count} video in 24 hours", "{count} videos in 24 hours", own.per_day).format(
        count=number(own.per_day)
    )
