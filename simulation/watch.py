"""What must hold whatever happens: looked at with each event, and once more when everything has come to rest."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from simulation.discord_world import EPHEMERAL, Interaction, Message
from simulation.segmind import Run
from simulation.world import World

POST: Final = re.compile(r"reelcast:details:post:(\d+):\d+")
CARD: Final = re.compile(r"reelcast:details:card:(\d+):\d+")
NOT_SHOWN: Final = frozenset({"REJECTED", "WITHHELD", "TAKEN_DOWN", "REVIEW", "HELD"})
AT_REST: Final = frozenset(
    {"DELIVERED", "FAILED", "CANCELLED", "EXPIRED", "REJECTED", "WITHHELD", "TAKEN_DOWN", "UNDELIVERED"}
)


class Watch:
    """Reads the database by a connection of its own, and notes each promise that is broken."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._database: sqlite3.Connection | None = None
        self.violations: list[str] = []
        self.heard: Callable[[], object] = lambda: None  # called at each violation
        self.runs: dict[int, list[Run]] = {}  # by the job that paid for them
        world.segmind.accepted = self.paid
        world.discord.changed = self.shown

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        if self._database is None:
            self._database = sqlite3.connect(f"file:{self._world.folder}/reelcast.db?mode=ro", uri=True)
            self._database.row_factory = sqlite3.Row
        return self._database.execute(query, values).fetchall()

    def broken(self, promise: str, **facts: object) -> None:
        """Note that a promise is broken."""
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        self.violations.append(f"{promise}: {told}")
        self._world.note("VIOLATION", promise=promise, **facts)
        self.heard()

    # --- with each event -------------------------------------------------------------------------------------

    def paid(self, run: Run) -> None:
        """Look at a request that Segmind has just accepted."""
        rows = self._rows(
            "SELECT * FROM jobs WHERE body IS NOT NULL AND submitted_at IS NOT NULL AND request_id IS NULL"
        )
        mine = [row for row in rows if json.loads(row["body"]) == run.body]
        sent = [row for row in mine if row["state"] == "SUBMITTING"]
        self._world.note("paid", request=run.request_id[:8], jobs=[row["id"] for row in sent], cost=run.cost)
        if len(sent) != 1:
            self.broken("a run is paid for by one job's intent", run=run.request_id, jobs=[row["id"] for row in mine])
            return
        job = sent[0]
        before = self.runs.setdefault(job["id"], [])
        before.append(run)
        if sum(each.charged for each in before) > 1:
            self.broken("at most one charge", job=job["id"], runs=[each.request_id for each in before])
        if job["forgotten"] or self._blocked(job):
            self.broken("nothing is paid for after a decision against it", job=job["id"])

    def _blocked(self, job: sqlite3.Row) -> bool:
        query = "SELECT 1 FROM blocks WHERE guild_id = ? AND member_id = ?"
        return bool(self._rows(query, job["guild_id"], job["member_id"]))

    def shown(self, what: str, message: Message) -> None:
        """Look at a message that was sent, edited or deleted."""
        job_id = _job_in(message, POST)
        if what != "sent" or job_id is None or message.flags & EPHEMERAL:
            return
        self._world.note("posted", job=job_id, message=message.id)
        posts = self.posts_of(job_id)
        if len(posts) > 1:
            self.broken("at most one visible post", job=job_id, posts=[post.id for post in posts])
        rows = self._rows("SELECT state, hidden, forgotten FROM jobs WHERE id = ?", job_id)
        if not rows or rows[0]["state"] in NOT_SHOWN or rows[0]["hidden"] or rows[0]["forgotten"]:
            self.broken("nothing is shown that may not be", job=job_id, state=rows and rows[0]["state"])

    def posts_of(self, job_id: int) -> list[Message]:
        """Return the messages that show a job's video."""
        needle = f"reelcast:details:post:{job_id}:"
        return [
            message
            for channel in self._world.discord.messages.values()
            for message in channel.values()
            if message.id > job_id and not message.flags & EPHEMERAL and message.button(needle)
        ]

    def states(self) -> Counter[str]:
        """Return how many jobs are in which state."""
        return Counter(row["state"] for row in self._rows("SELECT state FROM jobs"))

    # --- at the end ------------------------------------------------------------------------------------------

    def restless(self) -> bool:
        """Return whether a job still has a way to go, or something is owed."""
        marks = ", ".join(f"'{state}'" for state in sorted(AT_REST))
        query = f"SELECT 1 FROM jobs WHERE state NOT IN ({marks}) OR card_owed OR notice_owed LIMIT 1"  # noqa: S608
        return bool(self._rows(query))

    def at_the_end(self, asked: Mapping[int, Interaction]) -> None:
        """Hold what is left against what was promised."""
        rows = {row["id"]: row for row in self._rows("SELECT * FROM jobs")}
        for job in rows.values():
            self._rests(job)
        for job_id, interaction in asked.items():
            self._answered(job_id, interaction, rows)
        self._owned()
        spent = self._rows("SELECT COALESCE(SUM(usd), 0) AS usd FROM spending")[0]["usd"]
        booked = self._rows("SELECT COALESCE(SUM(ledger_usd), 0) AS usd FROM jobs")[0]["usd"]
        if spent != booked:
            self.broken("reservations and ledger agree", spent=spent, booked=booked)
        if self._world.segmind.over_budget:
            self.broken("never over the request budget", times=self._world.segmind.over_budget)

    def _rests(self, job: sqlite3.Row) -> None:
        state, job_id = job["state"], job["id"]
        if state not in AT_REST:
            self.broken("every job ends", job=job_id, state=state)
        if job["card_owed"] or job["notice_owed"]:
            self.broken("what is owed is said", job=job_id, card=job["card_owed"], notice=job["notice_owed"])
        posts = self.posts_of(job_id)
        if state in NOT_SHOWN and posts:
            self.broken("what is withdrawn is gone", job=job_id, state=state)
        if state == "DELIVERED" and not posts and not job["forgotten"]:
            self._world.note("post_gone", job=job_id)

    def _answered(self, job_id: int, interaction: Interaction, rows: Mapping[int, sqlite3.Row]) -> None:
        message = interaction.message
        if job_id in rows or message is None or message.flags & EPHEMERAL or not _job_in(message, CARD):
            return
        if self._rows("SELECT 1 FROM usage WHERE job_id = ? AND counts = 1", job_id):
            self.broken("an accepted job is on record", job=job_id)

    def _owned(self) -> None:
        owned = {
            _plain(row["request_id"]) for row in self._rows("SELECT request_id FROM jobs WHERE request_id IS NOT NULL")
        }
        owned |= {_plain(row["request_id"]) for row in self._rows("SELECT request_id FROM orphans")}
        for run in self._world.segmind.runs.values():
            if run.charged and _plain(run.request_id) not in owned:
                self.broken("every charge has an owner or a notice", run=run.request_id, at=run.at)


def _plain(request_id: str) -> str:
    return request_id.replace("-", "").lower()


def _job_in(message: Message, pattern: re.Pattern[str]) -> int | None:
    for custom_id in message.custom_ids():
        if found := pattern.fullmatch(custom_id):
            return int(found[1])
    return None
