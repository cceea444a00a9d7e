"""`python -m tests.browser.pictures`: the pictures of the README and the guides, taken of the page while the demo runs.

The real bot makes a video from the sample images in the local Discord; nothing is posed.
"""

import asyncio
import io
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Locator, expect

from sandbox.demo.start import passed_on, start_bot, start_sandbox, until_ready
from sandbox.web.opening import open_servers
from tests.browser.visit import (
    PHONE,
    Visitor,
    choose_review_channel,
    open_browser,
    open_fresh_server,
    reviews_before_spending,
    set_up,
    visiting,
)

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
PAGE: Final = (1280, 800)
CHANNEL: Final = (760, 900)  # narrow enough for the channel alone
FORM: Final = (760, 1000)  # high enough for all fields of a form
WHOLE: Final = (760, 1300)  # high enough for the largest message of all
MOST_BYTES: Final = 150_000  # of a picture
SPEED: Final = 20.0  # slow enough for a card to be seen at work


@dataclass(frozen=True, slots=True)
class Studio:
    """What takes the pictures, and where."""

    browser: Browser
    origin: str

    @asynccontextmanager
    async def tab(
        self, person: str, place: str = "film-club/videos", *, size: tuple[int, int] = PAGE
    ) -> AsyncGenerator[Visitor]:
        async with visiting(self.browser, self.origin, person, place, size=size, color_scheme="dark") as visitor:
            yield visitor


