"""A database of version 0.1 with a job in every state, taken over by this version while videos are being made.

Version 0.1's own code wrote what stands in `tests/support/version_0_1`: the database, as SQLite and `pg_dump` write it
down, and the messages that were in Discord. Ids, addresses, and times in there stand for those of the test.
"""

import asyncio
import json
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import aiohttp
import discord
import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cast.store import CastStore
from bot.database.engine import open_database
from bot.database.tables import blocks, consents, jobs, reports, spending
from bot.jobs.model import Job, hash_body
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.settings.model import CastSharing, Limits
from bot.settings.store import SettingsStore
from cogs.stray_presses import NO_BUTTON
from sandbox.member import Member, Message
from tests.end_to_end.moderation import forged_buttons, told
from tests.end_to_end.stage import PATIENCE, Stage, photo, replies
from tests.support.postgres import running_postgres

FOLDER: Final = Path(__file__).parents[1] / "support" / "version_0_1"
SAVED_AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
IS_LAYOUT: Final = 1 << 15
GUILD, VIDEOS, REVIEW, LOG = (900000000000000001 + each for each in range(4))
PEOPLE: Final = {"mira": 900000000000000011, "noor": 900000000000000012, "mo": 900000000000000013}
PHOTO: Final = re.compile(r"https://cdn\.discordapp\.com/[^\"'\s]+|https://storage\.segmind\.com/[^\"'\s]+")
OUTPUT: Final = re.compile(r"https://images\.segmind\.com/version-0-1/([a-z_]+)\.mp4")
IDS: Final = re.compile(r"\b9[0-3]\d{16}\b")
INSTANTS: Final = re.compile(r"\b1795[45]\d{11}\b")  # in microseconds, of the two days before `SAVED_AT`
RUNNING: Final = (State.SUBMITTING, State.UNCONFIRMED, State.QUEUED, State.PROCESSING)
FINISHED: Final = (State.COMPLETED, State.REVIEW, State.POSTING, State.UNDELIVERED)
# What goes on by itself, and what a press lets go on.
ENDS: Final = (State.ACCEPTED, State.PREPARING, State.WAITING, *RUNNING, State.COMPLETED, State.POSTING)
PRESSED: Final = {
    State.HELD: ("mo", "reelcast:review:approve:{job}"),
    State.REVIEW: ("mo", "reelcast:review:spoiler:{job}"),
    State.UNDELIVERED: ("mira", "reelcast:resend:{job}"),
}
PAID_NOW: Final = (State.ACCEPTED, State.PREPARING, State.WAITING, State.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """What version 0.1 left, with the ids of the test."""

    url: str  # of the database
    ids: Mapping[int, int]  # by the id in the files
    jobs: Mapping[int, State]  # by the job's id, as version 0.1 left it
    messages: Sequence[Mapping[str, Any]]

    def job(self, state: State) -> int:
        return next(job for job, each in self.jobs.items() if each is state)

    def buttons(self, channel: int) -> list[str]:
        """Return every custom id in a channel."""
        there = [each for each in self.messages if each["channel_id"] == self.ids[channel]]
        return sorted({found for each in there for found in _custom_ids(each["components"])})


def _custom_ids(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in components:
        if "custom_id" in each:
            yield each["custom_id"]
        yield from _custom_ids(each.get("components", ()))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def old(stage: Stage, kind: str) -> AsyncGenerator[Old]:
    async with _postgresql(kind) as url:
        yield await _take_over(stage, kind, url or f"sqlite:///{stage.database}")


@asynccontextmanager
async def _postgresql(kind: str) -> AsyncGenerator[str | None]:
    if kind == "sqlite":
        yield None
        return
    with running_postgres() as server:
        async with server.database() as url:
            yield url


async def _take_over(stage: Stage, kind: str, url: str) -> Old:
    """Put the old database in place, and bring Discord and Segmind to where it says that they are."""
    now = datetime.now(UTC)
    states = {910000000000000000 + 10 * number: state for number, state in enumerate(State, start=1)}
    known = _places(stage) | _new_ids(states, now)
    image = (await stage.member("noor").send("my photo", files=[photo(1)])).attachments[0].url

    def placed(words: str) -> str:
        """Put what is of the test in place of what is of the files."""
        return PHOTO.sub(image, IDS.sub(lambda found: str(known.get(int(found[0]), found[0])), words))

    sql = placed((FOLDER / f"{kind}.sql").read_text(encoding="utf-8"))
    shift = (now - SAVED_AT) // timedelta(microseconds=1)
    sql = INSTANTS.sub(lambda found: str(int(found[0]) + shift), sql).replace("'2026-11-24'", f"'{now:%Y-%m-%d}'")
    runs, outputs = await _runs(stage, sql, [known[job] for job in states], states)
    sql = OUTPUT.sub(lambda found: outputs.get(found[1].upper(), found[0]), sql)
    for former, request_id in runs.items():
        sql = sql.replace(former, request_id)
    await stage.sandbox.admin.set_rate_limits(enabled=False)
    messages = json.loads(placed((FOLDER / "messages.json").read_text(encoding="utf-8")))
    posted = await _post(stage, messages)
    for former, message_id in posted.items():
        sql = sql.replace(str(former), str(message_id))
    await asyncio.to_thread(_fill, url, sql)
    return Old(url=url, ids=known, jobs={known[job]: state for job, state in states.items()}, messages=messages)


def _places(stage: Stage) -> dict[int, int]:
    admin = stage.sandbox.admin
    people = {number: stage.member(name).id for name, number in PEOPLE.items()}
    channels = {VIDEOS: "videos", REVIEW: "review", LOG: "late-night"}
    return (
        people
        | {GUILD: int(admin.guild_id("Film Club"))}
        | {number: int(admin.channel_id(name, guild="Film Club")) for number, name in channels.items()}
    )


def _new_ids(states: Iterable[int], now: datetime) -> dict[int, int]:
    """Give the jobs ids of the time at which they were requested, as Discord does."""
    first = discord.utils.time_snowflake(now - timedelta(seconds=30))
    return {job: first + number for number, job in enumerate(states)}


async def _runs(
    stage: Stage, sql: str, ids: Sequence[int], states: Mapping[int, State]
) -> tuple[dict[str, str], dict[str, str]]:
    """Have Segmind make what version 0.1 submitted: return the requests by their former ids, and outputs by state."""
    bodies = dict(_bodies(sql, ids))
    runs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    described = stage.service.describe()
    async with aiohttp.ClientSession(described["api_url"], headers={"x-api-key": described["api_key"]}) as session:
        for finished in (True, False):
            if not finished:
                await stage.hold()
            for number, (job, state) in enumerate(zip(ids, states.values(), strict=True)):
                if state not in (FINISHED if finished else RUNNING):
                    continue
                async with session.post("/v2/kling-o1-reference-image-to-video", json=bodies[job]) as answer:
                    answer.raise_for_status()
                    request_id = (await answer.json())["request_id"]
                runs[f"01000000-0000-4000-8000-000000000{number:03}"] = request_id
                if finished:
                    await stage.segmind.wait_for(lambda seen, last=request_id: _state_of(seen, last) == "COMPLETED")
                    async with session.get(f"/v2/requests/{request_id}") as answer:
                        outputs[state.value] = _output(await answer.json())
    return runs, outputs


def _state_of(seen: Any, request_id: str) -> str:
    return next(each["state"] for each in seen["requests"] if each["request_id"] == request_id)


def _output(answer: Mapping[str, Any]) -> str:
    return re.findall(r"https?://[^\"\s]+\.mp4", json.dumps(answer))[0]


def _bodies(sql: str, ids: Iterable[int]) -> Iterator[tuple[int, Any]]:
    """Yield the bodies that were saved with the jobs, each in a line of its own with the job's id."""
    for line in sql.splitlines():
        for job in ids:
            if f"({job}," in line and "jobs" in line.split("VALUES")[0] and (found := _body_in(line)):
                yield job, found


def _body_in(line: str) -> Any:
    found = re.search(r"'(\{\"aspect_ratio\":.*?\})','?", line)
    return found and json.loads(found[1].replace("''", "'"))


async def _post(stage: Stage, messages: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Post the messages as the bot did; return their ids by those of the files."""
    described = stage.discord.describe()
    posted: dict[int, int] = {}
    headers = {"Authorization": f"Bot {described['token']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for each in messages:
            payload: dict[str, Any] = {"components": each["components"], "flags": IS_LAYOUT if each["layout"] else 0}
            if each["content"]:
                payload["content"] = each["content"]
            if each["reply_to"]:
                payload["message_reference"] = {"message_id": str(posted[each["reply_to"]])}
            form = aiohttp.FormData()
            form.add_field("payload_json", json.dumps(payload), content_type="application/json")
            for number, name in enumerate(each["files"]):
                form.add_field(f"files[{number}]", photo().data, filename=name, content_type="application/octet-stream")
            url = f"{described['api_url']}/channels/{each['channel_id']}/messages"
            async with session.post(url, data=form) as answer:
                assert answer.ok, await answer.text()
                posted[each["id"]] = int((await answer.json())["id"])
    return posted


def _fill(url: str, sql: str) -> None:
    """Make the database, and give each body the hash that it has with the addresses of the test."""
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(sql)
        mark = "?"
    else:
        connection = psycopg.connect(url)
        connection.execute(sql)
        connection.execute("SET search_path TO public")
        mark = "%s"
    for job, body in connection.execute("SELECT id, body FROM jobs WHERE body IS NOT NULL").fetchall():
        values = (hash_body(json.loads(body)), job)
        connection.execute(f"UPDATE jobs SET body_hash = {mark} WHERE id = {mark}", values)  # noqa: S608 - no input
    connection.commit()
    connection.close()


async def test_what_version_0_1_left_comes_to_its_end_once(stage: Stage, old: Old) -> None:
    mira, mo = stage.member(), stage.member("mo", channel="review")
    async with stage.bot(DATABASE_URL=old.url) as bot, open_database(old.url, migrate=False) as database:
        store = JobStore(database)
        for state in (State.UNCONFIRMED, State.SUBMITTING):
            await bot.reached("QUEUED", old.job(state))  # found in Segmind's history
        await stage.segmind.configure(queue_seconds=0.1, run_seconds=0.2)
        await stage.let_on()
        await stage.let_on()
        for state, (who, custom_id) in PRESSED.items():
            member = mo if who == "mo" else mira
            pressed = custom_id.format(job=old.job(state))
            message = await member.wait_for(lambda each, wanted=pressed: _has(each, wanted), PATIENCE)
            assert (await member.click(message, custom_id=pressed)).acknowledged
        for state in (*ENDS, *PRESSED):
            await bot.reached("DELIVERED", old.job(state))
        await _check_jobs(old, store, mira)
        await _check_rest(stage, old, database)
        paid, _usd = await stage.charged()
        assert paid == len((*FINISHED, *RUNNING, *PAID_NOW))
        await _press_all(stage, old, {VIDEOS: mira, REVIEW: mo})


def _has(message: Message, custom_id: str) -> bool:
    return custom_id in [each.custom_id for each in message.buttons]


async def _check_jobs(old: Old, store: JobStore, mira: Member) -> None:
    """Compare what became of each job with what had to."""
    found: dict[int, Job] = {}
    for job_id, before in old.jobs.items():
        job = await store.get(job_id)
        assert job is not None
        found[job_id] = job
        assert job.state is (State.DELIVERED if before in {*ENDS, *PRESSED} else before)
    delivered = [job for job in found.values() if job.state is State.DELIVERED]
    assert len({job.request_id for job in delivered}) == len(delivered)
    for job in delivered:
        card = Message({"id": str(job.card_message_id), "channel_id": str(mira.channel_id)})
        [post] = await replies(mira, card)
        assert post.id == job.post_message_id


async def _check_rest(stage: Stage, old: Old, database: AsyncEngine) -> None:
    """Compare settings, characters, money, and what moderators decided."""
    settings = await SettingsStore(database).get(old.ids[GUILD])
    assert settings.channels == {old.ids[VIDEOS]}
    assert (settings.review_channel_id, settings.log_channel_id) == (old.ids[REVIEW], old.ids[LOG])
    assert settings.member_limits == Limits(per_day=50, at_once=40)
    assert (settings.review_hours, settings.cast_sharing) == (48, CastSharing.MEMBERS)
    assert (settings.words, settings.spend_per_day_usd) == (("gore*", "casino"), Decimal(400))
    assert settings.channel_settings[old.ids[VIDEOS]].per_day == 60
    characters = await CastStore(database).usable(stage.member().id, old.ids[GUILD])
    assert {(each.name, each.shared) for each in characters} == {("Fox", False), ("Owl", True)}
    async with database.connect() as connection:
        for table, rows in ((blocks, 1), (consents, 2), (reports, 1)):
            assert await connection.scalar(select(func.count()).select_from(table)) == rows
        # What the days carry is what the jobs take of them.
        day = await connection.execute(select(spending.c.day, spending.c.usd))
        taken: Counter[Any] = Counter()
        for row in await connection.execute(select(jobs.c.spend_day, jobs.c.ledger_usd)):
            taken[row.spend_day] += row.ledger_usd
        assert {row.day: row.usd for row in day if row.usd} == {each: usd for each, usd in taken.items() if usd}
        assert await connection.scalar(text("SELECT count(*) FROM marks WHERE name = 'upgraded_from_0.1'")) == 1


async def _press_all(stage: Stage, old: Old, who: Mapping[int, Member]) -> None:
    """Press every button of the old messages, as they are where no edit of this version reached them."""
    for channel, member in who.items():
        for message, custom_id in await forged_buttons(stage, member, old.buttons(channel)):
            pressed = await member.click(message, custom_id=custom_id)
            assert pressed.acknowledged, custom_id
            if pressed.modal is None:
                words = await told(member, pressed)
                assert NO_BUTTON not in words, custom_id
                assert "went wrong" not in words, custom_id


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_body_has_the_hash_that_version_0_1_gave_it(name: str) -> None:
    lines = [line for line in (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines() if _body_in(line)]
    assert len(lines) >= len(RUNNING) + len(FINISHED)
    assert all(f"'{hash_body(_body_in(line))}'" in line for line in lines)
