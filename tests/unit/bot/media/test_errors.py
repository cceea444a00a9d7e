import pickle

import pytest

from bot.media.errors import (
    ChildFailed,
    FetchError,
    FetchFailed,
    FetchGone,
    FetchRefusal,
    FetchRefused,
    ImageRefused,
    image_fault,
)
from bot.media.rules import ImageFault


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (FetchRefused("a.example/x", FetchRefusal.TOO_LARGE), ImageFault.TOO_LARGE),
        (FetchRefused("a.example/x", FetchRefusal.HOST_NOT_ALLOWED), ImageFault.FORBIDDEN_HOST),
        (FetchRefused("a.example/x", FetchRefusal.PRIVATE_ADDRESS), ImageFault.FORBIDDEN_HOST),
        (FetchGone("a.example/x", 404), ImageFault.GONE),
        (FetchFailed("a.example/x", "HTTP 503"), ImageFault.UNREACHABLE),
    ],
)
def test_each_failed_fetch_of_an_image_has_its_fault(error: FetchError, fault: ImageFault) -> None:
    assert image_fault(error) is fault


@pytest.mark.parametrize(
    "error",
    [
        FetchRefused("a.example/x", FetchRefusal.TOO_LARGE),
        FetchGone("a.example/x", 404),
        FetchFailed("a.example/x", "HTTP 503"),
        ImageRefused(ImageFault.BROKEN),
        ChildFailed("SIGKILL", 2),
    ],
)
def test_errors_cross_a_process_whole(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_a_failed_fetch_says_where_and_why() -> None:
    assert str(FetchGone("a.example/x", 404)) == "a.example/x: HTTP 404"
    assert str(FetchRefused("a.example/x", FetchRefusal.TOO_LARGE)) == "a.example/x: larger than allowed"
