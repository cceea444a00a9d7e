"""What people do on the page by commands and words, and what they are told when they may not."""

from typing import Any

import pytest
from playwright.async_api import expect

from sandbox.discord.world.permissions import Permission
from tests.browser.puppet import CHOICES, GENERAL, MESSAGE, OPTIONS, THINK, Puppet, button, row, text
from tests.browser.visit import visiting
from tests.end_to_end.stage import photo

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_takes_options_of_every_kind(puppet: Puppet) -> None:
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        page = mira.page
        form = await mira.open_command("every")
        await form.get_by_label("words").press_sequentially("app")
        asked = await puppet.hear(CHOICES, {"choices": [{"name": "An apple", "value": "apple-1"}]})
        assert asked["options"][0]["focused"] is True
        await page.get_by_role("option", name="An apple").click()
        choices = {"yes": "True", "who": "Noor", "where": "general", "which": "Trusted", "anyone": "Noor"}
        for name in ("count", *choices, "share"):
            await form.get_by_role("button", name="optional").click()
            await page.get_by_role("menuitem", name=name, exact=True).click()
            if name in choices:
                await page.get_by_role("option", name=choices[name]).click()
            else:
                await form.get_by_role("textbox", name=name).fill("3")
        await page.evaluate(
            """() => {
                const data = new DataTransfer();
                data.items.add(new File(["x"], "pasted.png", { type: "image/png" }));
                document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
            }"""
        )
        await expect(form.locator(".chosen-file")).to_contain_text("pasted.png")
        await form.get_by_role("textbox", name="count").fill("8")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_role("alert")).to_have_text("count must be at most 7.")
        await form.get_by_role("textbox", name="count").fill("7")
        await form.get_by_role("button", name="Send").click()
        heard = await drained(puppet)
    given = {each["name"]: each["value"] for each in heard["options"]}
    noor = str(puppet.control.member("noor").id)
    assert given.keys() == {each["name"] for each in OPTIONS}
    assert (given["words"], given["count"], given["yes"], given["share"]) == ("apple-1", 7, True, 3)
    assert (given["who"], given["anyone"]) == (noor, noor)
    assert [each["filename"] for each in heard["resolved"]["attachments"].values()] == ["pasted.png"]


async def test_an_at_sign_offers_members_and_several_files_fill_one_option(puppet: Puppet) -> None:
    noor = puppet.control.member("noor").id
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        form = await mira.open_command("tell")
        story = form.get_by_role("textbox", name="story")
        members = mira.page.get_by_role("listbox", name="Members")
        await story.press_sequentially("@Image1 and @n")
        await members.get_by_role("option", name="Noor").click()
        await story.press_sequentially("dance, @zz")
        await expect(members).to_have_count(0)
        await expect(story).to_have_value("@Image1 and @Noor dance, @zz")
        await mira.drop(form, photo(1), photo(2))
        await expect(form.get_by_role("alert")).to_contain_text("Left out: photo2.png")
        await mira.add_option(form, "image3")
        await mira.drop(form, photo(3))
        await expect(form.locator(".chosen-file")).to_have_count(2)
        await story.press("Enter")
        heard = await puppet.hear(MESSAGE, {"content": "told", "flags": 64})
        given = {each["name"]: each["value"] for each in heard["options"]}
        files = heard["resolved"]["attachments"]
        assert given["story"] == f"@Image1 and <@{noor}> dance, @zz"
        names = {name: files[value]["filename"] for name, value in given.items() if name != "story"}
        assert names == {"image1": "photo1.png", "image3": "photo3.png"}
        await expect(mira.message("told")).to_be_visible()
        await mira.page.reload()
        await expect(mira.page.locator("html")).to_have_attribute("data-ready", "mira")
        await expect(mira.messages.locator(".ephemeral")).to_have_count(0)


async def test_what_must_be_chosen_is_asked_for_before_a_command_is_sent(puppet: Puppet) -> None:
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        form = await mira.open_command("pick")
        await expect(mira.page.get_by_role("listbox", name="colour")).to_be_visible()
        await mira.page.keyboard.press("Escape")
        await form.get_by_role("button", name="Send /pick").click()
        await expect(form.get_by_role("alert")).to_have_text("Choose a value for colour.")
        await mira.page.get_by_role("option", name="Green").click()
        await form.get_by_role("button", name="Send /pick").click()
        assert (await puppet.hear(MESSAGE, {"content": "picked", "flags": 64}))["options"][0]["value"] == "green"


async def drained(puppet: Puppet) -> dict[str, Any]:
    """Answer choices that are asked for until the command itself comes; returns that."""
    while True:
        interaction = await puppet.bot.heard.get()
        if interaction.type.name != "autocomplete":
            await puppet.answer(interaction, MESSAGE, {"content": "taken", "flags": 64})
            return dict(interaction.data or {})
        await puppet.answer(interaction, CHOICES, {"choices": []})


async def test_thinking_answering_and_not_answering_are_told_apart(puppet: Puppet) -> None:
    message_id = await puppet.show(text("press me"), row(button("Nothing", "nothing")))
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        await (await mira.open_command("ping")).get_by_role("button", name="Send").click()
        interaction = await puppet.bot.heard.get()
        await expect(mira.messages.get_by_text("Sending command…")).to_be_visible()
        await puppet.answer(interaction, THINK, {"flags": 64})
        await expect(mira.message("used /ping")).to_contain_text("Reelcast is thinking…")
        path = f"/webhooks/{puppet.sandbox.world.application_id}/{interaction.token}/messages/@original"
        await puppet.rest.call("PATCH", path, {"content": "pong"})
        await expect(mira.message("used /ping")).to_contain_text("pong")
        await (await mira.open_command("ping")).get_by_role("button", name="Send").click()
        await puppet.bot.heard.get()
        await puppet.control.admin.advance(4)
        failed = mira.message("The application did not respond")
        await failed.get_by_role("button", name="Dismiss message").click()
        await expect(failed).to_have_count(0)
        message = mira.page.locator(f"[data-message='{message_id}']")
        await message.get_by_role("button", name="Nothing").click()
        await puppet.bot.heard.get()
        await puppet.control.admin.advance(4)
        await expect(message).to_contain_text("This interaction failed")


