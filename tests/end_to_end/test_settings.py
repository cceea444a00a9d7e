"""A server is set up by a moderator: through the panel, across a restart, and with effect on the very next request."""

from sandbox.member import InteractionResult, Member, Message
from tests.end_to_end.stage import Stage, photo, replied


async def test_a_server_is_opened_to_its_members_in_a_panel_that_outlives_a_restart(stage: Stage) -> None:
    ada, mira = stage.member("ada"), stage.member("mira")
    async with stage.bot():
        panel = seen(await ada.slash("settings", page="places"))
        panel = seen(await ada.select(panel, "reelcast:settings:list:channels:0", []))
        assert "1 deleted channel" in panel.text  # a thread, which counts as its channel
        panel = seen(await ada.click(panel, "Tidy up"))
        assert "No channels are chosen, so members can't make videos." in panel.text
        assert "You don't have access to a channel where videos are allowed" in await refused(mira)
        panel = seen(await ada.select(panel, "reelcast:settings:turn:page:0", ["places"]))
    async with stage.bot():
        panel = seen(await ada.select(panel, "reelcast:settings:list:channels:0", [ada.channel_id]))
        assert "Saved" in panel.text
        card = await stage.ask(mira)
        panel = seen(await ada.select(panel, "reelcast:settings:turn:page:0", ["limits"]))
        opened = await ada.click(panel, custom_id="reelcast:settings:form:member_limits:0")
        assert opened.modal is not None
        panel = seen(await ada.submit(opened.modal, {"per_day": "1"}))
        assert "1 video in 24 hours" in panel.text
        assert "You've used the 1 video you can make in 24 hours" in await refused(mira)
        question = seen(await ada.click(panel, "Pause new videos"))
        panel = seen(await ada.click(question, "Pause new videos"))
        assert "paused" in await refused(mira)
        await stage.sandbox.admin.set_locale("ada", "de")
        panel = seen(await ada.click(panel, custom_id="reelcast:settings:put:paused:0:off"))
        assert "Gespeichert" in panel.text
        await replied(mira, card)  # what was asked for before is made all the same
        assert "settings" not in {each["name"] for each in await mira.commands()}


async def refused(member: Member) -> str:
    """Have a member ask for a video; returns the sentence that only they see."""
    answer = seen(await member.slash("video", prompt="A walk in @Image1", image1=photo()))
    assert answer.ephemeral
    return answer.text


def seen(result: InteractionResult) -> Message:
    assert result.message is not None
    return result.message
