"""`/videos`: a member's own videos here, their limits, and what they want of the bot."""

from dataclasses import replace
from decimal import Decimal

import discord
import simcord
from simcord.results import InteractionResult

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.settings.model import Limits
from tests.support.answers import answer_of, buttons_of, words_of
from tests.support.jobs import a_job, a_request
from tests.support.settings_panel import components
from tests.unit.cogs.stage import Boot, Stage

MUCH = Decimal(1_000)


async def has(
    stage: Stage, state: State, prompt: str = "a fox", *, guild_id: int | None = None, member_id: int | None = None
) -> Job:
    """Have a job of Alice's in this server, unless said otherwise."""
    request = a_request(
        guild_id=guild_id or stage.guild.id,
        channel_id=stage.channel.id,
        member_id=member_id or stage.alice.id,
        prompt=prompt,
    )
    job = a_job(request=request, at=stage.bot.services.clock.now())
    store = stage.bot.services.store
    added = await store.add(job, daily_limit_usd=MUCH)
    return await store.save(replace(added, state=state, card_message_id=5, post_message_id=77))


async def videos(stage: Stage, who: simcord.MemberActor | None = None) -> InteractionResult:
    return await (who or stage.alice).slash(stage.channel, "videos")


async def press(stage: Stage, shown: InteractionResult, label: str) -> InteractionResult:
    return await stage.alice.click(answer_of(shown), label=label)


async def opened(stage: Stage, shown: InteractionResult, job: Job) -> InteractionResult:
    """Have Alice open one of the videos of a page."""
    return await stage.alice.select(answer_of(shown), [str(job.id)], custom_id="reelcast:jobs:open:all:0")


async def choose(stage: Stage, shown: InteractionResult, value: str) -> InteractionResult:
    return await stage.alice.select(answer_of(shown), [value], custom_id="reelcast:jobs:choose:all:0")


async def test_one_sees_ones_own_videos_here_and_nobody_elses(stage: Stage) -> None:
    await has(stage, State.PROCESSING, "a *running* fox")
    await has(stage, State.DELIVERED, "a posted fox")
    await has(stage, State.DELIVERED, "elsewhere", guild_id=1)
    await has(stage, State.DELIVERED, "theirs", member_id=2)
    shown = await videos(stage)
    words = words_of(shown)
    assert r"a \*running\* fox" in words
    assert "a posted fox" in words
    assert "elsewhere" not in words
    assert "theirs" not in words
    assert f"[Done](https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/77)" in words


async def test_pages_are_turned_to_and_fro(stage: Stage) -> None:
    for number in range(6):
        await has(stage, State.FAILED, f"fox number {number}")
    first = await videos(stage)
    assert "fox number 0" not in words_of(first)
    second = await press(stage, first, "Older")
    assert words_of(second).count("fox number") == 1
    assert words_of(await press(stage, second, "Newer")).count("fox number") == 5


async def test_a_page_that_has_become_empty_gives_way_to_the_first(stage: Stage) -> None:
    found = [await has(stage, State.FAILED, f"fox number {number}") for number in range(6)]
    second = await press(stage, await videos(stage), "Older")
    for job in found[1:]:
        await stage.bot.services.store.save(replace(job, forgotten=True))
    assert "fox number 0" in words_of(await press(stage, second, "Refresh"))


async def test_what_is_shown_can_be_chosen_and_stays_chosen(stage: Stage) -> None:
    await has(stage, State.PROCESSING, "running")
    await has(stage, State.UNDELIVERED, "undelivered")
    await has(stage, State.WITHHELD, "withheld")
    shown = await choose(stage, await videos(stage), "undelivered")
    for _ in range(2):
        assert "undelivered" in words_of(shown)
        assert "withheld" not in words_of(shown)
        shown = await press(stage, shown, "Refresh")
    assert "No videos match this filter." in words_of(await choose(stage, shown, "delivered"))


