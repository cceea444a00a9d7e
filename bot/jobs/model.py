"""A job and what it is about, as values: nothing here knows a database, Discord or Segmind's wire."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, Unpack, cast
from uuid import UUID

from typing_extensions import TypedDict

from bot.catalogue.options import Options
from bot.jobs.problem_codes import WHILE_WAITING, Problem, ProblemCode
from bot.jobs.states import DRIVEN, ENDED_UNCHARGED, IN_DOUBT, WITHDRAWN, State, check_move

OUTPUT_LIFETIME: Final = timedelta(days=7)  # how long Segmind keeps a finished file
# How long before its end the file is approved at the latest: it may have been seen finished an hour late.
APPROVED_BEFORE: Final = timedelta(hours=2)
AT_LEAST_REVIEWED: Final = timedelta(hours=1)  # for as long as the file is there
NOTHING: Final = Decimal(0)
_DECORATION: Final = re.compile(r"urn:uuid:|[{}-]")
_HEX: Final = re.compile(r"[0-9a-f]{32}")
_MAY_BE_CHARGED: Final = frozenset({ProblemCode.RECORD_GONE, ProblemCode.UNSETTLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference image as the member uploaded it; `@Image1` is the first of a request."""

    url: str
    filename: str
    content_type: str
    size: int  # bytes
    width: int  # pixels
    height: int
    card_name: str | None = None  # its name among the card's own attachments, once it is there
    lasting_url: str | None = None  # in Segmind's storage, where its copy on the card was lost
    fingerprint: str = ""  # of what it shows, once it was checked; see bot/media/images/fingerprints.py
    cleaned: bool = False  # what was shown and kept of it since is a clean copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A saved character or thing that a request uses; `@Element1` is the first of a request, `@name` in its prompt."""

    cast_id: int
    owner_id: int  # its owner: the requester, or the member who shares it
    name: str  # as it was when the request was made
    frontal_url: str = ""  # in Segmind's storage, once it is there
    reference_urls: tuple[str, ...] = ()
    card_name: str | None = None  # its image's name among the card's own attachments, once it is there
    fingerprints: tuple[str, ...] = ()  # of what its images show, once they were checked


class ReviewMode(StrEnum):
    """When a moderator has a look."""

    OFF = "OFF"
    BEFORE_SPENDING = "BEFORE_SPENDING"  # at the prompt and the references
    BEFORE_POSTING = "BEFORE_POSTING"  # at the finished video


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How a video is to be handled by its server's rules and its member's wish, decided when it was requested."""

    review: ReviewMode = ReviewMode.OFF
    review_hours: int = 24  # after which what no one reviewed is rejected
    spoiler: bool = False  # it is shown as one
    spoiler_asked: bool = False  # by the member, who means it for the next run of the same request as well
    output_channel_id: int | None = None  # where it is posted, if not where it was requested
    link_to_original: bool = True  # the post may have a button to Segmind's file
    ai_label: bool = True  # the post says that an AI made it
    age_restricted: bool = False  # requested in an age-restricted channel, and so not to be shown elsewhere

    def held_to(self, rules: Handling) -> Handling:
        """Make the handling of a finished video that comes under further rules: the stricter of both counts.

        Where it goes, and what it may not leave, stays as it was when it was requested.
        """
        reviewed = rules.review is not ReviewMode.OFF
        return replace(
            self,
            # It is made and paid for: what a moderator can still look at is the video.
            review=ReviewMode.BEFORE_POSTING if reviewed else self.review,
            review_hours=rules.review_hours if reviewed else self.review_hours,
            spoiler=self.spoiler or rules.spoiler,
            link_to_original=self.link_to_original and rules.link_to_original,
            ai_label=self.ai_label or rules.ai_label,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """What a member requested, and where."""

    guild_id: int
    channel_id: int
    member_id: int
    locale: str  # the member's, for what only they see
    guild_locale: str = "en-US"  # for the card and the post
    options: Options
    prompt: str
    references: tuple[Reference, ...]
    elements: tuple[Element, ...] = ()
    handling: Handling = Handling()

    @property
    def model(self) -> str:
        """The slug of the model."""
        return self.options.model

    @property
    def duration(self) -> int:
        """The length of the video in seconds."""
        return self.options.duration

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Return those of its images that were checked: its references first, then its characters."""
        of_references = [each.fingerprint for each in self.references]
        of_characters = [each for element in self.elements for each in element.fingerprints]
        return tuple(each for each in (*of_references, *of_characters) if each)  # the plainest have none


