"""A request and an answer as plain values: what the protocol speaks of and the client carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from bot.segmind import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The three hosts that may see the key, as base URLs."""

    api: str
    history: str
    storage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, ready to be sent but for the key, which a `public` one goes without.

    A `paid` one must never be sent twice.
    """

    operation: str
    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    paid: bool = False
    public: bool = False
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back. Header names are lower case; the body is cut short where `whole` is False."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    whole: bool = True

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def server_time(self) -> datetime | None:
        """Segmind's clock when it answered."""
        return reading.moment(self.headers.get("date"))

    @property
    def facts(self) -> dict[str, object] | None:
        """The body's JSON object, None where there is none or not all of it came."""
        return reading.json_object(self.body) if self.whole else None
