"""`/video`: a request that is taken, and what its card shows."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.jobs.model import Job, VideoRequest
from bot.jobs.states import State
from tests.unit.cogs.stage import Stage, picture, texts


async def test_a_request_is_answered_by_a_card_that_everybody_sees(stage: Stage) -> None:
    result = await stage.ask(
        "@Image1 waves at @image2", image2=picture("harbour.jpg"), duration=10, aspect_ratio="9:16"
    )
    assert result.response is not None
    assert not result.ephemeral
    assert result.followups == []
    [card] = stage.channel.history()
    assert card.id == result.response.id
    shown = texts(result.response)
    assert "**⏳ Queued** · ready <t:" in shown
    assert r"> \@Image1 waves at \@Image2" in shown
    assert f"-# {stage.alice.mention} · 10 s · 9:16 · 2 images" in shown


async def test_the_card_shows_the_first_reference_and_counts_all(stage: Stage) -> None:
    result = await stage.ask(image2=picture("harbour.jpg"), image3=picture("lamp.webp"))
    assert result.response is not None
    [container] = result.response.components
    [section] = [part for part in container["components"] if part["type"] == 9]
    picture_shown = section["accessory"]
    assert picture_shown["media"]["url"].rpartition("/")[2] == "keeper.png"
    assert picture_shown["description"] == "@Image1 +2"
    assert "3 images" in texts(result.response)


async def test_the_job_is_saved_with_its_card_and_its_price_before_anybody_drives_it(stage: Stage) -> None:
    result = await stage.ask(duration=10)
    [job] = await stage.jobs()
    assert stage.driven == [job]
    assert job.state is State.PREPARING
    assert result.response is not None
    assert job.card_message_id == result.response.id
    request = job.request
    assert (request.guild_id, request.channel_id, request.member_id) == (
        stage.guild.id,
        stage.channel.id,
        stage.alice.id,
    )
    assert (request.prompt, request.duration, request.options.aspect_ratio) == ("@Image1 waves", 10, "16:9")
    [reference] = request.references
    assert (reference.filename, reference.content_type, reference.width, reference.height) == (
        "keeper.png",
        "image/png",
        640,
        480,
    )
    assert await stage.bot.services.store.spent(datetime.now(UTC).date()) == Decimal("2.70")


async def test_five_seconds_in_sixteen_to_nine_are_made_unless_the_member_says_otherwise(stage: Stage) -> None:
    await stage.ask()
    [job] = await stage.jobs()
    assert (job.request.duration, job.request.options.aspect_ratio) == (5, "16:9")


async def test_a_member_may_have_the_images_and_the_video_shown_as_spoilers(stage: Stage) -> None:
    result = await stage.ask(spoiler=True)
    [job] = await stage.jobs()
    assert (job.request.handling.spoiler, job.request.handling.spoiler_asked) == (True, True)
    assert result.response is not None
    [container] = result.response.components
    [section] = [part for part in container["components"] if part["type"] == 9]
    assert section["accessory"]["spoiler"]


async def test_a_member_cannot_show_what_their_server_hides(stage: Stage) -> None:
    await stage.set(spoiler=True)
    await stage.ask(spoiler=False)
    [job] = await stage.jobs()
    assert (job.request.handling.spoiler, job.request.handling.spoiler_asked) == (True, False)


async def test_images_may_stand_with_gaps_when_the_prompt_names_none(stage: Stage) -> None:
    await stage.ask("a keeper walks", image4=picture("harbour.jpg"))
    [job] = await stage.jobs()
    assert [reference.filename for reference in job.request.references] == ["keeper.png", "harbour.jpg"]


async def test_mentions_and_markdown_in_a_prompt_do_nothing(stage: Stage) -> None:
    result = await stage.ask("@everyone @here </video:123> **bold** [x](https://evil.example)")
    [sent] = [request for request in stage.env.http_requests if request.path.endswith("/callback")]
    assert isinstance(sent.json, dict)
    assert sent.json["data"]["allowed_mentions"] == {"parse": []}
    assert result.response is not None
    shown = texts(result.response)
    assert r"\@everyone" in shown
    assert shown.count(stage.alice.mention) == 1  # for whom the video is
    for live in ("</video:123>", "**bold**", "https://evil"):
        assert live not in shown


async def test_a_card_that_discord_took_at_the_second_try_is_the_answer(stage: Stage) -> None:
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=500)
    result = await stage.ask()
    [job] = await stage.jobs()
    assert job.state is State.PREPARING
    assert result.response is not None
    assert job.card_message_id == result.response.id


@pytest.mark.parametrize(("status", "code"), [(400, 240000), (400, 200000), (400, 50035), (400, 50083), (403, 50013)])
async def test_a_card_that_discord_refuses_drops_the_job_and_gives_prompt_and_price_back(
    stage: Stage, status: int, code: int
) -> None:
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=status, code=code)
    with capture_logs() as logged:
        result = await stage.ask("@Image1 waves")
    [job] = await stage.jobs()
    assert job.state is State.EXPIRED
    assert stage.driven == []
    assert await stage.bot.services.store.spent(datetime.now(UTC).date()) == 0
    assert result.response is not None
    assert result.response.ephemeral
    assert "Nothing was charged." in result.response.content
    assert "@Image1 waves" in result.response.content
    [line] = [each for each in logged if each["event"] == "card_failed"]
    assert (line["why"], line["status"], line["code"]) == ("refused", status, code)


async def test_a_card_that_discord_never_took_drops_the_job_and_gives_its_price_back(stage: Stage) -> None:
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=500, times=4)
    await stage.ask()
    [job] = await stage.jobs()
    assert job.state is State.EXPIRED
    assert stage.driven == []
    assert await stage.bot.services.store.spent(datetime.now(UTC).date()) == 0


async def test_a_request_that_another_process_with_the_database_has_taken_is_left_to_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = stage.bot.services.jobs.intake.accept

    async def accept_twice(job_id: int, request: VideoRequest, **terms: Any) -> Job:
        await accept(job_id, request, **terms)
        return await accept(job_id, request, **terms)

    monkeypatch.setattr(stage.bot.services.jobs.intake, "accept", accept_twice)
    with capture_logs() as logged:
        result = await stage.ask()
    assert result.response is None
    assert len(stage.env.errors) == 1  # which is no fault, and ends the command
    assert [each["log_level"] for each in logged if each["event"] == "interaction_repeated"] == ["info"]
    assert "command_broke" not in [each["event"] for each in logged]
    [job] = await stage.jobs()
    assert job.state is State.ACCEPTED
    assert stage.driven == []


async def test_a_command_that_breaks_says_so_to_the_member_alone(stage: Stage) -> None:
    async with stage.bot.services.store.engine.begin() as connection:
        await connection.execute(text("DROP TABLE jobs"))
    with capture_logs() as logged:
        result = await stage.ask()
    assert stage.env.errors
    assert "command_broke" in [line["event"] for line in logged]
    assert result.ephemeral
    assert result.response is not None
    assert result.response.content.startswith("Something went wrong")
    assert stage.channel.history() == []
