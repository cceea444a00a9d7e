"""Two who press at the very same moment, or one who presses many times: one outcome, and an answer to each press."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.settings.model import ReviewMode
from sandbox.member import Member, Message
from tests.end_to_end.moderation import set_up, shown, told_alone
from tests.end_to_end.stage import Stage, replied, shows

MANY = 5


async def pressed(label: str, message: Message, who: Sequence[Member]) -> list[str]:
    """Have members press a button at once; return what each is told, the shortest first."""
    results = await asyncio.gather(*(each.click(message, label) for each in who))
    return sorted(
        [await told_alone(member, result) for member, result in zip(who, results, strict=True)],
        key=len,
    )


async def test_a_card_pressed_at_once_by_its_member_and_a_moderator_does_one_thing(stage: Stage) -> None:
    mira, mo = stage.member(), stage.member("mo")
    async with stage.bot():
        card = await stage.ask(mira)
        post = await replied(mira, card)
        done = await shows(mira, card, "Done")
        await stage.hold()
        results = await asyncio.gather(*(mira.click(done, "Again") for _ in range(MANY)))
        answers = [each.message for each in results if each.message is not None]
        [again] = [each for each in answers if not each.ephemeral]
        assert {each.text for each in answers if each.ephemeral} == {
            "This video was already requested again a moment ago."
        }
        assert len(stage.jobs()) == 2

        assert await pressed("Delete", post, [mira, mo]) == ["Deleted."] * 2
        await mira.wait_gone(card)

        again = await shows(mira, again, "🕒 Queued")
        assert Counter(await pressed("Cancel", again, [mira, mo] * 2)) == {
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
        request = await shown(mo, "New request to review", "Approve", "Approve as spoiler", "Reject")
        first, *others = await pressed("Approve", request, [mo, ada] * 2)
        assert first == "Approved."
        assert [each for each in others if not each.endswith(" approved it.")] == []
        await bot.reached("DELIVERED", stage.job_of(card))
        await replied(mira, card)
    assert await stage.charged() == (1, 1.35)
