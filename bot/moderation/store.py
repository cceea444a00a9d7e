"""Where moderators see what waits for them and what was reported: messages of reviews, and cases of reported videos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import cases, jobs, reports, reviews
from bot.database.types import value_of
from bot.jobs.decisions import Decided, decision_on
from bot.jobs.model import Job, ReviewMode
from bot.jobs.states import REVIEWED, State
from bot.jobs.storage.records import note as note_decisions

NEWEST: Final = 5  # reports whose reasons moderators are shown
# How a case is owed. The run that handles it holds it until it ends, even if it's owed again meanwhile.
_IN_LINE, _OWED, _SEEN_TO, _OWED_ANEW = range(4)
_IS_HELD: Final = cases.c.owed >= _SEEN_TO
_OWE: Final = {
    "owed": case((_IS_HELD, _OWED_ANEW), else_=_OWED),
    "tried_at": case((_IS_HELD, cases.c.tried_at), else_=None),
}


class Reached(Enum):
    """Who has been told of a report."""

    MODERATORS = auto()
    OWNER = auto()  # of the server, by direct message
    NO_ONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    member_id: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A video that moderators were told of, or took down: where they see it, and what its post was."""

    job_id: int
    guild_id: int
    channel_id: int | None  # of the moderators' card
    message_id: int | None
    post_text: str | None  # the post as it was before it was hidden; none: it is as it was
    post_link: str | None  # which button to the original it had: "open", "fitted" or none
    owed: bool  # post and cards do not show yet what is saved


class ReportStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def add(self, job: Job, member_id: int, reason: str, now: datetime) -> int | None:
        """Note and record a member's report; return how many are undecided, or None where it was made before."""
        row = {"job_id": job.id, "member_id": member_id, "reason": reason, "at": now, "settled": 0}
        async with self.engine.begin() as connection:
            added = await connection.execute(insert_if_absent(connection, reports, row))
            if added.rowcount == 0:
                return None
            await owe_in(connection, job)
            decision = decision_on(job, Decided.REPORTED, now, by_id=member_id, reason=reason)
            await note_decisions(connection, decision)
            return await undecided_in(connection, job.id)

    async def was_made(self, job_id: int, member_id: int) -> bool:
        """Return whether a member has reported a video."""
        mine = (reports.c.job_id == job_id, reports.c.member_id == member_id)
        async with self.engine.connect() as connection:
            return bool(await connection.scalar(select(exists().where(*mine))))

    async def open(self, job_id: int) -> tuple[Sequence[Report], int]:
        """Read the newest reports that no one has decided on, and how many there are."""
        undecided = (reports.c.job_id == job_id, reports.c.settled == 0)
        query = select(reports).where(*undecided).order_by(reports.c.at.desc(), reports.c.member_id)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query.limit(NEWEST))).all()
            count = await connection.scalar(select(func.count()).select_from(reports).where(*undecided))
        return [Report(member_id=row.member_id, reason=row.reason, at=row.at) for row in rows], count or 0

    async def case(self, job_id: int) -> Case | None:
        async with self.engine.connect() as connection:
            row = (await connection.execute(select(cases).where(cases.c.job_id == job_id))).one_or_none()
        return None if row is None else value_of(Case, row, owed=bool(row.owed))

    async def owe(self, job: Job) -> None:
        """Note that a job's post and the moderators' card have to be updated to what is saved."""
        async with self.engine.begin() as connection:
            await owe_in(connection, job)

    async def look_again(self, guild_id: int) -> None:
        """Let moderators be shown again what no one has decided on in a server."""
        undecided = exists().where(reports.c.job_id == cases.c.job_id, reports.c.settled == 0)
        async with self.engine.begin() as connection:
            mine = (cases.c.guild_id == guild_id, undecided)
            await connection.execute(update(cases).where(*mine).values(_OWE))

    async def claim(self, job_id: int, now: datetime, patience: timedelta) -> bool:
        """Claim a case, unless another process has it or failed to update it within `patience`."""
        due = or_(cases.c.tried_at.is_(None), cases.c.tried_at <= now - patience)
        claiming = update(cases).where(cases.c.job_id == job_id, cases.c.owed > _IN_LINE, due)
        async with self.engine.begin() as connection:
            claimed = await connection.execute(claiming.values(owed=_SEEN_TO, tried_at=now))
        return claimed.rowcount > 0

    async def renew(self, job_id: int, claimed_at: datetime, now: datetime) -> bool:
        """Go on holding a case, claimed at `now` from here on; return whether it was still held."""
        async with self.engine.begin() as connection:
            renewed = await connection.execute(update(cases).where(*_held(job_id, claimed_at)).values(tried_at=now))
        return renewed.rowcount > 0

    async def done(self, job_id: int, claimed_at: datetime) -> bool:
        """Note that a case is up to date; return False if something became owed after it was claimed.

        Nor where someone else has claimed it since: who acted last is not known then, so it is owed again.
        """
        return await self._let_go(job_id, claimed_at, _IN_LINE, claimed_at) == _IN_LINE

    async def put_off(self, job_id: int, claimed_at: datetime, tried_at: datetime) -> None:
        """Note that a case couldn't be updated: it rests from `tried_at` on, unless it's owed again."""
        await self._let_go(job_id, claimed_at, _OWED, tried_at)

    async def _let_go(self, job_id: int, claimed_at: datetime, owed: int, tried_at: datetime) -> int | None:
        """Hold a case no longer; return how it is owed now, or None where it was not held any more."""
        anew = cases.c.owed == _OWED_ANEW
        rest = literal(tried_at, cases.c.tried_at.type)
        letting = update(cases).where(*_held(job_id, claimed_at)).returning(cases.c.owed)
        async with self.engine.begin() as connection:
            values = {"owed": case((anew, _OWED), else_=owed), "tried_at": case((anew, None), else_=rest)}
            left = (await connection.execute(letting.values(values))).scalar_one_or_none()
            if left is None:
                await connection.execute(update(cases).where(cases.c.job_id == job_id).values(_OWE))
        return left

    async def owing(self, *, at_most: int) -> Sequence[Case]:
        """Read what is owed: first what no one has tried yet, last what rests."""
        owed = select(cases).where(cases.c.owed > _IN_LINE)
        query = owed.order_by(cases.c.tried_at.asc().nulls_first()).limit(at_most)
        async with self.engine.connect() as connection:
            return [value_of(Case, row, owed=bool(row.owed)) for row in await connection.execute(query)]

    async def note(self, job_id: int, **values: str | int | datetime | None) -> None:
        """Note facts of a case, by the names of `Case`."""
        async with self.engine.begin() as connection:
            await connection.execute(update(cases).where(cases.c.job_id == job_id).values(values))


async def undecided_in(connection: AsyncConnection, job_id: int) -> int:
    """Count a job's reports that no one has decided on, as part of a transaction."""
    mine = (reports.c.job_id == job_id, reports.c.settled == 0)
    return (await connection.execute(select(func.count()).select_from(reports).where(*mine))).scalar_one()


async def owe_in(connection: AsyncConnection, job: Job) -> None:
    """Note what `ReportStore.owe` does as part of the transaction that saves it, so that no run misses either."""
    await connection.execute(insert_if_absent(connection, cases, _first(job)))
    await connection.execute(update(cases).where(cases.c.job_id == job.id).values(_OWE))


async def settle_in(connection: AsyncConnection, job_id: int) -> bool:
    """Note as part of a transaction that a moderator has decided: further reports are counted again.

    Return whether there was something to decide.
    """
    undecided = (reports.c.job_id == job_id, reports.c.settled == 0)
    settled = await connection.execute(update(reports).where(*undecided).values(settled=1))
    return settled.rowcount > 0


def _held(job_id: int, claimed_at: datetime) -> tuple[ColumnElement[bool], ...]:
    return cases.c.job_id == job_id, _IS_HELD, cases.c.tried_at == claimed_at


