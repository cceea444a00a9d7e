"""The dashboard for Grafana asks for nothing that is not measured."""

import json
import re
from pathlib import Path
from typing import Any, Final

from bot.observing.metrics import Metrics

DASHBOARD: Final = Path(__file__).parents[4] / "docs" / "grafana" / "reelcast.json"
_METRIC: Final = re.compile(r"\b(?:reelcast|process)_[a-z_]+")


def queries() -> list[str]:
    dashboard: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def measured() -> set[str]:
    metrics = Metrics()
    metrics.segmind_answered("status", 200, 0.1)
    metrics.discord_answered(200)
    metrics.jobs.labels("WAITING").set(1)
    metrics.trouble.labels("database").set(0)
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    return {
        f"{family.name}{suffix}" for family in metrics.registry.collect() for suffix in suffixes.get(family.type, ("",))
    }


def test_every_query_names_metrics_that_exist() -> None:
    asked = {name for query in queries() for name in _METRIC.findall(query)}
    assert asked
    assert asked <= measured()


def test_all_that_is_ours_is_on_the_dashboard() -> None:
    asked = " ".join(queries())
    missing = {name for name in measured() if name.startswith("reelcast_") and name not in asked}
    assert {name for name in missing if not name.endswith(("_sum", "_count", "_bucket"))} == set()
