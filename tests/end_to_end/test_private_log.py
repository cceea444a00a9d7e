"""Nothing that a member wrote is in the log, however much the operator wants to read there."""

from sandbox.member import Upload
from tests.end_to_end.stage import Stage, photo, replied, shows

PROMPT = "A very private walk of aunt Theodora in @Image1"
PIECES = ("private walk", "Theodora", "aunt-theodora")


async def test_a_video_from_command_to_post_leaves_no_word_of_its_member_in_the_log_at_debug(stage: Stage) -> None:
    mira = stage.member()
    picture = Upload(photo().data, "aunt-theodora.png", "image/png")
    async with stage.bot(LOG_LEVEL="DEBUG", LOG_PROMPTS="false") as bot:
        card = await stage.ask(mira, PROMPT, image1=picture)
        await replied(mira, card)
        await shows(mira, card, "Done")
        # Segmind refuses the next one, and repeats what was sent.
        said = f"Invalid value for 'prompt': {PROMPT} (aunt-theodora.png)"
        await stage.segmind.add_faults(
            {"kind": "answer", "operation": "submit", "count": 1, "status": 400, "body": {"error": said}}
        )
        refused = await stage.ask(mira, PROMPT, image1=picture)
        await shows(mira, refused, "Theodora", "Nothing was charged")
    told = "\n".join(bot.child.lines)
    assert "segmind.request" in told  # our own lines at DEBUG are there
    assert [line for line in bot.child.lines if any(piece.lower() in line.lower() for piece in PIECES)] == []
