"""Faults on demand: what a client of Segmind must live with, over real connections."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.sample import sample_images
from sandbox.segmind.clock import ServiceClock
from sandbox.segmind.server import SegmindSandbox
from tests.integration.sandbox.segmind.segmind_lab import MODEL, NOON, PATIENCE, Client, segmind_client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with segmind_client() as client:
        yield client


@pytest.fixture
async def body(client: Client, tmp_path: Path) -> dict[str, Any]:
    return {"prompt": "@Image1", "image_urls": await client.upload(sample_images(tmp_path)[0].read_bytes())}


async def accepted(client: Client) -> int:
    return len((await client.control.state())["requests"])


@pytest.mark.parametrize(("when", "requests"), [("before", 0), ("after", 1)])
async def test_a_connection_is_reset_before_or_after_the_request_was_accepted(
    client: Client, body: dict[str, Any], when: str, requests: int
) -> None:
    await client.control.add_faults({"operation": "submit", "kind": "reset", "when": when, "count": 1})
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.ask("POST", f"/v2/{MODEL}", json=body)
    assert await accepted(client) == requests
    assert (await client.ask("POST", f"/v2/{MODEL}", json=body))[0] == 200
    assert await accepted(client) == requests + 1


@pytest.mark.parametrize(("when", "requests"), [("before", 0), ("after", 1)])
async def test_a_stalled_request_never_answers_and_ends_when_its_client_leaves(
    client: Client, body: dict[str, Any], when: str, requests: int
) -> None:
    await client.control.add_faults({"operation": "submit", "kind": "stall", "when": when, "count": 1})
    call = asyncio.create_task(client.ask("POST", f"/v2/{MODEL}", json=body))
    await asyncio.wait_for(
        client.control.wait_for(lambda state: state["operations"].get("submit") == 1 and not state["faults"]),
        PATIENCE,
    )
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await accepted(client) == requests


async def test_a_slow_answer_comes_late_but_whole(client: Client) -> None:
    await client.control.add_faults({"operation": "credits", "kind": "stall", "delay": 0.05})
    assert await client.ask("GET", "/v1/get-user-credits") == (200, {"credits": 50.0})


async def test_a_proxy_answers_in_html_although_the_request_was_accepted(client: Client, body: dict[str, Any]) -> None:
    await client.control.add_faults(
        {
            "operation": "submit",
            "kind": "answer",
            "when": "after",
            "status": 502,
            "body": "<html>Bad Gateway</html>",
            "headers": {"Via": "1.1 proxy"},
        }
    )
    async with client.request("POST", f"/v2/{MODEL}", json=body) as response:
        assert (response.status, response.content_type) == (502, "text/html")
        assert response.headers["Via"] == "1.1 proxy"
    assert await accepted(client) == 1


async def test_an_answer_can_be_garbage_that_calls_itself_json(client: Client) -> None:
    await client.control.add_faults(
        {"kind": "answer", "status": 200, "body": '{"credits": ', "content_type": "application/json"}
    )
    async with client.request("GET", "/v1/get-user-credits") as response:
        assert (response.status, response.content_type) == (200, "application/json")
        assert await response.text() == '{"credits": '


@pytest.mark.parametrize("operation", ["result", "output"])
async def test_a_body_breaks_off_halfway(client: Client, body: dict[str, Any], operation: str) -> None:
    request_id = await client.complete(*body["image_urls"])
    _, result = await client.ask("GET", f"/v2/requests/{request_id}")
    path = {
        "result": f"/v2/requests/{request_id}",
        "output": result["output"].removeprefix(client.where["output_url"]),
    }[operation]
    await client.control.add_faults({"operation": operation, "kind": "hang_up_midway", "when": "after", "count": 1})
    async with client.request("GET", path) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    async with client.request("GET", path) as response:
        assert await response.read()


async def test_a_refused_request_uses_up_no_fault_for_accepted_ones(client: Client, body: dict[str, Any]) -> None:
    await client.control.add_faults({"operation": "submit", "kind": "reset", "when": "after", "count": 1})
    assert (await client.ask("POST", f"/v2/{MODEL}", json={}))[0] == 400
    assert len((await client.control.state())["faults"]) == 1
    await client.control.clear_faults()
    assert (await client.ask("POST", f"/v2/{MODEL}", json=body))[0] == 200


async def test_a_run_fails_when_an_images_host_drops_the_connection(client: Client, body: dict[str, Any]) -> None:
    await client.control.add_faults({"operation": "asset", "kind": "reset"})
    request_id = await client.submit(*body["image_urls"])
    await client.control.advance(10)
    report = await client.until(request_id, "FAILED")
    assert report["requests"][0]["error"] == ("Failed to load image_urls[0]: it could not be fetched (ClientOSError)")
    assert report["fetched"][0]["status"] is None


async def test_a_sandbox_closes_at_once_whatever_is_under_way(tmp_path: Path) -> None:
    """A run that renders, a client that is stalled and one that follows the state are all left behind."""
    image = sample_images(tmp_path)[0].read_bytes()
    async with aiohttp.ClientSession() as session:
        async with SegmindSandbox(clock=ServiceClock(start=NOON, frozen=True)) as sandbox:
            client = Client(sandbox, session)
            request_id = await client.submit(*await client.upload(image), duration=10)
            await client.control.advance(10)
            await client.until(request_id, "PROCESSING")
            await client.control.add_faults({"operation": "credits", "kind": "stall"})
            stalled = asyncio.create_task(client.ask("GET", "/v1/get-user-credits"))
            follower = asyncio.create_task(client.control.wait_for(lambda state: state["charges"] > 0))
            await client.control.wait_for(lambda state: "credits" in state["operations"])
        with pytest.raises(aiohttp.ClientError):
            await stalled
        with pytest.raises(aiohttp.ClientError):
            await follower


@pytest.mark.parametrize(("ending", "error"), [("failed", "generation failed"), ("blocked", "content moderation")])
async def test_every_run_can_be_made_to_end_without_a_video(
    client: Client, body: dict[str, Any], ending: str, error: str
) -> None:
    await client.control.configure(runs_end=ending)
    request_id = await client.submit(*body["image_urls"])
    await client.control.advance(10)
    await client.until(request_id, "FAILED")
    request = await client.control.request(request_id)
    assert error in str(request["error"])
    assert (request["charged"], request["finished"]) == (0.0, NOON + 10)


async def test_the_requests_of_the_open_minute_are_counted(client: Client) -> None:
    before = (await client.control.state())["this_minute"]
    await client.ask("GET", "/v1/get-user-credits")
    assert (await client.control.state())["this_minute"] == before + 1
    await client.control.advance(61)
    assert (await client.control.state())["this_minute"] == 0
