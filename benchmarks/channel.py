"""`python -m benchmarks.channel`: how much of a channel a video takes, and how often its messages are edited.

The real bot makes videos of two images, 16:9, in the local Discord at Segmind's own pace. A browser shows its page as
on a desktop, where each message is measured while it works and when it is done, and then the lists of what was made.
"""

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, expect
from rich.console import Console

from benchmarks.figures import Target, is_quick, judge, titled
from benchmarks.processes import run
from sandbox.demo.start import passed_on, start_bot, start_sandbox, until_ready
from sandbox.member import Member, Message, Sandbox
from sandbox.web.opening import open_servers
from tests.browser.visit import Visitor, open_browser, visiting
from tests.end_to_end.stage import photo

VIDEOS: Final = 3
QUICK_SPEED: Final = 20.0  # times as fast as Segmind
PROMPT: Final = "Take {number}: the keeper of @Image1 lifts his lamp and walks along the quay of @Image2 at dusk"
# Of version 0.1, as measured in the same way; only what a video takes has targets.
BEFORE: Final = (490.0, 879.3, 2.0, 21.7, 830.6, 620.5)
MOST: Final = (200.0, 560.0, 2.0, 6.0)
FIGURES: Final = (
    ("Height while it works", "px"),
    ("Height when it is done", "px"),
    ("Messages of a video", "messages"),
    ("Edits of a video", "edits"),
    ("Height of /videos, five entries", "px"),
    ("Height of /records search, four entries", "px"),
)
IN_VIDEOS: Final = 5  # the first is none of the records searched for


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    taken: Sequence[Measured]
    lists: tuple[float, float]  # pixels

    @property
    def figures(self) -> tuple[float, ...]:
        """Return the means of the videos, and the lists' heights."""
        means = (sum(values) / len(values) for values in zip(*(each.figures for each in self.taken), strict=True))
        return *means, *self.lists


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0 if every target is met."""
    videos, speed = (1, QUICK_SPEED) if is_quick("channel", __doc__, arguments) else (VIDEOS, 1.0)
    return _report(Console(highlight=False), run(_measure(videos, speed)))


async def _measure(videos: int, speed: float) -> Measurement:
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
        taken = [await _take(mira, edits, number) for number in range(1, videos + 1)]
        ada = await stack.enter_async_context(visiting(browser, page, "ada", color_scheme="dark"))
        return Measurement(taken=taken, lists=await _lists(mira, ada, videos + 1))


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


async def _lists(mira: Visitor, ada: Visitor, made: int) -> tuple[float, float]:
    """Measure `/videos` and `/records search`, with as many requests more as they shall show."""
    for number in range(made, IN_VIDEOS):
        await mira.send_video(PROMPT.format(number=number), photo(1), photo(2))
        await mira.card(f"Take {number}:")
    form = await ada.open_command("records search")
    await ada.add_option(form, "text")
    await form.get_by_role("textbox", name="text").fill("Take")
    return await _answer(mira, await mira.open_command("videos")), await _answer(ada, form)


async def _answer(visitor: Visitor, form: Locator) -> float:
    """Send a command and measure what only its visitor sees."""
    await form.get_by_role("button", name="Send").click()
    answer = visitor.messages.locator("li.message.ephemeral", has_text="Take 1:")
    await expect(answer).to_be_visible()
    for each in await answer.locator("img").all():
        await each.evaluate("(img) => img.decode()")
    return await _height(answer)


async def _height(message: Locator) -> float:
    box = await message.bounding_box()
    return box["height"] if box else 0.0


def _report(console: Console, measured: Measurement) -> int:
    """Print the figures; return the exit status."""
    table = titled(f"A video in its channel, of {len(measured.taken)}", "")
    for column in ("0.1", "now", "at most"):
        table.add_column(column, justify="right")
    for (name, unit), before, now, most in zip_longest(FIGURES, BEFORE, measured.figures, MOST):
        table.add_row(f"{name}, {unit}", f"{before:g}", f"{now:.1f}", "" if most is None else f"{most:g}")
    console.print(table)
    targets = [
        Target(name=name, value=now, limit=most, unit=unit)
        for (name, unit), now, most in zip(FIGURES, measured.figures, MOST, strict=False)
    ]
    return judge(targets, console)


if __name__ == "__main__":
    sys.exit(main())
