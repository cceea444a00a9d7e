"""A database with a member's words in every place that has room for some, and what deletes them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import emptied_messages
from bot.jobs.model import Element, Job, Problem, ProblemCode
from bot.jobs.ports import PortError, Posted
from bot.jobs.states import CANCELLABLE, IN_DOUBT, State
from bot.jobs.storage.jobs import JobStore
from bot.members.emptying import MessageKind, Telltale
from bot.members.forgetting import Forgetting
from tests.support.clock import ManualClock
from tests.support.database import LIMIT
from tests.support.jobs import NOON, a_job, a_reference, a_request
from tests.support.ports import CardsInMemory

SECRET = "the-lighthouse-keeper-of-inis-mor"


MEMBER, OTHER = 30, 31


class Released:
    """A dispatcher that drives nothing, and notes what it lets go of."""

    def __init__(self) -> None:
        self.jobs: list[int] = []

    async def dispatch(self, job: Job) -> None:
        raise AssertionError(job)

    async def release(self, job_id: int) -> None:
        self.jobs.append(job_id)


class Discord:
    """Empties messages as it is told to; `posts` are those that a look for them finds before it meets `unseen`."""

    def __init__(self, *troubles: PortError | None) -> None:
        self.emptied: list[int] = []
        self.posts: list[Posted] = []
        self.unseen: PortError | None = None
        self.sought: list[int] = []
        self._troubles = list(troubles)

    async def posts_of(self, job: Job) -> AsyncIterator[Posted]:
        self.sought.append(job.id)
        for post in self.posts:
            yield post
        if self.unseen is not None:
            raise self.unseen

    async def empty(self, telltale: Telltale) -> None:
        trouble = self._troubles.pop(0) if self._troubles else None
        if trouble is not None:
            raise trouble
        self.emptied.append(telltale.message_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    database: AsyncEngine
    store: JobStore
    forgetting: Forgetting
    clock: ManualClock
    cards: CardsInMemory
    released: Released

    async def begin(self, state: State, *, member_id: int = MEMBER, **facts: object) -> Job:
        """Save a job with words of its member in every place that has room for some."""
        url = f"https://cdn.discordapp.com/attachments/1/2/{SECRET}.png"
        element = Element(cast_id=1, owner_id=member_id, name=SECRET, frontal_url=url, reference_urls=(url,))
        request = replace(
            a_request(member_id=member_id, prompt=SECRET * 200, references=[a_reference(url)]), elements=(element,)
        )
        added = await self.store.add(a_job(request=request), daily_limit_usd=LIMIT)
        submitted = state not in {State.ACCEPTED, State.EXPIRED, State.REJECTED, *CANCELLABLE}
        known = submitted and state not in IN_DOUBT
        usual = replace(
            added,
            state=state,
            card_message_id=added.id + 1,
            body={"prompt": SECRET} if submitted else None,
            submitted_at=NOON if submitted else None,
            request_id=f"request-{added.id}" if known else None,
            output_url=f"https://images.segmind.com/{SECRET}.mp4" if known else None,
            problem=Problem(code=ProblemCode.ELEMENT_GONE, detail=SECRET),
            reason=SECRET,
            post_message_id=added.id + 2 if state is State.DELIVERED else None,
        )
        return await self.store.save(replace(usual, **facts))  # pyright: ignore[reportArgumentType]

    async def messages(self) -> dict[int, MessageKind]:
        async with self.database.connect() as connection:
            rows = await connection.execute(select(emptied_messages))
            return {row.message_id: MessageKind(row.deed) for row in rows}
