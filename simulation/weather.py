"""What goes wrong with requests, downloads, and transactions, drawn from the seed."""

import random
import sqlite3
from collections.abc import Callable, Collection
from typing import Final

from simulation.http import Asked, Told, Trouble

HTML: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
DELAYS: Final = (3.5, 12.0, 40.0, 400.0)  # seconds
AFTER_ACCEPTANCE: Final = (408, 409, 500, 502, 503, 504)
INSTEAD: Final = (429, 500, 502, 503, 504)
# Everything that can be left out of a history, to find out what a violation needs.
TROUBLES: Final = ("discord", "segmind", "downloads", "database", "twice", "killed", "stopped", "frozen", "clock")
PEOPLE: Final = ("cancels", "again", "deletes", "removes", "leaves", "forgets", "reviews", "takedown")
SWITCHES: Final = frozenset({*TROUBLES, *PEOPLE})


class Weather:
    """Draws troubles; when `calm` there are none."""

    def __init__(
        self, rng: random.Random, *, severity: float = 1.0, without: Collection[str] = frozenset[str]()
    ) -> None:
        """`severity` multiplies how often anything goes wrong, `without` names switches that are off."""
        self._rng = rng
        self._severity = severity
        self._on = SWITCHES.difference(without)
        self.calm = False

    def allows(self, switch: str) -> bool:
        """Return whether this kind of trouble, or of what people do, is part of the history."""
        if switch not in SWITCHES:
            raise KeyError(switch)
        return switch in self._on

    def strikes(self, switch: str, probability: float) -> bool:
        """Return whether trouble of this kind and probability happens now. It is drawn even where it is left out."""
        return not self.calm and self._rng.random() < probability * self._severity and self.allows(switch)

    def pause(self, mean: float) -> float:
        """Return seconds until the next event of a kind, or an hour in calm weather."""
        return 3600.0 if self.calm or not self._severity else self._rng.expovariate(self._severity / mean)

    def discord(self, _asked: Asked) -> Trouble:
        """Return what goes wrong with a request to Discord."""
        usual = Trouble(before=self._rng.uniform(0.01, 0.12), after=self._rng.uniform(0.01, 0.12))
        if not self.strikes("discord", 0.012):
            return usual
        rng = self._rng
        return _one_of(
            rng,
            lambda: Trouble(cut=True, answer=Told(status=rng.choice((500, 502, 503, 504)), text=HTML)),
            lambda: Trouble(answer=_discord_refuses(rng)),
        )

    def segmind(self, _asked: Asked) -> Trouble:
        """Return what goes wrong with a request to Segmind."""
        usual = Trouble(before=self._rng.uniform(0.02, 0.2), after=self._rng.uniform(0.02, 0.3))
        if not self.strikes("segmind", 0.03):
            return usual
        rng = self._rng
        return _one_of(
            rng,
            lambda: Trouble(cut=True, answer=_any_form(rng, rng.choice(AFTER_ACCEPTANCE)), after=1.0),
            lambda: Trouble(answer=_any_form(rng, rng.choice(INSTEAD))),
            lambda: Trouble(cut=True, answer=Told(text='{"request_id": "0123')),
        )

    def fetch(self, url: str) -> str | None:
        """Return why a download fails; "gone" is a clear no. What members upload is there for a while at least."""
        if not self.strikes("downloads", 0.03):
            return None
        return self._rng.choice(
            ("ServerDisconnectedError", "HTTP 503", "gone" if "images.segmind" in url else "HTTP 500")
        )

    def database(self, moment: str) -> None:
        """Raise what SQLite would: locked at the beginning, or a commit that fails, or whose answer is lost."""
        if self.strikes("database", 0.0006):
            words = "database is locked" if moment == "begin" else "disk I/O error"
            raise sqlite3.OperationalError(words)


def _one_of(rng: random.Random, *services_own: Callable[[], Trouble]) -> Trouble:
    """Return one of the troubles that any connection has, or of the service's own."""
    connections: tuple[Callable[[], Trouble], ...] = (
        lambda: Trouble(refused=True),
        lambda: Trouble(lost=True, before=0.1, after=rng.choice(DELAYS)),
        lambda: Trouble(cut=True, before=0.1, after=rng.choice(DELAYS)),
        lambda: Trouble(before=rng.choice(DELAYS), after=0.1),
        lambda: Trouble(before=0.1, after=rng.choice(DELAYS)),
    )
    return rng.choice((*connections, *services_own))()


def _any_form(rng: random.Random, status: int) -> Told:
    """Return an answer of this status as JSON or as a page of a proxy."""
    if rng.random() < 0.5:
        return Told(status=status, text=HTML)
    return Told(status=status, body={"error": "Internal Server Error"})


def _discord_refuses(rng: random.Random) -> Told:
    match rng.randrange(4):
        case 0:
            return Told(
                status=429,
                body={"message": "rate limited", "retry_after": 2.0, "global": False},
                headers={"Via": "1.1"},
            )
        case 1:
            return Told(status=403, text=HTML)
        case 2:
            return Told(status=403, body={"code": 40333, "message": "internal network error"})
        case _:
            return Told(status=rng.choice((500, 502, 503)), body={"message": "500: Internal Server Error", "code": 0})