async def main() -> None:
    """Take all pictures anew."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pictures-")))
        environment = passed_on(os.environ)
        _, description = await start_sandbox(stack, folder, environment, ["--speed", str(SPEED)])
        bot = await start_bot(stack, folder, environment, description["environment"])
        await until_ready(bot)
        await open_servers(description["discord"]["control_url"])
        browser = await stack.enter_async_context(open_browser())
        studio = Studio(browser, description["discord"]["page_url"].rstrip("/"))
        await video(studio)
        await done(studio)
        await studio_form(studio)
        await refusal(studio)
        await settings(studio)
        await setup(studio)
        await report(studio)
        await review(studio)


async def video(studio: Studio) -> None:
    """From the command to the card at work, and the notice in between."""
    async with studio.tab("mira") as mira, studio.tab("mira", size=CHANNEL) as close:
        await mira.page.get_by_role("button", name="Make a video from sample images").click()
        await expect(mira.page.get_by_role("form", name="/video").locator("img")).to_have_count(2)
        await take(mira, "command")
        await mira.page.get_by_role("button", name="Send /video").click()
        await mira.page.get_by_role("button", name="Accept and continue").click()
        await expect(mira.messages.get_by_text("Processing")).to_be_visible()
        await dismiss(mira)
        await dismiss(close)
        await take(close, "working")
        await expect(mira.messages.locator("video")).to_be_visible()


async def done(studio: Studio) -> None:
    """The finished video below its card, in the channel and on a phone."""
    for name, size in (("done", CHANNEL), ("phone", PHONE)):
        async with studio.tab("mira", size=size) as mira:
            await dismiss(mira)
            await show_film(mira)
            await take(mira, name)


async def studio_form(studio: Studio) -> None:
    async with studio.tab("mira", size=FORM) as mira:
        await (await mira.open_command("video")).get_by_role("button", name="Send /video").click()
        modal = mira.page.get_by_role("dialog")
        await modal.get_by_label("Prompt").fill("The keeper of @Image1 waves from his lighthouse")
        await modal.get_by_role("button", name="use a sample").click()
        await mira.page.get_by_role("option", name="keeper.png").click()
        await expect(modal.locator(".chosen-file")).to_have_count(1)
        await take(mira, "form", of=modal)


async def refusal(studio: Studio) -> None:
    """A refused request, and the form of *Fix it*, which keeps what was given."""
    async with studio.tab("mira", size=FORM) as mira:
        form = await mira.open_video()
        for option, sample in (("image1", "keeper.png"), ("image2", "harbour.jpg")):
            await mira.add_option(form, option)
            await form.get_by_role("group", name=option).get_by_role("button", name="use a sample").click()
            await mira.page.get_by_role("option", name=sample).click()
        await form.get_by_role("textbox", name="prompt").fill("The keeper of @Image1 sails from @Image2 to @Image3")
        await form.get_by_role("button", name="Send /video").click()
        refused = mira.messages.locator("li.ephemeral").last
        await expect(refused.get_by_role("button", name="Fix it")).to_be_visible()
        await take(mira, "refused", of=refused)
        await refused.get_by_role("button", name="Fix it").click()
        await take(mira, "fix", of=mira.page.get_by_role("dialog"))


async def settings(studio: Studio) -> None:
    async with studio.tab("ada", size=WHOLE) as ada:
        await (await ada.open_command("settings")).get_by_role("button", name="Send").click()
        panel = ada.messages.locator("li.ephemeral").last
        await expect(panel.get_by_role("heading", name="Settings")).to_be_visible()
        await take(ada, "settings", of=panel)


async def setup(studio: Studio) -> None:
    """The welcome message in a fresh server, and the check after its form."""
    async with studio.tab("ada", size=CHANNEL) as ada:
        await open_fresh_server(ada)
        await take(ada, "welcome", of=ada.messages.locator("li.message").last)
        await take(ada, "set-up", of=await set_up(ada))


async def report(studio: Studio) -> None:
    """A video that three members have reported, as its moderators see it."""
    async with studio.tab("ada", size=CHANNEL) as ada:
        await choose_review_channel(ada, "review")
    async with studio.tab("mo", "film-club/review", size=WHOLE) as mo:
        reasons = {
            "noor": "That is my uncle, and nobody asked him",
            "mo": "Agreed, it is him",
            "ada": "Off until we know",
        }
        for person, reason in reasons.items():
            async with studio.tab(person, size=CHANNEL) as member:
                await show_film(member)  # all of it is loaded before the last report takes it away
                await member.page.get_by_role("button", name="Report", exact=True).last.click()
                modal = member.page.get_by_role("dialog")
                await modal.get_by_label("Reason").fill(reason)
                await modal.get_by_role("button", name="Submit").click()
                await expect(modal).to_have_count(0)
        case = mo.message("Reported video", "3 members reported it")
        await expect(case.get_by_role("button", name="Restore")).to_be_visible()
        await take(mo, "report", of=case)


async def review(studio: Studio) -> None:
    """A request that waits for its moderators, as they see it."""
    async with (
        studio.tab("noor", "animation-guild/review", size=WHOLE) as noor,
        studio.tab("mira", "animation-guild/videos", size=CHANNEL) as mira,
    ):
        await reviews_before_spending(noor)
        await mira.page.get_by_role("button", name="Make a video from sample images").click()
        await mira.page.get_by_role("button", name="Send /video").click()
        waiting = noor.message("why: every request")
        await expect(waiting.get_by_role("button", name="Approve", exact=True)).to_be_visible()
        await take(noor, "review", of=waiting)


async def dismiss(visitor: Visitor) -> None:
    """Take what only the visitor sees out of the picture."""
    button = visitor.page.get_by_role("button", name="Dismiss message")
    while await button.count():
        await button.first.click()


async def show_film(visitor: Visitor) -> None:
    """Go to the film, and wait until it shows a picture from its middle."""
    await visitor.page.locator("#scroll").evaluate("(each) => { each.scrollTop = each.scrollHeight; }")
    await seek(visitor.messages.locator("video").last, 2)


async def seek(film: Locator, seconds: float) -> None:
    """Have a film show what is so far into it, without the browser's sign of loading."""
    await film.evaluate(
        """(film, seconds) => new Promise((resolve) => {
            const turnsOn = 2000; // milliseconds that the browser's own sign of loading takes to end its round
            film.onseeked = () => setTimeout(resolve, turnsOn);
            film.currentTime = seconds;
        })""",
        seconds,
    )


async def take(visitor: Visitor, name: str, *, of: Locator | None = None, most: int = MOST_BYTES) -> None:
    """Write a picture of the page, or of a part of it, in at most so many bytes."""
    await visitor.page.mouse.move(0, 0)
    await visitor.page.evaluate("() => document.activeElement?.blur()")
    shot = await (of or visitor.page).screenshot(animations="disabled")
    await asyncio.to_thread(_write, shot, PICTURES / f"{name}.png", most)


def _write(shot: bytes, path: Path, most: int) -> None:
    """Write a picture in all its colours if these fit, else in as many as do."""
    whole = Image.open(io.BytesIO(shot)).convert("RGB")
    fewer = (
        whole.quantize(colours, dither=dither)
        for colours in (256, 128, 64)
        for dither in (Image.Dither.FLOYDSTEINBERG, Image.Dither.NONE)
    )
    for picture in (whole, *fewer):
        buffer = io.BytesIO()
        picture.save(buffer, "PNG", optimize=True)
        if buffer.tell() < most:
            path.write_bytes(buffer.getvalue())
            return
    raise ValueError(f"{path.name} takes more than {most} bytes however few its colours")


if __name__ == "__main__":
    asyncio.run(main())
