"""The unmodified `segmind` SDK from PyPI as a second client of the local Segmind."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from segmind import InferenceFailed, InferenceTimeout, SegmindClient, SegmindError
from segmind.files import Files

from sandbox.sample import sample_images
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.films.film import TINY
from sandbox.segmind.reports import SegmindDescription
from sandbox.segmind.server import SegmindSandbox
from tests.integration.sandbox.segmind.segmind_lab import MODEL, picture_of

SPEED = 4_000.0  # a run of 194 s takes 0.05 s


@pytest.fixture
async def where() -> AsyncIterator[SegmindDescription]:
    async with SegmindSandbox(
        speed=SPEED, quality=replace(TINY, padded_to=2_000_000), requests_per_minute=1_000
    ) as sandbox:
        yield sandbox.describe()


@pytest.fixture
async def control(where: SegmindDescription) -> AsyncIterator[SegmindControl]:
    async with aiohttp.ClientSession() as session:
        yield SegmindControl(where["control_url"], session)


@pytest.fixture
def sdk(where: SegmindDescription, monkeypatch: pytest.MonkeyPatch) -> Iterator[SegmindClient]:
    """Point the SDK here: one address is its parameter, two are constants of its modules."""
    history = f"{where['history_url']}/inference-request/request-history"
    # `segmind.generations` is an object of the package; the module of that name is behind it
    monkeypatch.setattr(importlib.import_module("segmind.generations"), "REQUEST_HISTORY_URL", history)
    monkeypatch.setattr(Files, "STORAGE_BASE_URL", where["storage_url"])
    client = SegmindClient(api_key=where["api_key"], base_url=f"{where['api_url']}/v1")
    yield client
    client._client.close()


@pytest.fixture
async def inputs(sdk: SegmindClient, tmp_path: Path) -> dict[str, Any]:
    """Upload two sample images with the SDK and give the inputs of a run with them."""
    uploaded = await asyncio.to_thread(sdk.files.upload, [*sample_images(tmp_path)[:2]])
    return {"prompt": "@Image1 walks through @Image2", "image_urls": uploaded["file_urls"], "duration": 5}


async def test_the_sdk_submits_waits_and_finds_the_video(
    sdk: SegmindClient, inputs: dict[str, Any], control: SegmindControl
) -> None:
    def work() -> dict[str, Any]:
        job = sdk.submit_async(MODEL, **inputs)
        assert job.submit_response["status"] == "QUEUED"
        assert job.submit_response["request_id"] == job.request_id
        return job.wait(timeout=30, interval=0.02)

    result = await asyncio.to_thread(work)
    assert (result["status"], result["metrics"]["cost"]) == ("COMPLETED", 1.35)
    async with aiohttp.ClientSession() as session, session.get(result["output"]) as response:
        assert picture_of(await response.read()) == (320, 180, 5)
    assert (await control.state())["charges"] == 1


async def test_the_sdk_gets_the_bytes_from_the_blocking_call(sdk: SegmindClient, inputs: dict[str, Any]) -> None:
    response = await asyncio.to_thread(lambda: sdk.run_sync(MODEL, **inputs))
    assert response.headers["content-type"] == "video/mp4"
    assert response.headers["x-cost"] == "1.35"
    assert picture_of(response.content) == (320, 180, 5)
    assert len(response.content) == 2_000_000


async def test_the_sdk_reads_credits_and_history(sdk: SegmindClient, inputs: dict[str, Any]) -> None:
    def work() -> tuple[Any, Any, Any]:
        job = sdk.submit_async(MODEL, **inputs)
        job.wait(timeout=30, interval=0.02)
        credit = sdk._request("GET", "/get-user-credits").json()
        listed = sdk.generations.history(status="COMPLETED", model_name="kling", sort_by="credits_deduction")
        return credit, listed, sdk.generations.get(job.request_id)

    credit, listed, row = await asyncio.to_thread(work)
    assert credit == {"credits": 48.65}
    assert listed["data"] == [row]
    assert row["credits_deduction"] == 1.35
    assert row["request_body"] == str(inputs)


async def test_the_sdk_tells_a_failed_run_from_one_that_takes_too_long(
    sdk: SegmindClient, inputs: dict[str, Any], control: SegmindControl
) -> None:
    failing = {**inputs, "image_urls": [inputs["image_urls"][0] + ".gone"]}
    with pytest.raises(InferenceFailed) as failed:
        await asyncio.to_thread(lambda: sdk.submit_async(MODEL, **failing).wait(timeout=30, interval=0.02))
    assert failed.value.detail == "Failed to load image_urls[0]: the server answered 404"
    await control.configure(speed=0.001)
    with pytest.raises(InferenceTimeout):
        await asyncio.to_thread(lambda: sdk.submit_async(MODEL, **inputs).wait(timeout=0, interval=0))


async def test_the_sdk_reads_the_wording_of_refusals(sdk: SegmindClient, control: SegmindControl) -> None:
    with pytest.raises(SegmindError) as missing:
        await asyncio.to_thread(lambda: sdk.submit_async(MODEL, prompt="a fox"))
    assert (missing.value.status, missing.value.detail) == (400, "Missing required field: image_urls")
    await control.configure(key_valid=False)
    with pytest.raises(SegmindError) as unauthorized:
        await asyncio.to_thread(lambda: sdk.submit_async(MODEL, prompt="a fox"))
    assert unauthorized.value.status == 401


async def test_the_sdks_polling_in_threads_runs_into_the_limit(
    sdk: SegmindClient, inputs: dict[str, Any], control: SegmindControl
) -> None:
    await control.configure(requests_per_minute=10, speed=0.001)
    job = await asyncio.to_thread(lambda: sdk.submit_async(MODEL, **inputs))
    with pytest.raises(SegmindError) as throttled:
        await asyncio.to_thread(lambda: job.wait(timeout=30, interval=0))
    assert throttled.value.status == 429
    assert (await control.state())["too_many_requests"] == 1
