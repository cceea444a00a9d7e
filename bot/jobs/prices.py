"""What videos cost: the configured price of a model and duration, and what Segmind charged recently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.database.changes import Remembered
from bot.database.tables import jobs
from bot.jobs.model import NOTHING
from bot.jobs.states import State

log = structlog.get_logger(__name__)

REMEMBERED: Final = 10  # costs of each model and duration
ENOUGH: Final = 3  # costs that tell more than any configured price
MOST_TIMES: Final = 10  # the price; a cost beyond that is a mistake
NOTABLE: Final = Decimal("0.1")  # of the configured price, by which the true one may differ untold


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
        """Return whether what is reserved differs notably from what is configured."""
        return abs(self.usd - self.configured) > self.configured * NOTABLE


class Prices:
    def __init__(self, engine: AsyncEngine, offer: Offer) -> None:
        self._engine = engine
        self._offer = offer
        self._known = Remembered[tuple[str, int], Price](engine, State.COMPLETED, jobs.name)

    async def of(self, model: VideoModel, duration: int) -> Price:
        return await self._known.read((model.slug, duration), partial(self._read, model, duration))

    async def _read(self, model: VideoModel, duration: int) -> Price:
        configured = model.prices_usd[duration]
        query = (
            select(jobs.c.cost_usd)
            .where(
                jobs.c.model == model.slug,
                jobs.c.duration == duration,
                jobs.c.cost_usd.is_not(None),
                jobs.c.cost_usd > NOTHING,
                jobs.c.cost_usd <= configured * MOST_TIMES,
                jobs.c.completed_at.is_not(None),  # a run that failed may have cost only a part
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
        """Return the offer at the prices that are reserved."""
        prices: dict[str, dict[int, Decimal]] = {}
        for price in await self.all():
            prices.setdefault(price.model, {})[price.duration] = price.usd
        models = tuple(replace(model, prices_usd=prices[model.slug]) for model in self._offer.models)
        return replace(self._offer, models=models)

    async def least(self) -> Mapping[int, Decimal]:
        """Return the least price of each duration."""
        return (await self.offer()).prices_usd