def model_gone(job: Job) -> Problem:
    """Make the problem of an unsubmitted job whose model is no longer offered."""
    return Problem(code=ProblemCode.MODEL_GONE, detail=job.request.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPost:
    """An attempt to post that got no answer, or a no: where, when it began, and when it was given up.

    What earlier versions noted has no beginning.
    """

    channel_id: int
    ended_at: datetime
    began_at: datetime | None = None


class Changes(TypedDict, total=False):
    """What `Job.evolve` may set; the rest of a job never changes, or follows from these."""

    references: tuple[Reference, ...]
    elements: tuple[Element, ...]
    handling: Handling
    card_message_id: int | None
    cost_usd: Decimal | None
    body: Mapping[str, object] | None
    submit_attempts: int
    submitted_at: datetime | None
    segmind_time: datetime | None
    request_id: str | None
    history_id: str | None
    completed_at: datetime | None
    run_seconds: float | None
    queue_seconds: float | None
    output_url: str | None
    retry_at: datetime | None
    problem: Problem | None
    cancel_requested: bool
    post_attempts: int
    post_channel_id: int | None
    post_message_id: int | None
    earlier_posts: tuple[EarlierPost, ...]
    approved: bool
    hidden: bool
    reason: str
    driver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request on its way to a video. Times are UTC, money is US dollars."""

    id: int  # the interaction's
    request: VideoRequest
    state: State
    state_since: datetime
    created_at: datetime
    spend_day: date
    reserved_usd: Decimal
    version: int = 0
    driver: str = ""  # whose turn it is to move it; empty where one process drives all
    ledger_usd: Decimal = NOTHING  # what the day's spending carries for this job as of `version`
    cost_usd: Decimal | None = None  # what Segmind charged, once known
    card_message_id: int | None = None
    card_mark: int = 0  # in the card's custom ids: another bot's card for the same interaction has another
    body: Mapping[str, object] | None = field(default=None, repr=False)
    submit_attempts: int = 0
    submitted_at: datetime | None = None  # our clock, when the intent was saved
    segmind_time: datetime | None = None  # Segmind's clock at about that moment, if known
    request_id: str | None = None
    history_id: str | None = None  # as the request history writes it, once it was seen there
    completed_at: datetime | None = None
    run_seconds: float | None = None  # from its submission to its end at Segmind, once known
    queue_seconds: float | None = None  # that it was QUEUED of them, once known
    output_url: str | None = field(default=None, repr=False)
    retry_at: datetime | None = None
    problem: Problem | None = None
    cancel_requested: bool = False
    post_attempts: int = 0
    post_channel_id: int | None = None  # where a person had it sent instead
    post_message_id: int | None = None
    earlier_posts: tuple[EarlierPost, ...] = ()  # attempts that have ended, and may have succeeded unseen
    approved: bool = False  # by a moderator, where there is a review
    hidden: bool = False  # after reports, until a moderator decides
    reason: str = ""  # what a moderator wants the member to know
    forgotten: bool = False  # its member had it deleted: what is left is what has to be settled
    remove_posts: bool = False  # the member wanted its posts deleted as well
    moved_from: Job | None = field(default=None, repr=False, compare=False)  # as it was saved, until it is saved again

    def evolve(self, **changes: Unpack[Changes]) -> Job:
        """Make the next value of this job in the same state."""
        values = cast("dict[str, object]", changes)
        inputs = {name: values.pop(name) for name in ("references", "elements", "handling") if name in values}
        if inputs:
            values["request"] = replace(self.request, **inputs)  # pyright: ignore[reportArgumentType]
        return replace(self, **values)  # pyright: ignore[reportArgumentType]

    def move(self, state: State, now: datetime, **changes: Unpack[Changes]) -> Job:
        """Make the next value of this job in another state.

        Raises `IllegalMove` where the table of states has no such move.
        """
        check_move(self.state, state)
        if self.problem is not None and self.problem.code in WHILE_WAITING:
            changes.setdefault("problem", None)  # it waits no longer
        moved = replace(self.evolve(**changes), state=state, state_since=now, moved_from=self.moved_from or self)
        if self.state is State.POSTING and moved.has_unknown_posts:
            attempt = EarlierPost(channel_id=self.video_channel_id, ended_at=now, began_at=self.attempt_began)
            moved = replace(moved, earlier_posts=(*moved.earlier_posts, attempt))
        return moved.bare() if self.forgotten else moved

    def bare(self) -> Job:
        """Return a deleted job's next value, with only what has to be settled.

        That is Segmind's id and the cost; the body as long as the history may have to tell whose request it is; and the
        address of the file while a post is in progress.
        """
        sought = self.request_id is None and (self.state in IN_DOUBT or self.state is State.FAILED)
        return replace(
            self,
            request=replace(self.request, prompt="", references=(), elements=()),
            body=self.body if sought else None,
            output_url=self.output_url if self.state is State.POSTING else None,
            problem=self.problem and Problem(code=self.problem.code),
            cancel_requested=self.cancel_requested or self.state in DRIVEN,
            reason="",
            forgotten=True,
        )

    @property
    def committed_usd(self) -> Decimal:
        """What this job takes from the day's spending: its cost once known, its reservation before."""
        if self.cost_usd is not None:
            return self.cost_usd
        return NOTHING if self.state in ENDED_UNCHARGED and not self._is_lost else self.reserved_usd

    @property
    def counts(self) -> bool:
        """Return whether it counts as a video: not where it ended without one, and without a charge."""
        return self.state not in ENDED_UNCHARGED or bool(self.committed_usd)

    @property
    def failed_at_cost(self) -> bool:
        """Return whether its run made no video, and Segmind charged for it."""
        return self.state is State.FAILED and bool(self.cost_usd)

    @property
    def _is_lost(self) -> bool:
        """Return whether Segmind has, or may have, a request that it does not tell of: it counts as charged."""
        return self.problem is not None and self.problem.code in _MAY_BE_CHARGED

    @property
    def body_hash(self) -> str | None:
        return None if self.body is None else hash_body(self.body)

    @property
    def history_key(self) -> str | None:
        """The id by which the history is expected to know its request, in normal form."""
        known_as = self.history_id or self.request_id
        return None if known_as is None else normal_id(known_as)

    @property
    def output_ends_at(self) -> datetime | None:
        """When Segmind deletes the finished file, about."""
        return None if self.completed_at is None else self.completed_at + OUTPUT_LIFETIME

    @property
    def video_channel_id(self) -> int:
        """The channel that the video goes or went to."""
        return self.post_channel_id or self.usual_channel_id

    def sent_to(self, channel_id: int) -> Job:
        """Make the next value of a job whose video a person has sent once more, into a channel."""
        earlier = self.earlier_posts
        if self.post_attempts and not self.last_attempt_is_noted:
            earlier = (*earlier, EarlierPost(channel_id=self.video_channel_id, ended_at=self.state_since))
        return self.evolve(post_channel_id=channel_id, earlier_posts=earlier)

    @property
    def attempt_began(self) -> datetime:
        """When the attempt in progress can have posted at the earliest.

        Where no person asked for it, this may be an old copy of a job that was posted since the copy was made. Not
        even that post is older than the run.
        """
        reviewed = self.request.handling.review is ReviewMode.BEFORE_POSTING and self.approved
        if reviewed or self.post_channel_id is not None:
            return self.state_since
        return self.submitted_at or self.created_at

    @property
    def last_attempt_is_noted(self) -> bool:
        """Return whether `earlier_posts` tells of the last attempt, too; earlier versions noted it with the next."""
        last = self.earlier_posts[-1] if self.earlier_posts else None
        return last is not None and last.began_at is not None and self.state is not State.POSTING

    @property
    def usual_channel_id(self) -> int:
        """The channel that the video goes to unless someone sends it elsewhere."""
        return self.request.handling.output_channel_id or self.request.channel_id

    @property
    def has_unknown_posts(self) -> bool:
        """Return whether there may be more posts than the known one: of attempts that failed or got no answer."""
        return self.post_attempts > (self.post_message_id is not None)

    def awaits_review(self, mode: ReviewMode) -> bool:
        """Return whether a moderator still has to look at it, the way that `mode` says."""
        return self.request.handling.review is mode and not self.approved

    @property
    def review_ends_at(self) -> datetime:
        """When a job waits no longer for a moderator: what is approved by then can still be posted."""
        ends_at = self.state_since + timedelta(hours=self.request.handling.review_hours)
        if (gone_at := self.output_ends_at) is None:
            return ends_at
        return min(ends_at, max(gone_at - APPROVED_BEFORE, min(self.state_since + AT_LEAST_REVIEWED, gone_at)))

    @property
    def deleted_by_hand(self) -> bool:
        """Return whether its video was posted and deleted with a button, so that no moderator has decided on it."""
        decided = self.problem is not None and self.problem.code is ProblemCode.REMOVED
        return self.state is State.TAKEN_DOWN and not (decided or self.forgotten)

    @property
    def owes_notice(self) -> bool:
        """Return whether its member has to hear in private what became of it."""
        if self.forgotten:
            return False
        return self.state is State.UNDELIVERED or (self.state in WITHDRAWN and self.problem is not None)

    @property
    def is_refused(self) -> bool:
        """Return whether moderators, or who deleted it, have taken from others permanently what it shows.

        Who only cancelled a run that was paid for has nothing to hide.
        """
        # A moderator's no to a run that cannot be stopped is a cancellation with a problem; the run's own may follow.
        return self.problem is not None if self.cancel_requested else self.state in WITHDRAWN

    @property
    def shows_contents(self) -> bool:
        """Return whether others may see its prompt, references and video, wherever the job shows itself.

        Not until a moderator approved it, where there is a review, and not after it was rejected, hidden or taken down.
        Of what is deleted there is nothing to show.
        """
        if self.forgotten or self.hidden or self.is_refused:
            return False
        return self.approved or self.request.handling.review is ReviewMode.OFF


def normal_id(request_id: str) -> str:
    """Write an id of Segmind's the same way, whatever its case, dashes and braces."""
    return _DECORATION.sub("", request_id.lower())


def spellings(request_id: str) -> tuple[str, ...]:
    """Return an id as it is written and, of a UUID, as it may be written elsewhere."""
    plain = normal_id(request_id)
    if not _HEX.fullmatch(plain):
        return (request_id,)
    return tuple(dict.fromkeys((request_id, str(UUID(plain)), plain)))


def hash_body(body: Mapping[str, object]) -> str:
    """Hash a request body so that equal bodies, and only these, have equal hashes."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
