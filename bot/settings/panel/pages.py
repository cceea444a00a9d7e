"""The pages of the settings panel on which something is decided; what a setting means stands beside it."""

from collections.abc import Sequence
from typing import Final

from bot.settings.changes import SERVER_CHOICES
from bot.settings.panel.ids import PanelAction, PanelId
from bot.settings.panel.parts import (
    PanelState,
    Part,
    any_role,
    button,
    buttons,
    channel_list,
    explained,
    one_channel,
    one_of,
    opens,
    role_list,
    some_of,
    switch,
    text,
)
from bot.settings.words import (
    LANGUAGE_NAMES,
    channel_name,
    channel_names,
    count_words,
    dollars_words,
    duration_labels,
    hours_words,
    limits_words,
    originals_labels,
    pattern_labels,
    ratio_labels,
    review_labels,
    review_notes,
    role_name,
    role_names,
    sharing_labels,
)
from bot.ui.formats import dollars, number
from bot.ui.language import _, ngettext

MOST_LINES: Final = 8  # of channels or roles with something of their own


def places_page(state: PanelState) -> Sequence[Part]:
    """Show where members may ask, who may, and where things go."""
    settings, facts = state.settings, state.facts
    everywhere = switch(
        _("In every channel"),
        _("Members may ask wherever they can use the bot's commands."),
        "everywhere",
        is_on=settings.everywhere,
    )
    channels = () if settings.everywhere else (channel_list("channels", settings.channels or (), facts),)
    who = role_names(settings.roles, facts) or _("Everybody who sees the channel. Choose roles to let only these ask.")
    return (
        explained(_("Where members may ask"), asking_words(state)),
        *channels,
        everywhere,
        explained(_("Who may ask"), who),
        role_list("roles", settings.roles, facts),
        explained(_("Where videos are posted"), output_words(state)),
        one_channel("output_channel_id", settings.output_channel_id, facts, _("In the channel where it was asked")),
        explained(_("Log channel"), log_words(state)),
        one_channel("log_channel_id", settings.log_channel_id, facts, _("No log")),
    )


def review_page(state: PanelState) -> Sequence[Part]:
    """Show what a moderator sees first, and what skips that."""
    settings, facts = state.settings, state.facts
    if settings.review_channel_id is None:
        where = _("What waits for a moderator is shown there. Choose one that members do not see.")
    else:
        where = channel_name(settings.review_channel_id, facts)
    trusted = role_names(settings.trusted_roles, facts) or _("Nobody skips it.")
    return (
        explained(_("Review"), _("Whether a moderator looks first.")),
        one_of(
            PanelId(deed=PanelAction.PICK, name="review"),
            review_labels(),
            settings.review.value.lower(),
            review_notes(),
        ),
        explained(_("Review channel"), where),
        one_channel("review_channel_id", settings.review_channel_id, facts, _("Choose a channel")),
        explained(_("Roles that skip the review"), trusted),
        role_list("trusted_roles", settings.trusted_roles, facts),
        opens(_("Waiting time and new members"), review_times_words(state), _("Change"), "review_times"),
    )


def limits_page(state: PanelState) -> Sequence[Part]:
    """Show how much may be made and spent."""
    settings, facts = state.settings, state.facts
    roles = [f"{role_name(each, facts)}: {limits_words(own)}" for each, own in sorted(settings.role_limits.items())]
    rule = _("The most generous of a member's roles counts; what a role leaves open is as for each member.")
    prices = " · ".join(
        _("{seconds} s cost {price}").format(seconds=seconds, price=dollars(price))
        for seconds, price in sorted(facts.prices_usd.items())
    )
    return (
        opens(_("Each member"), limits_words(settings.member_limits), _("Change"), "member_limits"),
        text("\n".join([f"**{_('Roles with limits of their own')}**", f"-# {rule}", *shortened(roles)])),
        any_role(PanelId(deed=PanelAction.ROLE, name="role_limits"), _("Choose a role to set its limits")),
        opens(_("The whole server"), server_limits_words(state), _("Change"), "server_limits"),
        text(f"-# {_('Days and months of spending begin at midnight UTC.')} {prices}"),
    )


def filters_page(state: PanelState) -> Sequence[Part]:
    """Show what may be written."""
    settings = state.settings
    if state.facts.automod.readable:
        automod = _(
            "The keyword rules of the server's AutoMod count for prompts, too. Discord itself does not see to it."
        )
    else:
        automod = _("The bot lacks Manage Server and cannot read the AutoMod rules: they are NOT applied to prompts.")
    count = len(settings.words)
    listed = ngettext("{count} word is refused besides.", "{count} words are refused besides.", count)
    words = _("A `*` at either end stands for more letters.")
    row = [
        button(_("Add words"), PanelId(deed=PanelAction.FORM, name="add_words")),
        button(_("Remove words"), PanelId(deed=PanelAction.FORM, name="remove_words")),
    ]
    if count:
        row.append(button(_("Show the words"), PanelId(deed=PanelAction.DO, name="words")))
    return (
        switch(_("AutoMod"), automod, "automod", is_on=settings.automod),
        explained(
            _("Patterns that cannot be applied"), _("Some regular expressions of AutoMod mean nothing elsewhere.")
        ),
        one_of(
            PanelId(deed=PanelAction.PICK, name="bad_patterns"), pattern_labels(), settings.bad_patterns.value.lower()
        ),
        explained(_("The server's own words"), f"{listed.format(count=number(count))} {words}"),
        buttons(*row),
    )


