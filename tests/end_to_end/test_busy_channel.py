"""Many jobs in one channel: they queue, say where they stand, and Discord never has to hold the bot back."""

import json

from tests.end_to_end.stage import LONG, Stage, replied, sent, shows

JOBS = 4


async def test_jobs_queue_in_turn_with_their_place_on_the_card_and_without_one_429(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot(SEGMIND_MAX_IN_FLIGHT="1"):
        cards = [await stage.ask(mira, f"Walk number {number} in @Image1") for number in range(JOBS)]
        await sent(mira, cards[0])
        await shows(mira, cards[1], "#1 in line")
        await shows(mira, cards[3], "#3 in line")
        # Taking a place in the middle back moves the others up, and costs nothing.
        await mira.click(cards[2], label="Cancel")
        await shows(mira, cards[2], "Canceled")
        await shows(mira, cards[3], "#2 in line")
        await stage.segmind.configure(speed=2 * LONG)
        await stage.let_on()
        await stage.let_on()
        for card in (*cards[:2], *cards[3:]):
            await replied(mira, card)
            await shows(mira, card, "Done")
    assert (await stage.charged())[0] == JOBS - 1
    exchanges = [json.loads(line) for line in stage.recording.read_text().splitlines()]
    statuses = [each["response"]["status"] for each in exchanges if "response" in each]
    assert len(statuses) > 5 * JOBS
    assert 429 not in statuses
