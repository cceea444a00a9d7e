"""A visitor at the page: a tab of Chromium as one person, which is held to the page's own promises."""

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from sandbox.member import Upload
from tests.end_to_end.stage import photo
from tests.support.browser import ADVICE, existing, system_chromium

PATIENCE: Final = 60_000.0  # milliseconds for anything to happen, on a machine that has much else to do
DESKTOP: Final = (1440, 900)
PHONE: Final = (375, 812)
# Which browser can play what the bot posts: Chromium as Playwright downloads it lacks the patented codecs.
PLAYS_H264: Final = "document.createElement('video').canPlayType('video/mp4; codecs=\"avc1.42E01E\"') !== ''"


@asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    """Start Chromium; raises `AssertionError` that says what to install where there is none."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        path = system_chromium() or existing(playwright.chromium.executable_path)
        assert path is not None, ADVICE
        browser = await playwright.chromium.launch(executable_path=path)
        yield browser
        await browser.close()


class Visitor:
    """One tab, and what a person does in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input = page.locator("#message-input")
        self.messages = page.locator("#messages")

    def message(self, *words: str) -> Locator:
        """Find the last message that has all these words."""
        found = self.messages.locator("li.message")
        for each in words:
            found = found.filter(has_text=each)
        return found.last

    async def open_command(self, name: str) -> Locator:
        """Type a command's name and choose it from the list; returns its form."""
        await self.input.fill(f"/{name}")
        await expect(self.page.get_by_role("option", name=f"/{name}").first).to_be_visible()
        await self.input.press("Enter")
        form = self.page.get_by_role("form", name=f"/{name}")
        await expect(form).to_be_visible()
        return form

    async def open_video(self) -> Locator:
        """Type `/video` and add the option for the prompt; returns its form."""
        form = await self.open_command("video")
        await self.add_option(form, "prompt")
        await expect(form.get_by_role("textbox", name="prompt")).to_be_visible()
        return form

    async def add_option(self, form: Locator, name: str) -> None:
        """Add an optional option to a command's form."""
        await form.get_by_role("button", name="optional").click()
        await self.page.get_by_role("menuitem", name=name).click()

    async def drop(self, where: Locator, *files: Upload) -> None:
        """Drag files onto an element and let go."""
        transfer = await self.page.evaluate_handle(
            """(files) => {
                const transfer = new DataTransfer();
                for (const { name, type, data } of files) {
                    const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
                    transfer.items.add(new File([bytes], name, { type }));
                }
                return transfer;
            }""",
            [_as_json(each) for each in files],
        )
        await where.dispatch_event("dragover", {"dataTransfer": transfer})
        await where.dispatch_event("drop", {"dataTransfer": transfer})

    async def ask(self, prompt: str, *images: Upload) -> Locator:
        """Send `/video` with pictures dropped on it; returns the card."""
        await self.send_video(prompt, *images)
        return await self.card(prompt)

    async def send_video(self, prompt: str, *images: Upload) -> None:
        """Send `/video` with pictures dropped on it, or with one of ours."""
        form = await self.open_video()
        for image in images or (photo(),):
            await self.drop(form, image)
        typed = form.get_by_role("textbox", name="prompt")
        await typed.fill(prompt)
        await typed.press("Enter")

    async def card(self, *words: str) -> Locator:
        """Return the last card with these words once it is there, to be followed whatever becomes of its words."""
        found = self.messages.locator("li.message").filter(has=self.page.get_by_role("button", name="Details"))
        for each in words:
            found = found.filter(has_text=each)
        card = found.last
        await expect(card).to_be_visible()
        return self.messages.locator(f"[data-message='{await card.get_attribute('data-message')}']")


