"""What must hold whatever happens: looked at with each event, and once more when everything has come to rest."""

import asyncio
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.jobs.states import DRIVEN, REVIEWED, State
from simulation.discord_world import EPHEMERAL, Member, Message
from simulation.life import Lives
from simulation.segmind import Run
from simulation.world import World

POST: Final = re.compile(r"reelcast:details:post:(\d+):\d+")
# Written out, and not taken from the bot's own tables: a fault in those has to be found.
NOT_SHOWN: Final = frozenset({"REJECTED", "WITHHELD", "TAKEN_DOWN", "REVIEW", "HELD"})
AT_REST: Final = frozenset(
    {"DELIVERED", "FAILED", "CANCELLED", "EXPIRED", "REJECTED", "WITHHELD", "TAKEN_DOWN", "UNDELIVERED"}
)
ENDED_UNPAID: Final = frozenset({"FAILED", "CANCELLED", "EXPIRED", "REJECTED"})
# A request that has left arrives, whatever its sender knows of it by then.
SENT_IN: Final = frozenset({"SUBMITTING", "UNCONFIRMED", "WAITING", "FAILED"})
WITH_POSTS: Final = 2  # in a deleted job's row: its member wanted its posts gone, too
ANSWERED_WITHIN: Final = 300.0  # seconds; an interaction may come late
PER_DAY: Final = 4  # videos of a member, in a history with limits
LOOKS_EVERY: Final = 60.0  # seconds
WOKEN_WITHIN: Final = 3  # looks
DECIDED_AGAINST: Final = """
    SELECT id FROM jobs WHERE id = ? AND (
        forgotten OR cancel_requested
        OR (NOT approved AND json_extract(handling, '$.review') = 'BEFORE_SPENDING')
        OR EXISTS (SELECT 1 FROM blocks b WHERE b.guild_id = jobs.guild_id AND b.member_id = jobs.member_id
                   AND b.until IS NULL)
        OR EXISTS (SELECT 1 FROM operator_blocks o WHERE o.target_id IN (jobs.guild_id, jobs.member_id))
    )
"""
BEING_POSTED: Final = """
    SELECT id, post_attempts, cancel_requested
        OR (NOT approved AND json_extract(handling, '$.review') = 'BEFORE_POSTING') AS refused
    FROM jobs WHERE state = 'POSTING'
"""


