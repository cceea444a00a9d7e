"""Two who press at the very same moment, or one who presses many times: one outcome, and an answer to each press."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.settings.model import ReviewMode
from sandbox.member import Member, Message
from tests.end_to_end.moderation import DECISIONS, set_up, shown, told_alone
from tests.end_to_end.stage import PATIENCE, Stage, replied, sent, shows

MANY = 5


async def pressed(label: str, message: Message, who: Sequence[Member]) -> list[str]:
    """Have members press a button at once; return what each is told, the shortest first."""
    results = await asyncio.gather(*(each.click(message, label) for each in who))
    return sorted(
        [await told_alone(member, result) for member, result in zip(who, results, strict=True)],
        key=len,
    )


async def asked(member: Member, message: Message, label: str) -> Message:
    """Have a member press a button; return the answer, which only they see."""
    answer = await member.answered(await member.click(message, label), PATIENCE)
    assert answer is not None
    assert answer.ephemeral
    return answer


async def confirmed(label: str, questions: Sequence[Message], who: Sequence[Member]) -> list[str]:
    """Have members say yes to their questions at once; return what each is told in the question's place."""
    pairs = list(zip(who, questions, strict=True))
    await asyncio.gather(*(each.click(question, label) for each, question in pairs))
    answers = [
        await each.wait_for(lambda message, own=question: message.id == own.id and message.text != own.text, PATIENCE)
        for each, question in pairs
    ]
    return [each.text for each in answers]


async def test_a_card_pressed_at_once_by_its_member_and_a_moderator_does_one_thing(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo")
    async with stage.bot():
        card = await stage.ask(mira)
        post = await replied(mira, card)
        await shows(mira, card, "Done")
        await stage.hold()
        results = await asyncio.gather(*(mira.click(post, "Again $1.35") for _ in range(MANY)))
        answers = [each.message for each in results if each.message is not None]
        [again] = [each for each in answers if not each.ephemeral]
        assert {each.text for each in answers if each.ephemeral} == {
            "This video was already requested again a moment ago."
        }
        assert len(stage.jobs()) == 2

        details = [await asked(each, post, "Details") for each in (mira, mo)]
        questions = [await asked(each, shown, "Delete") for each, shown in zip((mira, mo), details, strict=True)]
        assert await confirmed("Delete", questions, [mira, mo]) == ["Deleted."] * 2
        await mira.wait_gone(card)

        again = await sent(mira, again)
        four = [mira, mo] * 2
        questions = [await asked(each, again, "Don't post it") for each in four]
        assert Counter(await confirmed("Don't post it", questions, four)) == {
            "It's already canceled.": 3,
            "The video is already being made, so it's still charged. It won't be posted.": 1,
        }
    assert list(stage.jobs().values()) == ["TAKEN_DOWN", "QUEUED"]


async def test_of_two_moderators_who_decide_at_once_one_does(stage: Stage) -> None:
    mira, mo, ada = stage.member(), stage.member("mo", channel="review"), stage.member("ada", channel="review")
    await mo.messages()
    async with stage.bot() as bot:
        await set_up(stage, review=ReviewMode.BEFORE_SPENDING)
        card = await stage.ask(mira)
        request = await shown(mo, "why: every request", *DECISIONS)
        first, *others = await pressed("Approve", request, [mo, ada] * 2)
        assert first == "Approved."
        assert [each for each in others if not each.endswith(" approved it.")] == []
        await bot.reached("DELIVERED", stage.job_of(card))
        await replied(mira, card)
    assert await stage.charged() == (1, 1.35)