def _first(job: Job) -> dict[str, Any]:
    return {"job_id": job.id, "guild_id": job.request.guild_id, "owed": _OWED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The messages in which a job is before its moderators; none known is none there, for all that we know."""

    job_id: int
    guild_id: int
    channel_id: int | None
    request_message_id: int | None  # with prompt and references
    video_message_id: int | None
    tried_at: datetime | None
    open: bool  # they do not show yet how it ended

    def shows(self, job: Job) -> bool:
        """Return whether moderators were shown what they decide on: the video once there is one, else the request."""
        message_id = self.video_message_id if job.state is State.REVIEW else self.request_message_id
        return message_id is not None


# On its way from here, a job can still come before moderators who look at every video before it's posted.
_ON_ITS_WAY: Final = frozenset(
    {
        *(State.PREPARING, State.WAITING, State.SUBMITTING, State.UNCONFIRMED),
        *(State.QUEUED, State.PROCESSING, State.COMPLETED, State.UNDELIVERED),
    }
)


def is_waiting(job: Job) -> bool:
    """Return whether a job is, or may still come, before its moderators."""
    if job.state in REVIEWED:
        return True
    return job.state in _ON_ITS_WAY and job.awaits_review(ReviewMode.BEFORE_POSTING) and not job.cancel_requested


# The same of a saved job that has a review: unapproved ones on their way are for moderators to see before posting.
_IS_WAITING: Final = or_(
    jobs.c.state.in_(sorted(REVIEWED)),
    and_(jobs.c.state.in_(sorted(_ON_ITS_WAY)), jobs.c.approved == 0, jobs.c.cancel_requested == 0),
)


class ReviewStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, job_id: int) -> Review | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(reviews).where(reviews.c.job_id == job_id))).one_or_none()
        return None if row is None else value_of(Review, row)

    async def claim(self, job_id: int, guild_id: int, now: datetime, patience: timedelta) -> bool:
        """Claim a job's messages, unless another process did within `patience`; only one succeeds."""
        first = {"job_id": job_id, "guild_id": guild_id, "open": 1}
        due = or_(reviews.c.tried_at.is_(None), reviews.c.tried_at <= now - patience)
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, reviews, first))
            claimed = await connection.execute(
                update(reviews).where(reviews.c.job_id == job_id, due).values(tried_at=now, open=1)
            )
        return claimed.rowcount > 0

    async def look_again(self, guild_id: int) -> None:
        """Let the first process handle all that waits in a server, even if one did a moment ago."""
        mine = (reviews.c.guild_id == guild_id, reviews.c.open > 0)
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(*mine).values(tried_at=None))

    async def shown(self, job_id: int, channel_id: int, **messages: int | None) -> None:
        """Note where moderators see a job: `request_message_id` and `video_message_id`, as far as they are given."""
        values = {"channel_id": channel_id, **messages}
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(reviews.c.job_id == job_id).values(values))

    async def opened(self, *, at_most: int) -> Sequence[Review]:
        """Read the reviews that no longer wait, and whose messages do not show that yet: last those tried last."""
        left = select(reviews).outerjoin(jobs, jobs.c.id == reviews.c.job_id)
        left = left.where(reviews.c.open > 0, or_(jobs.c.id.is_(None), not_(_IS_WAITING)))
        query = left.order_by(reviews.c.tried_at.asc().nulls_first(), reviews.c.job_id).limit(at_most)
        async with self._engine.connect() as connection:
            return [value_of(Review, row) for row in await connection.execute(query)]

    async def tried(self, job_id: int, now: datetime) -> None:
        """Note that the messages could not be made to show how it ended: others come first the next time."""
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(reviews.c.job_id == job_id).values(tried_at=now))

    async def waiting(self) -> Sequence[int]:
        """Name the servers in which something is open."""
        query = select(reviews.c.guild_id).where(reviews.c.open > 0).distinct()
        async with self._engine.connect() as connection:
            return (await connection.scalars(query)).all()

    async def close(self, job_id: int) -> None:
        """Note that the messages show how it ended, or never will."""
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(reviews.c.job_id == job_id).values(open=0))