class Watch:
    """Reads the database by a connection of its own, and notes each promise that is broken."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._database: sqlite3.Connection | None = None
        self.violations: list[str] = []
        self.heard: Callable[[], object] = lambda: None  # called at each violation
        self.runs: dict[int, list[Run]] = {}  # by the job that paid for them
        self._known: dict[int, sqlite3.Row] = {}  # each job that was saved, as it was last
        self._seen: dict[int, float] = {}  # when each of them was there first
        self._gone_by: dict[int, float] = {}  # when members who deleted their data have had an answer
        self._intents: set[tuple[int, int]] = set()  # jobs with their attempt
        self._attempts: set[tuple[int, int]] = set()  # to post, of jobs with their number
        self._posts: dict[int, dict[int, Message]] = {}  # by the job
        self._asleep: Counter[int] = Counter()  # looks, by the job
        world.segmind.accepted = self.paid
        world.segmind.over_budget = self.over_budget
        world.discord.changed = self.shown
        world.disk.committed = self.committed

    def let_go(self) -> None:
        """Close the database."""
        if self._database is not None:
            self._database.close()
            self._database = None

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

    def resumable(self) -> Sequence[int]:
        """Return the jobs that an operator would try to take up again."""
        return [row["id"] for row in self._rows("SELECT id FROM jobs WHERE state IN ('FAILED', 'UNDELIVERED')")]

    def post_of(self, job_id: int) -> Message | None:
        """Return the message that shows a job's video, or None."""
        return next(iter(self._posts.get(job_id, {}).values()), None)

    # --- with each event -------------------------------------------------------------------------------------

    def committed(self, tables: frozenset[str]) -> None:
        """Look at what a transaction has just saved."""
        if "jobs" not in tables:
            return
        for row in self._rows("SELECT id, member_id, ledger_usd FROM jobs"):
            self._known[row["id"]] = row
            self._seen.setdefault(row["id"], self._world.loop.time())
        for row in self._rows("SELECT id, submit_attempts FROM jobs WHERE state = 'SUBMITTING'"):
            intent = (row["id"], row["submit_attempts"])
            if intent not in self._intents:
                self._intents.add(intent)
                if self._rows(DECIDED_AGAINST, row["id"]):
                    self.broken("nothing is submitted after a decision against it", job=row["id"])
        for row in self._rows(BEING_POSTED):
            attempt = (row["id"], row["post_attempts"])
            if attempt not in self._attempts and row["refused"]:
                self.broken("nothing is posted after a decision against it", job=row["id"])
            self._attempts.add(attempt)
        self._ledger()

    def _ledger(self) -> None:
        spent = self._rows("SELECT COALESCE(SUM(usd), 0) AS usd FROM spending")[0]["usd"]
        booked = self._rows("SELECT COALESCE(SUM(ledger_usd), 0) AS usd FROM jobs")[0]["usd"]
        booked += sum(self._known[job_id]["ledger_usd"] for job_id in self._deleted() if self._charged(job_id))
        if spent != booked:
            self.broken("reservations and ledger agree", spent=spent, booked=booked)

    def wants_gone(self, member: Member) -> None:
        """Take note that a member deletes their data now, and with it what they asked for until an answer is there."""
        self._gone_by[member.id] = self._world.loop.time() + ANSWERED_WITHIN

    def _deleted(self) -> set[int]:
        """Return the jobs that are gone at their members' wish."""
        there = {row["id"] for row in self._rows("SELECT id FROM jobs")}
        gone = (job for key, job in self._known.items() if key not in there)
        return {job["id"] for job in gone if self._seen[job["id"]] < self._gone_by.get(job["member_id"], 0.0)}

    def _charged(self, job_id: int) -> Sequence[Run]:
        return [run for run in self.runs.get(job_id, ()) if run.charged]

    def over_budget(self, count: int) -> None:
        """Note that more requests left for Segmind in a minute than it takes."""
        self.broken("never over the request budget", left_in_a_minute=count)

    def paid(self, run: Run) -> None:
        """Look at a request that Segmind has just accepted."""
        rows = self._rows("SELECT * FROM jobs WHERE body IS NOT NULL AND submitted_at IS NOT NULL")
        mine = [row for row in rows if json.loads(row["body"]) == run.body]
        job = next((row for row in mine if row["request_id"] is None and row["state"] in SENT_IN), None)
        self._world.note("paid", request=run.request_id[:8], jobs=[row["id"] for row in mine], cost=run.cost)
        if job is None:
            self.broken("a paid run belongs to one job's intent", run=run.request_id, jobs=[row["id"] for row in mine])
            return
        before = self.runs.setdefault(job["id"], [])
        before.append(run)
        if sum(each.charged for each in before) > 1:
            self.broken("at most one charge", job=job["id"], runs=[each.request_id for each in before])
        if run.charged and not self._world.wrong_clock:
            self._limits(job)

    def _limits(self, job: sqlite3.Row) -> None:
        """Hold what is really charged against the limits, in a history whose clock is right."""
        now = self._world.now()
        recent = [
            (key, run) for key, runs in self.runs.items() for run in runs if run.charged and run.at.date() == now.date()
        ]
        spent = sum(run.price for _key, run in recent)
        if spent > self._world.spend_limit:
            self.broken("the day's limit holds", charged=spent, limit=self._world.spend_limit)
        if self._world.member_limits:
            query = "SELECT job_id FROM usage WHERE guild_id = ? AND member_id = ? AND NOT given_back"
            counted = {row["job_id"] for row in self._rows(query, job["guild_id"], job["member_id"])}
            made = [key for key, run in recent if key in counted and run.at > now - timedelta(days=1)]
            if len(made) > PER_DAY:
                self.broken("a member's limit holds", member=job["member_id"], jobs=made)

    def shown(self, what: str, message: Message) -> None:
        """Look at a message that was sent, edited, or deleted."""
        if message.flags & EPHEMERAL:
            return
        job_id = _job_in(message, POST)
        if what == "deleted" or job_id is None:
            for posts in self._posts.values():
                posts.pop(message.id, None)
            return
        posts = self._posts.setdefault(job_id, {})
        if message.id in posts:
            return
        posts[message.id] = message
        self._world.note("posted", job=job_id, message=message.id)
        if len(posts) > 1:
            self.broken("at most one visible post", job=job_id, posts=list(posts))
        rows = self._rows("SELECT state, hidden, forgotten FROM jobs WHERE id = ?", job_id)
        if not rows or rows[0]["state"] in NOT_SHOWN or rows[0]["hidden"] or rows[0]["forgotten"]:
            self.broken("nothing is shown that may not be", job=job_id, state=rows and rows[0]["state"])

    def channel_gone(self, channel_id: int) -> None:
        """Forget the posts of a channel that was deleted."""
        for job_id, posts in self._posts.items():
            self._posts[job_id] = {key: each for key, each in posts.items() if each.channel_id != channel_id}

    async def look_who_sleeps(self, lives: Lives) -> None:
        """Look now and then whether each job that isn't over has something that will wake it."""
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            bot = lives.process.bot
            if bot is None or not lives.process.ready:
                self._asleep.clear()
                continue
            services: Any = bot.services
            drivers = services.jobs.dispatcher
            asleep: set[int] = set()
            for row in self._rows("SELECT jobs.id, state, open FROM jobs LEFT JOIN reviews ON job_id = jobs.id"):
                if row["state"] in DRIVEN and not drivers.drives(row["id"]):
                    asleep.add(row["id"])
                if row["state"] in REVIEWED and not row["open"]:
                    asleep.add(row["id"])
            self._asleep = Counter({job_id: self._asleep[job_id] + 1 for job_id in sorted(asleep)})
            for job_id, looks in self._asleep.items():
                if looks == WOKEN_WITHIN:
                    self.broken("a job that isn't over has something that will wake it", job=job_id)

    def states(self) -> Counter[str]:
        """Return how many jobs are in which state."""
        return Counter(row["state"] for row in self._rows("SELECT state FROM jobs"))

    # --- at the end ------------------------------------------------------------------------------------------

    def restless(self) -> bool:
        """Return whether a job still has a way to go, or something is owed."""
        marks = ", ".join(f"'{state}'" for state in sorted(AT_REST))
        query = f"SELECT 1 FROM jobs WHERE state NOT IN ({marks}) OR card_owed OR notice_owed LIMIT 1"  # noqa: S608
        return bool(self._rows(query))

    def at_the_end(self) -> None:
        """Hold what is left against what was promised."""
        rows = {row["id"]: row for row in self._rows("SELECT * FROM jobs")}
        for job in rows.values():
            self._rests(job)
        records = {row["job_id"] for row in self._rows("SELECT job_id FROM records")}
        for job_id in sorted(self._known.keys() - ((rows.keys() | self._deleted()) & records)):
            self.broken("an accepted job is on record", job=job_id)
        self._owned()
        self._ledger()

    def _rests(self, job: sqlite3.Row) -> None:
        state, job_id = job["state"], job["id"]
        if state not in AT_REST:
            self.broken("every job ends", job=job_id, state=state)
        if job["card_owed"] or job["notice_owed"]:
            self.broken("what is owed is said", job=job_id, card=job["card_owed"], notice=job["notice_owed"])
        posts = self._posts.get(job_id)
        if posts and (state in NOT_SHOWN or job["forgotten"] == WITH_POSTS):
            self.broken("what is withdrawn is gone", job=job_id, state=state)
        if job["hidden"] and any(post.attachments for post in (posts or {}).values()):
            self.broken("what is hidden shows no video", job=job_id)
        if job["forgotten"]:
            return
        if state == State.DELIVERED and posts is None:
            self.broken("what is delivered was posted", job=job_id)
        if state == State.UNDELIVERED and not self._was_told(job):
            self.broken("a person was told why", job=job_id)
        made = self._charged(job_id)
        if made and state in ENDED_UNPAID:
            self.broken("no video that is paid for is lost", job=job_id, state=state, run=made[0].request_id)
        ids = {_plain(each) for run in made for each in (run.request_id, run.listed_id)}
        if made and job["request_id"] and _plain(job["request_id"]) not in ids:
            self.broken("a job has the run that was charged for it", job=job_id, request=job["request_id"])

    def _was_told(self, job: sqlite3.Row) -> bool:
        discord, button = self._world.discord, f"reelcast:resend:{job['id']}"
        channels = [each.id for each in discord.channels.values() if each.recipient == job["member_id"]]
        return any(message.button(button) for each in channels for message in discord.messages.get(each, {}).values())

    def _owned(self) -> None:
        owned = {
            _plain(row["id"])
            for column in ("jobs.request_id", "jobs.history_id", "orphans.request_id")
            for row in self._rows(f"SELECT {column} AS id FROM {column.partition('.')[0]} WHERE {column} IS NOT NULL")  # noqa: S608
        }
        owned |= {_plain(run.request_id) for job_id in self._deleted() for run in self._charged(job_id)}
        for run in self._world.segmind.runs.values():
            if run.charged and not run.foreign and not {_plain(run.request_id), _plain(run.listed_id)} & owned:
                self.broken("every charge has an owner or a notice", run=run.request_id, at=run.at)


def _plain(request_id: str) -> str:
    return request_id.replace("-", "").lower()


def _job_in(message: Message, pattern: re.Pattern[str]) -> int | None:
    for custom_id in message.custom_ids():
        if found := pattern.fullmatch(custom_id):
            return int(found[1])
    return None