async def test_what_waits_is_cancelled_from_the_list(stage: Stage) -> None:
    job = await has(stage, State.WAITING)
    shown = await opened(stage, await videos(stage), job)
    assert words_of(await press(stage, shown, "Cancel")).startswith("Canceled.")
    back = await press(stage, shown, "Back")
    assert "Canceled" in words_of(back)
    assert "Cancel" not in buttons_of(await opened(stage, back, job))


async def test_a_press_on_a_video_that_is_deleted_meanwhile_is_answered(stage: Stage) -> None:
    job = await has(stage, State.WAITING)
    page = await videos(stage)
    shown = await opened(stage, await videos(stage), job)
    await stage.bot.services.members.forgetting.forget(stage.alice.id, remove_messages=False)
    for label in ("Cancel", "Details"):
        assert words_of(await press(stage, shown, label)) == "This video is no longer in the records."
    assert words_of(await opened(stage, page, job)) == "This video is no longer in the records."
    assert "You haven't requested any videos here yet." in words_of(await press(stage, shown, "Back"))


async def test_a_list_of_before_a_restart_still_works(stage: Stage, boot: Boot) -> None:
    job = await has(stage, State.UNDELIVERED, "a made fox")
    shown = await videos(stage)
    await stage.env.restart_bot(await boot())
    assert "a made fox" in words_of(await press(stage, shown, "Refresh"))
    one = await opened(stage, shown, job)
    assert "is being sent" in words_of(await press(stage, one, "Post here"))


async def test_only_ones_own_videos_of_this_server_can_be_opened(stage: Stage) -> None:
    theirs, elsewhere = await has(stage, State.WAITING, member_id=2), await has(stage, State.WAITING, guild_id=1)
    forged = discord.ui.View(timeout=None)
    options = [discord.SelectOption(label="…", value=str(each.id)) for each in (theirs, elsewhere)]
    forged.add_item(discord.ui.Select(custom_id="reelcast:jobs:open:all:0", options=options))
    forged.stop()
    page = await stage.bot.get_partial_messageable(stage.channel.id).send("forged", view=forged)
    for other in (theirs, elsewhere):
        answer = await stage.alice.select(page, [str(other.id)], custom_id="reelcast:jobs:open:all:0")
        assert words_of(answer) == "This video is no longer in the records."


async def test_each_entry_shows_its_first_image_and_when_it_was_requested(stage: Stage) -> None:
    await stage.ask("a fox @Image1")
    [job] = await stage.jobs()
    shown = await videos(stage)
    [picture] = [each["media"]["url"] for each in components(answer_of(shown)) if each["type"] == 11]
    assert picture == job.request.references[0].url
    assert f"<t:{int(job.created_at.timestamp())}:f>" in words_of(shown)


async def test_the_list_shows_the_limit_that_is_closest_and_leads_to_all(stage: Stage) -> None:
    await stage.set(member_limits=Limits(per_day=5, per_week=6))
    await stage.ask()
    shown = await videos(stage)
    assert "Videos in 24 hours: used **1** of 5." in words_of(shown)
    assert "7 days" not in words_of(shown)
    assert "Videos in 7 days: used **1** of 6." in words_of(await press(stage, shown, "Limits"))


async def test_direct_messages_are_turned_on_and_off_and_pressing_twice_is_pressing_once(stage: Stage) -> None:
    preferences = stage.bot.services.members.preferences
    on = await videos(stage)
    for shown in [on, await videos(stage)]:
        on = await press(stage, shown, "DM me when done")
        assert (await preferences.get(stage.alice.id)).tell_when_done
    await press(stage, on, "Stop DMs")
    assert not (await preferences.get(stage.alice.id)).tell_when_done


async def test_my_videos_of_oneself_is_the_same_list(stage: Stage) -> None:
    await has(stage, State.FAILED, "a failed fox")
    shown = await stage.alice.context_menu(stage.channel, "My videos", stage.alice)
    assert "a failed fox" in words_of(shown)
    assert "Refresh" in buttons_of(shown)
