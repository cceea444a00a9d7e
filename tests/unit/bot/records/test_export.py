"""A record as a table: nothing in it computes, nothing of it is lost."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.decisions import Decided, Decision
from bot.records import export
from bot.records.export import COLUMNS, records_csv
from bot.records.store import Entry
from tests.support.jobs import NOON
from tests.support.records import RECORD

BLOCKED = Decision(guild_id=10, member_id=30, kind=Decided.BLOCKED, at=NOON, by_id=99, reason="=cmd()")


def rows(*entries: Entry) -> list[dict[str, str]]:
    content, count = records_csv(entries)
    assert count == len(entries)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_request_is_a_row_with_everything_that_is_known() -> None:
    [row] = rows(replace(RECORD, decisions=(BLOCKED,)))
    assert tuple(row) == COLUMNS
    assert (row["time"], row["what"], row["member"]) == ("2026-03-01T12:00:00+00:00", "DELIVERED", "<@30>")
    assert (row["prompt"], row["reference_hashes"], row["cost_usd"]) == (RECORD.prompt, "00ff 11ee", "1.35")
    assert row["video"] == "https://discord.com/channels/10/21/8"
    assert row["decisions"] == "2026-03-01T12:00:00+00:00 BLOCKED by <@99>: '=cmd()"


def test_segminds_request_has_a_column_that_is_empty_where_none_was_made() -> None:
    made, none = rows(RECORD, replace(RECORD, request_id=None))
    assert (made["segmind_request"], none["segmind_request"]) == ("r-1", "")


def test_a_decision_about_no_request_is_a_row_too() -> None:
    [row] = rows(BLOCKED)
    assert (row["what"], row["member"], row["prompt"]) == ("BLOCKED", "<@30>", "")


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("\t=1", "\t'=1"),
        ("  =1+1", "  '=1+1"),
        ("\xa0=1+1", "\xa0'=1+1"),
        ("\u200b\ufeff=1+1", "\u200b\ufeff'=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20SUM(A1)", "'\uff20SUM(A1)"),
        ("a fox;=1+1;b", "a fox;'=1+1;b"),
        ("a fox; \u200b@x", "a fox; \u200b'@x"),
        ('a fox;"=1+1";b', 'a fox;"\'=1+1";b'),
        ("a fox,-1\t+1|@a\n=b", "a fox,'-1\t'+1|'@a\n'=b"),
        ("a fox =1+1", "a fox '=1+1"),
        ("'=1", "''=1"),
        ("a fox;''=1", "a fox;'''=1"),
    ],
)
def test_nothing_begins_a_formula_and_everything_can_be_read(prompt: str, shown: str) -> None:
    [row] = rows(replace(RECORD, prompt=prompt))
    assert row["prompt"] == shown


@pytest.mark.parametrize("prompt", ["a fox - in the snow", "a fox and @mira's", "1+1=2", "it's 16:9", "x=1", "“@a”"])
def test_what_begins_no_formula_stays_as_it_is(prompt: str) -> None:
    [row] = rows(replace(RECORD, prompt=prompt))
    assert row["prompt"] == prompt


SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66"
INVISIBLE = ' \xa0\u3000\u200b\u00ad\ufeff\t\r\n"'
HOSTILE = st.lists(st.sampled_from([*SIGNS, *INVISIBLE, *"',;|:", "a fox", "1", "(A1)", "''"]), max_size=12).map(
    "".join
)


@given(HOSTILE, HOSTILE, st.sampled_from(list(",;|\t")))
def test_no_spreadsheet_computes_anything_whatever_it_parts_cells_at(prompt: str, reason: str, separator: str) -> None:
    decided = replace(BLOCKED, reason=reason)
    content, _ = records_csv([replace(RECORD, prompt=prompt, decisions=(decided,)), decided])
    text = content.decode("utf-8-sig")
    properly = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    simply = [cell for line in text.splitlines() for cell in line.split(separator)]
    assert [cell for cell in (*properly, *simply) if cell.strip(INVISIBLE).startswith(tuple(SIGNS))] == []


def without_guards(cell: str) -> str:
    """Take the apostrophes away again, as the guide for moderators says."""
    blank = rf"[{INVISIBLE}]"
    begins = rf"((?:\A|[,;|:\t\r\n]){blank}*|\s{blank}*(?='+[=\uff1d\ufe66]))'(?='*[{SIGNS.replace('-', '')}-])"
    return re.sub(r"\A'(?='*[\t\r\n])", "", re.sub(begins, r"\1", cell))


@given(HOSTILE)
def test_taking_away_one_apostrophe_at_each_such_place_gives_back_what_was_written(prompt: str) -> None:
    [row] = rows(replace(RECORD, prompt=prompt))
    assert without_guards(row["prompt"]) == prompt


def test_spreadsheets_are_told_that_it_is_utf_8() -> None:
    assert records_csv([RECORD])[0].startswith(b"\xef\xbb\xbf")


def test_half_a_character_breaks_nothing() -> None:
    [row] = rows(replace(RECORD, prompt="a \ud83d fox"))
    assert row["prompt"] == "a ? fox"


def test_a_file_is_never_larger_than_discord_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_BYTES", 2_000)
    content, count = records_csv([RECORD] * 50)
    assert len(content) <= 2_000
    assert 0 < count < 50
