"""What the cost benchmark counts of a real SQLite connection, and what it says of it."""

import io
import sqlite3
from collections import Counter as Tally
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.cost.__main__ import FULL, Measured, report
from benchmarks.cost.counted import Counter, Counts
from benchmarks.cost.on_postgresql import by_kind


def counted(file: Path, script: str) -> Tally[str]:
    tally: Tally[str] = Tally()
    opened = sqlite3.connect(file, isolation_level=None)
    opened.executescript("PRAGMA journal_mode=WAL; CREATE TABLE jobs (id); CREATE TABLE request_budget (id)")
    opened.set_trace_callback(Counter(lambda name, more: tally.update({name: more})).heard)
    for statement in script.split("; "):
        opened.execute(statement)
    opened.close()
    return +tally


def test_a_transaction_is_counted_by_what_it_locks_and_what_it_changes(tmp_path: Path) -> None:
    script = (
        "PRAGMA synchronous=FULL; BEGIN; SELECT * FROM jobs; ROLLBACK; BEGIN IMMEDIATE; SELECT * FROM jobs; COMMIT; "
        "BEGIN IMMEDIATE; INSERT INTO jobs VALUES (1); UPDATE jobs SET id = 2; COMMIT"
    )

    assert counted(tmp_path / "a.db", script) == {
        "statements": 4,
        "read_transactions": 1,
        "write_transactions": 2,
        "only_read": 1,
        "syncs": 1,
    }


def test_what_need_not_last_syncs_nothing_and_the_request_budget_is_counted_apart(tmp_path: Path) -> None:
    script = (
        "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE; DELETE FROM jobs; COMMIT; BEGIN IMMEDIATE; "
        "SELECT * FROM request_budget; UPDATE request_budget SET id = 2; COMMIT; PRAGMA data_version"
    )

    assert counted(tmp_path / "a.db", script) == {
        "statements": 1,
        "write_transactions": 1,
        "looks": 1,
        "budget_statements": 2,
        "budget_transactions": 1,
    }


def test_what_costs_no_more_than_the_goal_meets_it() -> None:
    frugal = Measured(
        idle=Counts(looks=12),
        idle_cpu=0.1,
        switches=150,
        bare_switches=10,
        job=Counts(statements=50, write_transactions=12, syncs=5),
        job_cpu=0.3,
        polls=10,
        on_postgresql={"heartbeats": 12, "leases": 18, "others": 0},
    )
    page = io.StringIO()

    assert report(FULL, frugal, Console(file=page, width=80)) == 0
    assert report(FULL, replace(frugal, switches=211), Console(file=page, width=80)) == 1
    assert report(FULL, replace(frugal, on_postgresql={"others": 1}), Console(file=page, width=80)) == 1


def test_a_statement_on_postgresql_is_a_heartbeat_a_look_after_leases_or_something_else() -> None:
    calls = [
        ("SELECT procrastinate_update_heartbeat_v1($1)", 12),
        ("WITH silent AS ( DELETE FROM procrastinate_jobs WHERE …", 12),
        ("SELECT id FROM procrastinate_fetch_job_v2($1, $2)", 12),
        ("SELECT * FROM jobs", 1),
        ("BEGIN ISOLATION LEVEL READ COMMITTED", 20),
        ("SELECT query FROM pg_stat_statements", 1),
    ]
    assert by_kind(calls) == {"heartbeats": 12, "leases": 24, "others": 1}
