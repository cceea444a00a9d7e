"""The status card: one message per job in Components V2, edited as the job moves on, and emptied when deleted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import discord
from discord import ui

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options
from bot.delivery.problem_words import problem_sentence
from bot.delivery.state_looks import LOOKS, card_buttons
from bot.jobs.model import Job
from bot.jobs.run_times import is_late
from bot.jobs.states import ENDED, ENDED_UNCHARGED, FOLLOWED, IN_FLIGHT, WITHDRAWN, State
from bot.requests.character_words import cast_line
from bot.ui.formats import clock_time, countdown, dollars, lasted, number, percent
from bot.ui.language import N_, _, ngettext, speaking
from bot.ui.text import plain, quoted

_GREY: Final = discord.Colour(0x80848E)
_CARD: Final = N_("The member who requested this video had their data deleted.")
_MODERATORS: Final = N_(
    "The member who requested this video had their data deleted. Decisions about it stay in the records."
)
PROMPT_LIMIT: Final = 700  # characters; escaped twice that, well inside a message's 4,000
PROMPT_LINES: Final = 8
REASON_LIMIT: Final = 500  # characters
BAR_CELLS: Final = 16
MOST_PROGRESS: Final = 0.95  # of the bar, as long as the end is not known
CANCEL_NOTED: Final = N_("Canceled. It was already running, so it's still charged, and the video won't be posted.")
# The run is still ahead: its time counts from now, or from when it was sent.
_BEFORE_RUN: Final = frozenset({State.ACCEPTED, State.PREPARING, State.WAITING})
_RUNNING: Final = frozenset({State.SUBMITTING, State.QUEUED, State.PROCESSING})


def emptied_card() -> ui.LayoutView:
    """Lay out what the channel still sees of a request; it has no buttons, for there is nothing to press for."""
    return _emptied(_(_CARD))


def emptied_for_moderators() -> ui.LayoutView:
    """Lay out the same for the moderators' channel."""
    return _emptied(_(_MODERATORS))


def emptied_description() -> str:
    """Describe a video to those who do not see it, where the prompt did before."""
    return _("A video made by a member.")


def _emptied(sentence: str) -> ui.LayoutView:
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_GREY)
    container.add_item(ui.TextDisplay(f"### 🗑️ {_('Deleted')}\n{sentence}"))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def status_card(
    job: Job,
    offer: Offer,
    *,
    now: datetime,
    position: int | None = None,
    run_time: timedelta | None = None,
    gallery: bool = True,
) -> ui.LayoutView:
    """Lay out the card of a job as it stands at `now`, in its server's language, with its place in the queue if known.

    `run_time` is what a run like this one usually takes; what is typical of the model, if not known better. Without
    `gallery` the pictures are left out, which the first edit of a deferred answer may not add.
    The view is stopped: its buttons are handled by their custom ids, so discord.py need not remember it.
    """
    with speaking(job.request.guild_locale):
        if job.forgotten:
            return emptied_card()
        run_time = run_time or offer.run_time(job.request.model)
        view = _layout(job, offer, now=now, position=position, run_time=run_time, gallery=gallery)
    view.stop()
    return view


def _layout(
    job: Job, offer: Offer, *, now: datetime, position: int | None, run_time: timedelta, gallery: bool
) -> ui.LayoutView:
    look = LOOKS[job.state]
    request = job.request
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=look.colour)
    container.add_item(ui.TextDisplay(f"### {look.emoji} {look.title}\n{_since(job, now, position, run_time)}"))
    if bar := progress(job, now, run_time):
        container.add_item(ui.TextDisplay(bar))
    if job.cancel_requested and job.state in IN_FLIGHT:
        container.add_item(ui.TextDisplay(_(CANCEL_NOTED)))
    rules = offer.image_rules(request.model)
    unpaid = job.state in ENDED_UNCHARGED
    if explanation := problem_sentence(job.problem, rules, unpaid=unpaid) if job.problem else look.meaning:
        container.add_item(ui.TextDisplay(explanation))
    if words := quoted(job.reason, limit=REASON_LIMIT, lines=6):
        container.add_item(ui.TextDisplay(f"{_('A moderator wrote:')}\n{words}"))
    if job.shows_contents:
        container.add_item(ui.TextDisplay(quoted(request.prompt, limit=PROMPT_LIMIT, lines=PROMPT_LINES)))
        if gallery and (pictures := list(_gallery(job))):
            container.add_item(ui.MediaGallery(*pictures))
        if named := cast_line(request):
            container.add_item(ui.TextDisplay(named))
    elif why := _unshown(job):
        container.add_item(ui.TextDisplay(f"-# {why}"))
    container.add_item(ui.TextDisplay(f"-# {_facts(job, offer)}"))
    container.add_item(ui.ActionRow(*card_buttons(job)))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def expected_at(job: Job, run_time: timedelta) -> datetime | None:
    """Estimate when the video will be there; None once that is known or no longer to be expected."""
    if job.state in _RUNNING:
        return (job.submitted_at or job.state_since) + run_time
    return job.state_since + run_time if job.state in _BEFORE_RUN else None


