"""What a visitor of the demo does, in a real browser: the whole bot as a process, between both sandboxes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from bot.database.engine import open_database
from bot.requests.consent import ConsentStore
from sandbox.member import Upload
from tests.browser.axe import grave_violations
from tests.browser.visit import (
    PHONE,
    PLAYS_H264,
    choose_review_channel,
    open_browser,
    open_fresh_server,
    reviews_before_spending,
    set_up,
    visiting,
)
from tests.end_to_end.stage import Stage, open_stage, photo

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAYS_ON: Final = """(video) => new Promise((resolve, reject) => {
    video.muted = true;
    video.ontimeupdate = () => { if (video.currentTime > 0.2) resolve(); };
    video.play().catch(reject);
})"""

MOST_CLICKS: Final = 8
COUNT_CLICKS: Final = """() => {
    window.clicks = 0;
    document.addEventListener("pointerdown", () => (window.clicks += 1), true);
}"""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo, and a browser to visit it with."""

    stage: Stage
    browser: Browser

    @property
    def origin(self) -> str:
        return self.stage.discord.origin


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with open_stage(tmp_path_factory.mktemp("demo")) as stage:
        await accepted(stage, "ada", "mo", "mira")
        async with stage.bot(), open_browser() as browser:
            yield Demo(stage, browser)


async def accepted(stage: Stage, *names: str) -> None:
    """Have these members accept the notice before a member's first pictures, long ago."""
    async with open_database(f"sqlite:///{stage.database}") as engine:
        for name in names:
            await ConsentStore(engine).give(stage.member(name).id, locale="en-GB", now=datetime.now(UTC))


async def test_a_picture_dropped_on_the_command_becomes_a_video_that_plays(demo: Demo) -> None:
    prompt = "The fox of @Image1 crosses a frozen lake"
    async with visiting(demo.browser, demo.origin) as mira:
        form = await mira.open_video()
        await mira.drop(form, photo(1))
        await mira.drop(form, photo(2))
        await expect(form.locator(".chosen-file")).to_have_count(2)
        await form.get_by_role("textbox", name="prompt").fill(prompt)
        await form.get_by_role("button", name="Send /video").click()
        card = await mira.card(prompt)
        await expect(card.get_by_role("button", name="Open @Image1 +1")).to_be_visible()
        post = mira.message(prompt, "AI-generated")
        video = post.locator("video")
        await expect(video).to_be_visible()
        await expect(card).to_contain_text("Done")
        if await mira.page.evaluate(PLAYS_H264):
            await video.evaluate(PLAYS_ON)
        segmind = mira.page.get_by_label("Local Segmind")
        await expect(segmind.locator(".request", has_text=prompt)).to_contain_text("COMPLETED")


async def test_a_form_takes_a_file_and_tells_what_is_missing(demo: Demo) -> None:
    prompt = "A boat of @Image1 in a storm"
    async with visiting(demo.browser, demo.origin) as mira:
        await (await mira.open_command("video")).get_by_role("button", name="Send /video").click()
        modal = mira.page.get_by_role("dialog")
        await modal.get_by_role("button", name="Submit").click()
        await expect(modal.get_by_role("alert").filter(has_text="This field is required.")).to_be_visible()
        picture = photo(3)
        await modal.get_by_label("Prompt").fill(prompt)
        file: FilePayload = {"name": picture.filename, "mimeType": "image/png", "buffer": picture.data}
        await modal.locator("input[type=file]").set_input_files(file)
        await modal.get_by_label("9:16").check()
        await modal.get_by_role("button", name="Submit").click()
        await expect(modal).to_be_hidden()
        card = await mira.card(prompt)
        await expect(card).to_contain_text("9:16")
        await expect(card).to_contain_text("Done")


async def test_a_video_is_deleted_from_its_details_after_a_question(demo: Demo) -> None:
    prompt = "A kite of @Image1 above the dunes"
    async with visiting(demo.browser, demo.origin) as mira, visiting(demo.browser, demo.origin, "noor") as noor:
        card = await mira.ask(prompt)
        post = mira.message(prompt, "AI-generated")
        await expect(post.locator("video")).to_be_visible()
        await noor.message(prompt, "AI-generated").get_by_role("button", name="Details").click()
        details = noor.messages.locator(".ephemeral").last
        await expect(details.get_by_role("button", name="Open @Image1")).to_be_visible()
        await expect(details.get_by_role("button", name="Delete")).to_have_count(0)
        await post.get_by_role("button", name="Details").click()
        await mira.messages.locator(".ephemeral").last.get_by_role("button", name="Delete").click()
        question = mira.messages.locator(".ephemeral").last
        await expect(question).to_contain_text("Delete the card and the video?")
        await expect(post).to_be_visible()
        await question.get_by_role("button", name="Delete").click()
        await expect(question).to_contain_text("Deleted.")
        await expect(card).to_be_hidden()
        await expect(post).to_be_hidden()


