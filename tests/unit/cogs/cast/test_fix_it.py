"""A character that is refused loses nothing: *Fix it* opens its form with the name and the images that were given."""

from typing import Any

import pytest
from simcord.results import InteractionResult

from tests.unit.cogs.cast.cast_stage import saved
from tests.unit.cogs.requests.test_fix_it import FIX, answer_in, buttons
from tests.unit.cogs.stage import Boot, Stage, picture

SMALL = picture("small.png", size=(10, 10))


def fields(shown: InteractionResult) -> dict[str, Any]:
    assert shown.modal is not None
    return {label["component"]["custom_id"]: label for label in shown.modal["components"]}


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_bad_name_keeps_the_images(stage: Stage, boot: Boot, restarted: bool) -> None:
    refused = await saved(stage, "not a name")
    assert buttons(answer_in(refused)) == [FIX]
    if restarted:
        await stage.env.restart_bot(await boot())
    shown = await stage.alice.click(answer_in(refused), label=FIX)
    form = fields(shown)
    assert form["name"]["component"]["value"] == "not a name"
    assert form["frontal"]["description"] == "Leave this empty to keep: face.png"
    assert form["others"]["description"] == "Leave this empty to keep: side.jpg"
    # SimCord's files have no address that can be fetched: that they are asked for shows that saving went on.
    answer = answer_in(await stage.submit(shown, {"name": "mira"}))
    assert answer.content == "`frontal` couldn't be downloaded from Discord. Upload it again."
    assert buttons(answer) == [FIX]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"others": [SMALL]}, "`picture1` is too small"),
        ({"frontal": [SMALL]}, "`frontal` is too small"),
    ],
    ids=["another", "front"],
)
async def test_one_image_is_replaced_and_the_other_stays(stage: Stage, given: dict[str, Any], said: str) -> None:
    refused = await saved(stage, "mira", **given)
    assert answer_in(refused).content.startswith(said)
    shown = await stage.alice.click(answer_in(refused), label=FIX)
    again = await stage.submit(shown, {name: [picture("large.png")] for name in given})
    assert answer_in(again).content.startswith("`frontal` couldn't be downloaded")


async def test_a_name_that_the_servers_rules_block_is_not_kept(stage: Stage) -> None:
    await stage.set(words=("badger",))
    refused = await saved(stage, "badger")
    shown = await stage.alice.click(answer_in(refused), label=FIX)
    form = fields(shown)
    assert "value" not in form["name"]["component"]
    assert form["frontal"]["description"] == "Leave this empty to keep: face.png"
