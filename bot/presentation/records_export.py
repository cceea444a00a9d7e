"""A server's record as a table for spreadsheets: CSV in UTF-8 with its mark, in English, times in UTC."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from bot.jobs.decisions import Decision
from bot.policy.records import Entry, Record
from bot.presentation.records_words import card_address, video_address

MOST_ROWS: Final = 10_000
MOST_BYTES: Final = 8_000_000  # of the 10 MiB that Discord takes everywhere
COLUMNS: Final = (
    *("time", "what", "member", "channel", "prompt", "model", "seconds", "aspect_ratio", "reference_hashes"),
    *("problem", "segmind_request", "cost_usd", "card", "video", "decisions", "job"),
)
# What makes a spreadsheet compute a cell instead of showing it.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def records_csv(entries: Iterable[Entry]) -> tuple[bytes, int]:
    """Write as many entries as the file may have; return it and how many those are.

    Ids of members and channels are written as Discord's mentions: a spreadsheet would round bare numbers that long.
    """
    content = bytearray("\N{ZERO WIDTH NO-BREAK SPACE}".encode() + _line(COLUMNS))
    rows = 0
    for entry in entries:
        line = _line(_of_decision(entry) if isinstance(entry, Decision) else _of_record(entry))
        if rows == MOST_ROWS or len(content) + len(line) > MOST_BYTES:
            break
        content += line
        rows += 1
    return bytes(content), rows


def _of_record(record: Record) -> Sequence[str]:
    return (
        record.asked_at.isoformat(timespec="seconds"),
        record.state.value,
        f"<@{record.member_id}>",
        f"<#{record.channel_id}>",
        record.prompt,
        record.model,
        str(record.duration),
        record.aspect_ratio,
        " ".join(record.fingerprints),
        record.problem.value if record.problem else "",
        record.request_id or "",
        "" if record.cost_usd is None else str(record.cost_usd),
        card_address(record) or "",
        video_address(record) or "" if record.video_message_id else "",
        " | ".join(_decided(each) for each in record.decisions),
        f"job {record.job_id}",
    )


def _of_decision(decision: Decision) -> Sequence[str]:
    row = dict.fromkeys(COLUMNS, "")
    row["time"] = decision.at.isoformat(timespec="seconds")
    row["what"] = decision.kind.value
    row["member"] = f"<@{decision.member_id}>"
    row["decisions"] = _decided(decision)
    row["job"] = f"job {decision.job_id}" if decision.job_id else ""
    return tuple(row.values())


def _decided(decision: Decision) -> str:
    who = f"<@{decision.by_id}>" if decision.by_id else "the bot"
    line = f"{decision.at.isoformat(timespec='seconds')} {decision.kind.value} by {who}"
    return f"{line}: {decision.reason}" if decision.reason else line


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue().encode("utf-8", "replace")


def _harmless(cell: str) -> str:
    """Have a spreadsheet show a cell as it is: what would begin a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULAS) or cell.startswith(_FORMULAS) else cell
