"""The images of a card, and the card found by its job."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery.card_view import status_card
from bot.delivery.cards import CardEditor
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear
from bot.jobs.states import State
from sandbox.discord.world.permissions import Permission
from tests.support.channel import OFFER, Channel
from tests.support.files import png
from tests.support.jobs import NOON


async def test_the_references_become_the_cards_own_pictures(
    channel: Channel, cards: CardEditor, tmp_path: Path
) -> None:
    job = await channel.job(State.PREPARING, images=2)
    pictures = [png(), png(colour="red")]
    paths = [tmp_path / f"reference-{number}" for number in (1, 2)]
    for path, picture in zip(paths, pictures, strict=True):
        path.write_bytes(picture)
    names = await cards.attach(job, dict(zip(("image1", "image2"), paths, strict=True)))
    assert names == {"image1": "image1.png", "image2": "image2.png"}
    card = await channel.mira.wait_for(lambda each: any("/image1.png" in media.url for media in each.gallery))
    assert [await channel.mira.download(each) for each in card.gallery] == pictures[:1]
    urls = await cards.attachment_urls(job)
    assert [await channel.mira.download(urls[name]) for name in ("image1.png", "image2.png")] == pictures


async def test_attaching_again_after_a_crash_replaces_what_was_there(
    channel: Channel, cards: CardEditor, tmp_path: Path
) -> None:
    job = await channel.job(State.PREPARING)
    path = tmp_path / "reference-1"
    path.write_bytes(png())
    for _ in range(2):
        await cards.attach(job, {"image1": path})
    assert list(await cards.attachment_urls(job)) == ["image1.png"]


async def test_attaching_to_a_card_that_is_gone_says_so(channel: Channel, cards: CardEditor, tmp_path: Path) -> None:
    job = await channel.job(State.PREPARING)
    path = tmp_path / "reference-1"
    path.write_bytes(png())
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    with pytest.raises(CardGone):
        await cards.attach(job, {"image1": path})
    with pytest.raises(CardGone):
        await cards.attachment_urls(job)


async def test_a_channel_that_is_closed_to_the_bot_says_so(channel: Channel, cards: CardEditor) -> None:
    job = await channel.job(State.PREPARING)
    deny = int(Permission.VIEW_CHANNEL)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=deny)
    with pytest.raises(ChannelClosed):
        await cards.attachment_urls(job)


@pytest.mark.parametrize("status", [503, 429])
async def test_discord_that_is_busy_or_broken_is_to_be_asked_again(
    channel: Channel, cards: CardEditor, status: int
) -> None:
    job = await channel.job(State.PREPARING)
    await channel.sandbox.admin.fault(method="GET", route="messages", status=status, times=9, retry_after=0.01)
    with pytest.raises(OutcomeUnclear):
        await cards.attachment_urls(job)


async def test_a_card_is_found_by_its_job_among_later_messages(channel: Channel, cards: CardEditor) -> None:
    before = (await channel.mira.send("who wants a video?")).id
    others = [await channel.job(State.ACCEPTED, prompt="another fox")]
    job = await channel.job(State.ACCEPTED)
    await channel.mira.send("me!")
    asked = replace(job, id=before)  # an interaction's id is older than its answer's
    card = status_card(asked, OFFER, now=NOON)
    place = channel.client.get_partial_messageable(job.request.channel_id, guild_id=job.request.guild_id)
    sent = await place.send(view=card)
    assert await cards.find(asked) == sent.id
    assert sent.id not in {job.card_message_id, *(other.card_message_id for other in others)}


async def test_a_card_that_was_never_sent_is_not_found(channel: Channel, cards: CardEditor) -> None:
    job = await channel.job(State.ACCEPTED)
    assert await cards.find(replace(job, id=(await channel.mira.send("hello")).id)) is None
