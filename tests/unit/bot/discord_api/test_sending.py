"""Every effect on Discord has a name of its own, which no other effect has, old or new."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_api.sending import EVERYWHERE, LIMIT, done_nonce, notice_nonce, post_nonce, shown_nonce, words_nonce
from bot.jobs.model import Job
from bot.jobs.ports import Video
from bot.jobs.states import State
from bot.media.videos.checker import VideoFacts
from tests.support.jobs import NOON, a_job

Name = Callable[[], str]


@dataclass(frozen=True)
class Effect:
    """Something that is sent once: what makes it that, and the name that it goes by."""

    what: tuple[object, ...]
    nonce: str


# Few values, so that any two effects often differ in one thing alone; with the ends of the range, and ids that differ
# by what the names of old were cut to.
known = st.sampled_from([10**17, 10**18, 10**18 + 1_000, 2**63, 2**64 - 1])  # as long as Discord's ids are
ids = known | st.sampled_from([1, 2, 61, 62, 1_001, 2_001]) | st.integers(0, 2**64 - 1)
attempts = st.sampled_from([1, 2, 61, 62, 1_001, 2_001, 999_999_999])


def a_video(size: int, *, original: bool = False, over: int | None = None) -> Video:
    facts = VideoFacts(
        width=1,
        height=1,
        duration_seconds=1.0,
        frame_rate=None,
        codec="h264",
        audio=False,
        size=size,
        container="mp4",
        plays=True,
    )
    video = Video(path=Path("video.mp4"), facts=facts, over=over)
    return replace(video, original=video) if original else video


FORMS = {
    "as it is": a_video(5),
    "fitted to the server": a_video(EVERYWHERE + 1, original=True),
    "fitted to every channel": a_video(EVERYWHERE, original=True),
    "a link": a_video(5, over=4),
}


def job_of(job_id: int, *, attempt: int = 1, state: State = State.POSTING, since: datetime = NOON) -> Job:
    return replace(a_job(state, job_id=job_id), post_attempts=attempt, state_since=since)


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    kind, job_id = draw(st.sampled_from(["post", "r", "v", "c", "notice", "done", "log", "operator"])), draw(ids)
    match kind:
        case "post":
            attempt, form = draw(attempts), draw(st.sampled_from(sorted(FORMS)))
            nonce = post_nonce(job_of(job_id, attempt=attempt), FORMS[form])
            return Effect((kind, job_id, attempt, form), nonce)
        case "r" | "v" | "c":
            channel, replaces = draw(ids), draw(st.none() | ids)
            # A message that is replaced was about one job and of one kind.
            about = (job_id,) if replaces is None else ()
            nonce = shown_nonce(kind, job_id, channel, replaces=replaces)
            return Effect((kind, *about, channel, replaces), nonce)
        case "notice":
            state = draw(st.sampled_from([State.UNDELIVERED, State.REJECTED, State.WITHHELD, State.TAKEN_DOWN]))
            since = NOON + timedelta(milliseconds=draw(st.sampled_from([0, 1, 1_000, 10**12])))
            return Effect((kind, job_id, state, since), notice_nonce(job_of(job_id, state=state, since=since)))
        case "done":
            return Effect((kind, job_id), done_nonce(job_of(job_id)))
        case "log":
            keys = tuple(f"job{draw(ids)}" for _ in range(draw(st.integers(1, 3))))
            return Effect((kind, *keys), words_nonce("m", *keys))
        case _:
            words = draw(st.text(max_size=3))
            return Effect((kind, job_id, words), words_nonce("o", str(job_id), words))


def of_old(job_id: int, number: int) -> set[str]:
    """Give the names that version 0.1 may have used a moment before an upgrade."""
    return {*(f"{kind}{job_id}.{number % 1000}" for kind in "vrcutw"), f"d{job_id}"}


@given(effects(), effects())
def test_two_effects_never_share_a_name(one: Effect, other: Effect) -> None:
    assert (one.nonce == other.nonce) is (one.what == other.what)


@given(effects(), known, attempts)
def test_a_name_has_what_discord_takes_and_is_none_of_version_0_1(effect: Effect, job_id: int, number: int) -> None:
    assert 0 < len(effect.nonce) <= LIMIT
    assert effect.nonce.isascii()
    assert effect.nonce.isalnum()
    assert effect.nonce not in of_old(job_id, number)


@pytest.mark.parametrize("kind", ["r", "v", "c"])
def test_a_card_for_moderators_never_has_the_name_of_a_post(kind: str) -> None:
    job = job_of(1_300_000_000_000_000_001)
    channel_id = 1_200_000_000_000_000_001  # of old, the last three digits of both stood for all of them
    assert shown_nonce(kind, job.id, channel_id, replaces=None) != post_nonce(job, FORMS["as it is"])
