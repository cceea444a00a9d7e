"""Whatever an app can show in Discord today, the page shows, and tells the app what was done with it."""

import time
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from sandbox.member import Upload
from tests.browser.puppet import GENERAL, LATER, MESSAGE, MODAL, Puppet, button, label, row, text
from tests.browser.visit import visiting
from tests.end_to_end.stage import photo
from tests.integration.sandbox.discord.discord_lab import channel
from tests.integration.sandbox.discord.http.test_files import mp4

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_layout_shows_all_its_parts_and_stays_as_the_reader_left_it(puppet: Puppet) -> None:
    picture = photo(1)
    media = {"media": {"url": f"attachment://{picture.filename}"}}
    layout: list[dict[str, Any]] = [
        {
            "type": 17,
            "accent_color": 0x23A559,
            "components": [
                text("### A card\nwith ||a secret||"),
                {"type": 14, "spacing": 2},
                {"type": 9, "components": [text("A section")], "accessory": button("Do it", "do")},
                {
                    "type": 9,
                    "components": [text("Another")],
                    "accessory": {"type": 11, "description": "small", **media},
                },
                {"type": 12, "items": [{**media, "description": f"@Image{n}", "spoiler": n == 3} for n in (1, 2, 3)]},
                row(
                    button("Not now", "off", disabled=True),
                    {"type": 2, "style": 5, "label": "Elsewhere", "url": "https://example.com/a"},
                ),
            ],
        },
        {"type": 13, "file": {"url": "attachment://notes.txt"}},
    ]
    notes = Upload(b"x" * 2048, "notes.txt", "text/plain")
    message_id = await puppet.show(*layout, files=[picture, notes])
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        message = mira.page.locator(f"[data-message='{message_id}']")
        await expect(message.get_by_role("heading", name="A card")).to_be_visible()
        await expect(message.locator(".container")).to_have_css("border-left-color", "rgb(35, 165, 89)")
        await expect(message.get_by_role("button", name="Not now")).to_be_disabled()
        await expect(message.get_by_role("link", name="Elsewhere")).to_have_attribute("href", "https://example.com/a")
        await expect(message.locator(".file-card")).to_contain_text("notes.txt2.00 KB")
        await expect(message.get_by_text("a secret")).to_be_hidden()
        await message.get_by_role("button", name="Spoiler").first.click()
        await expect(message.get_by_text("a secret")).to_be_visible()
        await message.get_by_role("button", name="Open @Image2").click()
        lightbox = mira.page.get_by_role("dialog", name="Image")
        await expect(lightbox).to_contain_text("@Image2 · 2 of 3")
        await mira.page.keyboard.press("ArrowRight")
        await expect(lightbox).to_contain_text("@Image3 · 3 of 3")
        await mira.page.keyboard.press("Escape")
        await expect(message.get_by_role("button", name="Open @Image2")).to_be_focused()
        layout[0]["components"][0] = text("### The same card, edited\nwith ||a secret||")
        await puppet.edit(message_id, {"components": layout})
        await expect(message.get_by_role("heading", name="edited")).to_be_visible()
        await expect(message.get_by_text("a secret")).to_be_visible()
        await expect(message.get_by_role("button", name="Open @Image2")).to_be_focused()


async def test_the_keyboard_stays_on_a_button_while_its_card_grows_and_shrinks(puppet: Puppet) -> None:
    second = button("Second", "second")
    message_id = await puppet.show(text("short"), row(button("First", "first"), second))
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        message = mira.page.locator(f"[data-message='{message_id}']")
        await message.get_by_role("button", name="Second").focus()
        buttons = row(button("New", "new"), button("First", "first"), second)
        edits = {"grown": [{"type": 14}, text("more"), buttons], "shrunk": [row(second)]}
        for words, below in edits.items():
            await puppet.edit(message_id, {"components": [text(words), *below]})
            await expect(message).to_contain_text(words)
            await expect(message.get_by_role("button", name="Second")).to_be_focused()


async def test_embeds_and_files_of_a_message_are_shown(puppet: Puppet) -> None:
    embed = {
        "title": "A title",
        "description": "**bold** words",
        "color": 0x5865F2,
        "author": {"name": "Somebody"},
        "fields": [{"name": "First", "value": "1", "inline": True}, {"name": "Second", "value": "2"}],
        "footer": {"text": "below"},
        "image": {"url": "https://example.com/outside.png"},
    }
    await puppet.rest.post(channel(puppet.sandbox, "general"), "a message with an embed", embeds=[embed])
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        shown = mira.message("a message with an embed").locator(".embed")
        for words in ("Somebody", "A title", "bold words", "First", "Second", "below", "which this page doesn't load"):
            await expect(shown).to_contain_text(words)
        await expect(shown.locator("strong")).to_have_text("bold")


