"""Limits as members meet them in the real bot, however many ask at the same moment."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.database.engine import open_database
from bot.settings.model import Limits
from bot.settings.store import SettingsStore
from sandbox.member import past_notice
from tests.end_to_end.stage import PATIENCE, Stage, photo, shows

AT_ONCE = 100


async def choose(stage: Stage, **choices: Any) -> None:
    """Have a moderator of every server choose these settings while the bot runs."""
    async with open_database(f"sqlite:///{stage.database}", migrate=False) as engine:
        for guild in stage.discord.describe()["guilds"]:
            change = SettingsStore(engine).change
            await change(int(guild["id"]), lambda settings: replace(settings, **choices), datetime.now(UTC))


async def test_of_a_hundred_at_once_each_is_answered_with_its_card(stage: Stage) -> None:
    mira = stage.member()
    image = photo()
    await stage.hold()
    async with stage.bot() as bot:
        await stage.ask(mira)
        results = await asyncio.gather(
            *(mira.slash("video", prompt=f"Walk {number} in @Image1", image1=image) for number in range(AT_ONCE))
        )
        assert not [each for each in results if each.failed]
        for number, each in enumerate(results):
            card = await mira.answered(each, PATIENCE)
            assert card is not None
            assert f"> Walk {number} in " in card.text
            assert not card.ephemeral
        assert bot.log("answer_too_late", "answer_unclear", "card_failed") == []
    assert len(stage.jobs()) == AT_ONCE + 1


async def test_a_limit_of_nothing_lets_nobody_and_one_of_one_lets_one_of_a_hundred_at_once(stage: Stage) -> None:
    mira = stage.member()
    image = photo()
    async with stage.bot():
        await choose(stage, member_limits=Limits(per_day=0))
        refused = await past_notice(mira, await mira.slash("video", prompt="A walk", image1=image))
        assert refused.message is not None
        assert refused.message.text.startswith("You can't make videos here because your limit is 0.")

        await choose(stage, member_limits=Limits(per_day=1))
        results = await asyncio.gather(
            *(mira.slash("video", prompt=f"Walk {number}", image1=image) for number in range(AT_ONCE))
        )
        answers = [await mira.answered(each, PATIENCE) for each in results if not each.failed]
        assert len(answers) == AT_ONCE
        [card] = [each for each in answers if each is not None and not each.ephemeral]
        refusals = [each.text for each in answers if each is not None and each.ephemeral]
        assert len(refusals) == AT_ONCE - 1
        assert all(each.startswith("You've used the 1 video you can make in 24 hours.") for each in refusals)
        await shows(mira, card, "Done")
        listed = await mira.slash("videos")
        assert listed.message is not None
        assert "Videos in 24 hours: used **1** of 1. Available again <t:" in listed.message.text
    assert list(stage.jobs().values()) == ["DELIVERED"]
    assert (await stage.charged())[0] == 1
