"""Every form that can be open for long: meanwhile time passes, its video goes, or who opened it moderates no more."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import discord
import pytest
import simcord
from simcord.results import InteractionResult
from structlog.testing import capture_logs

from bot.jobs.decisions import Decided, Decision
from bot.jobs.states import State
from bot.media.hosts import AllowedHosts
from bot.records.store import Record, Search
from tests.support.answers import words_of
from tests.support.review_room import Room
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.served_cdn import ServedCdn
from tests.unit.cogs.stage import Stage, picture, press_id, texts

LATE: Final = 14 * 60  # seconds; Discord takes what is sent within 15 minutes

Opened = tuple[simcord.MemberActor, InteractionResult]
Open = Callable[[Room], Awaitable[Opened]]


@pytest.fixture
def changes(cdn: ServedCdn) -> dict[str, object]:
    return {"attachment_hosts": AllowedHosts.parse([cdn.origin.removeprefix("http://")])}


@pytest.fixture
def stage(stage: Stage, cdn: ServedCdn) -> Stage:
    stage.env.backend.cdn = cdn
    return stage


async def video_form(room: Room) -> Opened:
    alice = room.stage.alice
    return alice, await alice.slash(room.stage.channel, "video")


async def pictures(room: Room) -> Opened:
    message = await room.kim.send(room.stage.channel, "look", attachments=[picture()])
    alice = room.stage.alice
    return alice, await alice.context_menu(room.stage.channel, "Make a video", message)


async def edit(room: Room) -> Opened:
    alice = room.stage.alice
    return alice, await alice.click(await a_card(room), label="Fix it")


async def images_once_more(room: Room) -> Opened:
    """Press *Again* below a video whose images are nowhere any more."""
    stage = room.stage
    post = await a_post(room)
    job = await room.job()
    await stage.bot.services.store.save(replace(job, created_at=job.created_at - timedelta(hours=1)))
    return stage.alice, await stage.alice.click(post, label="Again $1.35")


async def cast_add(room: Room) -> Opened:
    alice = room.stage.alice
    return alice, await press_id(room.stage, "reelcast:cast-add", who=alice)


async def report(room: Room) -> Opened:
    return room.kim, await room.kim.click(await a_post(room), label="Report")


async def takedown(room: Room) -> Opened:
    return room.mo, await room.mo.context_menu(room.stage.channel, "Take down", await a_post(room))


async def reject(room: Room) -> Opened:
    await room.request()
    return room.mo, await room.rejection()


async def block(room: Room) -> Opened:
    reporter, shown = await report(room)
    await room.stage.submit(shown, {"reason": "gore"}, who=reporter)
    return room.mo, await room.press("Block")


async def limits(room: Room) -> Opened:
    return await from_the_panel(room, "limits", "member_limits")


async def words(room: Room) -> Opened:
    return await from_the_panel(room, "filters", "add_words")


async def from_the_panel(room: Room, page: str, form: str) -> Opened:
    owner = a_moderator(room.stage, "ada")
    await owner.open(page)
    assert owner.panel is not None
    return owner.actor, await owner.actor.click(owner.panel, custom_id=owner.custom_id(form))


async def a_card(room: Room) -> discord.Message:
    await room.stage.ask()
    return await room.stage.card_of(await room.stage.has_become(State.FAILED))


async def a_post(room: Room) -> discord.Message:
    stage = room.stage
    await stage.ask()
    job = await room.job()
    post = await stage.post_of(job.evolve(post_attempts=1))
    await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id)
    return post


# How each is opened, what is filled in, and how it is answered.
MAKE: Final = {"prompt": "a fox waves", "images": [picture()]}
CHARACTER: Final = {"name": "mira", "frontal": [picture()], "others": [picture("side.png")]}
FORMS: Final[Mapping[str, tuple[Open, Mapping[str, Any], str]]] = {
    "form": (video_form, MAKE, "**⏳ Queued**"),
    "pictures": (pictures, {"prompt": "a fox waves"}, "**⏳ Queued**"),
    "edit": (edit, {"prompt": "a fox waves"}, "**⏳ Queued**"),
    "images once more": (images_once_more, {"images": [picture()]}, "**⏳ Queued**"),
    "cast add": (cast_add, CHARACTER, "`@mira` is saved"),
    "report": (report, {"reason": "gore"}, "Thanks for the report."),
    "take down": (takedown, {"reason": "no"}, "Taken down."),
    "reject": (reject, {"reason": "no"}, "Rejected."),
    "block": (block, {"reason": "gore"}, "<@"),
    "limits": (limits, {"per_day": "4"}, "✅ Saved"),
    "words": (words, {"words": "badger"}, "✅ Saved"),
}


async def send(room: Room, opened: Opened, values: Mapping[str, Any]) -> str:
    """Submit a form, as only who opened it can; nothing breaks. Returns the answer."""
    who, shown = opened
    assert shown.modal is not None
    with capture_logs() as logged:
        result = await room.stage.submit(shown, dict(values), who=who)
    assert [line for line in logged if line["event"] == "command_broke"] == []
    answers = [each for each in (result.response, *result.followups) if each is not None]
    return "\n".join(each.content or texts(each) for each in answers)


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_that_was_open_for_long_is_taken_as_if_it_were_new(room: Room, name: str) -> None:
    form, values, answer = FORMS[name]
    opened = await form(room)
    await room.stage.env.advance_time(LATE)
    assert answer in await send(room, opened, values)


@pytest.mark.parametrize("name", ["edit", "report", "take down", "reject", "block"])
async def test_a_form_about_a_video_that_is_no_longer_on_record_says_so(room: Room, name: str) -> None:
    form, values, _ = FORMS[name]
    opened = await form(room)
    await room.stage.has_become(State.CANCELLED)
    store = room.stage.bot.services.store
    await store.delete_ended(before=room.stage.bot.services.clock.now() + timedelta(days=1), at_most=9)
    said = await send(room, opened, values)
    assert said.startswith("This video is no longer in the records.")
    assert str(values.get("prompt", "")) in said
    assert await decided(room) == []


@pytest.mark.parametrize("name", ["take down", "reject", "block", "limits", "words"])
async def test_a_moderator_who_is_none_any_more_does_nothing_with_an_open_form(room: Room, name: str) -> None:
    form, values, _ = FORMS[name]
    who, shown = await form(room)
    before = await room.job() if await room.stage.jobs() else None
    members = room.stage.env.backend.get_guild(room.stage.guild.id).members
    members[who.id].role_ids = members[room.guest.id].role_ids
    assert (await send(room, (who, shown), values)).startswith("You need Manage ")
    assert before is None or await room.job() == before
    assert await decided(room) == []


async def test_a_form_sent_from_another_members_request_is_nobodys(room: Room) -> None:
    """Images asked for once more belong to who was asked, whoever learns of the id."""
    alice, shown = await images_once_more(room)
    assert shown.modal is not None
    custom_id = shown.modal["custom_id"]
    forged = await room.forge(room.stage.channel, custom_id)
    answer = words_of(await room.kim.click(forged, label="Forged"))
    assert answer.startswith("This request expired after 15 minutes, or was already sent.")
    assert (await alice.click(forged, label="Forged")).modal is not None


async def decided(room: Room) -> list[Decided]:
    """What moderators did, apart from hearing of reports."""
    services = room.stage.bot.services
    search = Search(guild_id=room.stage.guild.id)
    found, _ = await services.records.store.page(search, first=0, at_most=9)
    made = [each for each in found if isinstance(each, Decision)]
    made += [each for entry in found if isinstance(entry, Record) for each in entry.decisions]
    return [each.kind for each in made if each.kind is not Decided.REPORTED]
