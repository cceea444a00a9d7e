"""What a process takes of the machine, as Linux counts it under /proc."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Memory now, and processor time since the process began."""

    rss_kib: int  # resident: what it shares with other processes is counted in full
    pss_kib: int  # resident, with what it shares counted by its part
    cpu_seconds: float  # of all its threads, in user and kernel mode


def read_usage(pid: int, proc: Path = PROC) -> Usage:
    """Read what a process takes; see proc(5), `smaps_rollup` and `stat`. Raises OSError if there is none."""
    memory = (proc / str(pid) / "smaps_rollup").read_text()
    stat = (proc / str(pid) / "stat").read_text()
    # The second field is the program's name in brackets and may hold anything; the third is the first after it.
    fields = stat.rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return Usage(
        rss_kib=_kib(memory, "Rss"),
        pss_kib=_kib(memory, "Pss"),
        cpu_seconds=(user + system) / os.sysconf("SC_CLK_TCK"),
    )


def voluntary_switches(pid: int, proc: Path = PROC) -> int:
    """Return how often the threads that a process has now have gone to sleep by themselves; see proc(5), `status`."""
    statuses = [each.read_text() for each in (proc / str(pid) / "task").glob("*/status")]
    return sum(int(found) for status in statuses for found in re.findall(r"\nvoluntary_ctxt_switches:\s+(\d+)", status))


def _kib(memory: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", memory, flags=re.MULTILINE)
    if found is None:
        raise ValueError(f"smaps_rollup tells no {name}")
    return int(found[1])
