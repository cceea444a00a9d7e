"""A record as a table: nothing in it computes, nothing of it is lost."""

import csv
import io
from dataclasses import replace

import pytest

from bot.jobs.decisions import Decided, Decision
from bot.policy.records import Entry
from bot.presentation import records_export
from bot.presentation.records_export import COLUMNS, records_csv
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
    assert row["decisions"] == "2026-03-01T12:00:00+00:00 BLOCKED by <@99>: =cmd()"


def test_segminds_request_has_a_column_that_is_empty_where_none_was_made() -> None:
    made, none = rows(RECORD, replace(RECORD, request_id=None))
    assert (made["segmind_request"], none["segmind_request"]) == ("r-1", "")


def test_a_decision_about_no_request_is_a_row_too() -> None:
    [row] = rows(BLOCKED)
    assert (row["what"], row["member"], row["prompt"]) == ("BLOCKED", "<@30>", "")


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=x", "\n=x", "  =1+1"])
def test_no_cell_begins_a_formula(begin: str) -> None:
    [row] = rows(replace(RECORD, prompt=begin))
    assert row["prompt"] == f"'{begin}"


def test_spreadsheets_are_told_that_it_is_utf_8() -> None:
    assert records_csv([RECORD])[0].startswith(b"\xef\xbb\xbf")


def test_half_a_character_breaks_nothing() -> None:
    [row] = rows(replace(RECORD, prompt="a \ud83d fox"))
    assert row["prompt"] == "a ? fox"


def test_a_file_is_never_larger_than_discord_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_export, "MOST_BYTES", 2_000)
    content, count = records_csv([RECORD] * 50)
    assert len(content) <= 2_000
    assert 0 < count < 50
