"""Jobs to begin a test with."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from bot.catalogue.options import options_of
from bot.jobs.model import Job, Reference, VideoRequest
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = "kling-o1-reference-image-to-video"
PRICE = Decimal("1.35")

_ids = count(1_300_000_000_000_000_001)


def a_reference(url: str = "https://cdn.discordapp.com/attachments/1/2/fox.png") -> Reference:
    return Reference(url=url, filename="fox.png", content_type="image/png", size=1_000, width=400, height=320)


def a_request(
    *,
    guild_id: int = 10,
    channel_id: int = 20,
    member_id: int = 30,
    prompt: str = "a fox",
    references: Sequence[Reference] | None = None,
    guild_locale: str = "en-US",
) -> VideoRequest:
    return VideoRequest(
        guild_id=guild_id,
        channel_id=channel_id,
        member_id=member_id,
        locale="en-US",
        guild_locale=guild_locale,
        options=options_of(MODEL, 5, "16:9"),
        prompt=prompt,
        references=tuple(references or [a_reference()]),
    )


def a_job(
    state: State = State.ACCEPTED,
    *,
    job_id: int | None = None,
    request: VideoRequest | None = None,
    at: datetime = NOON,
    price: Decimal = PRICE,
) -> Job:
    """Make a job in any state, as if it had just come there; its id is new unless given."""
    return Job(
        id=next(_ids) if job_id is None else job_id,
        request=request or a_request(),
        state=state,
        state_since=at,
        created_at=at,
        spend_day=at.date(),
        reserved_usd=price,
        card_message_id=None if state is State.ACCEPTED else 777,
    )


async def charge(store: JobStore, *costs: str, request: VideoRequest | None = None, since: datetime = NOON) -> None:
    """Save finished jobs that Segmind has charged these amounts for, the oldest first."""
    for number, cost in enumerate(costs):
        at = since + timedelta(minutes=number)
        added = await store.add(a_job(State.PROCESSING, request=request, at=at), daily_limit_usd=Decimal(1_000_000))
        await store.save(added.move(State.COMPLETED, at, cost_usd=Decimal(cost), completed_at=at))
