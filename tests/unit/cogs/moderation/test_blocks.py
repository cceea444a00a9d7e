"""Who and what a server does not want: members and pictures, blocked and let in again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.jobs.decisions import Decided, Decision
from bot.jobs.states import State
from bot.media.hosts import AllowedHosts
from bot.moderation.blocks import Block
from bot.records.store import Search
from tests.support.drawings import drawing, encoded, print_of
from tests.support.review_room import Room, a_room, said
from tests.unit.cogs.served_cdn import ServedCdn
from tests.unit.cogs.stage import Stage


@pytest.fixture
def changes(cdn: ServedCdn) -> dict[str, object]:
    return {"attachment_hosts": AllowedHosts.parse([cdn.origin.removeprefix("http://")])}


@pytest.fixture
async def room(stage: Stage, tmp_path: Path, cdn: ServedCdn) -> Room:
    stage.env.backend.cdn = cdn
    return await a_room(stage, tmp_path)


async def command(room: Room, name: str, who: simcord.MemberActor | None = None, **options: Any) -> str:
    return said(await (who or room.mo).slash(room.stage.channel, name, **options))


async def is_blocked(room: Room) -> bool:
    blocks = room.stage.bot.services.moderators.blocks
    return await blocks.get(room.stage.guild.id, room.stage.alice.id) is not None


async def test_a_blocked_member_is_refused_until_a_moderator_lets_them_ask_again(room: Room) -> None:
    alice = room.stage.alice
    assert "until someone uses `/mod unblock`" in await command(room, "mod block", member=alice, reason="spam")
    refused = await room.stage.ask()
    assert refused.ephemeral
    assert await room.stage.jobs() == []
    assert await command(room, "mod unblock", member=alice) == f"{alice.mention} can make videos here again."
    await room.stage.ask()
    assert len(await room.stage.jobs()) == 1
    assert await command(room, "mod unblock", member=alice) == f"{alice.mention} isn't blocked here."
    counts = await room.stage.bot.services.moderators.decisions.counts(room.stage.guild.id, alice.id)
    assert counts == {Decided.BLOCKED: 1, Decided.UNBLOCKED: 1}


async def test_a_block_for_a_time_ends_by_itself(room: Room) -> None:
    assert "until <t:" in await command(room, "mod block", member=room.stage.alice, duration="1h")
    block = await room.stage.bot.services.moderators.blocks.get(room.stage.guild.id, room.stage.alice.id)
    assert block is not None
    assert block.until is not None
    assert block.until - block.at == timedelta(hours=1)


async def test_a_takedown_makes_no_block_shorter(room: Room) -> None:
    await room.stage.ask()
    card = await room.stage.card_of(await room.stage.has_become(State.PROCESSING))
    await command(room, "mod block", member=room.stage.alice)
    form = await room.mo.context_menu(room.stage.channel, "Take down", card)
    answer = said(await room.stage.submit(form, {"block": "1h"}, who=room.mo))
    assert f"{room.stage.alice.mention} can't make videos here until someone uses `/mod unblock`." in answer


async def test_of_blocks_only_the_commands_can_be_shorter_than_the_last(room: Room) -> None:
    services = room.stage.bot.services
    await room.stage.ask()
    job = await room.stage.has_become(State.DELIVERED)
    await services.moderators.reports.add(job, room.guest.id, "gore", services.clock.now())
    await command(room, "mod block", member=room.stage.alice)
    form = await room.mo.click(await room.forge(room.channel, f"reelcast:case:block:{job.id}"), label="Forged")
    answer = said(await room.stage.submit(form, {"block": "1h"}, who=room.mo))
    assert answer == f"{room.stage.alice.mention} can't make videos here until someone uses `/mod unblock`."
    assert "until <t:" in await command(room, "mod block", member=room.stage.alice, duration="1h")


async def test_a_blocked_member_fills_in_no_form_in_vain(room: Room) -> None:
    await command(room, "mod block", member=room.stage.alice)
    result = await room.stage.alice.slash(room.stage.channel, "video")
    assert result.modal is None
    assert result.ephemeral


@pytest.mark.parametrize("name", ["mod block", "mod unblock", "mod blocks"])
async def test_who_is_no_moderator_of_the_server_is_refused(room: Room, name: str) -> None:
    await room.allow(name, room.guest)
    options = {} if name == "mod blocks" else {"member": room.stage.alice}
    answer = await command(room, name, room.guest, **options)
    assert answer.startswith("You need Manage Messages or Time Out Members in the whole server")
    assert not await is_blocked(room)


async def test_nobody_blocks_themselves(room: Room) -> None:
    assert (await command(room, "mod block", member=room.mo)).startswith("You can't block a bot")


async def fill(room: Room, count: int) -> None:
    services = room.stage.bot.services
    now = services.clock.now()
    for number in range(count):
        block = Block(
            guild_id=room.stage.guild.id,
            member_id=10**17 + number,
            until=None,
            by_id=room.mo.id,
            reason=f"**@everyone** {number}\n" * 20,
            at=now + timedelta(seconds=number),
        )
        await services.moderators.blocks.put(block)


async def test_the_list_of_blocks_is_turned_page_by_page_and_stays_within_a_message(room: Room) -> None:
    assert await command(room, "mod blocks") == "No one is blocked here."
    await fill(room, 20)
    shown = await room.mo.slash(room.stage.channel, "mod blocks")
    assert shown.response is not None
    assert shown.response.content.startswith("Blocked here: 20 (page 1 of 3)")
    assert len(shown.response.content) <= 2_000
    assert "@everyone" not in shown.response.content.replace(r"\@everyone", "")
    turned = await room.mo.click(shown.response, label="Next")
    assert turned.response is not None
    assert "page 2 of 3" in turned.response.content


async def test_a_page_that_is_no_longer_there_is_the_last_one(room: Room) -> None:
    await fill(room, 2)
    forged = await room.forge(room.channel, "reelcast:blocks:999999")
    turned = await room.mo.click(forged, label="Forged")
    assert turned.response is not None
    assert "page 1 of 1" in turned.response.content


async def test_a_member_turns_no_pages(room: Room) -> None:
    await fill(room, 2)
    forged = await room.forge(room.stage.channel, "reelcast:blocks:1")
    assert said(await room.stage.alice.click(forged, label="Forged")).startswith(
        "You need Manage Messages or Time Out Members"
    )


async def test_a_picture_is_blocked_and_allowed_again_by_a_copy_of_it(room: Room) -> None:
    fox, small = encoded(drawing(1)), encoded(drawing(1).resize((320, 240)), "JPEG", quality=60)
    answer = await command(room, "mod block-image", image=("fox.png", fox), reason="private")
    assert answer == "1 image is now blocked in this server."
    images = room.stage.bot.services.moderators.blocked_images
    assert await images.find(room.stage.guild.id, [print_of(drawing(1))]) == 0
    assert await command(room, "mod unblock-image", image=("fox.jpg", small)) == "This image can be used here again."
    assert await command(room, "mod unblock-image", image=("fox.jpg", small)) == "This image isn't blocked here."


async def test_what_becomes_of_a_picture_is_on_record_once_and_said_in_the_log_channel(room: Room) -> None:
    fox, mo = ("fox.png", encoded(drawing(1))), room.mo.mention
    for _ in range(2):
        await command(room, "mod block-image", image=fox, reason="private")
    for _ in range(2):
        await command(room, "mod unblock-image", image=fox)
    records = room.stage.bot.services.records
    found, _ = await records.store.page(Search(guild_id=room.stage.guild.id, member_id=room.mo.id), first=0, at_most=5)
    decided = [each for each in found if isinstance(each, Decision)]
    assert {(each.kind, each.reason) for each in decided} == {
        (Decided.IMAGE_BLOCKED, "private"),
        (Decided.IMAGE_ALLOWED, ""),
    }
    assert len(found) == 2
    log_channel = room.stage.guild.create_text_channel("log")
    await room.stage.set(log_channel_id=log_channel.id)
    await records.mirror.tell()
    [told] = log_channel.history()
    assert set(told.content.splitlines()) == {
        f"🔒 {mo} blocked an image in this server. (private)",
        f"🔓 {mo} unblocked an image in this server.",
    }


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"no picture", "`image` isn't a supported image"),
        (encoded(drawing(1).resize((1, 1)).resize((400, 400))), "This image is too plain"),
    ],
)
async def test_what_cannot_be_known_again_is_not_blocked(room: Room, data: bytes, answer: str) -> None:
    assert (await command(room, "mod block-image", image=("fox.png", data))).startswith(answer)


async def test_a_member_blocks_no_picture(room: Room) -> None:
    await room.allow("mod block-image", room.guest)
    answer = await command(room, "mod block-image", room.guest, image=("fox.png", encoded(drawing(1))))
    assert answer.startswith("You need Manage Messages or Time Out Members")
