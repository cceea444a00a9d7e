"""The answers with which the service refuses a request, in its own wording."""

from collections.abc import Mapping

MISSING_KEY = "Missing Authorization or x-api-key in header"
INVALID_KEY = "Unauthorized. API key is invalid or may have expired..."


class RefusalError(Exception):
    """An HTTP answer of 4xx; `body` is the JSON that is sent."""

    def __init__(
        self, status: int, body: Mapping[str, object] | str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, body)
        self.status = status
        self.body: Mapping[str, object] = {"error": body} if isinstance(body, str) else body
        self.headers = dict(headers or {})


def invalid_token() -> RefusalError:
    """Refuse a bearer token, which the service takes for one of another scheme."""
    return RefusalError(
        401,
        {
            "error": "invalid_token",
            "error_description": "The access token is malformed or expired",
            "status_code": 401,
        },
    )


def unknown_request(request_id: str) -> RefusalError:
    return RefusalError(404, f"Request {request_id} not found")
