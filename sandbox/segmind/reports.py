"""The JSON with which a Segmind sandbox describes itself and its state."""

from typing import NotRequired, TypedDict


class SegmindDescription(TypedDict):
    """Where a sandbox is reached and with which key."""

    api_url: str  # `/v1` and `/v2` under it
    history_url: str
    storage_url: str
    output_url: str
    output_host: str  # host:port
    control_url: str
    api_key: str
    requests_per_minute: int
    speed: float


class RequestReport(TypedDict):
    """One request; `created` and `finished` are Unix seconds, `charged` USD."""

    request_id: str
    model: str
    state: str
    body: dict[str, object]
    created: float
    finished: float | None
    charged: float
    foreign: bool
    error: str | None
    output: str | None  # name of the file under `output_url`


class FetchReport(TypedDict):
    """An image URL that a run asked for."""

    url: str
    status: int | None
    refusal: str | None


class StateReport(TypedDict):
    """All that a test or a page wants to know; `version` grows with every change."""

    version: int
    now: float  # Unix seconds of the service's clock
    requests: list[RequestReport]
    charges: int  # of requests submitted here, foreign ones left out
    charged_usd: float
    credits: float
    operations: dict[str, int]
    too_many_requests: int  # 429s
    busiest_minute: int  # most limited requests within any 60 s
    this_minute: int  # requests in the window of the rate limit that is open now
    fetched: list[FetchReport]
    key_leaks: list[str]
    faults: list[dict[str, object]]
    settings: dict[str, object]


class FaultSpec(TypedDict):
    """A fault to ask for; see `sandbox.segmind.settings.Fault`."""

    kind: str
    operation: NotRequired[str]
    when: NotRequired[str]
    status: NotRequired[int]
    body: NotRequired[str | dict[str, object]]
    content_type: NotRequired[str]
    headers: NotRequired[dict[str, str]]
    count: NotRequired[int]
    probability: NotRequired[float]
    delay: NotRequired[float]
