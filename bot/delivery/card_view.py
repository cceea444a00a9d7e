"""The status card: one message per job in Components V2, edited as the job moves on, and emptied when deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from discord import ui

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options
from bot.delivery.problem_words import problem_sentence
from bot.delivery.state_looks import GREY, STOPPED, card_buttons, details_button, is_stopped, look_of
from bot.jobs.model import Job
from bot.jobs.run_times import RunTime, RunTimes
from bot.jobs.states import WITHDRAWN, State
from bot.ui.custom_ids import layout_of
from bot.ui.formats import countdown, lasted, number
from bot.ui.language import N_, _, ngettext, speaking
from bot.ui.text import message_address, plain, shortened

_CARD: Final = N_("The member who requested this video had their data deleted.")
_MODERATORS: Final = N_(
    "The member who requested this video had their data deleted. Decisions about it stay in the records."
)
PROMPT_COLUMNS: Final = 52  # a line beside an image, on a desktop; with a second one the card would be over 200 px
LINE_COLUMNS: Final = 72  # of a prompt in a card of one line
READY_SHARE: Final = 0.8  # of all runs are done by the time that a card names
LATE_SHARE: Final = 0.975  # of all runs are done before a card says that one takes long
# The run is still ahead: its time counts from the request, and then from when it was sent.
_BEFORE_RUN: Final = frozenset({State.ACCEPTED, State.PREPARING, State.WAITING})
_RUNNING: Final = frozenset({State.SUBMITTING, State.QUEUED, State.PROCESSING})
_WITHOUT_VIDEO: Final = frozenset({State.FAILED, State.CANCELLED, State.EXPIRED})


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
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=GREY)
    container.add_item(ui.TextDisplay(f"### 🗑️ {_('Deleted')}\n{sentence}"))
    return layout_of(container)


def status_card(
    job: Job,
    offer: Offer,
    *,
    now: datetime,
    position: int | None = None,
    run_time: RunTime | None = None,
    gallery: bool = True,
) -> ui.LayoutView:
    """Lay out the card of a job as it stands at `now`, in its server's language, with its place in the queue if known.

    `run_time` is what is believed of a run like this one; what is typical of the model, if not known better. Without
    `gallery` the image is left out, which the first edit of a deferred answer may not add.
    The view is stopped: its buttons are handled by their custom ids, so discord.py need not remember it.
    """
    with speaking(job.request.guild_locale):
        if job.forgotten:
            return emptied_card()
        if job.state is State.DELIVERED:
            return layout_of(ui.TextDisplay(f"-# {_posted(job)}"))
        if job.state in WITHDRAWN:
            return layout_of(ui.Section(f"-# {_withdrawn(job)}", accessory=details_button(job)))
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=look_of(job).colour)
        if job.state in _WITHOUT_VIDEO or is_stopped(job):
            container.add_item(ui.TextDisplay("\n".join(_ended(job, offer))))
        else:
            run_time = run_time or RunTimes(offer=offer).expected(job.request.model, job.request.duration)
            lines = "\n".join(_lines(job, offer, now, position, run_time))
            picture = _picture(job) if gallery and job.shows_contents else None
            container.add_item(ui.Section(lines, accessory=picture) if picture else ui.TextDisplay(lines))
        container.add_item(ui.ActionRow(*card_buttons(job)))
        return layout_of(container)


def _lines(job: Job, offer: Offer, now: datetime, position: int | None, run_time: RunTime) -> Iterator[str]:
    """Write a card of a video that is still to come."""
    look = look_of(job)
    when = _when(job, now, position, run_time)
    yield f"**{look.emoji} {look.title}**" + (f" · {when}" if when else "")
    if explanation := _explanation(job, offer):
        yield explanation
    if job.shows_contents:
        yield f"> {plain(shortened(job.request.prompt, PROMPT_COLUMNS))}"
    else:
        yield f"-# {_('The prompt and images appear here once a moderator approves them.')}"
    yield f"-# {' · '.join([f'<@{job.request.member_id}>', *request_facts(job, offer)])}"


def _ended(job: Job, offer: Offer) -> Iterator[str]:
    """Write a card of a request without a video: why, in a line, and which it was."""
    look = look_of(job)
    why = _explanation(job, offer)
    yield f"**{look.emoji} {look.title}**" + (f" · {why}" if why else "")
    prompt = [plain(shortened(job.request.prompt, LINE_COLUMNS))] if job.shows_contents else []
    yield f"-# {' · '.join([f'<@{job.request.member_id}>', *prompt])}"


def _posted(job: Job) -> str:
    """Write the line above a post, which is all that a card says by then."""
    look = look_of(job)
    if job.hidden:
        return f"{look.emoji} {_('This video was reported and is hidden until a moderator reviews it.')}"
    done = look.title
    if job.post_message_id is not None:
        done = f"[{done}]({message_address(job.request.guild_id, job.video_channel_id, job.post_message_id)})"
    prompt = [plain(shortened(job.request.prompt, LINE_COLUMNS))] if job.shows_contents else []
    return " · ".join([f"{look.emoji} {done}", *prompt])


def _withdrawn(job: Job) -> str:
    """Write what others see of what moderators rejected or took down: the reason is for the member alone."""
    look = look_of(job)
    is_told = job.state is State.REJECTED or look is STOPPED  # else what is charged is between the member and the bot
    return " · ".join([f"{look.emoji} {look.title}", *([look.meaning] if is_told else [])])


def _explanation(job: Job, offer: Offer) -> str:
    """Say what a member has to know of the state, or why there is no video."""
    if job.problem is None or is_stopped(job):
        return look_of(job).meaning
    rules = offer.image_rules(job.request.model)
    return problem_sentence(job.problem, rules, unpaid=not job.counts, charged=job.failed_at_cost)


def _when(job: Job, now: datetime, position: int | None, run_time: RunTime) -> str:
    """Say when the video is to be expected; empty where no one knows."""
    if job.state is State.WAITING and position is not None:
        return _("#{position} in line").format(position=number(position))
    moments = _moments(job, run_time)
    if not moments or job.problem is not None:
        return ""
    ready, *late = moments
    if now < ready:
        return _("ready {countdown}").format(countdown=countdown(ready))
    if not late:
        return ""
    return _("any moment now") if now < late[0] else _("taking longer than usual")


def next_change(job: Job, now: datetime, run_time: RunTime) -> datetime | None:
    """Return the next moment at which a card's text changes without a move, or None."""
    return next((moment for moment in _moments(job, run_time) if moment > now), None)


