"""When whoever runs the bot is told that its own spending cap is near or reached: once a period for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.gate.spend_warnings import NEAR
from bot.policy.operator_figures import Spent
from bot.policy.operator_notices import NoticeKind, OperatorNotice

_OF_DAY: Final = (NoticeKind.DAY_NEAR, NoticeKind.DAY_SPENT)
_OF_MONTH: Final = (NoticeKind.MONTH_NEAR, NoticeKind.MONTH_SPENT)
SPENDING: Final = (*_OF_DAY, *_OF_MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What the whole bot may spend, in US dollars; `cheapest_usd` is the price of the shortest video on offer."""

    per_day_usd: Decimal
    per_month_usd: Decimal | None
    cheapest_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingNotice:
    kind: NoticeKind
    about: str  # the period, and the cap in it: one that is raised is told of anew
    detail: str  # the cap, in dollars


def is_past(notice: OperatorNotice, today: date) -> bool:
    """Tell whether the period that a notice of spending is about is over."""
    return notice.about.partition("/")[0] not in {_day(today), _month(today)}


def spending_notices(
    spent: Spent, caps: Caps, today: date, known: Sequence[OperatorNotice]
) -> Iterator[SpendingNotice]:
    """Find what is to be told of this UTC day and month.

    A cap is reached where not even the cheapest video fits. That it is near is no news once it was reached: of `known`.
    """
    periods = (
        (_OF_DAY, _day(today), caps.per_day_usd, spent.today),
        (_OF_MONTH, _month(today), caps.per_month_usd, spent.this_month),
    )
    told = {(notice.kind, notice.about) for notice in known}
    for (near, reached), period, cap, usd in periods:
        if not cap or not usd:
            continue
        about, detail = f"{period}/{cap}", f"{cap:.2f}"
        if usd + caps.cheapest_usd > cap:
            yield SpendingNotice(kind=reached, about=about, detail=detail)
        elif usd * 100 >= cap * NEAR and (reached, about) not in told:
            yield SpendingNotice(kind=near, about=about, detail=detail)


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
