"""`python -m benchmarks.startup`: how soon the bot is there, and the demo's page.

The bot, from the start of its process to READY, with an empty database and with one that it knows, beside the least
discord.py bot on the same local Discord; the page, opened in Chromium by somebody who was never there, beside the least
page there can be. In each round everything has its turn, in random order, so that whatever else the machine does meets
all.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from playwright.async_api import Browser, Page
from rich.console import Console

from benchmarks.figures import Target, is_quick, judge, machine, median, titled
from benchmarks.processes import ProcessFailed, run, running
from benchmarks.subjects import says_ready
from benchmarks.usage import read_usage
from sandbox.member import Sandbox
from tests.browser.visit import open_browser

ROUNDS: Final = 10
SEED: Final = 7  # of the order
BARE: Final = "bare discord.py"
FIRST: Final = "Reelcast, the first time"
LATER: Final = "Reelcast, from then on"
LEAST: Final = "least page, first paint"
PAINT: Final = "page, first paint"
USABLE: Final = "page, channel shown"
BESIDE: Final = {FIRST: BARE, LATER: BARE, PAINT: LEAST, USABLE: LEAST}  # what each is a multiple of
MOST_OVER_BARE: Final = 2.0  # seconds that our bot may take more: it has a database, a budget and a queue to look after
MOST_CORE: Final = 3.0  # times what the bare bot takes of a core until READY; version 0.1 took 5.2 and 4.8
MOST_MEMORY: Final = 2.0  # times the bare bot's memory when idle; version 0.1 had 2.9
SETTLES: Final = 5.0  # seconds from READY until a bot counts as idle
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds until something was there."""

    clock: float
    core: float = 0.0  # of a processor core; a page is no process of its own
    idle_kib: int = 0  # of memory, resident


Round = dict[str, Took]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What stands while the rounds are played."""

    where: Mapping[str, Any]  # how the sandbox describes itself
    browser: Browser
    least_page: str
    folder: Path

    def settings(self, home: Path) -> dict[str, str]:
        return {
            **self.where["environment"],
            "DATABASE_URL": f"sqlite:///{home / 'reelcast.db'}",
            "DATA_DIR": str(home / "data"),
            "HTTP_PORT": "0",
            "LOG_FORMAT": "json",
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0 if every target is met."""
    rounds = 1 if is_quick("startup", __doc__, arguments) else ROUNDS
    console = Console(highlight=False)
    try:
        taken = run(_measure(rounds))
    except ProcessFailed as error:
        console.print(str(error), markup=False)
        return 1
    return report(taken, console)


def report(taken: Sequence[Round], console: Console) -> int:
    """Print the figures of all rounds; return the exit status."""
    samples = {name: [each[name].clock for each in taken] for name in (BARE, FIRST, LATER, LEAST, PAINT, USABLE)}
    table = titled(f"Seconds until it is there, {len(taken)} times each", "what")
    for column in ("median", "longest", "x least", "core", "x least", "MiB", "x least"):
        table.add_column(column, justify="right")
    for name, clock in samples.items():
        least = BESIDE.get(name, name)
        times = median(clock) / median(samples[least])
        table.add_row(name, f"{median(clock):.2f}", f"{max(clock):.2f}", f"{times:.2f}", *_cores(taken, name))
    console.print(table)
    console.print(machine())
    over = median(samples[LATER]) - median(samples[BARE])
    targets = [
        Target(name="The bot's start by the bare bot's", value=over, limit=MOST_OVER_BARE, unit="s more"),
        Target(name="CPU to READY, first time (5.2 in 0.1)", value=_core(taken, FIRST), limit=MOST_CORE, unit="x bare"),
        Target(name="CPU to READY, later (4.8 in 0.1)", value=_core(taken, LATER), limit=MOST_CORE, unit="x bare"),
        Target(name="Idle memory (2.9 in 0.1)", value=_memory(taken, LATER), limit=MOST_MEMORY, unit="x bare"),
        Target(name="First paint of the page", value=median(samples[PAINT]), limit=MOST_PAINT, unit="s"),
        Target(name="The page's channel is there", value=median(samples[USABLE]), limit=MOST_USABLE, unit="s"),
    ]
    return judge(targets, console)