def _moments(job: Job, run_time: RunTime) -> list[datetime]:
    """Return when a video is ready by, and from when on it is late, as far as its run is sent."""
    if job.state in _BEFORE_RUN:
        return [job.created_at + run_time.quantile(READY_SHARE)]
    if job.state not in _RUNNING:
        return []
    began = job.submitted_at or job.state_since
    return [began + run_time.quantile(READY_SHARE), began + run_time.quantile(LATE_SHARE)]


def _picture(job: Job) -> ui.Thumbnail[Any] | None:
    """Make the image of a card: the first there is, and in its description how many more there are."""
    references, elements = job.request.references, job.request.elements
    shown = [(each.card_name, each.url, f"@Image{place}") for place, each in enumerate(references, start=1)]
    shown += [(each.card_name, "", f"@{each.name}") for each in elements if each.card_name]
    if not shown:
        return None
    [name, url, description] = shown[0]
    more = f" +{len(shown) - 1}" if len(shown) > 1 else ""
    address = f"attachment://{name}" if name else url
    return ui.Thumbnail(address, description=f"{description}{more}", spoiler=job.request.handling.spoiler)


def request_facts(job: Job, offer: Offer) -> list[str]:
    """Write what was chosen for a video, and how many images it is made from."""
    request = job.request
    facts = option_words(request.options, offer.described(request.model))
    if title := offer.title_to_tell(request.model):
        facts.append(title)
    if count := len(request.references):
        facts.append(ngettext("{count} image", "{count} images", count).format(count=count))
    return facts


def option_words(options: Options, model: VideoModel | None = None) -> list[str]:
    """Write what was chosen for a video, each in a few words."""
    ratio = [options.aspect_ratio] if options.aspect_ratio else []
    return [lasted(options.duration), *ratio, *other_words(options, model)]


def other_words(options: Options, model: VideoModel | None = None) -> list[str]:
    """Write what only some models take, by the label that the model declares; by its name if it no longer does."""
    labels = {option.name: option.label for option in model.options} if model else {}
    return [f"{_(labels.get(name, name))} {plain(str(value))}" for name, value in options.others.items()]
