"""The bodies in which Discord says no."""

from sandbox.discord.refusals import UNKNOWN_MESSAGE, FormErrors, RateLimited, invalid_form


def test_a_refusal_carries_its_status_and_answers_code_and_message() -> None:
    refusal = UNKNOWN_MESSAGE.refusal()

    assert refusal.status == 404
    assert refusal.body() == {"message": "Unknown Message", "code": 10008}
    assert str(refusal) == "404 (10008): Unknown Message"


def test_a_rate_limit_tells_how_long_to_wait() -> None:
    refusal = RateLimited(retry_after=1.23456, is_global=True)

    assert refusal.status == 429
    assert refusal.body() == {
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": 1.235,
        "global": True,
    }


def test_a_form_error_stands_at_the_path_of_its_field() -> None:
    body = invalid_form(("data", "options", 0), "BASE_TYPE_REQUIRED", "This field is required").body()

    error = {"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}
    assert (body["message"], body["code"]) == ("Invalid Form Body", 50035)
    assert body["errors"] == {"data": {"options": {"0": {"_errors": [error]}}}}


def test_a_form_without_errors_passes() -> None:
    FormErrors().raise_if_any()