async def test_two_tabs_are_two_people_who_see_each_other_at_once(demo: Demo) -> None:
    prompt = "A parade of @Image1 that somebody stops"
    await demo.stage.hold()
    async with (
        visiting(demo.browser, demo.origin) as mira,
        visiting(demo.browser, demo.origin, "noor") as noor,
        visiting(demo.browser, demo.origin, "mo") as mo,
    ):
        card = await mira.ask(prompt)
        await noor.message(prompt).get_by_role("button", name="Don't post it").click()
        refused = noor.messages.locator(".ephemeral", has_text="Only the member who requested")
        await expect(refused).to_contain_text("Only you can see this")
        await expect(mo.messages.locator(".ephemeral")).to_have_count(0)
        await refused.get_by_role("button", name="Dismiss message").click()
        await expect(refused).to_have_count(0)
        await mo.message(prompt).get_by_role("button", name="Don't post it").click()
        question = mo.messages.locator(".ephemeral").last
        await expect(question).to_contain_text("It's already charged.")
        await question.get_by_role("button", name="Don't post it").click()
        await expect(card).to_contain_text("Canceled")
        await expect(noor.message(prompt)).to_contain_text("Canceled")
    await demo.stage.let_on()
    await demo.stage.let_on()
    await demo.stage.segmind.configure(queue_seconds=0.2, run_seconds=0.6)


async def test_a_second_person_reviews_what_the_first_one_asked_for(demo: Demo) -> None:
    bad, good = "A crash of @Image1 that nobody should see", "A picnic of @Image1 in the sun"
    async with (
        visiting(demo.browser, demo.origin, "noor", "animation-guild/review") as noor,
        visiting(demo.browser, demo.origin, "mira", "animation-guild/videos") as mira,
    ):
        await reviews_before_spending(noor)
        await mira.send_video(bad)
        refused = await mira.card("Waiting for review")
        waiting = noor.message("why: every request", bad)
        await expect(waiting.locator(".mosaic img")).to_be_visible()
        await waiting.get_by_text("Reject", exact=True).click()
        await noor.page.get_by_role("option", name="Other reason").click()
        modal = noor.page.get_by_role("dialog", name="Reject")
        await modal.get_by_label("Reason").fill("Too much of a crash")
        await modal.get_by_role("button", name="Submit").click()
        await expect(refused).to_contain_text("Rejected")
        await expect(refused).not_to_contain_text("Too much of a crash")
        await refused.get_by_role("button", name="Details").click()
        await expect(mira.messages.locator(".ephemeral").last).to_contain_text("Too much of a crash")
        await mira.send_video(good)
        approved = await mira.card("Waiting for review")
        await noor.message("why: every request", good).get_by_role("button", name="Approve", exact=True).click()
        await expect(approved).to_contain_text("Done")
        await noor.message(good).get_by_role("link", name="Card").click()
        await expect(noor.page.locator("#topic")).to_contain_text("videos")
        await expect(noor.message(good)).to_be_in_viewport()


async def test_a_server_is_open_and_safe_eight_clicks_after_the_welcome_message(demo: Demo) -> None:
    prompt = "A kite of @Image1 over the dunes"
    async with visiting(demo.browser, demo.origin, "ada") as ada:
        await open_fresh_server(ada)
        await ada.page.evaluate(COUNT_CLICKS)
        await set_up(ada)
        assert await ada.page.evaluate("() => window.clicks") <= MOST_CLICKS
    async with visiting(demo.browser, demo.origin, "mira", "new-server/videos") as mira:
        await mira.send_video(prompt)
        await mira.card("Waiting for review")


