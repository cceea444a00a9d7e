import os
from pathlib import Path

import pytest

from benchmarks.usage import read_usage, voluntary_switches

ROLLUP = """55d0c0a00000-7ffd2b5f0000 ---p 00000000 00:00 0                          [rollup]
Rss:               61440 kB
Pss:               50123 kB
Pss_Dirty:         40000 kB
Shared_Clean:      11000 kB
"""


def proc_with(folder: Path, pid: int, stat: str) -> Path:
    process = folder / str(pid)
    process.mkdir()
    (process / "smaps_rollup").write_text(ROLLUP)
    (process / "stat").write_text(stat)
    return folder


def test_memory_and_processor_time_are_read_whatever_the_program_is_called(tmp_path: Path) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    stat = f"42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 {ticks * 3} {ticks * 2} 0 0 20 0 5 0 100 1 1 1\n"

    usage = read_usage(42, proc_with(tmp_path, 42, stat))

    assert (usage.rss_kib, usage.pss_kib, usage.cpu_seconds) == (61440, 50123, 5.0)


def test_this_very_process_has_memory_and_has_worked() -> None:
    usage = read_usage(os.getpid())

    assert 0 < usage.pss_kib <= usage.rss_kib
    assert usage.cpu_seconds > 0


def test_a_process_that_is_not_there_takes_nothing_that_could_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_usage(42, tmp_path)


def test_voluntary_switches_are_those_of_all_threads(tmp_path: Path) -> None:
    for thread, switches in ((42, 7), (43, 5)):
        folder = tmp_path / "42" / "task" / str(thread)
        folder.mkdir(parents=True)
        (folder / "status").write_text(
            f"Name:\tbot\nvoluntary_ctxt_switches:\t{switches}\nnonvoluntary_ctxt_switches:\t9\n"
        )

    assert voluntary_switches(42, tmp_path) == 12
