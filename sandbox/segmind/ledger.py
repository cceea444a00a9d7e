"""What the service remembers: requests, the account's money, outputs and uploads."""

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from sandbox.segmind.catalogue import Model
from sandbox.segmind.inputs import Body, Inputs

Status = Literal["QUEUED", "PROCESSING", "COMPLETED", "FAILED"]


@dataclass(slots=True, kw_only=True)
class Run:
    """One request and what became of it; instants are Unix seconds of the service's clock."""

    request_id: str
    model: str
    body: Body
    submitted: float
    seed: int
    inputs: Inputs | None = None  # none: a request that somebody else made
    status: Status = "QUEUED"
    started: float | None = None
    finished: float | None = None
    error: str | None = None
    output: str | None = None  # name of the output file
    charged: Decimal = Decimal(0)
    remaining_credits: Decimal | None = None
    row: Mapping[str, object] = field(default_factory=dict[str, object])  # fields that its history row has instead

    @property
    def is_over(self) -> bool:
        return self.status in {"COMPLETED", "FAILED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file under the output host, gone (404) from `expires` on."""

    path: Path
    content_type: str
    expires: float | None = None  # Unix seconds; none: kept


@dataclass(slots=True, kw_only=True)
class Ledger:
    """All records of one account."""

    credits: Decimal
    randomness: random.Random
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    files: dict[str, StoredFile] = field(default_factory=dict[str, StoredFile])

    def open_run(self, model: Model, body: Body, inputs: Inputs, *, now: float) -> Run:
        """Accept a request; nothing is charged before it completes."""
        run = Run(
            request_id=self.new_id(),
            model=model.slug,
            body=body,
            inputs=inputs,
            submitted=now,
            seed=self.randomness.randrange(2**31),
        )
        self.runs[run.request_id] = run
        return run

    def complete(self, run: Run, *, output: str, cost: Decimal, now: float) -> None:
        """Finish `run` with its output and take its cost from the account."""
        self.credits -= cost
        run.charged, run.remaining_credits = cost, self.credits
        run.output, run.finished, run.status = output, now, "COMPLETED"

    def fail(self, run: Run, error: str, *, now: float) -> None:
        run.error, run.finished, run.status = error, now, "FAILED"

    def record(self, request_id: str, *, now: float, kept: float) -> Run | None:
        """Find a request whose record is not older than `kept` seconds."""
        run = self.runs.get(request_id)
        return run if run is not None and now < run.submitted + kept else None

    def file(self, name: str, *, now: float) -> StoredFile | None:
        stored = self.files.get(name)
        return stored if stored is not None and (stored.expires is None or now < stored.expires) else None

    def charges(self) -> Iterator[Decimal]:
        """Each charge of a request that was submitted here."""
        return (run.charged for run in self.runs.values() if run.charged and run.inputs is not None)

    def new_id(self) -> str:
        """Draw a version 4 UUID from the ledger's own randomness, so that a seed repeats a whole run."""
        return str(uuid.UUID(int=self.randomness.getrandbits(128), version=4))
