"""The panel of `/settings show`: every control, and what others do meanwhile."""

from bot.policy.guild_settings import CastSharing, ReviewMode
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Stage


async def test_channels_are_chosen_and_taken_back_in_the_panel(stage: Stage) -> None:
    mo = a_moderator(stage)
    other = stage.guild.create_text_channel("clips")
    await mo.slash("show", page="places")
    said = await mo.choose("channels", stage.channel, other)
    assert "Saved" in said
    assert (await mo.settings()).channels == {stage.channel.id, other.id}
    assert {int(each["id"]) for each in mo.component("channels")["default_values"]} == {
        stage.channel.id,
        other.id,
    }
    await mo.choose("channels", other)
    assert (await mo.settings()).channels == {other.id}
    said = await mo.choose("channels")
    assert (await mo.settings()).channels == frozenset()
    assert "Nowhere" in said


async def test_review_and_sharing_are_picked_from_menus(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.slash("show", page="review")
    said = await mo.choose("review", "before_posting")
    assert "there is no review channel" in said
    assert (await mo.settings()).review is ReviewMode.BEFORE_POSTING
    await mo.choose("page", "cast")
    await mo.choose("cast_sharing", "members")
    assert (await mo.settings()).cast_sharing is CastSharing.MEMBERS


async def test_numbers_are_typed_in_a_modal(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.slash("show", page="limits")
    said = await mo.fill_in("member_limits", {"per_day": "5", "at_once": " 2 "})
    assert "5 videos in 24 hours · 2 at once" in said
    said = await mo.fill_in("member_limits", {"per_day": "many"})
    assert said.startswith("“many” is not a whole number. For *Videos in 24 hours* write one from 0 to 1,000")
    assert (await mo.settings()).member_limits.per_day == 5
