"""`/cast`: characters that a member saves once and names in any prompt."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.media.hosts import AllowedHosts
from bot.settings.model import CastSharing
from cogs.members.help import forget_member
from tests.unit.cogs.cast.cast_stage import allow, cast, id_of, said, saved, shared
from tests.unit.cogs.served_cdn import ServedCdn
from tests.unit.cogs.stage import Stage, picture, texts


@pytest.fixture
def changes(cdn: ServedCdn) -> dict[str, object]:
    return {"attachment_hosts": AllowedHosts.parse([cdn.origin.removeprefix("http://")]), "cast_limit": 3}


@pytest.fixture
def stage(stage: Stage, cdn: ServedCdn) -> Stage:
    stage.env.backend.cdn = cdn
    return stage


@pytest.fixture
def bob(stage: Stage) -> simcord.MemberActor:
    return stage.guild.add_member(stage.env.create_user("bob"))


@pytest.fixture
def mo(stage: Stage) -> simcord.MemberActor:
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return stage.guild.add_member(stage.env.create_user("mo"), roles=[role])


async def test_a_saved_character_can_be_listed_and_shown(stage: Stage) -> None:
    assert said(await saved(stage)).startswith("`@Mira` is saved, only for you.")
    listed = await cast(stage, "list")
    assert r"**\@Mira**" in listed
    assert "1 of 3" in listed
    shown = await stage.alice.slash(stage.channel, "cast show", character="mira")
    assert shown.response is not None
    assert shown.ephemeral
    assert r"### \@Mira" in texts(shown.response)
    assert [each.filename for each in shown.response.attachments] == ["picture1.png", "picture2.png"]


async def test_who_has_saved_nobody_is_told_how(stage: Stage) -> None:
    assert "`/cast add`" in await cast(stage, "list")


@pytest.mark.parametrize("typed", ["9999999999999999999", "0", "18446744073709551616", "٣"])
async def test_a_number_that_is_nobodys_id_is_answered_like_any_other_name(stage: Stage, typed: str) -> None:
    assert "There's no saved character" in await cast(stage, "show", character=typed)


async def test_large_pictures_are_kept_small(stage: Stage) -> None:
    await saved(stage, frontal=[picture("face.png", size=(4_000, 3_000))])
    kept = await stage.bot.services.cast.store.pictures(int(await id_of(stage)))
    assert [each.picture.fingerprint for each in kept] == ["", ""], "plain pictures, and known as such"
    assert all(len(each.picture.content) < 800_000 for each in kept)


@pytest.mark.parametrize("name", ["two words", "a/b", "image1", "42", "-", "everyone", "\u3164", "😀"])
async def test_what_cannot_be_a_name_is_refused(stage: Stage, name: str) -> None:
    assert "can't be used as a name" in said(await saved(stage, name))
    assert "`/cast add`" in await cast(stage, "list")


async def test_a_name_is_taken_once_in_whatever_case_and_width(stage: Stage) -> None:
    await saved(stage, "Mira")
    assert said(await saved(stage, "\N{FULLWIDTH LATIN CAPITAL LETTER M}IRA")) == (
        "You already have a character named `@MIRA`. Use another name, or remove that one with `/cast remove` first."
    )


async def test_who_has_as_many_as_one_can_have_opens_no_form(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        await saved(stage, name)
    assert (await cast(stage, "add")).startswith("You have 3 saved characters, which is your limit.")


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ({"frontal": [picture(size=(200, 400))]}, "`frontal` is too small"),
        ({"others": [picture("side.png"), ("notes.png", b"words")]}, "`picture2` isn't a supported image"),
        ({"others": [("fake.png", picture()[1][:120])]}, "`picture1` can't be opened"),
    ],
    ids=["too small", "of another kind", "broken"],
)
async def test_a_picture_that_cannot_serve_is_named_and_nothing_is_kept(
    stage: Stage, pictures: dict[str, Any], words: str
) -> None:
    assert words in said(await saved(stage, **pictures))
    assert "`/cast add`" in await cast(stage, "list")


async def test_a_character_can_be_renamed_and_removed(stage: Stage) -> None:
    await saved(stage)
    await saved(stage, "mo")
    assert "is now named `@Ada`" in await cast(stage, "rename", character="@MIRA", name="Ada")
    assert "is already taken" in await cast(stage, "rename", character="ada", name="MO")
    assert "can't be used as a name" in await cast(stage, "rename", character="ada", name="a b")
    assert (await cast(stage, "remove", character=await id_of(stage, "ada"))).startswith("`@Ada` and its images")
    assert "Ada" not in await cast(stage, "list")
    assert "no saved character named **Ada**. Use one of these: `@mo`." in await cast(stage, "remove", character="Ada")


async def test_a_private_character_does_not_exist_for_anybody_else(stage: Stage, mo: simcord.MemberActor) -> None:
    await allow(stage, CastSharing.MEMBERS)
    await saved(stage)
    secret = await id_of(stage)
    for command in ("show", "remove", "share"):
        for typed in (secret, "Mira"):
            assert "no saved character" in await cast(stage, command, who=mo, character=typed)
    for option, command in (("cast1", "video"), ("character", "cast show"), ("character", "cast share")):
        assert await mo.autocomplete(stage.channel, command, option, "") == []
    for options in ({"cast1": secret}, {"cast2": "Mira"}):
        answer = said(await mo.slash(stage.channel, "video", prompt="a fox", image1=picture(), **options))
        assert answer.startswith("There's no saved character")
    answer = said(await mo.slash(stage.channel, "video", prompt="@Mira waves", image1=picture()))
    assert answer.startswith("Your prompt mentions `@Mira`, which doesn't exist. Use one of these: `@Image1`.")
    assert await stage.jobs() == []


async def test_a_server_shares_nothing_until_it_says_so(stage: Stage) -> None:
    await saved(stage)
    assert (await cast(stage, "share", character="Mira")).startswith("This server doesn't allow sharing characters.")


async def test_where_moderators_share_others_do_not(stage: Stage, mo: simcord.MemberActor) -> None:
    await allow(stage, CastSharing.MODERATORS)
    await saved(stage)
    assert (await cast(stage, "share", character="Mira")).startswith(
        "Only moderators can share characters in this server."
    )
    await saved(stage, "lamp", who=mo)
    assert (await cast(stage, "share", who=mo, character="lamp")).startswith("Everyone in this server")


async def test_what_is_shared_everybody_there_can_use_and_only_its_owner_change(
    stage: Stage, bob: simcord.MemberActor
) -> None:
    await shared(stage)
    listed = await cast(stage, "list", who=bob)
    assert rf"**\@Mira**, by {stage.alice.mention}" in listed
    [choice] = await bob.autocomplete(stage.channel, "video", "cast1", "MI")
    assert choice["name"] == "@Mira (shared)"
    for command, extra in (("rename", {"name": "x"}), ("remove", {}), ("share", {})):
        assert "only they can change it" in await cast(stage, command, who=bob, character="mira", **extra)
    assert "only they can change it" in await cast(stage, "share", who=bob, character="mira", use="only me")
    await bob.slash(stage.channel, "video", prompt="@mira waves", cast1=choice["value"])
    [job] = await stage.jobs()
    [element] = job.request.elements
    assert (element.name, element.owner_id, job.request.prompt) == ("Mira", stage.alice.id, "@Mira waves")


async def test_a_name_is_shared_once_in_a_server(stage: Stage, bob: simcord.MemberActor) -> None:
    await shared(stage)
    await saved(stage, "MIRA", who=bob)
    assert (await cast(stage, "share", who=bob, character="mira")).startswith(
        "Another `@MIRA` is already shared with this server."
    )
    await cast(stage, "rename", who=bob, character="mira", name="Ada")
    assert (await cast(stage, "share", who=bob, character="ada")).startswith("Everyone in this server")
    assert "is already taken" in await cast(stage, "rename", who=bob, character="ada", name="mira")


async def test_sharing_twice_and_taking_back_twice_change_nothing_more(stage: Stage) -> None:
    await shared(stage)
    assert (await cast(stage, "share", character="mira")).startswith("Everyone in this server")
    for _ in range(2):
        assert "no longer shared" in await cast(stage, "share", character="mira", use="only me")


async def test_moderators_take_back_what_others_share(
    stage: Stage, bob: simcord.MemberActor, mo: simcord.MemberActor
) -> None:
    await shared(stage)
    assert await bob.autocomplete(stage.channel, "cast share", "character", "") == []
    [choice] = await mo.autocomplete(stage.channel, "cast share", "character", "")
    answer = await cast(stage, "share", who=mo, character=choice["value"], use="only me")
    assert answer.startswith("`@Mira` is no longer shared")
    assert await bob.autocomplete(stage.channel, "video", "cast1", "") == []
    assert r"**\@Mira**" in await cast(stage, "list")


async def test_a_server_that_ends_sharing_hides_what_was_shared(stage: Stage, bob: simcord.MemberActor) -> None:
    await shared(stage)
    await allow(stage, CastSharing.OFF)
    assert await bob.autocomplete(stage.channel, "video", "cast1", "") == []
    assert "no saved character" in await cast(stage, "show", who=bob, character="mira")


async def test_what_is_shared_with_one_server_is_not_with_another(stage: Stage) -> None:
    await shared(stage)
    other = stage.env.create_guild("Animation Guild")
    channel = other.create_text_channel("videos")
    dan = other.add_member(stage.env.create_user("dan"))
    assert await dan.autocomplete(channel, "video", "cast1", "") == []


async def test_names_of_any_script_are_completed_and_no_more_than_discord_takes(stage: Stage) -> None:
    for name in ("美咲", "नृत्य", "Ça-va_1"):
        await saved(stage, name)
    assert [each["name"] for each in await stage.alice.autocomplete(stage.channel, "video", "cast3", "@美")] == [
        "@美咲"
    ]
    assert len(await stage.alice.autocomplete(stage.channel, "video", "cast3", "")) == 3
    assert await stage.alice.autocomplete(stage.channel, "video", "cast3", "`@everyone" + "x" * 90) == []


async def test_a_member_who_is_forgotten_has_saved_nothing_and_shares_nothing(
    stage: Stage, bob: simcord.MemberActor
) -> None:
    await shared(stage)
    await forget_member(stage.bot.services, stage.alice.id)
    for who in (stage.alice, bob):
        assert "You don't have any saved characters yet." in await cast(stage, "list", who=who)


async def test_whatever_is_typed_for_a_character_comes_back_harmless(stage: Stage) -> None:
    for typed in ("@everyone **x** " * 300, "9" * 400, "-1", "\u202e", "١٢٣"):
        answer = await cast(stage, "show", character=typed)
        assert answer.startswith("There's no saved character")
        assert len(answer) < 300
        assert "@everyone" not in answer.replace("\\@", "")


async def test_a_name_that_the_servers_rules_do_not_allow_is_neither_saved_nor_given_nor_shared(stage: Stage) -> None:
    services = stage.bot.services
    await saved(stage, "Mira")
    await allow(stage, CastSharing.MEMBERS)
    await services.guild_settings.change(
        stage.guild.id, lambda before: replace(before, words=("*badger*", "mira")), services.clock.now()
    )
    refused = "Your text or a file name contains something this server doesn't allow."
    assert refused in said(await saved(stage, "Badgers"))
    assert refused in await cast(stage, "rename", character="mira", name="a_Badger")
    assert refused in await cast(stage, "share", character="mira")
    assert r"**\@Mira**" in await cast(stage, "list")