async def test_what_segmind_refuses_is_told_and_made_again_once_it_works(demo: Demo) -> None:
    prompt = "A train of @Image1 over a bridge"
    async with visiting(demo.browser, demo.origin) as mira:
        segmind = mira.page.get_by_label("Local Segmind")
        await segmind.get_by_role("radio", name="blocked").check()
        card = await mira.ask(prompt)
        await expect(card).to_contain_text("Failed")
        await expect(segmind.locator(".request", has_text=prompt)).to_contain_text("FAILED")
        await segmind.get_by_role("radio", name="with a video").check()
        await card.get_by_role("button", name="Fix it").click()
        form = mira.page.get_by_role("dialog")
        await expect(form.get_by_label("Prompt")).to_have_value(prompt)
        await form.get_by_role("button", name="Submit").click()
        await expect(mira.message(prompt, "AI-generated").locator("video")).to_be_visible()


async def test_a_refused_request_is_fixed_with_the_images_that_were_given(demo: Demo) -> None:
    wrong, right = "A mill of @Image1 turns beside @Image3", "A mill of @Image1 turns beside @Image2"
    async with visiting(demo.browser, demo.origin) as mira:
        await mira.send_video(wrong, photo(1), photo(2))
        refusal = mira.messages.locator(".ephemeral", has_text=wrong)
        await expect(refusal).to_contain_text("there are only 2 images")
        await refusal.get_by_role("button", name="Fix it").click()
        form = mira.page.get_by_role("dialog", name="Make a video")
        await expect(form.get_by_label("Prompt")).to_have_value(wrong)
        await expect(form).to_contain_text("Leave this empty to keep: photo1.png, photo2.png")
        await form.get_by_label("Prompt").fill(right)
        await form.get_by_role("button", name="Submit").click()
        card = await mira.card(right)
        await expect(card.get_by_role("button", name="Open @Image1 +1")).to_be_visible()
        await expect(refusal.get_by_role("button", name="Fix it")).to_have_count(0)
        await expect(card).to_contain_text("Done")
        await mira.message(right, "AI-generated").get_by_role("button", name="Details").click()
        details = mira.messages.locator(".ephemeral", has_text="Job ID").last
        await expect(details.get_by_role("button", name="Open @Image")).to_have_count(2)


async def test_a_reported_video_comes_before_moderators_who_decide(demo: Demo) -> None:
    prompt, reason = "A barge of @Image1 on the canal", "That is my boat, and no one asked me"
    async with visiting(demo.browser, demo.origin, "ada") as ada:
        await choose_review_channel(ada, "review")
    async with (
        visiting(demo.browser, demo.origin) as mira,
        visiting(demo.browser, demo.origin, "noor") as noor,
        visiting(demo.browser, demo.origin, "mo", "film-club/review") as mo,
    ):
        await mira.ask(prompt)
        await noor.message(prompt, "AI-generated").get_by_role("button", name="Report").click()
        form = noor.page.get_by_role("dialog", name="Report this video")
        await form.get_by_label("Reason").fill(reason)
        await form.get_by_role("button", name="Submit").click()
        await expect(noor.messages.locator(".ephemeral").last).to_contain_text("moderators have been notified")
        case = mo.message("Reported video", prompt)
        await expect(case).to_contain_text(f"@Noor: {reason}")
        await expect(case.locator("video")).to_have_count(1)
        case = mo.messages.locator(f"[data-message='{await case.get_attribute('data-message')}']")
        await case.get_by_role("button", name="Dismiss").click()
        await expect(case).to_contain_text("dismissed the reports")
        await expect(case.locator("video")).to_have_count(0)
        await expect(mira.message(prompt, "AI-generated").locator("video")).to_be_visible()


async def test_a_video_is_taken_down_with_a_reason_that_only_its_member_reads(demo: Demo) -> None:
    prompt, reason = "A sail of @Image1 in the harbor", "It shows a logo that isn't ours"
    async with (
        visiting(demo.browser, demo.origin) as mira,
        visiting(demo.browser, demo.origin, "mo") as mo,
    ):
        card = await mira.ask(prompt)
        post = mira.message(prompt, "AI-generated")
        await expect(post.locator("video")).to_be_visible()
        await mo.message(prompt, "AI-generated").get_by_role("button", name="More actions").click()
        await mo.page.get_by_role("menuitem", name="Take down").click()
        form = mo.page.get_by_role("dialog", name="Take down")
        await form.get_by_label("Reason").fill(reason)
        await form.get_by_role("button", name="Submit").click()
        await expect(post).to_be_hidden()
        await expect(card).to_contain_text("Taken down")
        await expect(card).not_to_contain_text(prompt)
        await expect(card).not_to_contain_text(reason)
        await expect(card.locator(".mosaic, .thumbnail")).to_have_count(0)
        await card.get_by_role("button", name="Details").click()
        await expect(mira.messages.locator(".ephemeral").last).to_contain_text(reason)