async def test_selects_of_every_kind_send_what_was_chosen(puppet: Puppet) -> None:
    options = [{"label": f"Option {n}", "value": str(n)} for n in range(4)]
    message_id = await puppet.show(
        row({"type": 3, "custom_id": "text", "placeholder": "Up to two", "options": options, "max_values": 2}),
        row({"type": 5, "custom_id": "user"}),
        row({"type": 6, "custom_id": "role"}),
        row({"type": 8, "custom_id": "channel", "channel_types": [0]}),
    )
    where = puppet.control.admin
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        message = mira.page.locator(f"[data-message='{message_id}']")
        opened = message.get_by_role("button", name="Up to two")
        await opened.click()
        await mira.page.keyboard.press("Space")
        await mira.page.keyboard.press("ArrowDown")
        await mira.page.keyboard.press("ArrowDown")
        await mira.page.keyboard.press("Space")
        await mira.page.keyboard.press("Escape")
        assert (await puppet.hear(LATER))["values"] == ["0", "2"]
        await expect(message.get_by_role("button", name="Option 0, Option 2")).to_be_enabled()
        expected = {
            "Select a member": ("no", "Noor", str(puppet.control.member("noor").id)),
            "Select a role": ("mod", "Moderators", None),
            "Select a channel": ("gen", "general", where.channel_id("general")),
        }
        for opener, (typed, chosen, value) in expected.items():
            await message.get_by_role("button", name=opener).click()
            await mira.page.keyboard.type(typed)
            await expect(mira.page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
            await mira.page.keyboard.press("Enter")
            heard = await puppet.hear(LATER)
            assert value is None or heard["values"] == [value]
            await expect(message.get_by_role("button", name=chosen)).to_be_enabled()


async def test_a_modal_holds_every_kind_of_field(puppet: Puppet) -> None:
    options = [{"label": each.title(), "value": each} for each in ("red", "green", "blue")]
    message_id = await puppet.show(row(button("First", "first"), button("Second", "second")))
    first = {
        "title": "Words and choices",
        "custom_id": "m1",
        "components": [
            label("Short", {"type": 4, "custom_id": "short", "style": 1, "min_length": 3}, description="three or more"),
            label("Long", {"type": 4, "custom_id": "long", "style": 2, "required": False, "value": "as it was"}),
            label("Colour", {"type": 3, "custom_id": "colour", "options": options}),
            label("One of", {"type": 21, "custom_id": "one", "options": options}),
            label("Some of", {"type": 22, "custom_id": "some", "options": options, "max_values": 2}),
        ],
    }
    second = {
        "title": "People and files",
        "custom_id": "m2",
        "components": [
            text("Read this **first**."),
            label("The member", {"type": 5, "custom_id": "who", "required": False}),
            label("Where", {"type": 8, "custom_id": "where", "channel_types": [0]}),
            label("Agreed", {"type": 23, "custom_id": "agreed"}),
            label("Files", {"type": 19, "custom_id": "files", "min_values": 1, "max_values": 2}),
        ],
    }
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        message = mira.page.locator(f"[data-message='{message_id}']")
        await message.get_by_role("button", name="First").click()
        await puppet.hear(MODAL, first)
        modal = mira.page.get_by_role("dialog", name="Words and choices")
        await modal.get_by_label("Short").fill("ab")
        await modal.get_by_role("button", name="Submit").click()
        await expect(modal).to_contain_text("Must be at least 3 characters.")
        await expect(modal.get_by_label("Short")).to_be_focused()
        await modal.get_by_label("Short").fill("abc")
        await modal.get_by_role("button", name="Colour").click()
        await mira.page.get_by_role("option", name="Green").click()
        await modal.get_by_role("radio", name="Blue").check()
        await modal.get_by_role("checkbox", name="Red").check()
        await modal.get_by_role("checkbox", name="Green").check()
        await modal.get_by_role("button", name="Submit").click()
        assert values_of(await puppet.hear(MESSAGE, {"content": "taken", "flags": 64})) == {
            "short": "abc",
            "long": "as it was",
            "colour": ["green"],
            "one": "blue",
            "some": ["red", "green"],
        }
        await expect(modal).to_be_hidden()
        await message.get_by_role("button", name="Second").click()
        await puppet.hear(MODAL, second)
        modal = mira.page.get_by_role("dialog", name="People and files")
        await expect(modal.locator("strong")).to_have_text("first")
        await modal.get_by_role("button", name="Where").click()
        await mira.page.keyboard.type("late")
        await mira.page.keyboard.press("Enter")
        await modal.get_by_label("Agreed").check()
        await mira.drop(modal.get_by_role("group", name="Files"), photo(1), photo(2))
        await modal.get_by_role("button", name="Submit").click()
        heard = await puppet.hear(MESSAGE, {"content": "taken", "flags": 64})
        values = values_of(heard)
        assert (values["who"], values["agreed"]) == ([], True)
        assert values["where"] == [puppet.control.admin.channel_id("late-night")]
        names = [each["filename"] for each in heard["resolved"]["attachments"].values()]
        assert names == ["photo1.png", "photo2.png"]


def values_of(submitted: dict[str, Any]) -> dict[str, Any]:
    """Return what was submitted in a modal, by custom id."""
    fields = [each["component"] for each in submitted["components"] if "component" in each]
    return {each["custom_id"]: each["value"] if "value" in each else each["values"] for each in fields}


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_a_theme_that_is_chosen_stays(puppet: Puppet, theme: Literal["dark", "light"]) -> None:
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL, color_scheme=theme) as mira:
        other = "light" if theme == "dark" else "dark"
        await mira.page.get_by_role("button", name=f"{other} theme").click()
        await mira.page.reload()
        await expect(mira.page.locator("html")).to_have_attribute("data-theme", other)


