"""Jobs put straight into a bot's database, as if it had submitted them a minute ago and was then stopped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from bot.catalogue.models import DEFAULT
from bot.catalogue.options import options_of
from bot.database.engine import open_database
from bot.jobs.model import Job, Reference, VideoRequest
from bot.jobs.segmind_terms import request_body
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore

MODEL: Final = "kling-o1-reference-image-to-video"
PRICE: Final = Decimal("1.35")  # US dollars
SINCE: Final = timedelta(minutes=1)
DISCORD_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
PROMPT: Final = (
    "@Image1 walks along the quay of @Image2 at dusk, lantern in hand, and stops to look up at the lighthouse as its "
    "lamp comes on; the camera circles slowly, the sea is calm, gulls cross the frame, and the colours stay warm."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and for whom the jobs are."""

    guild_id: int
    channel_id: int
    member_id: int


async def seed(database_url: str, request_ids: Sequence[str], place: Place) -> None:
    """Save a job in PROCESSING for each request that Segmind runs; the database is made if it is not there."""
    async with open_database(database_url) as engine:
        store = JobStore(engine.execution_options(durable=False))  # thousands of commits, and nothing to lose
        for job in processing_jobs(request_ids, place, datetime.now(UTC) - SINCE):
            await store.add(job, daily_limit_usd=PRICE * len(request_ids))


def processing_jobs(request_ids: Sequence[str], place: Place, since: datetime) -> Iterator[Job]:
    """Make a job of two references and a prompt of usual length for each request, with an id of that time."""
    first_id = int((since - DISCORD_EPOCH).total_seconds() * 1000) << 22
    for number, request_id in enumerate(request_ids):
        request = VideoRequest(
            guild_id=place.guild_id,
            channel_id=place.channel_id,
            member_id=place.member_id,
            locale="en-US",
            options=options_of(MODEL, 5, "16:9"),
            prompt=f"{PROMPT} Take {number}.",
            references=tuple(_reference(first_id + number, image) for image in (1, 2)),
        )
        yield Job(
            id=first_id + number,
            request=request,
            state=State.PROCESSING,
            state_since=since,
            created_at=since,
            spend_day=since.date(),
            reserved_usd=PRICE,
            card_message_id=first_id + number,
            body=request_body(DEFAULT, request, [reference.url for reference in request.references]),
            submit_attempts=1,
            submitted_at=since,
            request_id=request_id,
        )


def _reference(job_id: int, image: int) -> Reference:
    name = f"reference-{image}.png"
    signature = f"ex=6a1b2c3d&is=69f8dabd&hm={'5' * 64}"  # as long as Discord's are
    return Reference(
        url=f"https://cdn.discordapp.com/attachments/{job_id}/{job_id + image}/{name}?{signature}",
        filename=name,
        content_type="image/png",
        size=482_113,
        width=1024,
        height=768,
        card_name=name,
    )


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'reelcast.db'}"
