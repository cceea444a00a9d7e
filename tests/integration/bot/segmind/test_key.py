"""The key stays between us and Segmind."""

import traceback
from collections.abc import Callable, Coroutine

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.segmind import errors
from bot.segmind.client import Endpoints, SegmindClient
from bot.segmind.wire import Request
from tests.integration.bot.segmind.scripted import (
    BODY,
    DONE,
    ID,
    KEY,
    MODEL,
    Handler,
    Segmind,
    Setting,
    resets,
    resets_in_the_body,
    says,
)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed_with_or_without_the_key(
    setting: Setting, elsewhere: tuple[Segmind, str], status: int
) -> None:
    stranger, url = elsewhere
    setting.segmind.answers(says(status, b"", location=url))
    client = setting.client()
    with pytest.raises(errors.OutcomeUnknown):
        await client.submit(MODEL, BODY)
    with pytest.raises(errors.UnreadableAnswer):
        await client.result(ID)
    assert stranger.received == []


async def test_the_key_goes_to_no_other_host(setting: Setting, elsewhere: tuple[Segmind, str]) -> None:
    stranger, url = elsewhere
    with pytest.raises(ValueError, match="another host"):
        await setting.client()._request(Request(operation="status", method="GET", url=url), total=1)
    assert stranger.received == []


@pytest.mark.parametrize(
    "handler", [resets, resets_in_the_body, says(401, {"error": f"bad key {KEY}"}), says(502, f"<p>{KEY}</p>")]
)
async def test_the_key_is_in_no_log_no_message_and_no_chain_of_exceptions(setting: Setting, handler: Handler) -> None:
    setting.segmind.answers(handler)
    client = setting.client()
    calls: list[Callable[[], Coroutine[None, None, object]]] = [
        lambda: client.submit(MODEL, BODY),
        lambda: client.status(ID),
        client.credits,
        lambda: client.upload(["data:image/png;base64,AAAA"]),
    ]
    for call in calls:
        with capture_logs() as logs, pytest.raises(errors.SegmindError) as caught:
            await call()
        told = [str(logs), repr(client), *traceback.format_exception(caught.value)]
        link: BaseException | None = caught.value
        while link is not None:
            told += [str(link), repr(link), repr(vars(link))]
            link = link.__cause__ or link.__context__
        assert logs
        assert KEY not in "".join(told)


async def test_a_log_line_names_the_operation_the_status_and_the_request(setting: Setting) -> None:
    setting.segmind.answers(DONE)
    with capture_logs() as logs:
        await setting.client().status(ID)
    [line] = logs
    assert (line["operation"], line["status"], line["request_id"]) == ("status", 200, ID)
    assert line["ms"] >= 0


@pytest.mark.parametrize("key", ["", "SG_1\n", "SG_\u00e4"])
async def test_a_key_that_no_header_can_carry_is_refused_without_being_repeated(setting: Setting, key: str) -> None:
    with pytest.raises(ValueError, match="header") as caught:
        SegmindClient(
            setting.session,
            key=SecretStr(key),
            endpoints=Endpoints(api=setting.url, history=setting.url, storage=setting.url),
            budget=setting.budget,
        )
    assert not key or key not in str(caught.value)
