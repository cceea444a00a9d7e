"""What messages still show of a member whose data is deleted, on the local Discord."""

import io

import discord
import pytest

from bot.delivery.post_view import post_text
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear
from bot.jobs.states import State
from bot.members.emptying import MessageEmptier, MessageKind, Telltale
from tests.support.channel import OFFER, Channel

SECRET = "the lighthouse keeper of Inis Mór"


@pytest.fixture
def desk(channel: Channel) -> MessageEmptier:
    return MessageEmptier(channel.client)


def telltale(job: Job, message_id: int | None, deed: MessageKind) -> Telltale:
    return Telltale(
        message_id=message_id or 0,
        guild_id=job.request.guild_id,
        channel_id=job.request.channel_id,
        deed=deed,
        locale="en-US",
    )


async def a_post(channel: Channel, job: Job) -> int:
    place = channel.client.get_partial_messageable(job.request.channel_id, guild_id=job.request.guild_id)
    video = discord.File(io.BytesIO(b"video"), filename="reelcast.mp4", description=SECRET)
    return (await place.send(post_text(job, OFFER), file=video)).id


async def test_a_card_keeps_neither_words_nor_buttons(channel: Channel, desk: MessageEmptier) -> None:
    job = await channel.job(State.DELIVERED, prompt=SECRET)
    await channel.shows(job, SECRET)
    await desk.empty(telltale(job, job.card_message_id, MessageKind.CARD))
    card = await channel.shows(job, "Deleted")
    assert card.text == "### 🗑️ Deleted\nThe member who requested this video had their data deleted."
    assert list(card.buttons) == []


async def test_what_moderators_saw_is_emptied_and_says_what_stays(channel: Channel, desk: MessageEmptier) -> None:
    job = await channel.job(State.WITHHELD, prompt=SECRET)
    await desk.empty(telltale(job, job.card_message_id, MessageKind.MODERATORS))
    assert SECRET not in (await channel.shows(job, "Decisions about it stay in the records")).text


async def test_a_video_stays_and_is_no_longer_described_by_its_prompt(channel: Channel, desk: MessageEmptier) -> None:
    job = await channel.job(State.DELIVERED, prompt=SECRET)
    post_id = await a_post(channel, job)
    await desk.empty(telltale(job, post_id, MessageKind.POST))
    place = channel.client.get_partial_messageable(job.request.channel_id, guild_id=job.request.guild_id)
    post = await place.fetch_message(post_id)
    assert SECRET not in post.content
    assert "AI-generated" in post.content
    [video] = post.attachments
    assert video.description == "A video made by a member."
    assert await video.read() == b"video"


async def test_what_is_to_go_goes(channel: Channel, desk: MessageEmptier) -> None:
    job = await channel.job(State.DELIVERED)
    card = await channel.card(job)
    await desk.empty(telltale(job, card.id, MessageKind.REMOVE))
    await channel.mira.wait_gone(card)


@pytest.mark.parametrize("deed", MessageKind)
async def test_a_message_that_somebody_deleted_before_is_done(
    channel: Channel, desk: MessageEmptier, deed: MessageKind
) -> None:
    job = await channel.job(State.DELIVERED)
    card = await channel.card(job)
    await channel.sandbox.admin.delete_message(job.request.channel_id, card.id)
    await desk.empty(telltale(job, card.id, deed))
    await channel.mira.wait_gone(card)


async def test_what_discord_leaves_open_is_told(channel: Channel, desk: MessageEmptier) -> None:
    job = await channel.job(State.DELIVERED)
    await channel.sandbox.admin.fault(method="PATCH", route="/messages", status=503)
    with pytest.raises(OutcomeUnclear):
        await desk.empty(telltale(job, job.card_message_id, MessageKind.CARD))
