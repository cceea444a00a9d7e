import random

import pytest
from pydantic import ValidationError

from sandbox.segmind.faults import FaultPlan
from sandbox.segmind.settings import Fault, Settings


def plan(*faults: Fault) -> FaultPlan:
    return FaultPlan(randomness=random.Random(1), faults=list(faults))  # noqa: S311 - repeatable


def test_a_fault_hits_its_own_operation_and_moment_only() -> None:
    fault = Fault(operation="submit", when="after", kind="reset")
    faults = plan(fault)
    assert faults.take("status", "after") is None
    assert faults.take("submit", "before") is None
    assert faults.take("submit", "after") == fault


def test_a_counted_fault_is_used_up_and_the_next_one_follows() -> None:
    faults = plan(Fault(kind="reset", count=2), Fault(kind="answer", status=503))
    taken = [faults.take("status", "before") for _ in range(4)]
    assert [fault.kind for fault in taken if fault] == ["reset", "reset", "answer", "answer"]


def test_a_fault_with_a_probability_hits_about_so_often() -> None:
    faults = plan(Fault(kind="reset", probability=0.25))
    hits = sum(faults.take("status", "before") is not None for _ in range(1000))
    assert 200 < hits < 300


def test_settings_change_together_or_not_at_all() -> None:
    settings = Settings().changed({"speed": 10, "moderation_words": ["blood"]})
    assert (settings.speed, settings.moderation_words) == (10.0, ("blood",))
    with pytest.raises(ValidationError, match="requests_per_minute"):
        settings.changed({"speed": 20, "requests_per_minute": 0})
    with pytest.raises(ValidationError, match="sped"):
        settings.changed({"sped": 20})