def posts_page(state: PanelState) -> Sequence[Part]:
    """Show what may be made, and how it is posted."""
    settings = state.settings
    original = {True: "on", False: "off", None: "auto"}[settings.original_links]
    durations = duration_labels()
    chosen = durations if settings.durations is None else {str(each) for each in settings.durations}
    ratios = ratio_labels()
    return (
        switch(_("Spoilers"), _("Videos are hidden until a member clicks."), "spoiler", is_on=settings.spoiler),
        switch(_("AI label"), _("Posts say that the video is AI-generated."), "ai_label", is_on=settings.ai_label),
        explained(_("Allowed durations"), ""),
        some_of(PanelId(deed=PanelAction.ALLOW, name="durations"), durations, chosen),
        explained(_("Allowed aspect ratios"), ""),
        some_of(
            PanelId(deed=PanelAction.ALLOW, name="aspect_ratios"),
            ratios,
            ratios if settings.aspect_ratios is None else settings.aspect_ratios,
        ),
        explained(_("Buttons to the original file"), _("A takedown cannot delete the file at the video service.")),
        one_of(PanelId(deed=PanelAction.PICK, name="original_links"), originals_labels(), original),
        opens(_("Reports and records"), records_words(state), _("Change"), "records"),
    )


def cast_page(state: PanelState) -> Sequence[Part]:
    """Show the language of what everybody sees, and who shares characters."""
    settings = state.settings
    languages = {"auto": _("As the server set it in Discord"), **LANGUAGE_NAMES}
    chosen = settings.language if settings.language in SERVER_CHOICES["language"] else "auto"
    return (
        explained(
            _("Language of cards and posts"),
            _("What only one member sees is in the language of that member's Discord."),
        ),
        one_of(PanelId(deed=PanelAction.PICK, name="language"), languages, chosen or "auto"),
        explained(
            _("Who may share saved characters with the whole server"),
            _("Everybody else uses the shared ones, and keeps their own."),
        ),
        one_of(
            PanelId(deed=PanelAction.PICK, name="cast_sharing"), sharing_labels(), settings.cast_sharing.value.lower()
        ),
    )


def asking_words(state: PanelState) -> str:
    settings = state.settings
    if settings.everywhere:
        return _("In every channel.")
    if settings.channels is None:
        return _("Nobody has chosen yet: until then only who has Manage Server may ask, anywhere.")
    return channel_names(settings.channels, state.facts) or _("Nowhere: no channel is chosen.")


def output_words(state: PanelState) -> str:
    channel_id = state.settings.output_channel_id
    return _("Where they were asked for.") if channel_id is None else channel_name(channel_id, state.facts)


def log_words(state: PanelState) -> str:
    channel_id = state.settings.log_channel_id
    if channel_id is None:
        return _("Decisions and warnings would be written there. Choose one that members do not see.")
    return channel_name(channel_id, state.facts)


def review_times_words(state: PanelState) -> str:
    settings = state.settings
    waits = _("What nobody looked at is rejected after {hours}.").format(hours=hours_words(settings.review_hours))
    days = settings.new_member_days
    if not days:
        return waits
    new = ngettext(
        "Who joined less than {count} day ago is reviewed before spending.",
        "Who joined less than {count} days ago is reviewed before spending.",
        days,
    )
    return f"{waits} {new.format(count=number(days))}"


def server_limits_words(state: PanelState) -> str:
    settings = state.settings
    sentence = _("Videos at once: {at_once} · Spending a day: {day} · Spending a month: {month}")
    return sentence.format(
        at_once=count_words(settings.at_once),
        day=dollars_words(settings.spend_per_day_usd),
        month=dollars_words(settings.spend_per_month_usd),
    )


def records_words(state: PanelState) -> str:
    settings = state.settings
    count = settings.report_threshold
    hides = ngettext(
        "{count} report hides a video until a moderator decides.",
        "{count} reports hide a video until a moderator decides.",
        count,
    )
    reports = hides.format(count=number(count)) if count else _("Reports never hide a video by themselves.")
    days = settings.keep_records_days
    kept = ngettext("Records are kept for {count} day.", "Records are kept for {count} days.", days)
    return f"{reports} {kept.format(count=number(days))}"


def shortened(lines: Sequence[str]) -> list[str]:
    """Keep the first lines, and tell how many more there are."""
    kept = [f"- {each}" for each in lines[:MOST_LINES]]
    if more := len(lines) - len(kept):
        kept.append("-# " + ngettext("and {count} more", "and {count} more", more).format(count=number(more)))
    return kept
