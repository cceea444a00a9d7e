import json

from benchmarks.answer_times import answer_times
from sandbox.discord.json_types import JsonObject


def dispatched(interaction: int, at: str) -> str:
    data = {"id": str(interaction), "token": ":token"}
    return json.dumps({"at": at, "dispatch": {"event": "INTERACTION_CREATE", "shard": 0, "data": data}})


def answered(
    interaction: int, at: str, *, status: int = 200, route: str = "interactions", end: str = "callback"
) -> str:
    request: JsonObject = {"method": "POST", "path": f"/api/v10/{route}/{interaction}/:token/{end}"}
    return json.dumps({"at": at, "request": request, "response": {"status": status}})


def test_an_answer_took_from_the_dispatch_to_the_callback() -> None:
    lines = [dispatched(7, "2026-08-20T12:00:00.000100+00:00"), answered(7, "2026-08-20T12:00:00.020600+00:00")]

    assert answer_times(lines) == {7: 0.0205}


def test_interactions_under_way_at_once_are_told_apart() -> None:
    lines = [
        dispatched(1, "2026-08-20T12:00:00.000000+00:00"),
        dispatched(2, "2026-08-20T12:00:00.010000+00:00"),
        answered(2, "2026-08-20T12:00:00.015000+00:00"),
        answered(1, "2026-08-20T12:00:00.040000+00:00"),
    ]

    assert answer_times(lines) == {1: 0.04, 2: 0.005}


def test_only_the_first_accepted_answer_counts() -> None:
    lines = [
        dispatched(1, "2026-08-20T12:00:00.000000+00:00"),
        answered(1, "2026-08-20T12:00:00.010000+00:00", status=500),
        answered(1, "2026-08-20T12:00:00.020000+00:00"),
        answered(1, "2026-08-20T12:00:00.030000+00:00"),
    ]

    assert answer_times(lines) == {1: 0.02}


def test_what_is_no_answer_to_an_interaction_is_left_out() -> None:
    ready = json.dumps({"at": "2026-08-20T12:00:00+00:00", "dispatch": {"event": "READY", "shard": 0, "data": {}}})
    lines = [
        ready,
        dispatched(1, "2026-08-20T12:00:00.000000+00:00"),
        answered(1, "2026-08-20T12:00:00.010000+00:00", route="webhooks", end="messages"),
        answered(2, "2026-08-20T12:00:00.010000+00:00"),
    ]

    assert answer_times(lines) == {}
