"""Cards of what moderators took back, or have not seen yet: their pictures are nowhere to be fetched."""

import json
from dataclasses import replace
from pathlib import Path

from bot.delivery.cards import CardEditor
from bot.delivery.edit_queue import EDIT_EVERY
from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.ports import shown
from bot.jobs.states import State
from tests.support.channel import Channel
from tests.support.clock import ManualClock
from tests.support.files import png
from tests.support.jobs import NOON


async def with_pictures(channel: Channel, cards: CardEditor, folder: Path, state: State) -> Job:
    """Make a job in a state whose card holds its picture."""
    (folder / "fox").write_bytes(png())
    job = await channel.job(State.PREPARING)
    names = await cards.attach(job, {"image1": folder / "fox"})
    return replace(job.evolve(**shown(job.request, names)), state=state)


def kept(channel: Channel) -> list[object]:
    """Tell what each edit said of the attachments: None leaves them as they are."""
    lines = map(json.loads, channel.recording.read_text().splitlines())
    edits = [line["request"] for line in lines if line.get("request", {}).get("method") == "PATCH"]
    return [(edit.get("body") or {}).get("attachments") for edit in edits]


async def test_a_card_of_what_was_taken_down_lets_go_of_its_pictures(
    channel: Channel, cards: CardEditor, tmp_path: Path
) -> None:
    job = await with_pictures(channel, cards, tmp_path, State.DELIVERED)
    assert len((await channel.card(job)).gallery) == 1
    problem = Problem(code=ProblemCode.REMOVED)
    cards.changed(job.move(State.TAKEN_DOWN, NOON, problem=problem))
    card = await channel.shows(job, "Taken down")
    assert card.gallery == []
    assert kept(channel)[-1] == []


async def test_a_card_of_a_run_that_was_taken_down_lets_go_of_its_pictures_however_the_run_ends(
    channel: Channel, cards: CardEditor, tmp_path: Path
) -> None:
    job = await with_pictures(channel, cards, tmp_path, State.PROCESSING)
    noted = job.evolve(cancel_requested=True, problem=Problem(code=ProblemCode.REMOVED))
    failed = noted.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.RUN_FAILED))
    cards.changed(replace(failed, version=failed.version + 1))
    card = await channel.shows(job, "Failed")
    assert (card.gallery, list(card.attachments), kept(channel)[-1]) == ([], [], [])


async def test_a_card_of_what_is_hidden_keeps_its_pictures_to_show_them_again(
    channel: Channel, cards: CardEditor, clock: ManualClock, tmp_path: Path
) -> None:
    job = await with_pictures(channel, cards, tmp_path, State.DELIVERED)
    cards.changed(job.evolve(hidden=True))
    card = await channel.shows(job, "hidden until a moderator")
    assert card.gallery == []
    assert kept(channel)[-1] is None
    cards.changed(replace(job, version=job.version + 1))
    await clock.asleep()
    clock.advance(EDIT_EVERY)
    await channel.shows(job, "a fox")
    assert list(await cards.attachment_urls(job)) == ["image1.png"]


async def test_the_card_of_a_posted_video_keeps_all_its_pictures_where_they_are_found(
    channel: Channel, cards: CardEditor, tmp_path: Path
) -> None:
    job = await channel.job(State.PREPARING, images=2)
    pictures = {f"image{number}": png(colour=colour) for number, colour in enumerate(("red", "blue"), start=1)}
    for name, data in pictures.items():
        (tmp_path / name).write_bytes(data)
    names = await cards.attach(job, {name: tmp_path / name for name in pictures})
    done = replace(job.evolve(**shown(job.request, names)), state=State.DELIVERED)
    cards.changed(done)
    card = await channel.shows(job, "Done")
    assert card.gallery == []
    urls = await cards.attachment_urls(done)
    assert [await channel.mira.download(urls[f"{name}.png"]) for name in pictures] == list(pictures.values())


async def test_a_card_gets_its_pictures_when_its_video_is_approved(
    channel: Channel, cards: CardEditor, tmp_path: Path
) -> None:
    job = await channel.job(State.POSTING)
    handling = Handling(review=ReviewMode.BEFORE_POSTING)
    waiting = replace(job, request=replace(job.request, handling=handling))
    cards.changed(waiting)
    assert (await channel.shows(waiting, "once a moderator approves them")).gallery == []
    (tmp_path / "fox").write_bytes(png())
    await cards.attach(waiting.evolve(approved=True), {"image1": tmp_path / "fox"})
    card = await channel.shows(waiting, "a fox")
    assert "Almost there" in card.text
    assert len(card.gallery) == 1
