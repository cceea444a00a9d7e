"""Saved characters in requests: chosen or named, sent as elements, kept for the next run."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord
from simcord.results import InteractionResult

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.media.hosts import AllowedHosts
from tests.unit.cogs.cast.cast_stage import id_of, pressed, renamed, said, saved, shared
from tests.unit.cogs.served_cdn import ServedCdn
from tests.unit.cogs.stage import Stage, picture, texts


@pytest.fixture
def changes(cdn: ServedCdn) -> dict[str, object]:
    return {"attachment_hosts": AllowedHosts.parse([cdn.origin.removeprefix("http://")])}


@pytest.fixture
def stage(stage: Stage, cdn: ServedCdn) -> Stage:
    stage.env.backend.cdn = cdn
    return stage


@pytest.fixture
def bob(stage: Stage) -> simcord.MemberActor:
    return stage.guild.add_member(stage.env.create_user("bob"))


async def ask(
    stage: Stage, prompt: str, *, who: simcord.MemberActor | None = None, **options: Any
) -> InteractionResult:
    """Send `/video` with nothing but what is given."""
    return await (who or stage.alice).slash(stage.channel, "video", prompt=prompt, **options)


async def newest(stage: Stage) -> Job:
    return (await stage.jobs())[-1]


def cast_of(job: Job) -> list[str]:
    return [element.name for element in job.request.elements]


async def test_a_name_in_the_prompt_is_enough_for_a_video(stage: Stage) -> None:
    await saved(stage, "Mira")
    result = await ask(stage, "@mira waves and @MIRA smiles")
    assert result.response is not None
    assert r"> \@Mira waves and \@Mira smiles" in texts(result.response)
    job = await newest(stage)
    assert (cast_of(job), job.request.references) == (["Mira"], ())


async def test_who_is_chosen_plays_before_who_is_named_and_nobody_twice(stage: Stage) -> None:
    for name in ("mira", "mo", "lamp"):
        await saved(stage, name)
    await ask(stage, "@mo and @mira by @Element2", cast1="lamp", cast2=await id_of(stage, "mo"), cast3="@Lamp")
    job = await newest(stage)
    assert cast_of(job) == ["lamp", "mo", "mira"]
    assert job.request.prompt == "@mo and @mira by @mo"


async def test_images_and_characters_go_together(stage: Stage) -> None:
    await saved(stage, "mira")
    result = await ask(stage, "@mira on the quay of image 1", image1=picture())
    assert result.response is not None
    assert (await newest(stage)).request.prompt == "@mira on the quay of @Image1"


async def test_ones_own_comes_before_what_is_shared_under_the_same_name(stage: Stage, bob: simcord.MemberActor) -> None:
    await shared(stage, "mira")
    await saved(stage, "Mira", who=bob)
    await ask(stage, "@mira waves", who=bob)
    [element] = (await newest(stage)).request.elements
    assert element.owner_id == bob.id
    refused = said(await ask(stage, "@mira waves", who=bob, cast1=await id_of(stage, "mira"), cast2="Mira"))
    assert refused.startswith("You used two saved characters named")


@pytest.mark.parametrize(
    ("prompt", "images", "words"),
    [
        (
            "@mirra waves",
            1,
            "Your prompt mentions `@mirra`, which doesn't exist. Use one of these: `@Image1` and `@mira`.",
        ),
        ("@mirra waves", 0, "Your prompt mentions `@mirra`, which doesn't exist. Use one of these: `@mira`."),
        ("@mira and @Image2", 1, "mentions `@Image2`, which doesn't exist. Use one of these: `@Image1` and `@mira`."),
        ("@mira and @2", 0, "mentions `@Image2`, which doesn't exist. Use one of these: `@mira`."),
        ("@mira and @element2", 0, "mentions `@Element2`, which doesn't exist. Use one of these: `@mira`."),
        ("a fox", 0, "Add at least one reference image or saved character."),
        ("@mira waves", 7, "You used 8 images and saved characters. The limit is 7, so use fewer."),
    ],
)
async def test_a_name_of_nothing_is_answered_with_what_there_is(
    stage: Stage, prompt: str, images: int, words: str
) -> None:
    await saved(stage, "mira")
    options: dict[str, Any] = {f"image{number}": picture() for number in range(1, images + 1)}
    assert words in said(await ask(stage, prompt, **options))
    assert await stage.jobs() == []


async def test_a_character_plays_in_the_form_too(stage: Stage) -> None:
    await saved(stage, "mira")
    opened = await stage.alice.slash(stage.channel, "video")
    await stage.submit(opened, {"prompt": "@mira waves"})
    assert cast_of(await newest(stage)) == ["mira"]


async def over(stage: Stage, prompt: str, *, who: simcord.MemberActor | None = None, **options: Any) -> discord.Message:
    """Have a video asked for and made; returns its post."""
    await ask(stage, prompt, who=who, **options)
    return await stage.post_of(await stage.has_become(State.DELIVERED))


async def test_again_keeps_the_characters_though_one_has_another_name_now(stage: Stage) -> None:
    await saved(stage, "mira")
    card = await over(stage, "@mira waves", image1=picture())
    await renamed(stage, "mira", "ada")
    await stage.alice.click(card, label="Again $1.35")
    job = await newest(stage)
    assert (cast_of(job), job.request.prompt) == (["mira"], "@mira waves")


async def test_again_goes_on_with_what_the_storage_has_of_a_character_that_its_owner_removed(stage: Stage) -> None:
    await saved(stage, "mira")
    await ask(stage, "@mira waves")
    [job] = await stage.jobs()
    [element] = job.request.elements
    used = replace(element, frontal_url="https://images.segmind.com/assets/1.jpg")
    card = await stage.post_of(await stage.has_become(State.DELIVERED, elements=(used,)))
    await pressed(stage, "mira", "Delete", "Delete")
    await stage.alice.click(card, label="Again $1.35")
    assert (await newest(stage)).request.elements == (used,)


async def test_what_another_no_longer_shares_is_not_used_again(stage: Stage, bob: simcord.MemberActor) -> None:
    await shared(stage, "mira")
    card = await over(stage, "@mira waves", who=bob)
    await pressed(stage, "mira", "Stop sharing")
    answer = said(await bob.click(card, label="Again $1.35"))
    assert answer.startswith("`@mira` was removed or is no longer shared here.")
    assert "```\n@mira waves\n```" in answer
    assert len(await stage.jobs()) == 1


async def test_an_edit_drops_who_is_no_longer_named_and_keeps_who_never_was(stage: Stage) -> None:
    for name in ("mira", "mo", "lamp"):
        await saved(stage, name)
    card = await over(stage, "@mira and @mo", cast1="lamp")
    await stage.submit(await stage.alice.click(card, label="Edit"), {"prompt": "@mo alone"})
    assert cast_of(await newest(stage)) == ["lamp", "mo"]
