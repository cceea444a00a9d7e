"""The bodies of the asynchronous API, from a run as it stands."""

from collections.abc import Mapping
from typing import Literal

from sandbox.segmind.ledger import Run

Json = Mapping[str, object]


def submitted(run: Run, api_url: str) -> Json:
    """What `POST /v2/{model}` answers."""
    return {
        "request_id": run.request_id,
        "status": "QUEUED",
        "poll_url": f"{api_url}/v1/requests/{run.request_id}",
        **_links(run, api_url),
    }


def status(run: Run, api_url: str) -> Json:
    """What a status poll answers; a FAILED one goes out as 422."""
    if run.status == "FAILED":
        return failed(run)
    if run.status == "COMPLETED":
        return {"status": "COMPLETED", "request_id": run.request_id, "metrics": _timings(run)}
    return {"status": run.status, "request_id": run.request_id, **_links(run, api_url), "metrics": {}}


def failed(run: Run) -> Json:
    """A failed run: no cost, as it is not charged."""
    return {
        "status": "FAILED",
        "request_id": run.request_id,
        "error": run.error,
        "metrics": {**_timings(run), "retry_count": 0},
    }


def result(
    run: Run, *, url: str, size: int, form: Literal["string", "list", "object"], told_cost: object = None
) -> Json:
    """What a COMPLETED run's result answers; `size` is the video's in bytes, `told_cost` stands for the true cost."""
    video = {"url": url, "content_type": "video/mp4", "file_name": run.output, "file_size": size}
    output = {"string": url, "list": [url], "object": {"url": url}}[form]
    return {
        "status": "COMPLETED",
        "request_id": run.request_id,
        "output": output,
        "video": video,
        "seed": run.seed,
        "prompt": run.body.get("prompt"),
        "metrics": {
            "cost": float(run.charged) if told_cost is None else told_cost,
            "remaining_credits": float(run.remaining_credits or 0),
            **_timings(run),
            "retry_count": 0,
        },
    }


def _links(run: Run, api_url: str) -> dict[str, str]:
    response_url = f"{api_url}/v2/requests/{run.request_id}"
    return {"status_url": f"{response_url}/status", "response_url": response_url}


def _timings(run: Run) -> dict[str, float]:
    """Seconds waited, worked and in all."""
    finished = run.submitted if run.finished is None else run.finished
    started = finished if run.started is None else run.started
    return {
        "inference_time": round(finished - started, 3),
        "queue_time": round(started - run.submitted, 3),
        "total_time": round(finished - run.submitted, 3),
    }
