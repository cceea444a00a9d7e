"""Requests are known by what they are for, and every boundary has a name of its own."""

import pytest
from yarl import URL

from benchmarks.chaos.boundaries import BOUNDARIES, operation_of, request_boundary


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/api/v10/interactions/1/token/callback", "card"),
        ("PATCH", "/api/v10/channels/1/messages/2", "card edit"),
        ("GET", "/api/v10/channels/1/messages/2", "card read"),
        ("GET", "/api/v10/channels/1/messages?after=2", "look"),
        ("POST", "/api/v10/channels/1/messages", "post"),
        ("GET", "/ephemeral-attachments/1/2/reference.png", "reference"),
        ("POST", "/v2/kling-o1-reference-image-to-video", "submit"),
        ("GET", "/v2/requests/r1/status", "status"),
        ("GET", "/v2/requests/r1", "result"),
        ("GET", "/inference-request/request-history?page=1", "history"),
        ("GET", "/outputs/o1.mp4", "output"),
        ("POST", "/api/v10/users/@me/channels", "notice"),
        ("GET", "/api/v10/gateway/bot", None),
        ("PUT", "/api/v10/applications/1/commands", None),
    ],
)
def test_a_request_is_known_by_its_method_and_path(method: str, path: str, operation: str | None) -> None:
    assert operation_of(method, URL(f"http://127.0.0.1{path}")) == operation
    if operation is not None:
        assert request_boundary(operation, "left") in BOUNDARIES


def test_no_two_boundaries_share_a_name() -> None:
    assert len(set(BOUNDARIES)) == len(BOUNDARIES)