def progress(job: Job, now: datetime, run_time: timedelta) -> str:
    """Draw how far a run has come by the time it usually takes; empty where that says nothing.

    A run that takes longer than usual stays short of the end: only Segmind knows when it is over.
    """
    if job.state not in FOLLOWED or is_late(job, now):
        return ""
    began = job.submitted_at or job.state_since
    share = min(max((now - began) / run_time, 0.0), MOST_PROGRESS)
    filled = int(share * BAR_CELLS)
    estimate = _("about {percent} (estimate)").format(percent=percent(int(share * 20) / 20))
    return f"{'▰' * filled}{'▱' * (BAR_CELLS - filled)} {estimate}"


def _since(job: Job, now: datetime, position: int | None, run_time: timedelta) -> str:
    if job.state is State.DELIVERED:
        return _("Took {time}").format(time=lasted((job.state_since - job.created_at).total_seconds()))
    since = _("Updated {ago} ({time})").format(time=clock_time(job.state_since), ago=countdown(job.state_since))
    if job.state is State.WAITING and position is not None:
        place = _("#{position} in line").format(position=number(position))
        return f"{since} · {place}"  # when its turn will come nobody knows
    if is_late(job, now):
        return f"{since} · {_('taking longer than usual, but still running')}"
    expected = expected_at(job, run_time)
    if expected is None:
        return since
    return f"{since} · {_('should be ready {countdown}').format(countdown=countdown(expected))}"


def _unshown(job: Job) -> str:
    """Say why the card does not show what was asked for, where nothing else says so."""
    if job.hidden:
        return _("This video was reported and is hidden until a moderator reviews it.")
    if job.state in WITHDRAWN or job.state in ENDED:
        return ""
    return _("The prompt and images appear here once a moderator approves them.")


def _gallery(job: Job) -> Iterator[discord.MediaGalleryItem]:
    spoiler = job.request.handling.spoiler
    for place, reference in enumerate(job.request.references, start=1):
        where = f"attachment://{reference.card_name}" if reference.card_name else reference.url
        yield discord.MediaGalleryItem(where, description=f"@Image{place}", spoiler=spoiler)
    for element in job.request.elements:
        if element.card_name:
            yield discord.MediaGalleryItem(
                f"attachment://{element.card_name}", description=f"@{element.name}", spoiler=spoiler
            )


def option_words(options: Options, model: VideoModel | None = None) -> list[str]:
    """Write what was chosen for a video, each in a few words."""
    ratio = [options.aspect_ratio] if options.aspect_ratio else []
    return [lasted(options.duration), *ratio, *other_words(options, model)]


def other_words(options: Options, model: VideoModel | None = None) -> list[str]:
    """Write what only some models take, by the label that the model declares; by its name if it no longer does."""
    labels = {option.name: option.label for option in model.options} if model else {}
    return [f"{_(labels.get(name, name))} {plain(str(value))}" for name, value in options.others.items()]


def _facts(job: Job, offer: Offer) -> str:
    request = job.request
    count = len(request.references)
    facts = [
        _("for {member}").format(member=f"<@{request.member_id}>"),
        *option_words(request.options, offer.described(request.model)),
    ]
    if title := offer.title_to_tell(request.model):
        facts.append(title)
    if count:
        facts.append(ngettext("{count} image", "{count} images", count).format(count=count))
    if job.cost_usd is not None:
        facts.append(_("cost {amount}").format(amount=dollars(job.cost_usd)))
    return " · ".join(facts)
