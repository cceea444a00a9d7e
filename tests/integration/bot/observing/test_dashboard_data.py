"""On a healthy new bot each panel of the dashboard has something to show."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.integration.bot.cli.command_line import World, open_world
from tests.integration.bot.cli.test_check import free_port

DASHBOARD: Final = Path(__file__).parents[4] / "docs" / "grafana" / "reelcast.json"
SELECTOR: Final = re.compile(r"\b((?:reelcast|process)_[a-z_]+)(?:\{([^}]*)\})?")
MATCHER: Final = re.compile(r"(\w+)(=~|=)\"([^\"]*)\"")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


def queries() -> list[tuple[str, str]]:
    dashboard: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]


def matches(sample: Sample, name: str, matchers: str) -> bool:
    """Tell whether a sample is one that a selector asks for; the scraper adds the instance."""
    if sample.name != name:
        return False
    for label, how, value in MATCHER.findall(matchers):
        given = sample.labels.get(label, "")
        if label != "instance" and not (re.fullmatch(value, given) if how == "=~" else given == value):
            return False
    return True


async def test_every_query_of_the_dashboard_finds_series_of_a_new_bot(world: World) -> None:
    port = free_port()
    async with world.running("run", HTTP_PORT=str(port)) as bot:
        await bot.said('"event": "ready"')
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            page = await answer.text()
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    empty = [
        (title, name, matchers)
        for title, query in queries()
        for name, matchers in SELECTOR.findall(query)
        if not any(matches(sample, name, matchers) for sample in samples)
    ]
    assert empty == []
    assert not [sample for sample in samples if sample.name == "reelcast_trouble" and sample.value]
    assert not [sample for sample in samples if sample.value != sample.value]


def test_what_divides_nothing_by_nothing_on_a_new_bot_shows_nought() -> None:
    quantiles = [query for _, query in queries() if "histogram_quantile" in query]
    assert quantiles
    assert all(query.endswith(">= 0) or vector(0)") for query in quantiles)
