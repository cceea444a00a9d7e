"""What goes wrong with requests, downloads, and transactions, as chance has it."""

import random
import sqlite3
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from simulation.chances import FAULTS, Chances
from simulation.http import Asked, Told, Trouble

T = TypeVar("T")
HTML: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
HALF: Final = '{"request_id": "0123'
SLOW_REQUEST: Final = (0.5, 3.5, 12.0, 40.0)  # seconds
SLOW_ANSWER: Final = (0.5, 3.5, 12.0, 40.0, 400.0, 100_000.0)
AFTER_ACCEPTANCE: Final = (408, 409, 500, 502, 503, 504)
BROKEN: Final = (500, 502, 503, 504)
INSTEAD: Final = (429, *BROKEN)


class Weather:
    """Draws troubles; in calm weather there are none."""

    def __init__(self, rng: random.Random, chances: Chances) -> None:
        self._rng = rng
        self._chances = chances
        self.database_away = False
        self._kinds: Mapping[str, Callable[[], Trouble]] = {
            "segmind_error_after_all": lambda: Trouble(cut=True, answer=self._any_form(AFTER_ACCEPTANCE), after=1.0),
            "segmind_error_instead": lambda: Trouble(answer=self._any_form(INSTEAD)),
            "discord_error_after_all": lambda: Trouble(cut=True, answer=Told(status=self._pick(BROKEN), text=HTML)),
            "discord_error_instead": lambda: Trouble(answer=self._discord_refuses()),
            "refuses_connection": lambda: Trouble(refused=True),
            "request_lost": lambda: Trouble(lost=True, before=0.1, after=self._pick(SLOW_ANSWER)),
            "answer_lost": lambda: Trouble(cut=True, before=0.1, after=self._pick(SLOW_ANSWER)),
            "request_slow": lambda: Trouble(before=self._pick(SLOW_REQUEST), after=0.1),
            "answer_slow": lambda: Trouble(before=0.1, after=self._pick(SLOW_ANSWER)),
        }
        self._of = {peer: [name for name in FAULTS if name.startswith(peer)] for peer in ("segmind_", "discord_")}

    def discord(self, _asked: Asked) -> Trouble:
        """Return what goes wrong with a request to Discord."""
        return self._drawn("discord_") or Trouble(before=self._time(0.12), after=self._time(0.12))

    def segmind(self, _asked: Asked) -> Trouble:
        """Return what goes wrong with a request to Segmind."""
        return self._drawn("segmind_") or Trouble(before=self._time(0.2), after=self._time(0.3))

    def fetch(self, *, of_ours: bool) -> str | None:
        """Return why a download fails; "gone" is a clear no. What members upload is there for a while at least."""
        if self._chances.happens("download_fails"):
            return self._pick(("ServerDisconnectedError", "HTTP 503", "HTTP 500"))
        return "gone" if self._chances.happens("file_gone") and not of_ours else None

    def database(self, moment: str) -> None:
        """Raise what SQLite would: locked at the beginning, or a commit that fails, or whose answer is lost."""
        if moment == "begin":
            if self.database_away or self._chances.happens("database_locked"):
                raise _of_sqlite("database is locked", "SQLITE_BUSY")
        elif self._chances.happens("commit_fails" if moment == "commit" else "commit_answer_lost"):
            raise _of_sqlite("disk I/O error", "SQLITE_IOERR")

    def _drawn(self, peer: str) -> Trouble | None:
        name = self._chances.first(*self._of[peer])
        if name is None:
            return None
        return (self._kinds.get(name) or self._kinds[name.removeprefix(peer)])()

    def _time(self, most: float) -> float:
        return self._rng.uniform(0.01, most)

    def _pick(self, values: tuple[T, ...]) -> T:
        return self._rng.choice(values)

    def _any_form(self, statuses: tuple[int, ...]) -> Told:
        """Return an answer as JSON, as a page of a proxy, or half."""
        status = self._pick(statuses)
        match self._rng.randrange(5):
            case 0 | 1:
                return Told(status=status, text=HTML)
            case 2:
                return Told(status=200, text=self._pick((HALF, HTML, "")))
            case _:
                return Told(status=status, body={"error": "Internal Server Error"})

    def _discord_refuses(self) -> Told:
        match self._rng.randrange(4):
            case 0:
                body = {"message": "rate limited", "retry_after": 2.0, "global": False}
                return Told(status=429, body=body, headers={"Via": "1.1"})
            case 1:
                return Told(status=403, text=HTML)
            case 2:
                return Told(status=403, body={"code": 40333, "message": "internal network error"})
            case _:
                body = {"message": "500: Internal Server Error", "code": 0}
                return Told(status=self._pick(BROKEN), body=body)


def _of_sqlite(said: str, name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorname = name
    return error
