"""A member's wish to have images and video shown as spoilers: taken in every way in, and kept on every way on."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from simcord.results import InteractionResult

from bot.jobs.model import Handling, Job
from bot.jobs.states import State
from tests.support.review_room import Room, a_room, said
from tests.unit.cogs.stage import Boot, Stage, picture

Way = Callable[[Stage], Awaitable[InteractionResult]]


async def command(stage: Stage) -> InteractionResult:
    return await stage.ask("a fox", spoiler=True)


async def form(stage: Stage) -> InteractionResult:
    shown = await stage.alice.slash(stage.channel, "video")
    return await stage.submit(shown, {"prompt": "a fox", "images": [picture()], "spoiler": True})


async def message(stage: Stage) -> InteractionResult:
    sent = await stage.alice.send(stage.channel, "look", attachments=[picture()])
    shown = await stage.alice.context_menu(stage.channel, "Make a video", sent)
    return await stage.submit(shown, {"prompt": "a fox", "spoiler": True})


ways_in = pytest.mark.parametrize("way", [command, form, message])


async def newest(stage: Stage) -> Job:
    return max(await stage.jobs(), key=lambda job: job.id)


async def ended(stage: Stage) -> discord.Message:
    """Have the one video's uploads be too old to be relied on, and its card without its copies."""
    job = await stage.has_become(State.FAILED)
    await stage.bot.services.store.save(replace(job, created_at=job.created_at - timedelta(hours=1)))
    return await stage.post_of(job)


@ways_in
async def test_every_way_in_takes_it(stage: Stage, way: Way) -> None:
    await way(stage)
    handling = (await newest(stage)).request.handling
    assert (handling.spoiler, handling.spoiler_asked) == (True, True)


@ways_in
@pytest.mark.parametrize("consent_given", [False])
async def test_it_waits_with_the_request_for_the_notice_to_be_accepted(stage: Stage, boot: Boot, way: Way) -> None:
    notice = await way(stage)
    await stage.env.restart_bot(await boot())
    assert notice.response is not None
    await stage.alice.click(notice.response, label="Accept and continue")
    assert (await newest(stage)).request.handling.spoiler_asked


@pytest.mark.parametrize("asked", [True, False])
async def test_it_waits_with_the_request_for_images_that_are_gone(stage: Stage, asked: bool) -> None:
    await stage.ask(spoiler=asked)
    shown = await stage.alice.click(await ended(stage), label="Again $1.35")
    await stage.submit(shown, {"images": [picture()]})
    assert len(await stage.jobs()) == 2
    assert (await newest(stage)).request.handling.spoiler_asked is asked


async def test_an_edit_whose_images_are_gone_takes_what_its_form_says(stage: Stage) -> None:
    await stage.ask(spoiler=True)
    shown = await stage.alice.click(await ended(stage), label="Edit")
    asked = await stage.submit(shown, {"spoiler": False})
    assert asked.response is not None
    await stage.submit(await stage.alice.click(asked.response, label="Add images"), {"images": [picture()]})
    assert len(await stage.jobs()) == 2
    assert not (await newest(stage)).request.handling.spoiler


async def test_what_a_server_or_a_moderator_hid_is_not_taken_for_a_members_wish(stage: Stage) -> None:
    await stage.set(spoiler=True)
    await stage.ask("a fox")
    card = await stage.post_of(await stage.has_become(State.DELIVERED))
    await stage.set(spoiler=False)
    await stage.alice.click(card, label="Again $1.35")
    assert not (await newest(stage)).request.handling.spoiler


@pytest.mark.parametrize(
    ("asked", "button", "shown_as_one"),
    [
        (True, "Approve", True),
        (False, "Approve", False),
        (True, "Spoiler", True),
        (False, "Spoiler", True),
    ],
)
async def test_moderators_can_hide_more_and_show_no_more(
    stage: Stage, tmp_path: Path, asked: bool, button: str, shown_as_one: bool
) -> None:
    room: Room = await a_room(stage, tmp_path)
    await room.request(spoiler=asked)
    assert said(await room.press(button)).startswith("Approved")
    handling: Handling = (await room.job()).request.handling
    assert (handling.spoiler, handling.spoiler_asked) == (shown_as_one, asked)
