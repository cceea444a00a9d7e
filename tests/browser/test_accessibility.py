"""axe-core finds nothing grave on the page, in either theme and on a phone: each screen as the bot itself fills it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.async_api import expect

from bot.delivery.card_view import status_card
from bot.delivery.post_view import post_controls, post_text
from bot.jobs.states import State
from bot.moderation.history import MemberRecord
from bot.moderation.report_card import case_card
from bot.moderation.review_card import review_card
from bot.moderation.store import Report
from bot.settings.check import check
from bot.settings.entries import Page
from bot.settings.model import UNSET
from bot.settings.panel.panel import settings_panel
from bot.settings.panel.parts import PanelState
from tests.browser.axe import grave_violations
from tests.browser.puppet import CHOICES, MODAL, Puppet, button, row, text
from tests.browser.states import NOTHING_KNOWN, OFFER, a_card, film, layout, modals, picture
from tests.browser.visit import DESKTOP, PHONE, Visitor, visiting
from tests.integration.sandbox.discord.discord_lab import channel

pytestmark = pytest.mark.asyncio(loop_scope="module")

View = tuple[Literal["dark", "light"], tuple[int, int]]
VIEWS: Final[tuple[View, ...]] = (("dark", DESKTOP), ("light", PHONE))
# Chosen as in another tab: a media query that changes is told only with the next frame.
CHOOSE_THEME: Final = "(theme) => { localStorage.setItem('theme', theme); dispatchEvent(new Event('storage')); }"


async def looked_at(visitor: Visitor, screen: str, *more: View) -> None:
    """Hold what is shown against axe-core's rules, in both themes and on a phone."""
    for theme, (width, height) in (*VIEWS, *more):
        await visitor.page.evaluate(CHOOSE_THEME, theme)
        await expect(visitor.page.locator("html")).to_have_attribute("data-theme", theme)
        await visitor.page.set_viewport_size({"width": width, "height": height})
        grave = await grave_violations(visitor.page)
        assert not grave, "\n".join([f"{screen}, {theme}, {width} px:", *grave])
    await visitor.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})


async def test_a_channel_with_cards_posts_and_what_moderators_see(puppet: Puppet, tmp_path: Path) -> None:
    now, pictures = datetime.now(UTC), [picture("image1.png"), picture("image2.png")]
    names = [each.filename for each in pictures]
    shown = {
        state: a_card(state, puppet, now) for state in (State.PROCESSING, State.HELD, State.FAILED, State.DELIVERED)
    }
    video = film(tmp_path, shown[State.DELIVERED].request)
    base = f"{puppet.origin}/embed/avatars/1.png"
    record = MemberRecord(videos=12, rejected=1, taken_down=0, reports=0, blocks=0, joined_at=now, avatar=base)
    report = Report(member_id=shown[State.HELD].request.member_id, reason="I am in it", at=now)
    message = ""
    for job in shown.values():
        images = tuple(replace(each, card_name=name) for each, name in zip(job.request.references, names, strict=True))
        card = status_card(replace(job, request=replace(job.request, references=images)), OFFER, now=now)
        message = await puppet.show(*layout(card), files=pictures, where="videos")
    done = shown[State.DELIVERED]
    await puppet.post(post_text(done, OFFER), post_controls(done), video, reply_to=message)
    for view in (
        review_card(shown[State.HELD], OFFER, record, names, why="why: new member"),
        case_card(done, OFFER, [report] * 3, 3, record, video=video.filename, pictures=names),
    ):
        await puppet.show(*layout(view), files=[*pictures, video], where="videos")
    await puppet.rest.post(
        channel(puppet.sandbox, "videos"),
        "# Head\n### Small\n**bold** [link](https://example.com) in a text, `code` <@&1> <t:1700000000:R> ||hidden||\n"
        f"> quote\n-# small [link](https://example.com)\n- one\n- two <@{puppet.control.member('noor').id}>",
    )
    async with visiting(puppet.browser, puppet.origin, "noor") as noor:
        await expect(noor.message("Small")).to_be_visible()
        await looked_at(noor, "channel", ("light", DESKTOP))
        await noor.messages.locator("button.picture:not([inert])").last.click()
        await looked_at(noor, "lightbox")
        await noor.page.keyboard.press("Escape")
        await noor.message("Small").get_by_role("button", name="More actions").click()
        await looked_at(noor, "menu")
        await noor.page.keyboard.press("Escape")
        await noor.message("why: new member").get_by_role("button", name="Reject").click()
        await looked_at(noor, "list")


async def test_the_settings_panel_and_its_lists(puppet: Puppet) -> None:
    state = PanelState(settings=UNSET, facts=NOTHING_KNOWN, findings=check(UNSET, NOTHING_KNOWN))
    for page in set(Page) - {Page.CHANNEL}:
        await puppet.show(*layout(settings_panel(page, state)), where="late-night")
    async with visiting(puppet.browser, puppet.origin, "ada", "film-club/late-night") as ada:
        await expect(ada.messages.locator(".container").first).to_be_visible()
        await looked_at(ada, "settings", ("light", DESKTOP))
        await ada.messages.get_by_role("button", name="Choose channels").first.click()
        await ada.page.keyboard.type("nothing by this name")
        await looked_at(ada, "empty list")


async def test_commands_and_forms(puppet: Puppet) -> None:
    now = datetime.now(UTC)
    async with visiting(puppet.browser, puppet.origin, "noor", "film-club/storyboards") as noor:
        await noor.input.fill("/")
        await expect(noor.page.get_by_role("listbox", name="Commands")).to_be_visible()
        await looked_at(noor, "suggestions")
        form = await noor.open_command("pick")
        await looked_at(noor, "command")
        await noor.page.keyboard.press("Escape")
        await form.get_by_role("button", name="Cancel").click()
        form = await noor.open_command("every")
        await puppet.hear(CHOICES, {"choices": [{"name": "An apple", "value": "apple"}]})
        await form.get_by_role("button", name="optional").click()
        await looked_at(noor, "menu of options")
        await noor.page.get_by_role("menuitem", name="picture").click()
        await looked_at(noor, "command with a file")
        await form.get_by_role("button", name="Cancel").click()
        opened = dict(modals(a_card(State.DELIVERED, puppet, now)))
        for name in ("video", "setup", "pictures"):
            message = await puppet.show(text(name), row(button("Open", name)), where="storyboards")
            await noor.page.locator(f"[data-message='{message}']").get_by_role("button", name="Open").click()
            await puppet.hear(MODAL, opened[name].to_dict())
            await expect(noor.page.get_by_role("dialog")).to_be_visible()
            await looked_at(noor, name)
            await noor.page.keyboard.press("Escape")
