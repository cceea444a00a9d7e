"""How soon the bot is there, and the demo's page: `python -m benchmarks.startup`.

The bot, from the start of its process to READY, with an empty database and with one that it knows, takes turns with
the least discord.py bot (`benchmarks.bare`) on the same local Discord. The page is opened in Chromium, each time by
somebody who was never there.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser
from rich.console import Console

from benchmarks.figures import Target, judge, machine, median, titled
from benchmarks.processes import ProcessFailed, run, running
from benchmarks.subjects import says_ready
from sandbox.member import Sandbox
from tests.browser.visit import open_browser

BARE: Final = "bare discord.py"
FIRST: Final = "Reelcast, the first time"
LATER: Final = "Reelcast, from then on"
PAINT: Final = "page, first paint"
USABLE: Final = "page, channel shown"
MOST_OVER_BARE: Final = 2.0  # seconds that our bot may take more: it has a database, a budget and a queue to look after
MOST_PAINT: Final = 0.5  # seconds
MOST_USABLE: Final = 1.0  # seconds
# The browser's own measurements, in milliseconds since the navigation began.
PAINTED: Final = """() => new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
        const found = list.getEntriesByName("first-contentful-paint")[0];
        if (!found) return;
        observer.disconnect();
        resolve(found.startTime);
    }).observe({ type: "paint", buffered: true });
})"""
SHOWN: Final = "() => document.documentElement.dataset.ready ? performance.now() : 0"

Samples = dict[str, list[float]]


def main() -> int:
    """Measure and print; returns 0 if every target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one of each, to see that it runs")
    times = 1 if parser.parse_args().quick else 10
    console = Console(highlight=False)
    try:
        samples = run(_measure(times))
    except ProcessFailed as error:
        console.print(str(error), markup=False)
        return 1
    _print(samples, console)
    over = median(samples[LATER]) - median(samples[BARE])
    targets = [
        Target(name="The bot's start by the bare bot's", value=over, limit=MOST_OVER_BARE, unit="s more"),
        Target(name="First paint of the page", value=median(samples[PAINT]), limit=MOST_PAINT, unit="s"),
        Target(name="The page's channel is there", value=median(samples[USABLE]), limit=MOST_USABLE, unit="s"),
    ]
    return judge(targets, console)


async def _measure(times: int) -> Samples:
    samples: Samples = {name: [] for name in (BARE, FIRST, LATER, PAINT, USABLE)}
    with tempfile.TemporaryDirectory(prefix="startup-") as name:
        folder = Path(name)
        async with running("sandbox", is_ready=lambda line: "environment" in line, folder=folder) as sandbox:
            where = sandbox.ready_line
            async with Sandbox.connect(where["discord"]["control_url"]) as discord:
                await discord.admin.set_rate_limits(enabled=False)  # commands are registered more often than in life
            for number in range(times):
                home = folder / str(number)
                home.mkdir()
                samples[BARE].append(await _start("benchmarks.bare", home, where["environment"]))
                samples[FIRST].append(await _start("bot", home, _settings(where, home)))
                samples[LATER].append(await _start("bot", home, _settings(where, home)))
            async with open_browser() as browser:
                for _ in range(times):
                    await _visit(browser, where["discord"]["page_url"], samples)
    return samples


async def _start(module: str, folder: Path, environment: Mapping[str, str]) -> float:
    """Return the seconds from the start of a bot's process to its READY; it ends after that."""
    arguments = ["run"] if module == "bot" else []
    began = time.monotonic()
    async with running(module, arguments, is_ready=says_ready, folder=folder, environment=environment):
        return time.monotonic() - began


def _settings(where: Mapping[str, Any], home: Path) -> dict[str, str]:
    return {
        **where["environment"],
        "DATABASE_URL": f"sqlite:///{home / 'reelcast.db'}",
        "DATA_DIR": str(home / "data"),
        "HTTP_PORT": "0",
        "LOG_FORMAT": "json",
    }


async def _visit(browser: Browser, address: str, samples: Samples) -> None:
    """Open the page with nothing in the browser's cache, and note what the browser measured."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{address}#/mira/film-club/videos")
    shown = await page.wait_for_function(SHOWN, polling="raf")
    samples[USABLE].append(await shown.json_value() / 1000)
    samples[PAINT].append(await page.evaluate(PAINTED) / 1000)
    await context.close()


def _print(samples: Samples, console: Console) -> None:
    table = titled(f"Seconds until it is there, {len(samples[BARE])} times each", "what")
    for column in ("median", "longest"):
        table.add_column(column, justify="right")
    for name, taken in samples.items():
        table.add_row(name, f"{median(taken):.2f}", f"{max(taken):.2f}")
    console.print(table)
    console.print(machine())


if __name__ == "__main__":
    sys.exit(main())