async def test_a_relative_moment_counts_on(puppet: Puppet) -> None:
    await puppet.show(text(f"begun <t:{int(time.time())}:R>"))
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL, clock=True) as mira:
        begun = mira.message("begun").locator("time.moment")
        await expect(begun).to_contain_text("second")
        await mira.page.clock.fast_forward(3 * 60_000)
        await expect(begun).to_contain_text("3 minutes ago")


async def test_channels_of_every_kind_are_named_and_those_without_messages_say_so(puppet: Puppet) -> None:
    for kind in ("voice", "forum", "category"):
        await puppet.control.admin.add_channel(f"a {kind}", kind=kind)
    await puppet.control.admin.add_channel("a secret", kind="private_thread", parent="general", owner="mira")
    choice = {"type": 8, "custom_id": "where"}
    message_id = await puppet.show(row(choice))
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        page = mira.page
        await page.locator(f"[data-message='{message_id}']").get_by_role("button", name="Select a channel").click()
        for name in ("voice channel", "forum channel", "category", "private thread"):
            await expect(page.get_by_role("option").filter(has_text=name)).to_have_count(1)
        await page.keyboard.press("Escape")
        await page.get_by_role("link", name="a forum").click()
        await expect(page.get_by_role("combobox", name="A forum channel holds posts, not messages.")).to_be_disabled()
        await page.get_by_role("link", name="a voice").click()
        await expect(page.get_by_role("combobox", name="Message #a voice")).to_be_enabled()
    for name in ("a secret", "a voice", "a forum", "a category"):
        await puppet.control.admin.delete_channel(name)


async def test_a_layout_shows_only_the_files_that_its_components_show(puppet: Puppet) -> None:
    picture, other = photo(1), Upload(photo(2).data, "other.png")
    gallery = {"type": 12, "items": [{"media": {"url": f"attachment://{picture.filename}"}}]}
    message_id = await puppet.show(gallery, files=[picture, other])
    made = await puppet.rest.call("GET", f"/channels/{channel(puppet.sandbox, 'general').id}/messages/{message_id}")
    assert [each["filename"] for each in made.body["attachments"]] == ["other.png"]
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        message = mira.page.locator(f"[data-message='{message_id}']")
        await expect(message.locator("img[src*='attachments']")).to_have_count(1)
        await expect(message.locator(".attachments")).to_have_count(0)


async def test_a_tall_video_keeps_its_shape(puppet: Puppet) -> None:
    path = f"/channels/{channel(puppet.sandbox, 'general').id}/messages"
    posted = await puppet.rest.call("POST", path, {"content": "tall"}, files=[Upload(mp4(540, 960), "tall.mp4")])
    async with visiting(puppet.browser, puppet.origin, "mira", GENERAL) as mira:
        video = mira.page.locator(f"[data-message='{posted.body['id']}'] video")
        await expect(video).to_be_visible()
        box = await video.bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(540 / 960, rel=0.02)