@asynccontextmanager
async def visiting(
    browser: Browser,
    origin: str,
    person: str = "mira",
    place: str = "film-club/videos",
    *,
    size: tuple[int, int] = DESKTOP,
    clock: bool = False,
    locale: str = "en-GB",
    **options: Any,
) -> AsyncGenerator[Visitor]:
    """Open the page as a person in a browser of their own, with a `clock` whose time can be moved if asked for.

    At the end nothing of the page has failed, and it has asked nobody but its own server.
    """
    width, height = size
    view = ViewportSize(width=width, height=height)
    # Drawing what moves takes more of the processor than all else in a test.
    context = await browser.new_context(viewport=view, locale=locale, reduced_motion="reduce", **options)
    if clock:
        await context.clock.install()
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    troubles = _watch(page, origin)
    await page.goto(f"{origin}/#/{person}/{place}")
    await expect(page.locator("html")).to_have_attribute("data-ready", person)
    yield Visitor(page)
    assert not troubles, "\n".join(troubles)
    await context.close()


async def open_fresh_server(owner: Visitor) -> Locator:
    """Have a person make a server of their own, which the bot joins; returns the welcome message."""
    new = owner.page.get_by_role("button", name="New server with the bot")
    if not await new.is_visible():  # on a narrow page the servers are in a drawer
        await owner.page.get_by_role("button", name="Servers and channels").click()
    await new.click()
    welcome = owner.message("turn reference images into videos")
    await expect(welcome).to_be_visible()
    return welcome


async def set_up(owner: Visitor) -> Locator:
    """Press *Set up* in a fresh server and fill in the form; returns the check that follows."""
    await owner.message("turn reference images into videos").get_by_role("button", name="Set up").click()
    modal = owner.page.get_by_role("dialog", name="Set up videos")
    await modal.get_by_label("Channels where members can make videos").click()
    await owner.page.get_by_role("option", name="videos").click()
    await modal.get_by_label("Review channel").click()
    await owner.page.get_by_role("option", name="moderators").click()
    await modal.get_by_role("button", name="Submit").click()
    panel = owner.messages.locator("li.ephemeral").last
    await expect(panel).to_contain_text("All good")
    return panel


async def reviews_before_spending(owner: Visitor) -> None:
    """Have the owner of a server show every request to its moderators in #review, before anything is spent."""
    panel = await choose_review_channel(owner, "review")
    await panel.get_by_role("button", name="Off").click()
    await owner.page.get_by_role("option", name="Before spending").click()
    await expect(panel.get_by_role("button", name="Before spending")).to_be_enabled()
    await expect(panel).to_contain_text("Saved")


async def choose_review_channel(owner: Visitor, name: str) -> Locator:
    """Have the owner of a server choose where its moderators see what they decide about; returns the panel."""
    form = await owner.open_command("settings")
    await form.get_by_role("button", name="optional").click()
    await owner.page.get_by_role("menuitem", name="page").click()
    await owner.page.get_by_role("option", name="Review").click()
    await form.get_by_role("button", name="Send").click()
    panel = owner.messages.locator("li.ephemeral").last
    await panel.get_by_role("button", name="Choose a channel").click()
    await owner.page.keyboard.type(name)
    await expect(owner.page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    await owner.page.keyboard.press("Enter")
    await expect(panel).to_contain_text("Saved")
    return panel


def _watch(page: Page, origin: str) -> list[str]:
    """Return a list that gathers what must not happen: errors, and requests to anybody else."""
    troubles: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(f"{message.type}: {message.text} ({message.location['url']})")

    def broken(error: Error) -> None:
        troubles.append(f"broke: {error.message}")

    def requested(request: Request) -> None:
        if not request.url.startswith((f"{origin}/", f"blob:{origin}/")):
            troubles.append(f"asked {request.url}")

    page.on("console", console)
    page.on("pageerror", broken)
    page.on("request", requested)
    return troubles


def _as_json(file: Upload) -> dict[str, str]:
    data = base64.b64encode(file.data).decode()
    return {"name": file.filename, "type": file.content_type or "", "data": data}