async def test_what_one_may_not_do_is_grey_and_says_why(puppet: Puppet) -> None:
    deny = int(Permission.SEND_MESSAGES)
    async with (
        visiting(puppet.browser, puppet.origin, "mira", "film-club/late-night") as mira,
        visiting(puppet.browser, puppet.origin, "ada", "film-club/late-night") as ada,
    ):
        await expect(mira.page.get_by_role("link", name="review")).to_have_count(0)
        await expect(ada.page.get_by_role("link", name="review")).to_be_visible()
        await mira.input.fill("/rule")
        option = mira.page.get_by_role("option", name="/rule")
        await expect(option).to_contain_text("You need Manage Server for this command.")
        await expect(option).to_be_disabled()
        await ada.open_command("rule")
        await puppet.control.admin.set_overwrite("late-night", role="@everyone", deny=deny)
        await expect(mira.input).to_be_disabled()
        await expect(mira.page.get_by_placeholder("You don't have permission to send messages")).to_be_visible()
        await expect(mira.page.get_by_role("button", name="Attach files")).to_be_disabled()
        await puppet.control.admin.set_overwrite("late-night", role="@everyone")
        await expect(mira.input).to_be_enabled()


async def test_people_write_type_reply_and_use_commands_on_messages_and_on_each_other(puppet: Puppet) -> None:
    async with (
        visiting(puppet.browser, puppet.origin, "mira", "film-club/storyboards") as mira,
        visiting(puppet.browser, puppet.origin, "noor", "film-club/storyboards") as noor,
    ):
        await mira.input.press_sequentially("an idea")
        await expect(noor.page.get_by_text("Mira is typing…")).to_be_visible()
        await mira.input.press("Enter")
        await expect(noor.message("an idea")).to_be_visible()
        message_id = await noor.message("an idea").get_attribute("data-message")
        idea = noor.page.locator(f"[data-message='{message_id}']")
        await expect(noor.page.get_by_text("Mira is typing…")).to_be_hidden()
        await idea.click(button="right")
        await noor.page.get_by_role("menuitem", name="Reply").click()
        await noor.input.fill("a better one, @everyone")
        await noor.input.press("Enter")
        await expect(mira.message("a better one").locator(".above")).to_contain_text("an idea")
        await idea.get_by_role("button", name="More actions").click()
        await expect(noor.page.get_by_role("menuitem", name="Delete message")).to_be_disabled()
        await noor.page.get_by_role("menuitem", name="Look at it").click()
        assert (await puppet.hear(MESSAGE, {"content": "looked", "flags": 64}))["name"] == "Look at it"
        await expect(noor.message("looked")).to_contain_text("Only you can see this")
        await noor.page.get_by_role("region", name="Members").get_by_role("button", name="Mira").click()
        await noor.page.get_by_role("menuitem", name="Look at them").click()
        heard = await puppet.hear(MESSAGE, {"content": "seen", "flags": 64})
        assert heard["target_id"] == str(puppet.control.member("mira").id)
        own = mira.page.locator(f"[data-message='{message_id}']")
        await own.get_by_role("button", name="More actions").click()
        await mira.page.get_by_role("menuitem", name="Delete message").click()
        await expect(noor.message("a better one")).to_contain_text("Original message was deleted")


async def test_who_reads_further_up_is_told_of_what_is_new_and_led_to_it(puppet: Puppet) -> None:
    await puppet.show(*(text(f"{number}\n" * 5) for number in range(30)), where="late-night")
    async with visiting(puppet.browser, puppet.origin, "ada", "film-club/late-night") as ada:
        below = ada.page.get_by_role("button", name="New messages below")
        scroll = ada.page.locator("#scroll")
        await expect(ada.message("29")).to_be_visible()
        await scroll.evaluate("(scroll) => { scroll.scrollTop = 0; }")
        await expect(below).to_be_hidden()
        await puppet.show(text("something new"), where="late-night")
        await expect(ada.message("something new")).not_to_be_in_viewport()
        await below.click()
        await expect(ada.message("something new")).to_be_in_viewport()
        await expect(below).to_be_hidden()
        await scroll.evaluate("(scroll) => { scroll.scrollTop = 0; }")
        await (await ada.open_command("ping")).get_by_role("button", name="Send").click()
        await puppet.hear(MESSAGE, {"content": "pong", "flags": 64})
        await expect(ada.message("pong")).to_be_in_viewport()


async def test_the_language_of_a_client_reaches_the_app(puppet: Puppet) -> None:
    async with visiting(puppet.browser, puppet.origin, "mo", GENERAL) as mo:
        language = mo.page.get_by_label("Language of your client")
        await language.select_option("de")
        await (await mo.open_command("ping")).get_by_role("button", name="Send").click()
        interaction = await puppet.bot.heard.get()
        assert interaction.locale.value == "de"
        await puppet.answer(interaction, MESSAGE, {"content": "gut", "flags": 64})
        await expect(mo.message("gut")).to_be_visible()
        await expect(language).to_have_value("de")
