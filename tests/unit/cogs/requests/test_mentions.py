"""What a Discord client writes for an `@` in a prompt: a member can stand for a character, nothing else can."""

import pytest
import simcord

from bot.cast.model import Picture
from bot.settings.model import CastSharing
from tests.unit.cogs.stage import Stage

HINT = "who shares no character under their name here. Write the name of a character instead, or save one with `/cast`."


def member(stage: Stage, name: str) -> simcord.MemberActor:
    return stage.guild.add_member(stage.env.create_user(name))


async def cast_of(stage: Stage) -> list[tuple[str, int]]:
    [job] = await stage.jobs()
    return [(each.name, each.owner_id) for each in job.request.elements]


async def save(stage: Stage, name: str, *, who: simcord.MemberActor | None = None, shared: bool = False) -> None:
    services, owner = stage.bot.services, who or stage.alice
    await stage.set(cast_sharing=CastSharing.MEMBERS)
    pictures = [Picture(content=b"x", content_type="image/png")] * 2
    now = services.clock.now()
    character = await services.cast.store.add(owner.id + 1, owner.id, name, pictures, most=9, now=now)
    if shared:
        await services.cast.store.share(character.id, owner.id, stage.guild.id, now)


@pytest.mark.parametrize("sign", ["@", "@!"])
async def test_a_member_stands_for_the_character_that_they_share_under_their_name(stage: Stage, sign: str) -> None:
    mira = member(stage, "mira")
    await save(stage, "mira", who=mira, shared=True)
    await save(stage, "mira")  # Alice's own comes second
    await stage.ask(f"<{sign}{mira.id}>waves at @Image1")
    [job] = await stage.jobs()
    assert job.request.prompt == "@mira waves at @Image1"
    assert await cast_of(stage) == [("mira", mira.id)]


async def test_a_member_stands_for_the_requesters_own_character_of_that_name(stage: Stage) -> None:
    mira = member(stage, "mira")
    await save(stage, "mira", who=mira)  # which she doesn't share
    await save(stage, "mira")
    await stage.ask(f"<@{mira.id}> waves at @Image1")
    assert await cast_of(stage) == [("mira", stage.alice.id)]


@pytest.mark.parametrize("mentioned", ["mira", "stranger"])
async def test_a_member_without_a_character_is_refused_with_a_hint(stage: Stage, mentioned: str) -> None:
    mira = member(stage, "mira")
    await save(stage, "mira", who=mira)
    mentioned_id = mira.id if mentioned == "mira" else 404
    sentence = await stage.refusal(f"<@{mentioned_id}> waves")
    assert sentence == f"Your prompt mentions <@{mentioned_id}>, {HINT}"


@pytest.mark.parametrize("mention", ["<@&123>", "<#123>"])
async def test_a_role_or_a_channel_is_refused(stage: Stage, mention: str) -> None:
    sentence = await stage.refusal(f"{mention} waves")
    assert sentence == f"Your prompt mentions {mention}, a role or a channel. Describe it in words instead."
