"""Segmind as our client meets it: runs that take their time and cost money, records that expire, a history."""

import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from simulation.chances import Chances
from simulation.http import Asked, Told

RECORD_LIFE: Final = timedelta(hours=1)
FILE_LIFE: Final = timedelta(days=7)
HISTORY_LAG: Final = 5.0  # seconds until a request shows up there, at the most
LATE: Final = (20.0, 60.0, 600.0)  # the same of one that is late
PRICES: Final = {5: 1.35, 10: 2.7}
ODD_COSTS: Final = (-1.0, 0.0, 1e9, "free", None)


@dataclass(slots=True, kw_only=True)
class Run:
    """One accepted request: what it was, what becomes of it, and what it costs."""

    request_id: str
    listed_id: str  # in the history
    model: str
    body: dict[str, Any]
    at: datetime
    starts: datetime
    ends: datetime
    fails: str | None
    cost: float
    price: float  # as it was expected before prices changed
    listed_at: datetime
    readable_at: datetime
    listed_twice: bool = False
    foreign: bool = False  # someone else's, with the same key
    cost_told: Any = None

    @property
    def charged(self) -> bool:
        return self.fails is None


@dataclass(slots=True)
class Segmind:
    """The service; `now` is its own clock, `rate` what it takes a minute."""

    rng: random.Random
    now: Callable[[], datetime]
    rate: int
    chances: Chances
    prices: dict[int, float] = field(default_factory=lambda: dict(PRICES))
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    requests: deque[datetime] = field(default_factory=deque[datetime])  # that left in the last minute
    key_refused: bool = False
    accepted: Callable[[Run], None] = lambda _run: None
    over_budget: Callable[[int], None] = lambda _count: None
    ids: str = ""

    def __post_init__(self) -> None:
        self.ids = self.chances.first("ids_of_its_own", "ids_written_otherwise") or "as they are"

    def leaves(self, _asked: Asked) -> None:
        """Count a request that leaves for the service."""
        now = self.now()
        self.requests.append(now)
        while self.requests[0] <= now - timedelta(seconds=60):
            self.requests.popleft()
        if len(self.requests) > self.rate:
            self.over_budget(len(self.requests))

    def serve(self, asked: Asked) -> Told:
        """Answer a request as the service would."""
        now = self.now()
        told = self._served(asked, now)
        headers = {"Date": now.strftime("%a, %d %b %Y %H:%M:%S GMT"), **told.headers}
        return Told(status=told.status, body=told.body, text=told.text, headers=headers)

    def _served(self, asked: Asked, now: datetime) -> Told:
        if self.key_refused:
            return Told(status=401, body={"error": "Unauthorized. API key is invalid or may have expired"})
        parts = asked.url.path.strip("/").split("/")
        match parts:
            case ["v2", "requests", request_id, "status"]:
                return self._status(request_id, now)
            case ["v2", "requests", request_id]:
                return self._result(request_id, now)
            case ["v2", model] if asked.method == "POST":
                return self._submit(model, asked.body, now)
            case ["inference-request", "request-history", request_id]:
                return self._row(request_id, now)
            case ["inference-request", "request-history"]:
                return self._history(asked, now)
            case ["v1", "get-user-credits"]:
                return Told(body={"credits": 100_000.0})
            case ["upload-asset"]:
                urls = [f"https://images.segmind.com/assets/{self._id()}" for _ in asked.body["data_urls"]]
                return Told(body={"file_urls": urls})
            case ["inference-model-information", "list"]:
                return Told(body=[])
            case _:
                return Told(status=404, body={"error": f"no {asked.method} {asked.url.path} here"})

    def _id(self) -> str:
        digits = f"{self.rng.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _submit(self, model: str, body: dict[str, Any], now: datetime) -> Told:
        if not body.get("prompt"):
            return Told(status=400, body={"error": "prompt is required"})
        run = self._run(model, body, now)
        self.accepted(run)
        if self.chances.happens("foreign_row"):
            self._run(model, {**body, "prompt": f"{self.rng.random()}"}, now).foreign = True
        if self.chances.happens("equal_row"):
            self._run(model, body, now + timedelta(seconds=self.rng.uniform(30, 900))).foreign = True
        return Told(body={"request_id": run.request_id, "status": "QUEUED"})

    def _run(self, model: str, body: dict[str, Any], now: datetime) -> Run:
        rng, happens = self.rng, self.chances.happens
        request_id = self._id()
        starts = now + timedelta(seconds=rng.choice((0.0, 1.0, 20.0, 120.0)))
        took = rng.uniform(600, 5000) if happens("generation_slow") else rng.lognormvariate(5.25, 0.25)
        lag = rng.choice(LATE) if happens("listed_late") else rng.uniform(0, HISTORY_LAG)
        flagged, fails = happens("generation_flagged"), happens("generation_fails")
        listed_id = {"ids_of_its_own": self._id, "ids_written_otherwise": lambda: request_id.replace("-", "").upper()}
        run = self.runs[request_id] = Run(
            request_id=request_id,
            listed_id=listed_id.get(self.ids, lambda: request_id)(),
            model=model,
            body=body,
            at=now,
            starts=starts,
            ends=starts + timedelta(seconds=took),
            fails="The content was flagged by our moderation" if flagged else "worker died" if fails else None,
            cost=self.prices[int(body.get("duration", 5))],
            price=PRICES[int(body.get("duration", 5))],
            listed_at=now + timedelta(seconds=lag),
            listed_twice=happens("listed_twice"),
            readable_at=now + timedelta(minutes=20 if happens("row_unreadable") else 0),
        )
        run.cost_told = rng.choice(ODD_COSTS) if happens("cost_odd") else run.cost
        return run

    def _found(self, request_id: str, now: datetime) -> Run | None:
        run = self.runs.get(request_id)
        return None if run is None or now > run.at + RECORD_LIFE else run

    def _status(self, request_id: str, now: datetime) -> Told:
        run = self._found(request_id, now)
        if run is None:
            return Told(status=404, body={"error": f"Request {request_id} not found"})
        word = _word(run, now)
        if word == "FAILED":
            return Told(status=422, body={"status": word, "error": run.fails, "metrics": {}})
        return Told(body={"status": word, "request_id": request_id, "metrics": {}})

    def _result(self, request_id: str, now: datetime) -> Told:
        run = self._found(request_id, now)
        if run is None or _word(run, now) != "COMPLETED":
            return self._status(request_id, now)
        metrics = {"cost": run.cost_told, "remaining_credits": 9_000.0, "inference_time": 190.0}
        return Told(body={"status": "COMPLETED", "output": _output(run), "metrics": metrics})

    def _history(self, asked: Asked, now: datetime) -> Told:
        query = asked.url.query
        size, page = int(query.get("per_page", "100")), int(query.get("page", "1"))
        first = datetime.fromisoformat(query["from_date"]).replace(tzinfo=UTC) if "from_date" in query else None
        if self.chances.happens("page_unreadable"):
            return Told(text="<html>" if self.rng.random() < 0.5 else '{"data": [{"request_id": ')
        rows = [
            run
            for run in reversed(self.runs.values())
            if run.listed_at <= now and (first is None or run.at >= first - timedelta(days=1))
            for _ in range(1 + run.listed_twice)
        ]
        rows.sort(key=lambda run: run.at, reverse=True)
        chosen = rows[(page - 1) * size : page * size]
        return Told(body={"data": [self._row_of(run, now) for run in chosen]})

    def _row(self, request_id: str, now: datetime) -> Told:
        for run in self.runs.values():
            if (
                request_id in {run.listed_id, "" if self.ids == "ids_of_its_own" else run.request_id}
                and run.listed_at <= now
            ):
                return Told(body={"data": self._row_of(run, now)})
        return Told(status=404, body={"error": f"Request {request_id} not found"})

    def _row_of(self, run: Run, now: datetime) -> dict[str, Any]:
        word = _word(run, now)
        done = word == "COMPLETED"
        return {
            "request_id": run.listed_id,
            "model_name": run.model,
            "model_status": word if word in {"COMPLETED", "FAILED"} else "PENDING",
            "credits_deduction": run.cost_told if done else 0,
            "request_body": json.dumps(run.body),
            "generation_url": _output(run) if done else None,
            "created_at": run.at.isoformat() if now >= run.readable_at else "yesterday",
            "error": run.fails if word == "FAILED" else None,
        }


def _word(run: Run, now: datetime) -> str:
    if now < run.starts:
        return "QUEUED"
    if now < run.ends:
        return "PROCESSING"
    return "COMPLETED" if run.fails is None else "FAILED"


def _output(run: Run) -> str:
    return f"https://images.segmind.com/outputs/{run.request_id}.mp4"