def _cores(taken: Sequence[Round], name: str) -> list[str]:
    """Return the median processor time and idle memory, each with its ratio to the least; nothing for a page."""
    if not taken[0][name].core:
        return []
    core, idle = (median([each[name].core for each in taken]), median([each[name].idle_kib / 1024 for each in taken]))
    return [f"{core:.2f}", f"{_core(taken, name):.2f}", f"{idle:.1f}", f"{_memory(taken, name):.2f}"]


def _core(taken: Sequence[Round], name: str) -> float:
    """Return how many times the bare bot's processor time a start takes."""
    return median([each[name].core for each in taken]) / median([each[BARE].core for each in taken])


def _memory(taken: Sequence[Round], name: str) -> float:
    return median([each[name].idle_kib for each in taken]) / median([each[BARE].idle_kib for each in taken])


async def _measure(rounds: int) -> list[Round]:
    chance = random.Random(SEED)  # noqa: S311 - the order is no secret
    async with _stage() as stage:
        return [await _round(stage, number, chance) for number in range(rounds)]


@asynccontextmanager
async def _stage() -> AsyncGenerator[Stage]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="startup-")))
        process = running("sandbox", is_ready=lambda line: "environment" in line, folder=folder)
        where = (await stack.enter_async_context(process)).ready_line
        async with Sandbox.connect(where["discord"]["control_url"]) as discord:
            await discord.admin.set_rate_limits(enabled=False)  # commands are registered more often than in life
        yield Stage(
            where=where,
            browser=await stack.enter_async_context(open_browser()),
            least_page=await stack.enter_async_context(_least_page()),
            folder=folder,
        )


async def _round(stage: Stage, number: int, chance: random.Random) -> Round:
    home = stage.folder / str(number)
    home.mkdir()
    taken: Round = {}
    turns = (_bare_bot, _our_bot, _bare_page, _our_page)
    for turn in chance.sample(turns, k=len(turns)):
        taken |= await turn(stage, home)
    return taken


async def _bare_bot(stage: Stage, home: Path) -> Round:
    return {BARE: await _start("benchmarks.bare", home, stage.where["environment"])}


async def _our_bot(stage: Stage, home: Path) -> Round:
    first = await _start("bot", home, stage.settings(home))
    return {FIRST: first, LATER: await _start("bot", home, stage.settings(home))}


async def _bare_page(stage: Stage, _: Path) -> Round:
    async with _new_tab(stage.browser) as page:
        await page.goto(stage.least_page)
        return {LEAST: Took(clock=await page.evaluate(PAINTED) / 1000)}


async def _our_page(stage: Stage, _: Path) -> Round:
    async with _new_tab(stage.browser) as page:
        await page.goto(f"{stage.where['discord']['page_url']}#/mira/film-club/videos")
        shown = await page.wait_for_function(SHOWN, polling="raf")
        usable = await shown.json_value() / 1000
        return {USABLE: Took(clock=usable), PAINT: Took(clock=await page.evaluate(PAINTED) / 1000)}


async def _start(module: str, folder: Path, environment: Mapping[str, str]) -> Took:
    """Time a bot from the start of its process to its READY; it ends after that."""
    arguments = ["run"] if module == "bot" else []
    began = time.monotonic()
    async with running(module, arguments, is_ready=says_ready, folder=folder, environment=environment) as bot:
        clock, core = time.monotonic() - began, read_usage(bot.pid).cpu_seconds
        await asyncio.sleep(SETTLES)
        return Took(clock=clock, core=core, idle_kib=read_usage(bot.pid).rss_kib)


@asynccontextmanager
async def _new_tab(browser: Browser) -> AsyncGenerator[Page]:
    """Open a tab with nothing in the browser's cache."""
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


@asynccontextmanager
async def _least_page() -> AsyncGenerator[str]:
    """Serve one word of HTML on loopback; yields its address."""

    async def word(_: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Least</title>Hello", content_type="text/html")

    application = web.Application()
    application.router.add_get("/", word)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(main())
