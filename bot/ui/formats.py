"""Figures, moments and lists as the language spoken writes them.

Babel is loaded with a language's rules when they are needed: prices in English, which the commands show, are not.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.ui.language import SOURCE, _, spoken


def number(value: float) -> str:
    """Write a number as the language spoken does, with three figures after the point at most."""
    from babel.numbers import format_decimal  # noqa: PLC0415

    return format_decimal(value, locale=spoken())


def percent(share: float) -> str:
    """Write a share of 1 as the language spoken writes percent."""
    from babel.numbers import format_percent  # noqa: PLC0415

    return format_percent(share, locale=spoken())


def megabytes(size: int) -> str:
    return _("{number} MB").format(number=number(_rounded(size / 1_000_000)))


def mebibytes(size: int) -> str:
    return _("{number} MiB").format(number=number(_rounded(size / 1_048_576)))


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def dollars(amount: Decimal) -> str:
    if spoken() == SOURCE and not amount.is_signed():
        return f"${amount:,.2f}"
    from babel.numbers import format_currency  # noqa: PLC0415

    return format_currency(amount, "USD", locale=spoken())


def countdown(moment: datetime) -> str:
    """Write a moment so that the reader's client counts it by itself, such as "in 3 minutes"."""
    return f"<t:{int(moment.timestamp())}:R>"


def date(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:D>"


def date_and_time(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:f>"


def lasted(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=number(minutes), seconds=rest)
    return _("{seconds} s").format(seconds=rest)


def listed(names: Sequence[str]) -> str:
    """Write names one after another, in English as in Britain: "a, b and c"."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(names, locale="en_GB" if spoken() == SOURCE else spoken())
