"""What shows jobs to members, opened together: cards, posts, and notices."""

from dataclasses import dataclass

import discord

from bot.catalogue.offer import Offer
from bot.delivery.cards import CardEditor
from bot.delivery.notices import PrivateNotices
from bot.delivery.posts import MessageRemover, PostSender
from bot.discord_api.channel_pace import ChannelTurns
from bot.jobs.clock import Clock
from bot.jobs.run_times import RunTimes
from bot.jobs.storage.jobs import JobStore
from bot.media.videos.fitting import VideoFitter


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    cards: CardEditor
    posts: PostSender
    removal: MessageRemover
    notices: PrivateNotices
    run_times: RunTimes


async def open_delivery(
    client: discord.Client, store: JobStore, offer: Offer, clock: Clock, turns: ChannelTurns | None = None
) -> Delivery:
    """Open everything, knowing how long earlier runs took; `turns` are those of all processes, if there are several."""
    run_times = RunTimes(await store.finished_runs(), offer=offer)
    notices = PrivateNotices(client, offer, store.notice_given, turns and turns.post, owed=store.owe_notice)
    cards = CardEditor(
        client,
        offer,
        clock,
        run_times=run_times,
        shown=store.card_shown,
        newest=store.latest,
        turn=turns and turns.edit,
        unshown=notices.owe,
    )
    posts = PostSender(client, offer, VideoFitter(), turns and turns.post)
    return Delivery(cards=cards, posts=posts, removal=MessageRemover(client), notices=notices, run_times=run_times)
