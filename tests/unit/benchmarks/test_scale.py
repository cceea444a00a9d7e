"""The benchmark of scale: what it prints and says with its exit status, the jobs it makes, and one short run."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.scale import flat
from benchmarks.scale.__main__ import FULL
from benchmarks.scale.counted import Bytes, read_bytes
from benchmarks.scale.delivering import Delivered, Highest
from benchmarks.scale.following import AtDiscord, Followed, Plan, Process, Taken
from benchmarks.scale.jobs import ages_of, running_jobs, standing_ages
from benchmarks.scale.report import report
from benchmarks.seeding import Place
from benchmarks.usage import Usage
from bot.jobs.states import State

ROOT = Path(__file__).parents[3]
LONGEST = 280  # seconds
MIB = 1024  # KiB
HERE, THERE = (Place(guild_id=1, channel_id=channel, member_id=3) for channel in (20, 21))


def usage(mib: int) -> Usage:
    return Usage(rss_kib=(mib + 30) * MIB, pss_kib=mib * MIB, cpu_seconds=4.0)


def followed(**facts: Any) -> Followed:
    processes = [Process(role="run", usage=usage(120), cpu_seconds=6.0)]
    taken = Taken(processes=processes, seconds=60.0, requests=1_000, throttled=0)
    delays = [2.0] * 190 + [30.0] * 10
    usual = Followed(
        plan=FULL.alone,
        driven=2_000,
        taken=taken,
        start_seconds=3.4,
        delays=delays,
        at_discord=AtDiscord(passed=4_000, refused=0),
    )
    return replace(usual, **facts)


def delivered(*, highest_mib: int = 110, posted: int = 100) -> Delivered:
    highest = Highest(pss_kib=highest_mib * MIB, rss_kib=(highest_mib + 30) * MIB, disk_bytes=200 * MIB * MIB)
    return Delivered(
        plan=FULL.delivery, posted=posted, seconds=51.0, before=usage(90), highest=highest, cpu_seconds=20.0
    )


def page(measured: Followed, delivery: Delivered) -> tuple[int, str]:
    written = io.StringIO()
    return report([measured], delivery, Console(file=written, width=80)), written.getvalue()


@pytest.mark.parametrize(("highest_mib", "status"), [(154, 0), (155, 1)])
def test_memory_may_grow_by_64_mib_while_videos_are_delivered(highest_mib: int, status: int) -> None:
    assert page(followed(), delivered(highest_mib=highest_mib))[0] == status


def test_a_video_that_was_not_posted_misses_the_target() -> None:
    assert page(followed(), delivered(posted=99))[0] == 1


@pytest.mark.parametrize(("plan", "refused", "status"), [(FULL.alone, 1, 1), (FULL.shared, 3, 0), (FULL.shared, 5, 1)])
def test_discord_refuses_nothing_of_one_process_and_little_of_several(plan: Plan, refused: int, status: int) -> None:
    measured = followed(plan=plan, at_discord=AtDiscord(passed=4_000, refused=refused))
    assert page(measured, delivered())[0] == status


def test_runs_that_nobody_noticed_are_counted_and_not_averaged() -> None:
    _, written = page(followed(delays=[2.0] * 150), delivered())
    row = next(line for line in written.splitlines() if re.match(r" *2,000 \(SQLite\) ", line))
    assert row.split()[-4:] == ["2.0", "2.0", "2.0", "50"]


def test_a_benchmark_in_which_nothing_was_noticed_still_says_so() -> None:
    _, written = page(followed(delays=[]), delivered())
    assert "nan" in written
    assert "200" in written


def test_the_tables_fit_80_characters() -> None:
    measured = followed(plan=FULL.shared, driven=5_000, start_seconds=123.4)
    _, written = page(measured, delivered())
    assert max(len(line) for line in written.splitlines()) <= 80


def test_jobs_are_made_in_turn_in_each_place_under_its_card_and_no_two_have_one_id() -> None:
    ages = [10.0, 10.0, 20.0, 10.0]
    jobs = list(running_jobs(["a", "b", "c", "d"], ages, [HERE, THERE], [7, 8]))
    assert [(job.request.channel_id, job.card_message_id) for job in jobs] == [(20, 7), (21, 8), (20, 7), (21, 8)]
    assert len({job.id for job in jobs}) == 4
    assert {job.state for job in jobs} == {State.PROCESSING}


def test_runs_that_end_soon_were_submitted_about_as_long_ago_as_runs_take() -> None:
    ages = ages_of([30.0] * 500)
    assert 150 < sorted(ages)[250] + 30 < 240
    assert min(ages) >= 5


def test_runs_that_stand_still_are_younger_than_runs_take() -> None:
    ages = standing_ages(1_000)
    assert (len(ages), min(ages) > 5, max(ages) < 120) == (1_000, True, True)


def test_a_short_run_follows_alone_and_shared_and_posts_every_video() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode in {0, 1}, ended.stderr
    assert ended.stderr == ""
    assert re.search(r"^ *40 \(SQLite\) +40 ", ended.stdout, flags=re.MULTILINE)
    assert "met    of them not posted" in ended.stdout


def cost(videos: int, servers: int, *, cpu: float = 0.4, posted: int | None = None) -> flat.Cost:
    return flat.Cost(
        row=flat.Row(videos=videos, servers=servers),
        posted=videos if posted is None else posted,
        seconds=60.0,
        cpu_seconds=cpu * videos,
        queries=200 * videos,
        pages=600 * videos,
        sent=Bytes(from_discord=1_000 * videos, to_discord=2_000 * videos, from_segmind=3_000 * videos),
    )


def test_what_a_video_takes_may_differ_by_so_much_between_few_servers_and_many() -> None:
    console = Console(file=io.StringIO(), width=100)
    assert flat.report([cost(500, 50), cost(2_000, 2_000, cpu=0.45)], console) == 0
    assert flat.report([cost(500, 50), cost(2_000, 200), cost(2_000, 2_000, cpu=0.47)], console) == 1
    assert flat.report([cost(500, 50), cost(2_000, 200, posted=1_999)], console) == 1


def test_what_sockets_send_and_receive_is_counted_by_who_is_at_the_other_end(tmp_path: Path) -> None:
    program = """
import socket, sys
from pathlib import Path
from benchmarks.scale import counted
discord, segmind = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
counts = memoryview(bytearray(counted.SIZE)).cast("q")
counted.count_sockets(counts, frozenset({segmind.getsockname()[1]}))
for server, told, answer in ((discord, b"a" * 3, b"b" * 5), (segmind, b"c" * 7, b"d" * 11)):
    ours = socket.create_connection(server.getsockname())
    theirs, _ = server.accept()
    ours.send(told)
    theirs.sendall(answer)
    assert ours.recv(100) == answer
    ours.close(), theirs.close()
Path(sys.argv[1]).write_bytes(counts)
"""
    file = tmp_path / "counts"
    subprocess.run([sys.executable, "-c", program, str(file)], cwd=ROOT, check=True, timeout=LONGEST)  # noqa: S603
    assert read_bytes(file) == Bytes(from_discord=5, to_discord=3, from_segmind=11, to_segmind=7)
    assert (read_bytes(file) + read_bytes(file)).since(read_bytes(file)) == read_bytes(file)
    assert read_bytes(file).all == 26
