"""The panel of `/settings`: every control, and what others do meanwhile."""

from decimal import Decimal

import discord

from bot.settings.entries import Page
from bot.settings.model import (
    UNSET,
    BadPattern,
    CastSharing,
    ChannelSettings,
    Limits,
    ReviewMode,
)
from tests.support.settings_panel import a_moderator, hidden_channel, typed
from tests.unit.cogs.stage import Boot, Stage


async def test_channels_are_chosen_and_taken_back(stage: Stage) -> None:
    mo = a_moderator(stage)
    other = stage.guild.create_text_channel("clips")
    await mo.open("places")
    assert "Saved" in await mo.choose("channels", stage.channel, other)
    assert (await mo.settings()).channels == {stage.channel.id, other.id}
    shown = {int(each["id"]) for each in mo.component("channels")["default_values"]}
    assert shown == {stage.channel.id, other.id}
    await mo.choose("channels", other)
    assert (await mo.settings()).channels == {other.id}
    assert "None chosen, so members can't make videos." in await mo.choose("channels")
    assert (await mo.settings()).channels == frozenset()


async def test_every_channel_is_opened_with_one_press_and_the_menu_is_needed_no_more(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("places")
    assert "In every channel: On" in await mo.click("everywhere")
    assert (await mo.settings()).is_open(12345)
    assert not [each for each in mo.custom_ids() if ":list:channels:" in each]
    await mo.click("everywhere")
    assert (await mo.settings()).channels == {stage.channel.id}


async def test_roles_output_and_log_are_chosen_beside_them(stage: Stage) -> None:
    mo = a_moderator(stage)
    artists, gallery = stage.guild.create_role("Artists"), stage.guild.create_text_channel("gallery")
    await mo.open("places")
    await mo.choose("roles", artists)
    await mo.choose("output_channel_id", gallery)
    said = await mo.choose("log_channel_id", gallery)
    assert "the log channel. Hide the channel" in said  # everybody sees it
    settings = await mo.settings()
    assert settings.roles == {artists.id}
    assert (settings.output_channel_id, settings.log_channel_id) == (gallery.id, gallery.id)
    await mo.choose("output_channel_id")
    assert (await mo.settings()).output_channel_id is None


async def test_the_review_has_its_mode_channel_trusted_roles_and_times(stage: Stage) -> None:
    mo = a_moderator(stage)
    trusted, room = stage.guild.create_role("Trusted"), stage.guild.create_text_channel("review")
    await mo.open("review")
    assert "there's no review channel" in await mo.choose("review", "before_posting")
    assert "Choose a channel that members can't see." in await mo.choose("review_channel_id", room)
    assert (await mo.settings()).review_channel_id is None
    room = hidden_channel(stage, mo, "moderators")
    assert "there's no review channel" not in await mo.choose("review_channel_id", room)
    await mo.choose("trusted_roles", trusted)
    said = await mo.fill_in("review_times", {"review_hours": "12", "new_member_days": "7"})
    assert "Hours until unreviewed items are rejected: **12**" in said
    assert "Days that new members need review: **7**" in said
    settings = await mo.settings()
    assert (settings.review, settings.review_channel_id) == (ReviewMode.BEFORE_POSTING, room.id)
    assert settings.trusted_roles == {trusted.id}


async def test_limits_and_dollars_are_typed_in_modals(stage: Stage) -> None:
    mo = a_moderator(stage)
    patron = stage.guild.create_role("Patron")
    await mo.open("limits")
    assert "5 videos in 24 hours · 2 in progress at once" in await mo.fill_in(
        "member_limits", {"per_day": "5", "at_once": " 2 "}
    )
    said = await mo.fill_in("role_limits", {"per_day": "20"}, patron)
    assert f"<@&{patron.id}>: 20 videos in 24 hours" in said
    said = await mo.fill_in("server_limits", {"at_once": "9", "spend_per_day_usd": "$7.50"})
    assert "Videos in progress at once, whole server: **9**" in said
    assert "Spending limit per day, in US dollars: **$7.50**" in said
    assert "Spending limit per month, in US dollars: **No limit**" in said
    settings = await mo.settings()
    assert settings.member_limits == Limits(per_day=5, at_once=2)
    assert settings.role_limits == {patron.id: Limits(per_day=20)}
    assert (settings.at_once, settings.spend_per_day_usd) == (9, Decimal("7.50"))
    await mo.fill_in("role_limits", {"per_day": ""}, patron)
    assert (await mo.settings()).role_limits == {}


async def test_what_is_no_number_is_refused_in_one_sentence_and_changes_nothing(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("limits")
    said = await mo.fill_in("server_limits", {"at_once": "9", "spend_per_day_usd": "@everyone"})
    assert r"“\@everyone” isn't a dollar amount. For *Spending limit per day, in US dollars*, enter one" in said
    assert (await mo.settings()).at_once is None


async def test_one_typo_loses_nothing_of_a_form_even_across_a_restart(stage: Stage, boot: Boot) -> None:
    mo = a_moderator(stage)
    entered = {"per_day": "5", "per_week": "2O", "per_month": "", "at_once": "2", "seconds_per_day": "*60*"}
    await mo.open("limits")
    assert "“2O” isn't a whole number." in await mo.fill_in("member_limits", entered)
    await stage.env.restart_bot(await boot())
    opened = await mo.open_form("retry:member_limits")
    assert typed(opened) == entered
    said = await mo.submit(opened, {"per_week": "20", "seconds_per_day": "60"})
    assert "5 videos in 24 hours · 20 videos in 7 days · 2 in progress at once · 60 seconds" in said
    assert not [each for each in mo.custom_ids() if ":retry:" in each]


async def test_one_typo_keeps_whose_limits_they_are(stage: Stage) -> None:
    mo = a_moderator(stage)
    patron = stage.guild.create_role("Patron")
    await mo.open("limits")
    await mo.fill_in("role_limits", {"per_day": "2O"}, patron)
    await mo.submit(await mo.open_form("retry:role_limits"), {"per_day": "20"})
    assert (await mo.settings()).role_limits == {patron.id: Limits(per_day=20)}
    await mo.open("channels")
    await mo.choose("own_settings", stage.channel)
    await mo.fill_in("channel_limits", {"per_day": "2O"})
    await mo.submit(await mo.open_form("retry:channel_limits"), {"per_day": "20"})
    assert (await mo.settings()).channel_settings == {stage.channel.id: ChannelSettings(per_day=20)}


async def test_one_word_that_cannot_be_one_does_not_lose_the_others(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("filters")
    said = await mo.fill_in("add_words", {"words": f"gore*, ***\nblood, {'x' * 61}"})
    assert "Saved" in said
    assert r"“\*\*\*” doesn't have a letter or a digit." in said
    assert (await mo.settings()).words == ("blood", "gore*")
    opened = await mo.open_form("retry:add_words")
    assert typed(opened) == {"words": f"***, {'x' * 61}"}
    await mo.submit(opened, {"words": "slime"})
    assert (await mo.settings()).words == ("blood", "gore*", "slime")


async def test_several_lines_of_words_are_kept_where_all_of_them_are_refused(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("filters")
    assert "None of these words are on the list" in await mo.fill_in("remove_words", {"words": "gore*\n\nblood\nx, y"})
    assert typed(await mo.open_form("retry:remove_words")) == {"words": "gore*, blood, x, y"}


async def test_a_cap_below_one_video_is_named_at_once(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("limits")
    said = await mo.fill_in("server_limits", {"spend_per_day_usd": "1"})
    assert (
        "✅ Saved. The change applies from now on.\n🔴 A spending limit of $1.00 is below the price of one video, $1.35"
        in said
    )


async def test_filters_are_turned_and_words_added_shown_and_removed(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("filters")
    assert "AutoMod rules are NOT applied to prompts. That's turned off" in await mo.click("automod")
    await mo.choose("bad_patterns", "skip")
    assert "2 more blocked words." in await mo.fill_in("add_words", {"words": "gore*, Blood\nblood"})
    settings = await mo.settings()
    assert (settings.automod, settings.bad_patterns) == (False, BadPattern.SKIP)
    assert settings.words == ("Blood", "gore*")
    assert mo.panel is not None
    shown = await mo.actor.click(mo.panel, custom_id=mo.custom_id("words"))
    assert shown.response is not None
    [file] = shown.response.attachments
    assert await file.read() == b"Blood\ngore*"
    assert "1 more blocked word." in await mo.fill_in("remove_words", {"words": "BLOOD"})
    assert "None of these words are on the list" in await mo.fill_in("remove_words", {"words": "other"})


async def test_posts_have_spoilers_choices_originals_reports_and_records(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("posts")
    await mo.click("spoiler")
    await mo.click("ai_label")
    await mo.choose("durations", "5")
    await mo.choose("aspect_ratios", "1:1", "9:16")
    await mo.choose("original_links", "off")
    said = await mo.fill_in("records", {"report_threshold": "0", "keep_records_days": "30"})
    assert "Reports needed to hide a video: **0** · " in said
    assert "Days to keep records: **30** · Older records are deleted." in said
    settings = await mo.settings()
    assert (settings.spoiler, settings.durations, settings.original_links) == (True, {5}, False)
    assert settings.aspect_ratios == {"1:1", "9:16"}
    assert not settings.ai_label
    await mo.choose("durations", "5", "10")
    assert (await mo.settings()).durations is None


async def test_language_and_sharing_are_picked_from_menus(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("cast")
    await mo.choose("language", "ja")
    await mo.choose("cast_sharing", "members")
    settings = await mo.settings()
    assert (settings.language, settings.cast_sharing) == ("ja", CastSharing.MEMBERS)
    await mo.choose("language", "auto")
    assert (await mo.settings()).language is None


async def test_a_channel_does_otherwise_than_its_server_until_it_is_reset(stage: Stage) -> None:
    mo = a_moderator(stage)
    here, other = stage.channel, stage.guild.create_text_channel("gallery")
    await mo.open("channels")
    assert f"<#{here.id}>" in await mo.choose("own_settings", here)
    await mo.click("paused:" + str(here.id))
    await mo.choose("review", "before_spending")
    await mo.choose("output_channel_id", other)
    await mo.choose("spoiler", "on")
    await mo.choose("durations", "10")
    await mo.choose("aspect_ratios", "1:1")
    await mo.fill_in("channel_limits", {"per_day": "3"})
    assert (await mo.settings()).channel_settings == {
        here.id: ChannelSettings(
            paused=True,
            review=ReviewMode.BEFORE_SPENDING,
            output_channel_id=other.id,
            spoiler=True,
            durations=frozenset({10}),
            aspect_ratios=frozenset({"1:1"}),
            per_day=3,
        )
    }
    assert "Paused: On · Review: Before spending" in await mo.click("back")
    await mo.choose("own_settings", here)
    await mo.click("as_server")
    assert (await mo.settings()).channel_settings == {}


async def test_pausing_asks_first_on_every_page_and_resuming_is_one_press(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open()
    for page in (each for each in Page if each is not Page.CHANNEL):
        await mo.choose("page", page.value)
        assert mo.component("paused")["style"] == discord.ButtonStyle.secondary.value
        await mo.click("paused")
        assert not (await mo.settings()).paused
        await mo.click("show")  # not now
        await mo.choose("page", page.value)
        assert "New videos are paused on the whole server" in await mo.pause()
        assert (await mo.settings()).paused
        await mo.choose("page", page.value)
        await mo.click("put:paused")
        assert not (await mo.settings()).paused


async def test_of_two_moderators_at_once_neither_undoes_what_the_other_did(stage: Stage) -> None:
    mo, ada = a_moderator(stage), a_moderator(stage, "ada")
    clips, shorts = stage.guild.create_text_channel("clips"), stage.guild.create_text_channel("shorts")
    await mo.open("places")
    await ada.open("places")
    await mo.choose("channels", stage.channel, clips)
    await ada.choose("channels", stage.channel, shorts)  # ada's panel knows nothing of clips
    assert (await mo.settings()).channels == {stage.channel.id, clips.id, shorts.id}


async def test_the_same_press_twice_is_one(stage: Stage) -> None:
    mo, ada = a_moderator(stage), a_moderator(stage, "ada")
    await mo.open("posts")
    await ada.open("posts")
    assert "Saved" in await mo.click("spoiler")
    assert "Nothing changed. It was already set that way." in await ada.click("spoiler")
    assert (await mo.settings()).spoiler


async def test_a_panel_outlives_a_restart(stage: Stage, boot: Boot) -> None:
    mo = a_moderator(stage)
    await mo.open("places")
    await stage.env.restart_bot(await boot())
    await mo.choose("channels", stage.channel, stage.guild.create_text_channel("clips"))
    await mo.choose("page", "limits")
    assert "5 videos in 24 hours" in await mo.fill_in("member_limits", {"per_day": "5"})
    settings = await mo.settings()
    assert len(settings.channels or ()) == 2


async def test_a_modal_that_was_open_during_a_restart_is_taken(stage: Stage, boot: Boot) -> None:
    mo = a_moderator(stage)
    await mo.open("limits")
    assert mo.panel is not None
    opened = await mo.actor.click(mo.panel, custom_id=mo.custom_id("member_limits"))
    await stage.env.restart_bot(await boot())
    await stage.submit(opened, {"per_day": "4"}, who=mo.actor)
    assert (await mo.settings()).member_limits == Limits(per_day=4)


async def test_who_lost_manage_server_meanwhile_changes_nothing_with_an_open_panel(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("limits")
    assert mo.panel is not None
    before = await mo.settings()
    opened = await mo.actor.click(mo.panel, custom_id=mo.custom_id("member_limits"))
    stage.env.backend.get_guild(stage.guild.id).members[mo.actor.id].role_ids.clear()
    refusal = "You need Manage Server to see and change these settings."
    assert await mo.click("paused") == refusal
    assert await mo.choose("page", "filters") == refusal
    assert await mo.click("member_limits") == refusal
    submitted = await stage.submit(opened, {"per_day": "4"}, who=mo.actor)
    assert submitted.response is not None
    assert submitted.response.content == refusal
    assert await mo.settings() == before


async def test_a_channel_that_was_deleted_while_its_page_was_open_can_still_be_reset(stage: Stage) -> None:
    mo = a_moderator(stage)
    await stage.set(channel_settings={777: ChannelSettings(paused=True)})
    await mo.open("channels")
    assert "deleted channel: Paused: On" in await mo.choose("page", "channels")
    await mo.click("tidy")
    assert (await mo.settings()).channel_settings == {}


async def test_everything_is_forgotten_only_when_that_is_confirmed(stage: Stage, boot: Boot) -> None:
    mo = a_moderator(stage)
    await stage.set(spoiler=True)
    await mo.open()
    assert (await mo.click("ask_to_reset")).startswith("Reset all of this server's settings?")
    await mo.click("show")  # keep it
    assert (await mo.settings()).spoiler
    await mo.click("ask_to_reset")
    await stage.env.restart_bot(await boot())
    assert "No channels are set" in await mo.click("reset")
    assert await mo.settings() == UNSET


HOSTILE = ("*", "@everyone", "x" * 61, "\u202e\u200b", "```\n# x", "0" * 20, "NaN", "-1")


async def test_hostile_input_is_answered_and_harms_nothing(stage: Stage) -> None:
    mo = a_moderator(stage)
    for entered in HOSTILE:
        for page, form, name in (
            ("filters", "add_words", "words"),
            ("filters", "remove_words", "words"),
            ("limits", "member_limits", "per_day"),
            ("limits", "server_limits", "spend_per_day_usd"),
            ("posts", "records", "report_threshold"),
        ):
            await mo.open(page)
            said = await mo.fill_in(form, {name: entered if name == "words" else entered[:20]})
            assert said
            assert "@everyone" not in said.replace(r"\@everyone", "")


async def test_more_channels_than_a_menu_shows_are_added_and_removed_one_by_one(stage: Stage) -> None:
    mo = a_moderator(stage)
    several = [stage.guild.create_text_channel(f"clips-{number}") for number in range(25)]
    await stage.set(channels=frozenset({stage.channel.id, *(each.id for each in several[1:])}))
    await mo.open("places")
    assert not mo.component("channels").get("default_values")
    await mo.choose("channels", several[0], several[1])
    assert (await mo.settings()).channels == {stage.channel.id, several[0].id, *(each.id for each in several[2:])}


async def test_a_panel_is_private_and_pings_nobody(stage: Stage) -> None:
    mo = a_moderator(stage)
    await stage.set(roles=frozenset({stage.guild.default_role.id}))
    await mo.open("places")  # whose answer is made sure to be ephemeral
    await mo.click("everywhere")
    sent = [each.json["data"] for each in stage.env.http_requests if each.path.endswith("/callback") and each.json]
    assert [each["allowed_mentions"]["parse"] for each in sent] == [[], []]


async def test_the_menu_of_durations_shows_what_each_costs(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("posts")
    assert [each["description"] for each in mo.component("durations")["options"]] == ["$1.35", "$2.70"]
