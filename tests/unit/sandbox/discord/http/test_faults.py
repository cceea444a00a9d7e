"""What a fault answers, and which requests it is for."""

import pytest
from pydantic import ValidationError

from sandbox.discord.http.faults import CUT, Fault, Faults
from sandbox.discord.json_types import JsonObject

MESSAGES = "/channels/{channel_id}/messages"


def test_a_fault_is_used_up_by_what_it_matches() -> None:
    faults = Faults()
    faults.add(Fault(method="PATCH", route="messages", times=2))
    assert faults.take("POST", MESSAGES, moment="before") is None
    assert faults.take("PATCH", MESSAGES, moment="after") is None
    assert faults.take("PATCH", MESSAGES, moment="before", server="cdn") is None
    taken = [faults.take("PATCH", MESSAGES, moment="before") for _ in range(3)]
    assert [each is not None for each in taken] == [True, True, False]


def test_a_fault_lets_as_many_requests_pass_as_it_says() -> None:
    faults = Faults()
    faults.add(Fault(skip=2))
    taken = [faults.take("GET", "/users/@me", moment="before") for _ in range(4)]
    assert [each is not None for each in taken] == [False, False, True, False]


def test_a_route_is_found_in_the_template_or_in_the_path() -> None:
    for route in (r"channel_id\}/messages$", "/channels/7/"):
        assert Fault(route=route).matches("POST", MESSAGES, "/channels/7/messages")
    assert not Fault(route="/channels/8/").matches("POST", MESSAGES, "/channels/7/messages")


@pytest.mark.parametrize(
    ("fields", "status", "body"),
    [
        ({}, 500, {"message": "500: Internal Server Error", "code": 0}),
        ({"code": 50013}, 403, {"message": "Missing Permissions", "code": 50013}),
        ({"code": 50013, "status": 401}, 401, {"message": "Missing Permissions", "code": 50013}),
        ({"status": 403, "code": 12345, "message": "No"}, 403, {"message": "No", "code": 12345}),
        ({"status": 200, "body": {"url": 1}}, 200, {"url": 1}),
        ({"status": 502, "body": "<p>"}, 502, "<p>"),
        (
            {"code": 30046, "retry_after": 9},
            429,
            {
                "message": "Maximum number of edits to messages older than 1 hour reached. Try again later.",
                "code": 30046,
                "retry_after": 9,
                "global": False,
            },
        ),
    ],
)
def test_a_fault_answers_status_code_message_or_any_body(fields: JsonObject, status: int, body: object) -> None:
    answer = Fault.model_validate(fields).answer()
    assert (answer.status, answer.body) == (status, body)
    assert "Via" in answer.headers


def test_a_body_has_its_own_type_and_headers() -> None:
    fault = Fault(status=403, body="error code: 1015", content_type="text/plain", headers={"X-Odd": "1"})
    response = fault.answer().response()
    assert (response.headers["Content-Type"], response.headers["X-Odd"]) == ("text/plain", "1")
    assert response.body == b"error code: 1015"
    assert Fault().answer().response().headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("error", "status"), [("1015", 429), ("1020", 403)])
def test_cloudflare_answers_a_page_that_says_when_to_come_back(error: str, status: int) -> None:
    answer = Fault(cloudflare=error, retry_after=40).answer()
    response = answer.response()
    assert (response.status, response.headers["Retry-After"]) == (status, "40")
    assert response.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "Via" not in response.headers
    assert f"Error <span>{error}</span>" in str(answer.body)


def test_status_zero_cuts_the_connection() -> None:
    assert Fault(status=0, body="never sent").answer() is CUT


@pytest.mark.parametrize("fields", [{"statuss": 1}, {"route": "("}, {"moment": "during"}, {"times": "often"}])
def test_a_fault_that_is_described_wrongly_is_refused(fields: JsonObject) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate(fields)
