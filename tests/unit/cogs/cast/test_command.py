"""`/cast`: characters that a member saves once and names in any prompt."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.automod.book import RuleBook, RulesUnreadable
from bot.cast.model import Picture
from bot.cast.view import PER_PAGE
from bot.media.hosts import AllowedHosts
from bot.settings.model import CastSharing
from cogs.members.help import forget_member
from tests.support.answers import answer_of, buttons_of, words_of
from tests.unit.cogs.cast.cast_stage import (
    allow,
    forged,
    id_of,
    listed,
    opened,
    pressed,
    renamed,
    said,
    saved,
    shared,
    words,
)
from tests.unit.cogs.served_cdn import ServedCdn
from tests.unit.cogs.stage import Stage, picture, press_id, texts


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


async def test_a_saved_character_is_listed_and_opened(stage: Stage) -> None:
    assert said(await saved(stage)).startswith("`@Mira` is saved, only for you.")
    panel = await listed(stage)
    assert r"**\@Mira**" in panel
    assert "1 of 3" in panel
    shown = answer_of(await opened(stage))
    assert r"### \@Mira" in texts(shown)
    assert [each.filename for each in shown.attachments] == ["picture1.png", "picture2.png"]
    back = answer_of(await pressed(stage, "Mira", "Back"))
    assert back.attachments == []
    assert "1 of 3" in texts(back)


async def test_who_has_saved_nobody_is_told_how(stage: Stage) -> None:
    assert "You don't have any saved characters yet." in await listed(stage)


async def test_large_pictures_are_kept_small(stage: Stage) -> None:
    await saved(stage, frontal=[picture("face.png", size=(4_000, 3_000))])
    kept = await stage.bot.services.cast.store.pictures(int(await id_of(stage)))
    assert [each.picture.fingerprint for each in kept] == ["", ""], "plain pictures, and known as such"
    assert all(len(each.picture.content) < 800_000 for each in kept)


@pytest.mark.parametrize("name", ["two words", "a/b", "image1", "42", "-", "everyone", "\u3164", "😀"])
async def test_what_cannot_be_a_name_is_refused(stage: Stage, name: str) -> None:
    assert "can't be used as a name" in said(await saved(stage, name))
    assert "You don't have any saved characters yet." in await listed(stage)


async def test_a_name_is_taken_once_in_whatever_case_and_width(stage: Stage) -> None:
    await saved(stage, "Mira")
    assert said(await saved(stage, "\N{FULLWIDTH LATIN CAPITAL LETTER M}IRA")) == (
        "You already have a character named `@MIRA`. Use another name, or delete that one in `/cast` first."
    )


async def test_who_has_as_many_as_one_can_have_opens_no_form(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        await saved(stage, name)
    assert said(await press_id(stage, "reelcast:cast-add")).startswith(
        "You have 3 saved characters, which is your limit."
    )


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
    assert "You don't have any saved characters yet." in await listed(stage)


async def test_a_character_can_be_renamed_and_deleted(stage: Stage) -> None:
    await saved(stage)
    await saved(stage, "mo")
    assert "is now named `@Ada`" in await renamed(stage, "MIRA", "Ada")
    assert "is already taken" in await renamed(stage, "ada", "MO")
    assert "can't be used as a name" in await renamed(stage, "ada", "a b")
    gone = await id_of(stage, "ada")
    assert "`@Ada` and its images are deleted here." in words_of(await pressed(stage, "ada", "Delete", "Delete"))
    assert r"\@Ada" not in await listed(stage)
    for verb in ("back", "rename", "share", "unshare", "ask", "delete"):
        assert (await forged(stage, verb, gone, who=stage.alice)).startswith("This character was deleted")


async def test_one_careless_click_deletes_no_character(stage: Stage) -> None:
    await saved(stage)
    asked = await pressed(stage, "Mira", "Delete")
    assert words_of(asked).endswith("Delete `@Mira` and its images? Videos made with it stay.")
    assert list(buttons_of(asked)) == ["Delete", "Keep"]
    kept = await pressed(stage, "Mira", "Delete", "Keep")
    assert len(answer_of(kept).attachments) == 2
    assert r"**\@Mira**" in await listed(stage)


async def test_a_private_character_does_not_exist_for_anybody_else(stage: Stage, mo: simcord.MemberActor) -> None:
    await allow(stage, CastSharing.MEMBERS)
    await saved(stage)
    secret = await id_of(stage)
    for verb in ("back", "rename", "share", "unshare", "ask", "delete"):
        assert (await forged(stage, verb, secret, who=mo)).startswith("This character was deleted")
    assert "You don't have any saved characters yet." in await listed(stage, who=mo)
    assert await mo.autocomplete(stage.channel, "video", "cast1", "") == []
    for options in ({"cast1": secret}, {"cast2": "Mira"}):
        answer = said(await mo.slash(stage.channel, "video", prompt="a fox", image1=picture(), **options))
        assert answer.startswith("There's no saved character")
    answer = said(await mo.slash(stage.channel, "video", prompt="@Mira waves", image1=picture()))
    assert answer.startswith("Your prompt mentions `@Mira`, which doesn't exist. Use one of these: `@Image1`.")
    assert await stage.jobs() == []
    assert r"**\@Mira**" in await listed(stage)


async def test_a_server_shares_nothing_until_it_says_so(stage: Stage) -> None:
    await saved(stage)
    assert "Share here" not in buttons_of(await opened(stage))
    answer = await forged(stage, "share", await id_of(stage), who=stage.alice)
    assert answer.startswith("This server doesn't allow sharing characters.")


async def test_where_moderators_share_others_do_not(stage: Stage, mo: simcord.MemberActor) -> None:
    await allow(stage, CastSharing.MODERATORS)
    await saved(stage)
    assert "Share here" not in buttons_of(await opened(stage))
    answer = await forged(stage, "share", await id_of(stage), who=stage.alice)
    assert answer.startswith("Only moderators can share characters in this server.")
    await saved(stage, "lamp", who=mo)
    assert "Everyone in this server" in words_of(await pressed(stage, "lamp", "Share here", who=mo))


async def test_what_is_shared_everybody_there_can_use_and_only_its_owner_change(
    stage: Stage, bob: simcord.MemberActor
) -> None:
    await shared(stage)
    assert rf"**\@Mira**, by {stage.alice.mention}" in await listed(stage, who=bob)
    [choice] = await bob.autocomplete(stage.channel, "video", "cast1", "MI")
    assert choice["name"] == "@Mira (shared)"
    assert list(buttons_of(await opened(stage, who=bob))) == ["Back"]
    for verb in ("rename", "share", "unshare", "ask", "delete"):
        assert "only they can change it" in await forged(stage, verb, choice["value"], who=bob)
    await bob.slash(stage.channel, "video", prompt="@mira waves", cast1=choice["value"])
    [job] = await stage.jobs()
    [element] = job.request.elements
    assert (element.name, element.owner_id, job.request.prompt) == ("Mira", stage.alice.id, "@Mira waves")


async def test_a_name_is_shared_once_in_a_server(stage: Stage, bob: simcord.MemberActor) -> None:
    await shared(stage)
    await allow(stage, CastSharing.OFF)
    await saved(stage, "MIRA", who=bob)
    bobs = await id_of(stage, "MIRA", who=bob)
    await allow(stage, CastSharing.MEMBERS)
    answer = await forged(stage, "share", bobs, who=bob)
    assert answer.startswith("Another `@MIRA` is already shared with this server.")
    form = await press_id(stage, f"reelcast:cast:rename:{bobs}", who=bob)
    assert "is now named `@Ada`" in words(await stage.submit(form, {"name": "Ada"}, who=bob))
    assert "Everyone in this server" in words_of(await pressed(stage, "ada", "Share here", who=bob))
    assert "is already taken" in await renamed(stage, "ada", "mira", who=bob)


async def test_sharing_twice_and_taking_back_twice_change_nothing_more(stage: Stage) -> None:
    await shared(stage)
    mira = await id_of(stage)
    assert "Everyone in this server" in await forged(stage, "share", mira, who=stage.alice)
    for _ in range(2):
        assert "no longer shared" in await forged(stage, "unshare", mira, who=stage.alice)


async def test_moderators_take_back_what_others_share(
    stage: Stage, bob: simcord.MemberActor, mo: simcord.MemberActor
) -> None:
    await shared(stage)
    taken = await pressed(stage, "Mira", "Stop sharing", who=mo)
    assert "`@Mira` is no longer shared" in words_of(taken)
    assert "You don't have any saved characters yet." in words_of(taken), "the list, for it's not theirs to see now"
    assert await bob.autocomplete(stage.channel, "video", "cast1", "") == []
    assert r"**\@Mira**" in await listed(stage)


async def test_a_server_that_ends_sharing_hides_what_was_shared(stage: Stage, bob: simcord.MemberActor) -> None:
    await shared(stage)
    await allow(stage, CastSharing.OFF)
    assert await bob.autocomplete(stage.channel, "video", "cast1", "") == []
    assert "You don't have any saved characters yet." in await listed(stage, who=bob)


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
        assert "You don't have any saved characters yet." in await listed(stage, who=who)


async def test_a_name_that_the_servers_rules_do_not_allow_is_neither_saved_nor_given_nor_shared(stage: Stage) -> None:
    services = stage.bot.services
    await saved(stage, "Mira")
    await allow(stage, CastSharing.MEMBERS)
    await services.guild_settings.change(
        stage.guild.id, lambda before: replace(before, words=("*badger*", "mira")), services.clock.now()
    )
    refused = "Your text or a file name contains something this server doesn't allow."
    assert refused in said(await saved(stage, "Badgers"))
    assert refused in await renamed(stage, "mira", "a_Badger")
    assert refused in words_of(await pressed(stage, "mira", "Share here"))
    assert r"**\@Mira**" in await listed(stage)


async def test_a_name_that_another_server_does_not_allow_ends_the_sharing_there(stage: Stage) -> None:
    services = stage.bot.services
    store, now = services.cast.store, services.clock.now()
    await shared(stage)
    mira = int(await id_of(stage))
    strict, open_minded = (stage.env.create_guild(name) for name in ("Animation Guild", "Puppeteers"))
    for guild in (strict, open_minded):
        await store.share(mira, stage.alice.id, guild.id, now)
    await services.guild_settings.change(strict.id, lambda before: replace(before, words=("badger",)), now)
    assert "shared there anymore" not in await renamed(stage, "mira", "Ada")
    told = await renamed(stage, "ada", "badger")
    assert "is now named `@badger`" in told
    assert "A server where it was shared doesn't allow this name, so it isn't shared there anymore." in told
    assert {*await store.shared_in(mira)} == {stage.guild.id, open_minded.id}


async def test_a_name_that_cannot_be_judged_by_another_servers_rules_is_given_and_stays_shared(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = stage.bot.services
    await shared(stage)
    mira, elsewhere = int(await id_of(stage)), stage.env.create_guild("Animation Guild").id
    await services.cast.store.share(mira, stage.alice.id, elsewhere, services.clock.now())

    async def rules_for(_book: RuleBook, guild_id: int) -> None:
        if guild_id == elsewhere:
            raise RulesUnreadable

    monkeypatch.setattr(RuleBook, "rules_for", rules_for)
    assert "is now named `@Ada`" in await renamed(stage, "mira", "Ada")
    assert r"**\@Ada**" in await listed(stage)
    assert {*await services.cast.store.shared_in(mira)} == {stage.guild.id, elsewhere}


async def test_a_long_list_is_turned_page_by_page(stage: Stage) -> None:
    store, now = stage.bot.services.cast.store, stage.bot.services.clock.now()
    image = Picture(content=b"", content_type="image/png")
    for number in range(PER_PAGE + 1):
        await store.add(number + 1, stage.alice.id, f"fox{number:02}", [image], most=99, now=now)
    first = await stage.alice.slash(stage.channel, "cast")
    assert ("fox00" in words_of(first), f"fox{PER_PAGE}" in words_of(first)) == (True, False)
    more = await stage.alice.click(answer_of(first), label="More")
    assert ("fox00" in words_of(more), f"fox{PER_PAGE}" in words_of(more)) == (False, True)
    assert "fox00" in words_of(await stage.alice.click(answer_of(more), label="Back"))
