"""What came of it all, judged from outside: Segmind's ledger, Discord's messages, and the database at the end."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.delivery.state_looks import look_of
from bot.jobs.model import Job, ProblemCode, normal_id
from bot.jobs.states import ENDED, State
from bot.jobs.steps.submitting import SEND_WITHIN
from sandbox.segmind.history import written_id

POST: Final = re.compile(r"reelcast:details:post:(\d+):\d+")
CARD: Final = re.compile(r"reelcast:details:card:(\d+):\d+")
NOTICE: Final = re.compile(r"reelcast:resend:(\d+)")
TAKE: Final = re.compile(r"Take (\d+):")
ON_ITS_WAY: Final = SEND_WITHIN + 1.0  # seconds from the last look at a member until the POST has arrived
# Only a person can go on from here.
FOR_THE_OPERATOR: Final = frozenset(
    {ProblemCode.POST_UNKNOWN, ProblemCode.UNSETTLED, ProblemCode.RECORD_GONE, ProblemCode.SERVICE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A run that Segmind made and charged."""

    request_id: str
    take: str  # the number in its prompt
    submitted: float  # Unix seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A decision against what the members of a seat ask for: a block, or a closed channel, for a time."""

    seat: int
    since: float  # Unix seconds
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message of the bot's: its text and its buttons' ids."""

    text: str
    custom_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known at the end. `answered` are the jobs whose card a member saw."""

    asked: int
    answered: frozenset[int]
    charges: Sequence[Charge]
    messages: Sequence[Shown]
    notices: Sequence[Shown]  # in private
    jobs: Mapping[int, Job]
    told: frozenset[str]  # requests that the operator was told of as without an owner
    against: Sequence[Against]
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The figures; each field that holds names or numbers of what went wrong should be empty."""

    asked: int
    jobs: int
    charges: int
    posts: int
    states: Mapping[str, int]
    charged_twice: Sequence[str]
    posted_twice: Sequence[int]
    lost: Sequence[int]
    without_owner: Sequence[str]
    left_to_operator: Sequence[str]
    untrue_cards: Sequence[int]
    untold: Sequence[int]
    posted_all_the_same: Sequence[int]
    paid_against: Sequence[str]
    decided_against: int
    notices: int

    @property
    def zeros(self) -> Mapping[str, int]:
        """Return every figure that has to be zero, by its name."""
        return {
            "charged twice": len(self.charged_twice),
            "posted twice": len(self.posted_twice),
            "lost": len(self.lost),
            "charges without an owner": len(self.without_owner),
            "left to the operator": len(self.left_to_operator),
            "cards that end with something untrue": len(self.untrue_cards),
            "undelivered, and no direct message": len(self.untold),
            "undelivered, but posted": len(self.posted_all_the_same),
            "charged after a decision against them": len(self.paid_against),
        }


def audit(facts: Facts) -> Audit:
    posts = _by_job(POST, facts.messages)
    cards = {job: shown[-1].text for job, shown in _by_job(CARD, facts.messages).items()}
    notices = _by_job(NOTICE, facts.notices)
    undelivered = {job.id for job in facts.jobs.values() if job.state is State.UNDELIVERED}
    ids = [each for job in facts.jobs.values() for each in (job.request_id, job.history_id) if each]
    owned, told = {normal_id(each) for each in ids}, {normal_id(each) for each in facts.told}
    takes = Counter(charge.take for charge in facts.charges)
    ours = {charge.request_id for charge in facts.charges}
    lost = [job_id for job_id in facts.answered if job_id not in facts.jobs]
    lost += [job.id for job in facts.jobs.values() if job.id not in posts and not is_told(job, cards.get(job.id))]
    problems = [(job.id, job.problem.code) for job in facts.jobs.values() if job.problem]
    left = [f"{job_id}: {code}" for job_id, code in problems if code in FOR_THE_OPERATOR]
    return Audit(
        asked=facts.asked,
        jobs=len(facts.jobs),
        charges=len(facts.charges),
        posts=sum(len(shown) for shown in posts.values()),
        states=Counter(job.state.value for job in facts.jobs.values()),
        charged_twice=[take for take, times in takes.items() if times > 1],
        posted_twice=[job_id for job_id, shown in posts.items() if len(shown) > 1],
        lost=lost,
        without_owner=sorted(each for each in ours if not known_as(each) & owned),
        left_to_operator=[*left, *sorted(each for each in ours if known_as(each) & told)],
        paid_against=sorted(charge.take for charge in facts.charges if is_against(charge, facts)),
        decided_against=len(facts.against),
        untold=sorted(undelivered - set(notices)),
        posted_all_the_same=sorted(undelivered & set(posts)),
        notices=sum(len(shown) for shown in notices.values()),
        untrue_cards=[job_id for job_id, text in cards.items() if not says_so(text, facts.jobs.get(job_id))],
    )


def is_against(charge: Charge, facts: Facts) -> bool:
    """Tell whether a run was paid for while its member or its channel was not to have any."""
    seat = int(charge.take) % facts.seats
    return any(each.seat == seat and each.since + ON_ITS_WAY < charge.submitted < each.until for each in facts.against)


def known_as(request_id: str) -> set[str]:
    """Give the ids by which a request may be known: the history may have one of its own."""
    return {normal_id(request_id), normal_id(written_id(request_id, "other"))}


def is_told(job: Job, card: str | None) -> bool:
    """Tell whether somebody knows that there will be no video: the card says so.

    Where there is no card, Discord has told the member that the command failed.
    """
    is_over = job.state in ENDED or job.state is State.UNDELIVERED
    return is_over and job.state is not State.DELIVERED and (card is None or says_so(card, job))


def says_so(text: str, job: Job | None) -> bool:
    """Tell whether a card shows the state that its job is in."""
    return job is not None and look_of(job).title in text.partition("\n")[0]


def _by_job(pattern: re.Pattern[str], messages: Sequence[Shown]) -> dict[int, list[Shown]]:
    """Sort the messages that carry a button's id of this pattern by the job it names."""
    found: dict[int, list[Shown]] = {}
    for message in messages:
        for custom_id in message.custom_ids:
            if match := pattern.fullmatch(custom_id):
                found.setdefault(int(match[1]), []).append(message)
    return found