async def test_the_keyboard_alone_leads_to_a_video(demo: Demo) -> None:
    prompt = "A lighthouse of @Image1 in the fog"
    async with visiting(demo.browser, demo.origin) as mira:
        keyboard = mira.page.keyboard
        await keyboard.press("Tab")
        await expect(mira.page.get_by_text("Skip to the message box")).to_be_focused()
        await keyboard.press("Enter")
        await expect(mira.input).to_be_focused()
        await keyboard.type("/video")
        await expect(mira.page.get_by_role("option", name="/video Make")).to_be_visible()
        await keyboard.press("Enter")
        form = mira.page.get_by_role("form", name="/video")
        for option in ("image1", "prompt"):
            await form.get_by_role("button", name="optional").focus()
            await keyboard.press("Enter")
            await mira.page.get_by_role("menuitem", name=option).focus()
            await keyboard.press("Enter")
        await form.get_by_role("textbox", name="prompt").focus()
        await keyboard.type(prompt)
        await form.get_by_role("group", name="image1").get_by_role("button", name="use a sample").focus()
        await keyboard.press("Enter")
        await expect(mira.page.get_by_role("listbox", name="Sample images")).to_be_focused()
        await keyboard.press("ArrowDown")
        await keyboard.press("Enter")
        await expect(form.get_by_role("button", name="Remove harbour.jpg from image1")).to_be_visible()
        await form.get_by_role("textbox", name="prompt").focus()
        await keyboard.press("Enter")
        card = await mira.card(prompt)
        await card.get_by_role("button", name="Details").focus()
        await keyboard.press("Enter")
        await expect(mira.messages.locator(".ephemeral").last).to_contain_text(prompt)
        await expect(card).to_contain_text("Done")


async def test_a_phone_has_room_for_all_of_it(demo: Demo) -> None:
    prompt = "A balloon of @Image1 above the hills"
    async with visiting(demo.browser, demo.origin, size=PHONE, has_touch=True) as mira:
        page = mira.page
        await expect(page.get_by_role("link", name="general")).to_be_hidden()
        await page.get_by_role("button", name="Servers and channels").click()
        await page.get_by_role("link", name="general").click()
        await expect(page.get_by_role("heading", name="general", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Servers and channels").click()
        await page.get_by_role("link", name="videos").click()
        form = await mira.open_video()
        await form.get_by_role("textbox", name="prompt").fill(prompt)
        await mira.add_option(form, "image1")
        await form.get_by_role("group", name="image1").get_by_role("button", name="use a sample").click()
        await page.get_by_role("option", name="keeper.png").click()
        assert await form.evaluate("(form) => form.scrollWidth <= form.clientWidth")
        assert await grave_violations(page) == []
        await form.get_by_role("button", name="Send /video").click()
        card = await mira.card(prompt)
        await expect(card).to_contain_text("Done")
        await expect(mira.message(prompt, "AI-generated").locator("video")).to_be_visible()
        await page.get_by_role("button", name="Members and Segmind").click()
        await expect(page.locator(".request", has_text=prompt)).to_be_visible()
        assert await grave_violations(page) == []
        await page.keyboard.press("Escape")
        await expect(page.locator(".request", has_text=prompt)).to_be_hidden()
        assert await page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
        box = await card.bounding_box()
        assert box is not None
        assert box["width"] <= PHONE[0]


async def test_what_people_write_stays_text(demo: Demo) -> None:
    attack = '<img src=x onerror="window.hit=1"> [@Image1](javascript:window.hit=1) <script>window.hit=1</script>'
    async with visiting(demo.browser, demo.origin) as mira:
        named = Upload(photo(4).data, "<svg onload=window.hit=1>.png", "image/png")
        card = await mira.ask(attack, named)
        await expect(card).to_contain_text('onerror="window.hit=1"')
        await mira.input.fill(attack)
        await mira.input.press("Enter")
        await expect(mira.message(attack).locator("img, script")).to_have_count(0)
        await expect(mira.messages.locator("a[href^='javascript:']")).to_have_count(0)
        assert await mira.page.evaluate("() => window.hit === undefined")
