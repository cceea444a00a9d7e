"""`python -m benchmarks.channel`: how much of a channel a video takes, and how often its messages are edited.

The real bot makes videos of two images, 16:9, in the local Discord at Segmind's own pace. A browser shows its page as
on a desktop, where each message is measured while it works and when it is done.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, expect
from rich.console import Console

from benchmarks.figures import Target, judge, titled
from benchmarks.processes import run
from sandbox.demo.start import passed_on, start_bot, start_sandbox, until_ready
from sandbox.member import Member, Message, Sandbox
from sandbox.web.opening import open_servers
from tests.browser.visit import Visitor, open_browser, visiting
from tests.end_to_end.stage import photo

VIDEOS: Final = 3
QUICK_SPEED: Final = 20.0  # times as fast as Segmind
PROMPT: Final = "Take {number}: the keeper of @Image1 lifts his lamp and walks along the quay of @Image2 at dusk"
BEFORE: Final = (None, 857.0, 2.0, 20.0)  # of version 0.1, whose height while it works was not noted
MOST: Final = (200.0, 560.0, 2.0, 6.0)
FIGURES: Final = (
    ("Height while it works", "px"),
    ("Height when it is done", "px"),
    ("Messages of a video", "messages"),
    ("Edits of a video", "edits"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one video took of its channel."""

    working: float  # pixels, at its highest
    done: float
    messages: int
    edits: int

    @property
    def figures(self) -> tuple[float, ...]:
        return self.working, self.done, self.messages, self.edits


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0 if every target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.channel", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one video, made quickly, to see that it runs")
    quick = parser.parse_args(arguments).quick
    videos, speed = (1, QUICK_SPEED) if quick else (VIDEOS, 1.0)
    return _report(Console(highlight=False), run(_measure(videos, speed)))


async def _measure(videos: int, speed: float) -> Sequence[Measured]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="channel-")))
        environment = passed_on(os.environ)
        _, where = await start_sandbox(stack, folder, environment, ["--speed", str(speed)])
        await until_ready(await start_bot(stack, folder, environment, where["environment"]))
        await open_servers(where["discord"]["control_url"])
        sandbox = await stack.enter_async_context(Sandbox.connect(where["discord"]["control_url"]))
        browser = await stack.enter_async_context(open_browser())
        page = where["discord"]["page_url"].rstrip("/")
        mira = await stack.enter_async_context(visiting(browser, page, color_scheme="dark"))
        edits = await stack.enter_async_context(_edits(sandbox.member("mira", guild="Film Club")))
        await _accept(mira)
        return [await _take(mira, edits, number) for number in range(1, videos + 1)]


@asynccontextmanager
async def _edits(member: Member) -> AsyncGenerator[Counter[int]]:
    """Count the edits of each message that a member sees while the block runs."""
    counted = Counter[int]()
    await member.messages()  # their client is connected from here on

    async def count() -> None:
        async for event in member.events():
            if event.name == "MESSAGE_UPDATE":
                counted[Message(event.data).id] += 1

    task = asyncio.create_task(count(), name="counting edits")
    try:
        yield counted
    finally:
        task.cancel()


async def _accept(mira: Visitor) -> None:
    """Accept the notice with a first request, whose card stands below no command as all others do."""
    await mira.send_video("A first walk in @Image1", photo(1))
    await mira.page.get_by_role("button", name="Accept and continue").click()
    card = await mira.card("A first walk")
    await card.get_by_role("button", name="Cancel").or_(card.get_by_role("button", name="Don't post it")).click()


async def _take(mira: Visitor, edits: Counter[int], number: int) -> Measured:
    """Have a video made and measure it."""
    prompt = PROMPT.format(number=number)
    await mira.send_video(prompt, photo(1), photo(2))
    card = await mira.card(f"Take {number}:")
    heights: list[float] = []
    for stage in ("Queued", "Processing"):
        await expect(card).to_contain_text(stage)
        heights.append(await _height(card))
    post = mira.message(f"Take {number}:", "AI-generated")
    await expect(post.locator("video")).to_be_visible(timeout=0)
    await expect(card).to_contain_text("Done")
    messages = await mira.messages.locator("li.message").filter(has_text=f"Take {number}:").all()
    ids = [int(await each.get_attribute("data-message") or 0) for each in messages]
    return Measured(
        working=max(heights),
        done=sum([await _height(each) for each in messages]),
        messages=len(messages),
        edits=sum(edits[each] for each in ids),
    )


async def _height(message: Locator) -> float:
    box = await message.bounding_box()
    return box["height"] if box else 0.0


def _report(console: Console, taken: Sequence[Measured]) -> int:
    """Print the means; return the exit status."""
    means = [sum(values) / len(taken) for values in zip(*(each.figures for each in taken), strict=True)]
    table = titled(f"A video in its channel, of {len(taken)}", "")
    for column in ("0.1", "now", "at most"):
        table.add_column(column, justify="right")
    for (name, unit), before, now, most in zip(FIGURES, BEFORE, means, MOST, strict=True):
        table.add_row(f"{name}, {unit}", "" if before is None else f"{before:g}", f"{now:.1f}", f"{most:g}")
    console.print(table)
    targets = [
        Target(name=name, value=now, limit=most, unit=unit)
        for (name, unit), now, most in zip(FIGURES, means, MOST, strict=True)
    ]
    return judge(targets, console)


if __name__ == "__main__":
    sys.exit(main())
