"""`/video` with nothing: a whole request in one modal."""

from typing import Any

import pytest
from simcord.results import InteractionResult
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.jobs.states import State
from tests.unit.cogs.stage import Stage, picture, texts


async def submit(stage: Stage, **values: Any) -> InteractionResult:
    shown = await stage.alice.slash(stage.channel, "video")
    return await stage.submit(shown, {"prompt": "@Image1 waves", "images": [picture()], **values})


async def test_seven_images_dropped_at_once_become_a_job_in_their_order(stage: Stage) -> None:
    pictures = [picture(f"{number}.png", size=(400 + number, 400)) for number in range(1, 8)]
    result = await submit(stage, prompt="@Image7 waves", images=pictures, duration="10", ratio="1:1")
    assert result.response is not None
    assert not result.ephemeral
    assert "10 s · 1:1 · 7 images" in texts(result.response)
    [job] = await stage.jobs()
    assert [reference.filename for reference in job.request.references] == [name for name, _ in pictures]
    assert [reference.width for reference in job.request.references] == list(range(401, 408))
    assert (job.state, job.card_message_id) == (State.PREPARING, result.response.id)
    assert stage.driven == [job]


async def test_what_is_not_chosen_is_five_seconds_in_sixteen_to_nine(stage: Stage) -> None:
    await submit(stage)
    [job] = await stage.jobs()
    assert (job.request.duration, job.request.options.aspect_ratio) == (5, "16:9")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"prompt": "\u200b"}, "Your prompt is empty."),
        ({"prompt": "@Image2 waves"}, "`@Image2`"),
        ({"images": [picture(), picture(size=(299, 640))]}, "`image2` is too small"),
    ],
    ids=["blank", "unknown image", "too small"],
)
async def test_the_form_passes_the_same_checks_as_the_command(stage: Stage, values: dict[str, Any], said: str) -> None:
    assert said in await stage.refused(await submit(stage, **values))


async def test_no_form_opens_where_no_video_can_be_posted(stage: Stage) -> None:
    channel = stage.channel_without("attach_files")
    assert "**Attach Files**" in await stage.refused(await stage.alice.slash(channel, "video"))


async def test_an_answer_that_discord_does_not_take_is_noted_as_discords_own_trouble(stage: Stage) -> None:
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=500, times=4)
    with capture_logs() as logged:
        await stage.alice.slash(stage.channel, "video")
    assert [each.path.rpartition("/")[2] for each in stage.env.http_requests[-4:]] == ["callback"] * 4
    assert [line["event"] for line in logged if line["log_level"] in {"warning", "error"}] == ["answer_unclear"]


async def test_a_form_that_breaks_says_so_to_the_member_alone(stage: Stage) -> None:
    shown = await stage.alice.slash(stage.channel, "video")
    async with stage.bot.services.store.engine.begin() as connection:
        await connection.execute(text("DROP TABLE jobs"))
    with capture_logs() as logged:
        result = await stage.submit(shown, {"prompt": "a fox", "images": [picture()]})
    assert [(line["event"], line["command"]) for line in logged] == [("command_broke", "VideoCog")]
    assert result.ephemeral
    assert result.response is not None
    assert result.response.content.startswith("Something went wrong")
