"""`/help`, and the hint for newcomers."""

import pytest
from sqlalchemy import event

from bot.jobs.model import ReviewMode
from bot.jobs.states import State
from tests.support.answers import answer_of, buttons_of, words_of
from tests.unit.cogs.stage import Boot, Stage


async def help_for(stage: Stage) -> str:
    return words_of(await stage.alice.slash(stage.channel, "help"))


async def test_help_names_the_commands_as_links_and_how_to_name_pictures(stage: Stage) -> None:
    told = answer_of(await stage.alice.slash(stage.channel, "help")).content
    for name in ("video", "videos", "cast"):
        assert f"</{name}:" in told
    assert "`@Image1`" in told
    assert "`@mira`" in told


async def test_help_says_what_counts_where_it_is_asked(stage: Stage) -> None:
    told = await help_for(stage)
    assert "You can make videos in this channel. Videos are made without review." in told
    await stage.set(review=ReviewMode.BEFORE_POSTING)
    assert "A moderator reviews each video before it's posted." in await help_for(stage)


@pytest.mark.parametrize("channels_chosen", [False])
async def test_help_says_why_nothing_can_be_asked_for_here(stage: Stage) -> None:
    told = await help_for(stage)
    assert "Videos aren't set up in this server yet." in told
    assert "You can make videos in" not in told


@pytest.mark.parametrize("newcomer", [True])
async def test_the_first_video_comes_with_a_hint_and_the_second_without(stage: Stage) -> None:
    first = await stage.ask()
    [hint] = first.followups
    assert hint.ephemeral
    assert hint.content.startswith("**Your first video is on its way**")
    assert (await stage.ask()).followups == []


@pytest.mark.parametrize("newcomer", [True])
async def test_who_made_videos_before_is_no_newcomer(stage: Stage) -> None:
    await stage.ask()
    await stage.bot.services.members.preferences.forget_member(stage.alice.id)
    assert (await stage.ask()).followups == []


@pytest.mark.parametrize("newcomer", [True])
async def test_a_hint_that_breaks_is_no_matter_of_the_video(stage: Stage) -> None:
    def break_hint(*told: object) -> None:
        if "member_preferences" in str(told):
            raise RuntimeError("the disk")

    event.listen(stage.bot.services.store.engine.sync_engine, "before_cursor_execute", break_hint)
    assert (await stage.ask()).followups == []
    assert [job.state for job in await stage.jobs()] == [State.PREPARING]


@pytest.mark.parametrize("newcomer", [True])
async def test_the_hints_button_shows_help_also_after_a_restart(stage: Stage, boot: Boot) -> None:
    [hint] = (await stage.ask()).followups
    await stage.env.restart_bot(await boot())
    told = await stage.alice.click(hint, label="How it works")
    assert "Turn images into short videos" in words_of(told)
    assert list(buttons_of(told)) == ["Your data"]
