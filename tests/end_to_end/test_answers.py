"""Answers to members in bad weather: late, lost, refused, or taken by another bot with the same token."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.database.engine import open_database
from bot.requests.consent import ConsentStore
from bot.settings.model import ReviewMode
from sandbox.member import InteractionResult, Member
from tests.end_to_end.moderation import DECISIONS, set_up, shown, told, told_alone
from tests.end_to_end.stage import PATIENCE, Stage, photo, replied, shows

CALLBACK = "/callback$"
PROMPT = "A walk in @Image1"


async def accept_notice(database: Path, member: Member) -> None:
    """Have a member accept the notice before their first images, in one bot's database."""
    async with open_database(f"sqlite:///{database}") as engine:
        await ConsentStore(engine).give(member.id, locale="en-US", now=datetime.now(UTC))


@contextmanager
def locked(database: Path) -> Generator[None]:
    """Keep everyone else from writing to a database, as another program may."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


async def ask(member: Member, prompt: str = PROMPT) -> InteractionResult:
    return await member.slash("video", prompt=prompt, image1=photo())


def states(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return sorted(state for (state,) in connection.execute("SELECT state FROM jobs"))
    finally:
        connection.close()


async def test_of_two_bots_with_one_token_one_makes_each_video_and_the_other_tells_its_operator(stage: Stage) -> None:
    mira = stage.member()
    other_database = stage.folder / "other.db"
    for database in (stage.database, other_database):
        await accept_notice(database, mira)
    other = stage.bot(DATABASE_URL=f"sqlite:///{other_database}", DATA_DIR=str(stage.folder / "other"))
    async with stage.bot() as first, other as second:
        cards = [(await ask(mira)).message for _ in range(2)]
        # The first answer of all takes effect, and is lost: its bot finds its own card by its mark.
        await stage.sandbox.admin.fault(route=CALLBACK, status=500, moment="after")
        cards.append((await ask(mira)).message)
        for card in cards:
            assert card is not None
            await shows(mira, card, "Done")
            await replied(mira, card)
        lost = [*first.log("answered_elsewhere"), *second.log("answered_elsewhere")]
        assert len(lost) == 3
        losers = [bot for bot in (first, second) if bot.log("answered_elsewhere")]
        for bot in losers:
            await bot.logged("operator_notice", kind="ANOTHER_BOT")
            assert len(bot.log("operator_notice")) == 1
            assert all(line["why"] == "AnsweredElsewhere" for line in bot.log("card_failed"))
    assert await stage.charged() == (3, 4.05)
    assert sorted([*states(stage.database), *states(other_database)]) == [*["DELIVERED"] * 3, *["EXPIRED"] * 3]


async def test_of_two_bots_that_both_defer_the_one_whose_deferral_is_there_goes_on(stage: Stage) -> None:
    mira = stage.member()
    other_database = stage.folder / "other.db"
    for database in (stage.database, other_database):
        await accept_notice(database, mira)
    other = stage.bot(DATABASE_URL=f"sqlite:///{other_database}", DATA_DIR=str(stage.folder / "other"))
    async with stage.bot() as first, other as second:
        with locked(stage.database), locked(other_database):
            asking = asyncio.ensure_future(ask(mira))
            thinking = await mira.wait_for(lambda message: message.loading, PATIENCE)
            elsewhere = [asyncio.ensure_future(bot.logged("answered_elsewhere")) for bot in (first, second)]
            await asyncio.wait(elsewhere, return_when=asyncio.FIRST_COMPLETED)
            await asking
        await shows(mira, thinking, "Done")
        await replied(mira, thinking)
        for each in elsewhere:
            each.cancel()
        await asyncio.gather(*elsewhere, return_exceptions=True)
        assert len([*first.log("answered_elsewhere"), *second.log("answered_elsewhere")]) == 1
    assert await stage.charged() == (1, 1.35)
    assert sorted([*states(stage.database), *states(other_database)]) == ["DELIVERED", "EXPIRED"]


@pytest.mark.parametrize("status", [500, 503, 0])
async def test_an_answer_that_took_effect_and_was_lost_is_an_answer(stage: Stage, status: int) -> None:
    admin = stage.sandbox.admin
    mira, mo = stage.member(), stage.member("mo", channel="review")
    await mo.messages()
    async with stage.bot() as bot:
        await accept_notice(stage.database, mira)
        await set_up(stage, review=ReviewMode.BEFORE_SPENDING)
        await admin.fault(route=CALLBACK, status=status, moment="after")
        card = (await ask(mira)).message
        assert card is not None
        await shows(mira, card, "Waiting for review")

        waiting = await shown(mo, "why: every request", *DECISIONS)
        await admin.fault(route=CALLBACK, status=status, moment="after")
        assert await told(mo, await mo.click(waiting, "Approve")) == "Approved."
        post = await replied(mira, card)

        await admin.fault(route=CALLBACK, status=status, moment="after")
        form = (await mo.message_command("Take down", post)).modal
        assert form is not None
        await admin.fault(route=CALLBACK, status=status, moment="after")
        assert (await told(mo, await mo.submit(form, {"reason": "no"}))).startswith("Taken down.")
        await mo.wait_gone(post)

        helped = (await mira.slash("help")).message
        assert helped is not None
        question = (await mira.click(helped, "Your data")).message
        assert question is not None
        question = (await mira.click(question, "Delete my data")).message
        assert question is not None
        await admin.fault(route=CALLBACK, status=status, moment="after")
        await mira.click(question, question.buttons[0].label)
        await mira.wait_for(lambda message: message.id == question.id and not message.buttons, PATIENCE)
        assert bot.log("answered_elsewhere", "answer_too_late") == []
    assert await stage.charged() == (1, 1.35)
    assert await stage_prompts(stage) == [""]


async def stage_prompts(stage: Stage) -> list[str]:
    with stage._reading() as connection:
        return [prompt for (prompt,) in connection.execute("SELECT prompt FROM jobs")]


async def test_an_answer_that_takes_long_is_deferred_and_becomes_the_card(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot():
        await accept_notice(stage.database, mira)
        with locked(stage.database):
            asking = asyncio.ensure_future(ask(mira))
            thinking = await mira.wait_for(lambda message: message.loading, PATIENCE)
            assert not thinking.ephemeral
            assert (await asking).acknowledged
        # What Discord takes of a deferred answer has no gallery at first.
        card = await shows(mira, thinking, "Done")
        assert [each.content_type for each in card.attachments] == ["image/png"]
        await replied(mira, card)
        [only] = [each for each in await mira.messages() if each.reference is None and not each.ephemeral]
        assert only.id == card.id
    assert await stage.charged() == (1, 1.35)


async def test_a_refusal_that_takes_long_is_for_the_member_alone(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot():
        with locked(stage.database):
            # Nobody has accepted the notice, which is what has to be saved here.
            asking = asyncio.ensure_future(ask(mira))
            thinking = await mira.wait_for(lambda message: message.loading, PATIENCE)
            await asking
        await mira.wait_gone(thinking)
        notice = await mira.wait_for(lambda message: "Accept" in "".join(each.label for each in message.buttons))
        assert notice.ephemeral
        assert await mira.messages() == [notice]
    assert await stage.charged() == (0, 0)


async def test_whose_request_cannot_be_saved_reads_that_nothing_was_charged(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        await accept_notice(stage.database, mira)
        with locked(stage.database):
            asking = asyncio.ensure_future(ask(mira))
            thinking = await mira.wait_for(lambda message: message.loading, PATIENCE)
            words = await mira.wait_for(lambda message: message.ephemeral and bool(message.text), PATIENCE)
            assert words.text.startswith("The bot can't reach its database right now. Nothing was charged.")
            await mira.wait_gone(thinking)
            await asking
        assert (await bot.logged("database_away", command="video"))["level"] == "warning"
        assert not [line for line in bot.child.lines if "Traceback" in line]
    assert stage.jobs() == {}


async def test_no_paid_job_follows_a_deferral_that_may_be_another_bots(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        await accept_notice(stage.database, mira)
        await stage.sandbox.admin.fault(route=CALLBACK, status=500, moment="after")
        with locked(stage.database):
            asking = asyncio.ensure_future(ask(mira))
            thinking = await mira.wait_for(lambda message: message.loading, PATIENCE)
            await asking
        await mira.wait_gone(thinking)
        words = await mira.wait_for(lambda message: PROMPT in message.text, PATIENCE)
        assert words.ephemeral
        assert words.text.startswith("Discord didn't confirm the bot's answer. Nothing was charged.")
        assert (await bot.logged("card_failed"))["why"] == "AnswerUnproven"
    assert list(stage.jobs().values()) == ["EXPIRED"]
    assert await stage.charged() == (0, 0)


async def test_a_form_that_takes_long_is_opened_with_a_button(stage: Stage) -> None:
    admin = stage.sandbox.admin
    mira, mo = stage.member(), stage.member("mo")
    async with stage.bot():
        await accept_notice(stage.database, mira)
        card = (await ask(mira)).message
        assert card is not None
        post = await replied(mira, card)
        link = f"https://discord.com/channels/{admin.guild_id()}/{post.channel_id}/{post.id}"
        await admin.fault(method="GET", route="/messages/", hold=True)
        asking = asyncio.ensure_future(mo.slash("takedown", link=link))
        thinking = await mo.wait_for(lambda message: message.loading, PATIENCE)
        assert thinking.ephemeral
        await admin.clear_faults()
        answer = await mo.wait_for(lambda message: message.id == thinking.id and not message.loading, PATIENCE)
        assert answer.text == "This took longer than usual. Open the form with the button."
        assert (await asking).modal is None
        [button] = answer.buttons
        form = (await mo.click(answer, button.label)).modal
        assert form is not None
        assert (await told(mo, await mo.submit(form, {"reason": "no"}))).startswith("Taken down.")
        await mo.wait_gone(post)


async def test_whose_card_is_there_reads_that_the_request_goes_on(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        await accept_notice(stage.database, mira)
        await stage.sandbox.admin.fault(route=CALLBACK, moment="after", hold=True)
        asking = asyncio.ensure_future(ask(mira))
        card = await mira.wait_for(lambda message: bool(message.gallery), PATIENCE)
        with locked(stage.database):
            await stage.sandbox.admin.clear_faults()
            await asking
            told_so = await mira.wait_for(lambda message: message.ephemeral, PATIENCE)
            assert told_so.text.startswith("The bot has your request and will continue with it.")
        await bot.logged("card_not_saved")
        await shows(mira, card, "Done")
        assert not [each for each in await mira.messages() if "Nothing was charged" in each.text]
    assert await stage.charged() == (1, 1.35)


async def test_whose_card_is_refused_has_the_prompt_back(stage: Stage) -> None:
    codes = [240000, 200000, 50035, 50083, 160005, 50013]
    mira = stage.member()
    async with stage.bot() as bot:
        await accept_notice(stage.database, mira)
        for code in codes:
            await stage.sandbox.admin.fault(route=CALLBACK, code=code)
            words = await told_alone(mira, await ask(mira))
            assert "Nothing was charged." in words, code
            assert PROMPT in words, code
        assert [(line["why"], line["code"]) for line in bot.log("card_failed")] == [("refused", code) for code in codes]
    assert await stage.charged() == (0, 0)
    assert stage.spent_usd() == 0


async def test_an_interaction_that_is_delivered_twice_is_answered_once(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        await accept_notice(stage.database, mira)
        await stage.sandbox.admin.deliver_interactions(2)
        card = (await ask(mira)).message
        assert card is not None
        line = await bot.logged("interaction_repeated")
        assert line["level"] == "info"
        await mira.click(card, "Details")
        await bot.logged("interaction_repeated", kind="component")
        await stage.sandbox.admin.deliver_interactions(1)
        await shows(mira, card, "Done")
        assert bot.log("answered_elsewhere", "operator_notice") == []
    assert await stage.charged() == (1, 1.35)


async def test_a_late_offer_and_a_command_that_is_gone_are_a_line_each(stage: Stage) -> None:
    mira = stage.member()
    api, admin = stage.discord.describe()["api_url"], stage.sandbox.admin
    async with stage.bot() as bot:
        await admin.fault(route=CALLBACK, code=10062)
        typing = asyncio.ensure_future(mira.autocomplete("video", "cast1", "mi", prompt="x"))
        line = await bot.logged("choices_not_offered")
        assert line["level"] == "info"
        await admin.advance(3)
        await asyncio.wait({typing})

        await admin.fault(route=CALLBACK, code=10062)
        helping = asyncio.ensure_future(mira.slash("help"))
        line = await bot.logged("answer_too_late")
        assert line["level"] == "info"
        await admin.advance(3)
        await helping

        old = {"name": "render", "description": "What an older bot had"}
        headers = {"Authorization": f"Bot {stage.discord.world.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            url = f"{api}/applications/{stage.discord.world.application_id}/commands"
            async with session.post(url, json=old) as answer:
                assert answer.ok
        words = await told_alone(mira, await mira.slash("render"))
        assert words.startswith("The bot no longer has this command.")
        line = await bot.logged("command_unknown")
        assert (line["level"], line["command"]) == ("info", "render")
        assert not [line for line in bot.child.lines if "Traceback" in line]


async def test_a_form_with_an_id_that_is_none_does_nothing(stage: Stage) -> None:
    forged = [
        f"reelcast:{kind}:{digits}"
        for kind in ("edit", "images", "report", "takedown", "review-reason", "pictures")
        for digits in ("9" * 19, "9" * 20, "1" * 25)
    ]
    mira = stage.member()
    async with stage.bot() as bot:
        form = (await mira.slash("video")).modal
        assert form is not None
        for custom_id in forged:
            words = await told_alone(
                mira, await mira.submit(form, {"prompt": "x", "images": [photo()]}, forge=custom_id)
            )
            assert words == "The bot doesn't know this form anymore. Nothing was done. Use the command again.", (
                custom_id
            )
        assert len(bot.log("stray_form")) == len(forged)
        assert not [line for line in bot.child.lines if "Traceback" in line]


async def test_where_the_bot_cannot_post_a_request_is_refused_before_anything_is_saved(stage: Stage) -> None:
    admin = stage.sandbox.admin
    await admin.add_channel("secret", kind="private_thread", parent="videos", owner="mira")
    async with stage.bot():
        mira = stage.member(channel="secret")
        await accept_notice(stage.database, mira)
        assert "Mention the bot here to add it." in await told_alone(mira, await ask(mira))
        assert stage.jobs() == {}
        await admin.set_thread_member("secret", stage.discord.world.bot.username, on=True)
        card = (await ask(mira)).message
        assert card is not None
        await shows(mira, card, "Done")
    assert await stage.charged() == (1, 1.35)


async def test_in_a_locked_thread_a_request_is_refused_before_anything_is_saved(stage: Stage) -> None:
    admin = stage.sandbox.admin
    await admin.add_channel("done", kind="public_thread", parent="videos", owner="mo")
    await admin.set_thread("done", locked=True)
    async with stage.bot() as bot:
        mo = stage.member("mo", channel="done")
        await accept_notice(stage.database, mo)
        # Discord takes no answer there, not even one that only the member would see.
        asking = asyncio.ensure_future(ask(mo))
        line = await bot.logged("answer_refused")
        assert (line["level"], line["status"], line["code"]) == ("warning", 403, 50083)
        await admin.advance(3)
        assert (await asking).failed
        assert stage.jobs() == {}
        assert not [line for line in bot.child.lines if "Traceback" in line]
