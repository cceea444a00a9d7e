"""What videos cost: the configured price of a model and duration, and what Segmind charged of late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.database.tables import jobs
from bot.jobs.engine import Engine
from bot.jobs.model import NOTHING, Job
from bot.jobs.ports import News
from bot.segmind.errors import cleaned

log = structlog.get_logger(__name__)

REMEMBERED: Final = 10  # costs of each model and duration
ENOUGH: Final = 3  # costs that tell more than any configured price
MOST_TIMES: Final = 10  # the price; a cost beyond that is a mistake
NOTABLE: Final = Decimal("0.1")  # of the configured price, by which the true one may differ untold
ODD_LIMIT: Final = 40  # characters of what is no cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a video of a model and duration costs, in US dollars."""

    model: str
    duration: int  # seconds
    configured: Decimal
    costs: Sequence[Decimal] = ()  # what Segmind charged, the newest first

    @property
    def charged(self) -> Decimal | None:
        """The highest of the latest charges, None where there was none."""
        return max(self.costs, default=None)

    @property
    def usd(self) -> Decimal:
        """What is reserved: the higher of the configured price and the charges, or these alone once they suffice."""
        if self.charged is None:
            return self.configured
        return self.charged if len(self.costs) >= ENOUGH else max(self.configured, self.charged)

    @property
    def differs(self) -> bool:
        """Tell whether what is reserved differs notably from what is configured."""
        return abs(self.usd - self.configured) > self.configured * NOTABLE


class Prices:
    def __init__(self, engine: AsyncEngine, offer: Offer) -> None:
        self._engine = engine
        self._offer = offer

    async def of(self, model: VideoModel, duration: int) -> Price:
        configured = model.prices_usd[duration]
        query = (
            select(jobs.c.cost_usd)
            .where(
                jobs.c.model == model.slug,
                jobs.c.duration == duration,
                jobs.c.cost_usd.is_not(None),
                jobs.c.cost_usd > NOTHING,
                jobs.c.cost_usd <= configured * MOST_TIMES,
            )
            .order_by(jobs.c.completed_at.desc())
            .limit(REMEMBERED)
        )
        async with self._engine.connect() as connection:
            costs = tuple((await connection.execute(query)).scalars())
        return Price(model=model.slug, duration=duration, configured=configured, costs=costs)

    async def all(self) -> Sequence[Price]:
        """Read the prices of everything on offer."""
        return [await self.of(model, duration) for model in self._offer.models for duration in model.durations]

    async def offer(self) -> Offer:
        """Give the offer at the prices that are reserved."""
        prices: dict[str, dict[int, Decimal]] = {}
        for price in await self.all():
            prices.setdefault(price.model, {})[price.duration] = price.usd
        models = tuple(replace(model, prices_usd=prices[model.slug]) for model in self._offer.models)
        return replace(self._offer, models=models)

    async def least(self) -> Mapping[int, Decimal]:
        """Give the least price of each duration."""
        return (await self.offer()).prices_usd


async def settled_cost(engine: Engine, job: Job, cost: Decimal | None, odd: str | None) -> Decimal | None:
    """Return what a finished run has cost; None where Segmind does not say, or names what no cost can be.

    Its price stays reserved then, and the operator is told of the latter. `odd` stands for an amount and is none.
    """
    model = engine.offer.described(job.request.model)
    configured = model.prices_usd.get(job.request.duration, NOTHING) if model else NOTHING
    most = max(job.reserved_usd, configured) * MOST_TIMES
    if odd is None and (cost is None or 0 <= cost <= most):
        return cost or None
    written = cleaned(odd if odd is not None else str(cost))[:ODD_LIMIT]
    log.error("odd_cost", job=job.id, request_id=job.request_id, cost=written, reserved=str(job.reserved_usd))
    if engine.tell_operator is not None:
        detail = f"{job.request.model}, job {job.id}: {written}"
        await engine.tell_operator(News.ODD_COST, about=job.request.model, detail=detail)
    return None
