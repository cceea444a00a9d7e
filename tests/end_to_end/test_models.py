"""A second model, from the command to its video in the channel."""

import pytest

from sandbox.demo.film_check import check_film
from tests.end_to_end.stage import Stage, replied

REFERENCES, FRAMES = "kling-o1-reference-image-to-video", "kling-o1-image-to-video"


async def test_a_first_and_a_last_frame_become_a_video_in_their_own_shape(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot(SEGMIND_MODELS=f"{REFERENCES},{FRAMES}") as bot:
        card = await stage.ask(mira, "The door of @Image1 opens", images=2, model=FRAMES)
        post = await replied(mira, card)
        await bot.reached("DELIVERED", stage.job_of(card))
        [file] = post.attachments
        film = check_film(await mira.download(file))
        assert film.width * 320 == film.height * 400  # as its first frame
        assert film.seconds == pytest.approx(5, abs=0.1)
        assert "first and last frame" in post.text
        assert post.buttons[0].label == "Again $0.92"
    [request] = (await stage.segmind.state())["requests"]
    assert request["model"] == FRAMES
    assert set(request["body"]) == {"prompt", "start_image_url", "end_image_url", "duration"}
    assert stage.spent_usd() == pytest.approx(0.92)
