"""What can be set on a running Segmind sandbox, and the faults it can be told to show."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Operation = Literal[
    "submit", "blocking", "status", "result", "history", "credits", "catalog", "upload", "asset", "output"
]
IdForm = Literal["same", "plain", "braces", "upper", "other"]


class Settings(BaseModel):
    """How the service behaves; seconds are the service clock's unless `speed` divides them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    speed: float = Field(default=40.0, gt=0)  # divides queue and run times
    queue_seconds: float = Field(default=20.0, ge=0)  # QUEUED, before `speed`
    run_seconds: float | None = Field(default=None, ge=0)  # median, in place of the model's own
    sigma: float = Field(default=0.25, ge=0)  # of the log-normal run time
    requests_per_minute: int = Field(default=60, ge=1)
    rate_limit_header: Literal["iso", "unix", "absent"] = "iso"
    record_seconds: float = 3600.0  # a request is known this long after submission
    output_seconds: float = 7 * 86_400.0
    early_result: Literal["refusal", "status"] = "refusal"  # what asking for the result of an unfinished run answers
    output_form: Literal["string", "list", "object"] = "string"
    history_lag: float = Field(default=0.0, ge=0)  # seconds until a request shows in the history
    history_hidden: bool = False
    history_body: Literal["literal", "json", "object"] = "literal"
    history_outputs: int = Field(default=1, ge=1)  # rows of one finished request
    history_ids: IdForm = "same"  # as the history writes ids: without dashes, ..., or by an id of its own
    prices: dict[int, Decimal] = Field(default_factory=dict)  # USD by seconds of video, in place of the model's own
    told_cost: JsonValue = None  # what is written as a run's cost, in place of the true one
    runs_end: Literal["completed", "failed", "blocked"] = "completed"  # blocked: by the content moderation
    moderation_words: tuple[str, ...] = ()  # a prompt with one of them makes the run FAIL
    key_valid: bool = True
    account_found: bool = True  # else the credits answer 404
    forbidden_models: tuple[str, ...] = ()
    retired_models: tuple[str, ...] = ()
    unlisted_models: tuple[str, ...] = ()  # that the catalog lacks
    catalog_form: Literal["named", "list"] = "named"
    schemas: dict[str, JsonValue] = Field(default_factory=dict)  # by slug, in place of the model's own in the catalog
    team_limit_reached: bool = False

    def changed(self, changes: dict[str, object]) -> "Settings":
        """Apply `changes`, all of them checked together; raises pydantic's ValidationError."""
        return Settings.model_validate(self.model_dump() | changes)


class Fault(BaseModel):
    """One disturbance: where, when and how. `count` and `probability` say how often.

    `reset` drops the connection, `stall` stays silent for `delay` seconds (for good without one)
    and then goes on, `answer` sends the given answer, `hang_up_midway` stops halfway through a
    body. `when` is before the service looks at the request, or after it accepted it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: Operation | Literal["any"] = "any"
    when: Literal["before", "after"] = "before"
    kind: Literal["reset", "stall", "answer", "hang_up_midway"]
    status: int = Field(default=500, ge=200, le=599)
    body: str | dict[str, object] = Field(default_factory=lambda: {"error": "Internal server error"})
    content_type: str | None = None  # default: JSON for an object, HTML for text
    headers: dict[str, str] = Field(default_factory=dict)
    count: int | None = Field(default=None, ge=1)  # no count: until removed
    probability: float = Field(default=1.0, gt=0, le=1)
    delay: float | None = Field(default=None, ge=0)  # seconds before the effect


class ForeignRequest(BaseModel):
    """A request of the same account that the bot did not make, for the history."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "kling-o1-reference-image-to-video"
    body: dict[str, object]
    status: Literal["COMPLETED", "FAILED", "PROCESSING"] = "COMPLETED"
    age: float = Field(default=0.0, ge=0)  # seconds since its submission
    cost: Decimal | None = None  # default: 1.35 when COMPLETED
    copies: int = Field(default=1, ge=1)
    row: dict[str, JsonValue] = Field(default_factory=dict)  # fields of its history row, in place of the true ones
