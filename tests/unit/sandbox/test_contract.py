"""The contract check, on a small document written here: one service of rooms and notes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.contract.check import check_recording
from sandbox.contract.document import Document, DocumentError
from sandbox.contract.recording import RecordingError
from sandbox.contract.report import Report
from tests.unit.sandbox.rooms import (
    DOCUMENT,
    GOOD_NOTE,
    ID,
    exchange,
    got_note,
    json_content,
    posted,
)

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tmp_path / "recording.jsonl"


@pytest.fixture
def check(recording: Path) -> Any:
    """Check some recorded lines against the document, and return the report."""

    def run(*lines: dict[str, Any], document: Any = DOCUMENT) -> Report:
        recording.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return check_recording(Document(document), recording)

    return run


def problems(report: Report) -> list[str]:
    """Return each distinct problem as the report words it, without its route."""
    return [line.strip() for line in report.lines() if line.startswith("    ")]


def test_an_exchange_that_keeps_to_the_document_passes(check: Any) -> None:
    report = check(got_note(GOOD_NOTE | {"link": None, "parts": [{"type": 1, "text": "hi"}], "labels": {"a": "b"}}))
    assert report.passed
    assert list(report.lines())[-1] == "1 exchanges, 1 routes, 0 problems"


def test_nothing_recorded_does_not_pass(check: Any) -> None:
    assert not check().passed


@pytest.mark.parametrize("line", [exchange("GET", "/walls/12"), exchange("DELETE", "/rooms/1/notes")])
def test_a_route_that_the_document_lacks_is_a_problem(check: Any, line: Any) -> None:
    assert problems(check(line)) == ["route is not in the document (once)"]


def test_a_literal_segment_wins_over_a_parameter(check: Any) -> None:
    report = check(exchange("GET", "/rooms/1/notes/@own", answer={"mine": True}))
    assert list(report.routes) == ["GET /rooms/{room}/notes/@own"]
    assert report.passed


def test_a_path_parameter_is_held_against_its_schema(check: Any) -> None:
    report = check(exchange("GET", "/rooms/blue/notes", answer=[]))
    assert problems(report) == ["path room does not fit its schema (once)"]


@pytest.mark.parametrize(
    "query",
    [{"limit": "100"}, {"loud": "1"}, {"loud": "true"}, {"ids": ["1", "2"]}, {"ids": "1"}],
)
def test_a_query_parameter_is_read_as_its_schema_means_it(check: Any, query: Any) -> None:
    assert check(exchange("GET", "/rooms/1/notes", query=query, answer=[])).passed


@pytest.mark.parametrize("query", [{"limit": "101"}, {"limit": "many"}, {"loud": "2"}, {"ids": ["one"]}])
def test_a_query_parameter_outside_its_schema_is_a_problem(check: Any, query: Any) -> None:
    report = check(exchange("GET", "/rooms/1/notes", query=query, answer=[]))
    assert problems(report) == [f"query {next(iter(query))} does not fit its schema (once)"]


def test_an_undocumented_query_parameter_is_a_problem(check: Any) -> None:
    report = check(exchange("GET", "/rooms/1/notes", query={"colour": "red"}, answer=[]))
    assert problems(report) == ["query colour is not documented (once)"]


def test_a_required_body_that_is_missing_is_a_problem(check: Any) -> None:
    assert problems(check(posted(None))) == ["request the body is missing (once)"]


def test_a_body_where_none_is_documented_is_a_problem(check: Any) -> None:
    report = check(exchange("GET", "/rooms/1/notes", body={}, answer=[]))
    assert problems(report) == ["request a body of type application/json is not documented (once)"]


def test_a_request_body_is_held_against_its_schema(check: Any) -> None:
    report = check(posted({"text": "too long"}))
    assert problems(report) == ['request at /text expected maxLength 5: "too long" (once)']


def test_a_property_that_no_part_of_a_schema_names_is_a_problem(check: Any) -> None:
    report = check(posted({"text": "hi", "loud": True, "colour": "red"}))
    assert problems(report) == ['request at /colour is in no schema: "red" (once)']


def test_a_multipart_body_is_its_json_and_its_files(check: Any) -> None:
    assert check(posted({"text": "hi"}, files=["files[0]"])).passed
    report = check(posted({"text": "hi", "size": 1}, files=["files[0]", "file"]))
    assert problems(report) == [
        "request at /size is in no schema: 1 (once)",
        'request at /file is in no schema: "" (once)',
    ]


def test_a_documented_range_of_statuses_covers_each_of_them(check: Any) -> None:
    assert check(exchange("GET", "/rooms/1/notes", status=404, answer={"code": 10003})).passed
    report = check(exchange("GET", "/rooms/1/notes", status=404, answer={"code": "none"}))
    assert problems(report) == ['response at /code expected type integer: "none" (once)']


def test_an_undocumented_status_is_a_problem(check: Any) -> None:
    report = check(exchange("GET", "/rooms/1/notes", status=501, answer={"code": 0}))
    assert problems(report) == ["response status 501 is not documented (once)"]
    assert report.routes["GET /rooms/{room}/notes"].responses == 0


def test_a_body_in_an_answer_without_one_is_a_problem(check: Any) -> None:
    report = check(exchange("POST", "/rooms/1/notes", body={}, status=204, answer={}))
    assert problems(report) == ["response status 204 is documented without a body (once)"]


def test_an_answer_of_another_media_type_is_a_problem(check: Any) -> None:
    report = check(exchange("GET", "/rooms/1/notes", answer="<html>", answer_type="text/html"))
    assert problems(report) == ["response a body of type text/html is not documented for status 200 (once)"]


def test_a_missing_property_is_named_where_it_should_stand(check: Any) -> None:
    assert problems(check(got_note({"id": "7"}))) == ["response at /at is missing: {id} (once)"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"id": "18446744073709551616"}, "/id expected format snowflake"),
        ({"at": "2026-08-01"}, "/at expected format date-time"),
        ({"at": "2026-08-01T10:00:00"}, "/at expected format date-time"),
        ({"link": "no link"}, "/link expected format uri"),
        ({"size": 2**31}, "/size expected format int32"),
    ],
)
def test_formats_are_checked(check: Any, changes: Any, rule: str) -> None:
    [problem] = problems(check(got_note(GOOD_NOTE | changes)))
    assert problem.startswith(f"response at {rule}")


def test_a_leading_zero_makes_no_snowflake(check: Any) -> None:
    found = problems(check(got_note(GOOD_NOTE | {"id": "007"})))
    assert [problem.split()[3:5] for problem in found] == [["expected", "pattern"], ["expected", "format"]]


def test_a_union_is_judged_by_the_branch_that_its_type_means(check: Any) -> None:
    report = check(got_note(GOOD_NOTE | {"parts": [{"type": 2, "url": "a"}, {"type": 1, "text": "too long"}]}))
    assert problems(report) == ['response at /parts/1/text expected maxLength 5: "too long" (once)']


def test_a_property_of_another_branch_is_unknown(check: Any) -> None:
    report = check(got_note(GOOD_NOTE | {"parts": [{"type": 1, "text": "hi", "url": "a"}]}))
    assert problems(report) == ['response at /parts/0/url is in no schema: "a" (once)']


def test_a_type_that_no_branch_has_is_a_problem(check: Any) -> None:
    report = check(got_note(GOOD_NOTE | {"parts": [{"type": 3}]}))
    assert problems(report) == ["response at /parts/0 is none of the documented choices: {type} (once)"]


def test_a_nullable_object_is_judged_as_the_object(check: Any) -> None:
    assert check(got_note(GOOD_NOTE | {"reply_to": None})).passed
    report = check(got_note(GOOD_NOTE | {"reply_to": {**GOOD_NOTE, "id": 7}}))
    assert problems(report) == ["response at /reply_to/id expected type string: 7 (once)"]


def test_additional_properties_are_held_against_their_schema(check: Any) -> None:
    report = check(got_note(GOOD_NOTE | {"labels": {"a": "too long"}}))
    assert problems(report) == ['response at /labels/a expected maxLength 5: "too long" (once)']


def test_the_same_mistake_is_reported_once_with_its_count(check: Any) -> None:
    notes = [GOOD_NOTE | {"id": 7}, GOOD_NOTE | {"id": 8}]
    report = check(exchange("GET", "/rooms/1/notes", answer=notes), exchange("GET", "/rooms/2/notes", answer=notes))
    assert problems(report) == ["response at /0/id expected type string: 7 (4 times, first)"]
    assert list(report.lines())[-1] == "2 exchanges, 1 routes, 1 problems"


def test_an_excerpt_is_clipped_and_shows_no_secret_and_no_signature(check: Any) -> None:
    unknown = {"token": "t0p", "image": "https://cdn.example/a.png?ex=1&hm=2", "novel": "x" * 500}
    text = "\n".join(check(got_note(GOOD_NOTE | unknown)).lines())
    assert "t0p" not in text
    assert "hm=" not in text
    assert "https://cdn.example/a.png" in text
    assert "x" * 100 not in text


def test_a_known_difference_is_counted_and_no_problem(check: Any) -> None:
    allowed_mentions = {"type": "object", "properties": {"users": {"type": "array", "items": ID}}}
    schema = {"type": "object", "properties": {"allowed_mentions": allowed_mentions}}
    paths = {"/x": {"post": {"requestBody": json_content(schema), "responses": {"204": {"description": ""}}}}}
    document = {**DOCUMENT, "paths": paths}
    report = check(exchange("POST", "/x", body={"allowed_mentions": {"users": [5, 6]}}, status=204), document=document)
    assert report.passed
    assert any(line.startswith("known difference, 2 times") for line in report.lines())
    report = check(exchange("POST", "/x", body={"allowed_mentions": {"users": [{}]}}, status=204), document=document)
    assert not report.passed


def test_a_dispatch_is_held_against_the_object_that_http_answers(check: Any) -> None:
    dispatch = {"dispatch": {"event": "MESSAGE_CREATE", "shard": 0, "data": GOOD_NOTE | {"guild_id": "1", "x": 1}}}
    assert problems(check(dispatch)) == ["dispatch at /x is in no schema: 1 (once)"]


def test_an_object_within_a_dispatch_is_found_and_named_by_its_place(check: Any) -> None:
    data = {"type": 3, "token": ":token", "message": GOOD_NOTE | {"size": "large"}}
    dispatch = {"dispatch": {"event": "INTERACTION_CREATE", "shard": 0, "data": data}}
    assert problems(check(dispatch)) == ['dispatch at /message/size expected type integer: "large" (once)']


def test_a_dispatch_is_no_exchange(check: Any) -> None:
    dispatch = {"dispatch": {"event": "MESSAGE_CREATE", "shard": 0, "data": GOOD_NOTE}}
    report = check(dispatch)
    assert report.problems == 0
    assert list(report.lines())[-1] == "0 exchanges, 0 routes, 0 problems"
    assert not report.passed


def test_a_schema_that_a_dispatch_needs_and_the_document_lacks_is_a_problem(check: Any) -> None:
    dispatch = {"dispatch": {"event": "GUILD_CREATE", "shard": 0, "data": {"roles": [{"id": "1"}]}}}
    assert problems(check(dispatch)) == ["dispatch the document has no schema GuildRoleResponse (once)"]


def test_a_document_without_paths_is_refused() -> None:
    with pytest.raises(DocumentError, match="no paths"):
        Document({"openapi": "3.1.0"})


@pytest.mark.parametrize("text", ["no json", '{"request": {}}', '{"dispatch": {}}'])
def test_a_line_that_cannot_be_read_is_named_by_its_number(recording: Path, text: str) -> None:
    recording.write_text(json.dumps(got_note(GOOD_NOTE)) + f"\n{text}\n", encoding="utf-8")
    with pytest.raises(RecordingError, match="line 2"):
        check_recording(Document(DOCUMENT), recording)


@pytest.mark.parametrize(("note", "status"), [(GOOD_NOTE, 0), ({}, 1)])
def test_the_command_ends_with_0_only_if_nothing_is_wrong(
    recording: Path, tmp_path: Path, note: Any, status: int
) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    recording.write_text(json.dumps(got_note(note)), encoding="utf-8")
    done = run_command(str(spec), str(recording))
    assert done.returncode == status
    assert "1 exchanges, 1 routes" in done.stdout


def test_the_command_ends_with_2_if_nothing_can_be_checked(tmp_path: Path) -> None:
    done = run_command(str(tmp_path / "absent.json"), str(tmp_path / "absent.jsonl"))
    assert done.returncode == 2
    assert "absent.json" in done.stderr


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox.contract", *arguments]
    return subprocess.run(  # noqa: S603 (our own command)
        command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60
    )
