"""A server's own rules count for what is asked of the bot, as they stand at that moment."""

from typing import Any

import pytest

from sandbox.discord.world.permissions import Permission
from sandbox.member import Member
from tests.end_to_end.stage import Stage, photo, replies, shows

REFUSED = "Your text or a file name contains something this server doesn't allow"


async def answer(member: Member, prompt: str, **options: Any) -> str:
    """Ask for a video, and give the first line of what is answered."""
    result = await member.slash("video", prompt=prompt, **{"image1": photo(), **options})
    assert result.message is not None
    return result.message.text.splitlines()[0]


async def test_a_rule_made_changed_or_deleted_counts_at_the_next_request(stage: Stage) -> None:
    mira, admin = stage.member(), stage.sandbox.admin
    await stage.hold()
    rule = await admin.add_automod_rule({"name": "No cats", "trigger_metadata": {"keyword_filter": ["cat*"]}})
    async with stage.bot():
        assert REFUSED in await answer(mira, "Two CATS meet @Image1")
        await admin.change_automod_rule(
            rule["id"], {"trigger_metadata": {"keyword_filter": ["bird"], "regex_patterns": [r"\bd[o0]g\b"]}}
        )
        assert REFUSED not in await answer(mira, "A cat walks")
        assert REFUSED in await answer(mira, "A D0G walks")
        await admin.delete_automod_rule(rule["id"])
        assert REFUSED not in await answer(mira, "A d0g walks")
        await admin.add_automod_rule({"name": "No foxes", "trigger_metadata": {"keyword_filter": ["fox"]}})
        assert REFUSED in await answer(mira, "A fox walks")


async def test_ten_thousand_keywords_and_patterns_that_cannot_be_applied_harm_nobody(stage: Stage) -> None:
    mira, ada, admin = stage.member(), stage.member("ada"), stage.sandbox.admin
    await stage.hold()
    for part in range(10):
        words = [f"*word{part}x{number}*" for number in range(1_000)]
        await admin.add_automod_rule({"name": f"Words {part}", "trigger_metadata": {"keyword_filter": words}})
    async with stage.bot() as bot:
        assert REFUSED in await answer(mira, "What is aword9x999e?")
        assert REFUSED not in await answer(mira, "A quiet walk")
        ahead = {"name": "Ahead", "trigger_metadata": {"regex_patterns": ["(?=cat)"]}}
        await admin.add_automod_rule(ahead)
        assert REFUSED in await answer(mira, "A quiet walk")  # nobody can tell whether it would match
        assert REFUSED not in await answer(ada, "A quiet walk")  # who owns the server is exempt, as in Discord
        said = [entry["kind"] for entry in bot.log("text_refused")]
        assert said == ["KEYWORD", "UNUSABLE_PATTERN"]


async def test_what_the_bot_may_not_read_is_not_applied_and_counts_as_soon_as_it_may(stage: Stage) -> None:
    mira, admin = stage.member(), stage.sandbox.admin
    await stage.hold()
    await admin.add_automod_rule({"name": "No cats", "trigger_metadata": {"keyword_filter": ["cat*"]}})
    needed = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.ATTACH_FILES
    needed |= Permission.READ_MESSAGE_HISTORY
    await admin.set_role_permissions("Reelcast", int(needed))
    async with stage.bot():
        assert REFUSED not in await answer(mira, "A cat walks")
        await admin.set_role_permissions("Reelcast", int(needed | Permission.MANAGE_GUILD))
        assert REFUSED in await answer(mira, "A cat walks")


@pytest.mark.parametrize("status", [503, 403, 404])
async def test_while_discord_does_not_tell_the_rules_nothing_is_let_through(stage: Stage, status: int) -> None:
    mira, ada, admin = stage.member(), stage.member("ada"), stage.sandbox.admin
    await admin.fault(method="GET", route="/auto-moderation/rules$", status=status, times=1_000)
    async with stage.bot():
        assert "can't be checked against this server's rules right now" in await answer(mira, "A quiet walk")
        check = (await ada.slash("settings", page="check")).message
        assert check is not None
        assert "The bot can't get the server's AutoMod rules from Discord right now" in check.text
        assert "Manage Server" not in check.text


async def test_a_video_stays_behind_where_its_channel_is_no_longer_age_restricted(stage: Stage) -> None:
    mira, admin = stage.member(channel="late-night"), stage.sandbox.admin
    await stage.hold()
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        job = stage.job_of(card)
        await bot.reached("QUEUED", job)
        await admin.restrict_age("late-night", on=False)
        await stage.let_on()
        await bot.reached("PROCESSING", job)
        await stage.let_on()
        await bot.reached("UNDELIVERED", job)
        await shows(mira, card, "requested in an age-restricted channel")
        assert await replies(mira, card) == []
