"""All that waits for moderators in a server, in one private message: chosen there, and decided in one go."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import discord
from discord import ui

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.ids import WaitingVerb, waiting_id
from bot.moderation.review_card import reject_menu
from bot.ui.custom_ids import layout_of, read_id
from bot.ui.formats import dollars, lasted, number
from bot.ui.language import _, ngettext
from bot.ui.text import in_a_line

MOST: Final = 25  # options that a menu of Discord's takes
LABEL_LIMIT: Final = 60  # characters; Discord takes 100
NAME_LIMIT: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one of several decisions; `done` is whether it took effect."""

    job_id: int
    told: str
    done: bool


def waiting_page(
    waiting: Sequence[Job],
    names: dict[int, str],
    chosen: Collection[int] = (),
    outcomes: Sequence[Outcome] = (),
    *,
    unlisted: int = 0,
) -> ui.LayoutView:
    """Lay out what waits, the first `MOST` of it in a menu; `names` are those of the members.

    `unlisted` is how much more waits that can't be decided here.

    What is chosen stays marked in the menu, from where the buttons read it: no custom id has room for it.
    """
    container: ui.Container[ui.LayoutView] = ui.Container()
    for text in _told(outcomes):
        container.add_item(ui.TextDisplay(text))
    count = ngettext("**{count} waiting for review**", "**{count} waiting for review**", len(waiting))
    lines = [count.format(count=number(len(waiting)))] if waiting else []
    if not waiting and not unlisted:
        lines.append(_("Nothing is waiting for review."))
    if len(waiting) > MOST:
        lines.append(f"-# {_('The first {count} are listed.').format(count=number(MOST))}")
    if unlisted:
        left_out = ngettext(
            "{count} isn't listed. It's age-restricted, or not in the review channel yet.",
            "{count} aren't listed. They're age-restricted, or not in the review channel yet.",
            unlisted,
        )
        lines.append(f"-# {left_out.format(count=number(unlisted))}")
    marked = [job for job in waiting[:MOST] if job.id in chosen]
    if marked:
        told = ngettext("{count} chosen", "{count} chosen", len(marked)).format(count=number(len(marked)))
        price = sum((job.reserved_usd for job in marked if job.state is State.HELD), Decimal(0))
        spends = _("Approving can spend {amount}.").format(amount=dollars(price))
        lines.append(f"{told}. {spends}" if price else f"{told}.")
    elif waiting:
        lines.append(_("Choose some, then approve or reject them."))
    container.add_item(ui.TextDisplay("\n".join(lines)))
    if waiting:
        options = [_option(job, names, default=job in marked) for job in waiting[:MOST]]
        container.add_item(
            ui.ActionRow(
                ui.Select[Any](
                    custom_id=waiting_id(WaitingVerb.CHOOSE),
                    placeholder=_("Choose what to decide"),
                    min_values=0,
                    max_values=len(options),
                    options=options,
                )
            )
        )
    if marked:
        approve = ui.Button[Any](
            label=_("Approve"), style=discord.ButtonStyle.success, custom_id=waiting_id(WaitingVerb.APPROVE)
        )
        container.add_item(ui.ActionRow(approve))
        container.add_item(ui.ActionRow(reject_menu(waiting_id(WaitingVerb.REJECT), with_other=False)))
    return layout_of(container)


def chosen_in(components: Iterable[discord.Component]) -> Sequence[int]:
    """Read the jobs that are marked in the menu of such a message."""
    found: list[int] = []
    for component in components:
        if isinstance(component, discord.Container | discord.ActionRow):
            found += chosen_in(component.children)
        elif isinstance(component, discord.SelectMenu) and component.custom_id == waiting_id(WaitingVerb.CHOOSE):
            found += [job_id for each in component.options if each.default and (job_id := read_id(each.value))]
    return found


def _told(outcomes: Sequence[Outcome]) -> Sequence[str]:
    """Write the outcomes of several decisions, equal ones counted, those that took effect first."""
    counts = Counter((each.done, each.told) for each in outcomes)
    lines = [
        f"{'✅' if done else '⚠️'} {number(count)}: {told}"
        for (done, told), count in sorted(counts.items(), key=lambda counted: not counted[0][0])
    ]
    return ["\n".join(lines)] if lines else []


def _option(job: Job, names: dict[int, str], *, default: bool) -> discord.SelectOption:
    member = in_a_line(names.get(job.request.member_id, ""), NAME_LIMIT)
    kind = _("finished video") if job.state is State.REVIEW else _("request")
    facts = [member, lasted(job.request.options.duration), dollars(job.reserved_usd), kind]
    return discord.SelectOption(
        label=in_a_line(job.request.prompt, LABEL_LIMIT) or kind,
        description=" · ".join(filter(None, facts)),
        value=str(job.id),
        default=default,
    )
