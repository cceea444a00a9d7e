"""What can go wrong and what people can do: every switch of a history, each with its probability.

Each switch draws from a generator of its own, so that a history without one of them stays close to the one with it.
"""

import random
from collections.abc import Collection, Mapping
from typing import Final

# Each time that it can happen.
FAULTS: Final[Mapping[str, float]] = {
    # A request to Segmind.
    "segmind_refuses_connection": 0.004,
    "segmind_request_lost": 0.004,
    "segmind_answer_lost": 0.004,
    "segmind_request_slow": 0.004,
    "segmind_answer_slow": 0.004,
    "segmind_error_after_all": 0.004,  # it did what was asked, and answers an error, HTML, or half a body
    "segmind_error_instead": 0.006,
    # A request to Discord.
    "discord_refuses_connection": 0.002,
    "discord_request_lost": 0.002,
    "discord_answer_lost": 0.002,
    "discord_request_slow": 0.002,
    "discord_answer_slow": 0.002,
    "discord_error_after_all": 0.002,
    "discord_error_instead": 0.003,
    # A download.
    "download_fails": 0.02,
    "file_gone": 0.005,
    # A transaction.
    "database_locked": 0.0003,
    "commit_fails": 0.0003,
    "commit_answer_lost": 0.0003,
    # An interaction.
    "delivered_twice": 0.01,
    "delivered_late": 0.01,
    # A generation.
    "generation_fails": 0.03,
    "generation_flagged": 0.02,
    "generation_slow": 0.03,
    "cost_odd": 0.01,
    # What Segmind's history says of a generation, and of others.
    "listed_late": 0.02,
    "listed_twice": 0.01,
    "foreign_row": 0.05,
    "equal_row": 0.01,
    "row_unreadable": 0.01,
    "page_unreadable": 0.02,
}
# Of a whole history.
HISTORIES: Final[Mapping[str, float]] = {
    "ids_written_otherwise": 0.25,
    "ids_of_its_own": 0.2,
    "wrong_clock": 0.4,
    "spend_limit": 0.2,
    "member_limits": 0.3,
}
# A minute.
EVENTS: Final[Mapping[str, float]] = {
    "killed": 0.3,
    "stopped": 0.08,
    "frozen": 0.08,
    "power_cut": 0.05,
    "clock_jumps": 0.05,
    "database_away": 0.02,
    "key_refused": 0.01,
    "price_changes": 0.03,
    "channel_gone": 0.02,
    "permission_lost": 0.05,
    "role_lost": 0.02,
    "member_joins": 0.05,
}
# People: each request, review, post, or look at what there is to do.
HABITS: Final[Mapping[str, float]] = {
    "cancels": 0.10,
    "makes_again": 0.05,
    "edits": 0.05,
    "fixes": 0.05,
    "deletes": 0.03,
    "sends_again": 0.5,
    "deletes_card_by_hand": 0.005,
    "leaves": 0.005,
    "deletes_data": 0.01,
    "reports": 0.1,
    "looks": 0.02,
    "takes_down": 0.02,
    "blocks": 0.02,
    "unblocks": 0.3,
    "restores": 0.5,
    "changes_settings": 0.02,
    "both_decide": 0.2,
    "operator_pauses": 0.01,
    "operator_settles": 0.5,
    "operator_retries": 0.5,
}
# Each can be left out of a history, to find out what a violation needs.
SWITCHES: Final[Mapping[str, float]] = {**FAULTS, **HISTORIES, **EVENTS, **HABITS}


class Chances:
    """Draws what happens; when `calm`, nothing goes wrong any more."""

    def __init__(self, seed: int, *, severity: float = 1.0, without: Collection[str] = ()) -> None:
        """`severity` multiplies how often anything goes wrong; the switches in `without` are off."""
        if unknown := set(without) - set(SWITCHES):
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        self._generators = {name: random.Random(f"{seed}:{name}") for name in SWITCHES}
        self._severity = severity
        self._without = frozenset(without)
        self.calm = False

    def happens(self, name: str) -> bool:
        """Return whether something happens this time."""
        probability = SWITCHES[name] * (1.0 if name in HABITS else self._severity)
        is_off = name in self._without or (self.calm and name not in HABITS)
        return self._generators[name].random() < probability and not is_off

    def first(self, *names: str) -> str | None:
        """Return the first of some things that happens this time, or None."""
        return next((name for name in names if self.happens(name)), None)

    def until(self, name: str) -> float:
        """Return seconds until an event happens next."""
        rate = EVENTS[name] / 60 * self._severity
        return self._generators[name].expovariate(rate) if rate and name not in self._without else float("inf")
