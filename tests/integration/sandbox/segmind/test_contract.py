"""Segmind's contract over real HTTP, on a service clock that stands still until it is moved."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.sample import sample_images
from sandbox.segmind.server import SegmindSandbox
from tests.integration.sandbox.segmind.segmind_lab import MODEL, PATIENCE, Client, picture_of, segmind_client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with segmind_client() as client:
        yield client


@pytest.fixture
def keeper(tmp_path: Path) -> bytes:
    return sample_images(tmp_path)[0].read_bytes()


async def test_a_request_moves_from_queued_to_a_video_that_anyone_can_fetch(client: Client, keeper: bytes) -> None:
    urls = await client.upload(keeper)
    request_id = await client.submit(*urls, aspect_ratio="9:16", duration="5")
    path = f"/v2/requests/{request_id}"
    assert (await client.ask("GET", f"{path}/status"))[1]["status"] == "QUEUED"

    await client.control.advance(10)
    await client.until(request_id, "PROCESSING")
    status, processing = await client.ask("GET", f"{path}/status")
    assert (status, processing["status"], processing["metrics"]) == (200, "PROCESSING", {})
    assert (await client.ask("GET", path))[0] == 409

    await client.control.advance(60)
    await client.until(request_id, "COMPLETED")
    assert (await client.ask("GET", f"{path}/status"))[1]["status"] == "COMPLETED"
    status, result = await client.ask("GET", path)
    assert status == 200
    assert result["metrics"]["cost"] == 1.35
    assert result["metrics"]["remaining_credits"] == 48.65
    async with client.session.get(result["output"]) as response:
        assert (response.status, response.content_type) == (200, "video/mp4")
        video = await response.read()
    assert len(video) == result["video"]["file_size"]
    assert picture_of(video) == (180, 320, 5)


async def test_a_result_that_is_not_there_yet_may_be_answered_like_the_status(client: Client, keeper: bytes) -> None:
    await client.control.configure(early_result="status")
    request_id = await client.submit(*await client.upload(keeper))
    path = f"/v2/requests/{request_id}"
    assert await client.ask("GET", path) == await client.ask("GET", f"{path}/status")


async def test_a_run_fetches_every_image_in_order_elements_too(client: Client, keeper: bytes) -> None:
    urls = await client.upload(keeper, keeper, keeper)
    element = {"frontal_image_url": urls[1], "reference_image_urls": [urls[2], urls[0]]}
    await client.complete(urls[0], elements=[element], prompt="@Element1 meets @Image1")
    fetched = [fetch["url"] for fetch in (await client.control.state())["fetched"]]
    assert fetched == [urls[0], urls[1], urls[2], urls[0]]


async def test_another_model_runs_on_the_same_contract(client: Client, keeper: bytes) -> None:
    start, end = await client.upload(keeper, keeper)
    body = {"prompt": "dawn breaks", "start_image_url": start, "end_image_url": end}
    _, answer = await client.ask("POST", "/v2/kling-o1-image-to-video", json=body)
    await client.control.advance(10)
    await client.until(answer["request_id"], "PROCESSING")
    await client.control.advance(60)
    assert (await client.until(answer["request_id"], "COMPLETED"))["charged_usd"] == 0.92


async def test_the_addresses_of_a_submission_all_lead_to_it(client: Client, keeper: bytes) -> None:
    await client.control.configure(early_result="status")
    body = {"prompt": "@Image1", "image_urls": await client.upload(keeper)}
    _, answer = await client.ask("POST", f"/v2/{MODEL}", json=body)
    for name in ("poll_url", "status_url", "response_url"):
        path = answer[name].removeprefix(client.where["api_url"])
        assert (await client.ask("GET", path))[1]["request_id"] == answer["request_id"]


async def test_ten_seconds_cost_and_last_twice_as_much_and_a_film_of_the_same_inputs_is_rendered_once(
    client: Client, keeper: bytes
) -> None:
    urls = await client.upload(keeper)
    for _ in range(2):
        await client.complete(*urls, duration=10)
    report = await client.control.state()
    assert (report["charges"], report["charged_usd"], report["credits"]) == (2, 5.4, 44.6)
    outputs = [request["output"] for request in report["requests"]]
    assert len(set(outputs)) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"only text", "not a valid image"),
        (bytes(10 * 1024 * 1024 + 1), "larger than 10 MB"),
        (None, "the server answered 404"),
    ],
)
async def test_a_run_fails_uncharged_under_422_when_an_image_is_none(
    client: Client, keeper: bytes, data: bytes | None, words: str
) -> None:
    good, *_ = await client.upload(keeper)
    bad = f"{client.where['storage_url']}/assets/gone.png" if data is None else (await client.upload(data))[0]
    request_id = await client.submit(good, bad)
    await client.control.advance(10)
    report = await client.until(request_id, "FAILED")
    for path in (f"/v2/requests/{request_id}/status", f"/v2/requests/{request_id}"):
        status, body = await client.ask("GET", path)
        assert (status, body["status"]) == (422, "FAILED")
        assert body["error"].startswith("Failed to load image_urls[1]: ")
        assert words in body["error"]
        assert "cost" not in body["metrics"]
    assert (report["charges"], report["credits"]) == (0, 50)
    assert [fetched["status"] for fetched in report["fetched"]] == [200, 404 if data is None else 200]


async def test_a_prompt_that_moderation_blocks_fails_by_its_wording_alone(client: Client, keeper: bytes) -> None:
    await client.control.configure(moderation_words=["weapon"])
    request_id = await client.submit(*await client.upload(keeper), prompt="a Weapon in @Image1")
    await client.control.advance(10)
    await client.until(request_id, "FAILED")
    status, body = await client.ask("GET", f"/v2/requests/{request_id}/status")
    assert status == 422
    assert "content moderation (RAI)" in body["error"]


async def test_a_record_ends_after_an_hour_and_its_file_after_seven_days(client: Client, keeper: bytes) -> None:
    request_id = await client.complete(*await client.upload(keeper))
    output = (await client.ask("GET", f"/v2/requests/{request_id}"))[1]["output"]
    await client.control.advance(3600)
    gone = (404, {"error": f"Request {request_id} not found"})
    assert await client.ask("GET", f"/v2/requests/{request_id}/status") == gone
    assert await client.ask("GET", f"/v2/requests/{request_id}") == gone
    status, row = await client.ask("GET", f"/inference-request/request-history/{request_id}")
    assert (status, row["generation_url"]) == (200, output)
    assert (await client.control.request(request_id))["output"] == output.rpartition("/")[2]
    await client.control.advance(7 * 86_400)
    async with client.session.get(output) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, "Missing Authorization or x-api-key in header"),
        ({"x-api-key": "SG_0000000000000000"}, "Unauthorized. API key is invalid or may have expired..."),
        ({"Authorization": "Bearer SG_0000000000000000"}, "invalid_token"),
    ],
)
async def test_whoever_has_no_valid_key_is_told_which_way(client: Client, headers: dict[str, str], error: str) -> None:
    for method, path in (("GET", "/v1/get-user-credits"), ("POST", f"/v2/{MODEL}"), ("GET", "/v2/requests/x")):
        status, body = await client.ask(method, path, headers=headers)
        assert (status, body["error"]) == (401, error)


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ({"credits": 1.34}, 406, "Insufficient credits"),
        ({"team_limit_reached": True}, 406, "Team spend limit"),
        ({"forbidden_models": [MODEL]}, 403, "not permitted"),
        ({"retired_models": [MODEL]}, 410, "retired"),
        ({"key_valid": False}, 401, "invalid or may have expired"),
    ],
)
async def test_a_submission_is_refused_in_the_services_own_words(
    client: Client, keeper: bytes, settings: dict[str, Any], status: int, words: str
) -> None:
    urls = await client.upload(keeper)
    await client.control.configure(**settings)
    body = {"prompt": "@Image1", "image_urls": urls}
    refused, answer = await client.ask("POST", f"/v2/{MODEL}", json=body)
    assert refused == status
    assert words in answer["error"]
    assert (await client.control.state())["requests"] == []


async def test_what_is_no_json_object_or_no_model_is_refused(client: Client) -> None:
    json_type = {**client.key, "Content-Type": "application/json"}
    cases = [
        (f"/v2/{MODEL}", {"data": b"{}", "headers": {**client.key, "Content-Type": "text/plain"}}, 406),
        (f"/v2/{MODEL}", {"data": b"{", "headers": json_type}, 400),
        (f"/v2/{MODEL}", {"json": []}, 400),
        (f"/v2/{MODEL}", {"json": {"prompt": "a fox"}}, 400),
        ("/v2/no-such-model", {"json": {"prompt": "a fox"}}, 404),
    ]
    for path, options, status in cases:
        refused, answer = await client.ask("POST", path, **options)
        assert (refused, set(answer)) == (status, {"error"})


async def test_a_wrong_verb_is_answered_in_html(client: Client) -> None:
    async with client.request("GET", f"/v2/{MODEL}") as response:
        assert (response.status, response.content_type) == (405, "text/html")
        assert response.headers["Allow"] == "POST"
        assert "<h1>" in await response.text()


async def test_every_request_counts_towards_the_minute_polls_too(client: Client) -> None:
    await client.control.configure(requests_per_minute=3)
    path = "/v2/requests/11111111-1111-4111-8111-111111111111/status"
    statuses = [(await client.ask("GET", path))[0] for _ in range(3)]
    async with client.request("GET", "/v1/get-user-credits") as response:
        assert response.status == 429
        assert response.headers["x-rate-limit-reset-at-utc"] == "2026-08-20T12:01:00.000Z"
        assert "Retry-After" not in response.headers
        assert response.headers["Date"] == "Thu, 20 Aug 2026 12:00:00 GMT"
    assert statuses == [404, 404, 404]
    await client.control.advance(60)
    assert (await client.ask("GET", "/v1/get-user-credits"))[0] == 200
    report = await client.control.state()
    assert (report["too_many_requests"], report["busiest_minute"]) == (1, 4)
    assert report["operations"] == {"status": 3, "credits": 2}


async def test_a_429_can_come_without_the_time_of_its_reset(client: Client) -> None:
    await client.control.configure(requests_per_minute=1, rate_limit_header="absent")
    await client.ask("GET", "/v1/get-user-credits")
    async with client.request("GET", "/v1/get-user-credits") as response:
        assert response.status == 429
        assert "x-rate-limit-reset-at-utc" not in response.headers


async def test_the_credits_are_what_charges_leave(client: Client, keeper: bytes) -> None:
    await client.complete(*await client.upload(keeper))
    assert await client.ask("GET", "/v1/get-user-credits") == (200, {"credits": 48.65})
    await client.control.configure(account_found=False)
    unknown = {"error": "No credits found for the user"}
    assert await client.ask("GET", "/v1/get-user-credits") == (404, unknown)


async def test_the_history_knows_requests_in_flight_late_and_of_others(client: Client, keeper: bytes) -> None:
    await client.control.configure(history_lag=30)
    request_id = await client.submit(*await client.upload(keeper))
    history = "/inference-request/request-history"
    assert (await client.ask("GET", history))[1]["data"] == []
    assert (await client.ask("GET", f"{history}/{request_id}"))[0] == 404

    await client.control.configure(history_lag=0, history_body="object")
    foreign = await client.control.insert_request({"prompt": "theirs"}, age=10, status="FAILED", copies=2)
    rows = (await client.ask("GET", history))[1]["data"]
    assert [row["request_id"] for row in rows] == [request_id, *foreign]
    assert [row["model_status"] for row in rows] == ["PENDING", "FAILED", "FAILED"]
    assert rows[1]["request_body"] == {"prompt": "theirs"}

    await client.control.configure(history_hidden=True)
    assert (await client.ask("GET", history))[1]["data"] == []


async def test_the_blocking_call_answers_the_bytes_of_the_video(client: Client, keeper: bytes) -> None:
    body = {"prompt": "@Image1", "image_urls": await client.upload(keeper)}
    call = asyncio.create_task(client.request("POST", f"/v1/{MODEL}", json=body).__aenter__())
    report = await asyncio.wait_for(client.control.wait_for(lambda state: bool(state["requests"])), PATIENCE)
    request_id = report["requests"][0]["request_id"]
    await client.control.advance(10)
    await client.until(request_id, "PROCESSING")
    await client.control.advance(60)
    response = await asyncio.wait_for(call, PATIENCE)
    assert (response.status, response.content_type) == (200, "video/mp4")
    assert response.headers["x-cost"] == "1.35"
    assert response.headers["x-remaining-credits"] == "48.65"
    assert response.headers["x-seed-value"].isdigit()
    assert picture_of(await response.read()) == (320, 180, 5)


async def test_a_key_sent_to_the_host_of_the_videos_is_noticed(client: Client, keeper: bytes) -> None:
    request_id = await client.complete(*await client.upload(keeper))
    output = (await client.ask("GET", f"/v2/requests/{request_id}"))[1]["output"]
    async with client.session.get(output) as response:
        assert response.status == 200
    assert (await client.control.state())["key_leaks"] == []
    async with client.session.get(output, headers=client.key) as response:
        assert response.status == 200
    assert (await client.control.state())["key_leaks"] == [output.removeprefix(client.where["output_url"])]


@pytest.mark.parametrize(
    "data_urls",
    [None, [], "data:image/png;base64,AAAA", ["https://example.org/a.png"], ["data:image/png;base64,???"]],
)
async def test_an_upload_that_is_no_list_of_data_urls_is_refused(client: Client, data_urls: object) -> None:
    status, _ = await client.ask("POST", "/upload-asset", json={"data_urls": data_urls})
    assert status == 400


async def test_the_control_api_says_what_is_wrong_with_what_it_is_told(client: Client) -> None:
    with pytest.raises(aiohttp.ClientResponseError) as caught:
        await client.control.configure(speed=0)
    assert caught.value.status == 400
    with pytest.raises(aiohttp.ClientResponseError):
        await client.control.add_faults({"kind": "explode"})


async def test_an_unknown_path_is_answered_in_json(client: Client) -> None:
    assert await client.ask("GET", "/v3/anything") == (404, {"error": "Not Found"})


async def test_two_sandboxes_have_two_keys_and_two_accounts() -> None:
    async with SegmindSandbox(credits=Decimal(1)) as one, SegmindSandbox() as other:
        assert one.describe()["api_key"] != other.describe()["api_key"]
        assert one.describe()["output_host"] != other.describe()["output_host"]
