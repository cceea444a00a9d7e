"""A server's record as a table for spreadsheets: CSV in UTF-8 with its mark, in English, times in UTC."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from bot.jobs.decisions import Decision
from bot.records.store import Entry, Record
from bot.records.words import card_address, video_address

MOST_ROWS: Final = 10_000
MOST_BYTES: Final = 8_000_000  # of the 10 MiB that Discord takes everywhere
COLUMNS: Final = (
    *("time", "what", "member", "channel", "prompt", "model", "seconds", "aspect_ratio", "options", "reference_hashes"),
    *("problem", "segmind_request", "cost_usd", "card", "video", "decisions", "job"),
)
# What makes a spreadsheet compute a cell instead of showing it, in the forms that some of them take for the same. It
# counts where a cell begins, and where one would begin for a spreadsheet that parts cells at another sign than the
# comma; what is drawn as nothing, and quotation marks, may stand before it. An equals sign counts after any space.
_FORMULA: Final = "[=+\\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
_EQUALS: Final = "[=\ufe66\uff1d]"
_BLANK: Final = (
    '[\\s"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_SEPARATOR: Final = "[,;|:\t\r\n]"
_BEGINS: Final = re.compile(
    rf"((?:\A|{_SEPARATOR}){_BLANK}*|\s{_BLANK}*(?='*{_EQUALS}))(?='*{_FORMULA})|\A(?='*[\t\r\n])"
)


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
        record.options.model,
        str(record.options.duration),
        record.options.aspect_ratio,
        "; ".join(f"{name}={value}" for name, value in record.options.others.items()),
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
    who = f"<@{decision.by_id}>" if decision.by_id else "bot"
    line = f"{decision.at.isoformat(timespec='seconds')} {decision.kind.value} by {who}"
    return f"{line}: {decision.reason}" if decision.reason else line


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue().encode("utf-8", "replace")


def _harmless(cell: str) -> str:
    """Have every spreadsheet show a cell as it is: what would begin a formula gets an apostrophe before it.

    Where apostrophes stand before it already it gets one more, so that taking one away at each such place gives back
    what was written.
    """
    return _BEGINS.sub(lambda begin: f"{begin[1] or ''}'", cell)
