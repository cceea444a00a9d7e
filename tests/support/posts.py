"""Finished videos for tests of posts, and what a channel shows of them."""

from dataclasses import replace

from bot.delivery.posts import PostSender
from bot.jobs.clock import monotonic
from bot.jobs.model import Handling, Job
from bot.jobs.ports import Video
from bot.jobs.states import State
from sandbox.member import Message
from tests.support.channel import FILM_CLUB, Channel
from tests.support.jobs import NOON

MEBIBYTE = 1024 * 1024
OUTPUT = "https://images.segmind.com/outputs/0b6c6c1e.mp4"


def of_size(video: Video, size: int) -> Video:
    """Bring a video to a size that its pictures do not need."""
    with video.path.open("r+b") as file:
        file.truncate(size)
    return replace(video, facts=replace(video.facts, size=size))


def unfit(video: Video) -> Video:
    """Make a video that is too large and, being none, cannot be fitted."""
    video.path.write_bytes(b"no video")
    return of_size(video, 11 * MEBIBYTE)


async def finished(channel: Channel, *, name: str = "videos", guild: str = FILM_CLUB) -> Job:
    job = await channel.job(State.POSTING, channel=name, guild=guild)
    return job.evolve(output_url=OUTPUT, completed_at=NOON)


def without_links(job: Job) -> Job:
    """Have a job's server keep Segmind's file to itself."""
    return replace(job, request=replace(job.request, handling=Handling(link_to_original=False)))


def soon() -> float:
    return monotonic() + 60


async def found(posts: PostSender, job: Job) -> int | None:
    posted = await posts.find(job)
    return posted and posted.message_id


async def posts_of(channel: Channel, job: Job) -> list[Message]:
    messages = await channel.mira.messages(job.request.channel_id)
    return [message for message in messages if message.reference == job.card_message_id]


async def seen(channel: Channel, message_id: int) -> Message:
    return await channel.mira.wait_for(lambda message: message.id == message_id)
