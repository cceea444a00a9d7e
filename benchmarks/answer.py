"""`python -m benchmarks.answer`: how long a member waits for the first answer to /video.

Three bots side by side in one run: ours following many jobs, ours following none, and discord.py answering a bare
command. In each round every bot gets one command, in random order, so that whatever else the machine does meets all.
Then each gets twenty commands at once, again and again; what the jobs of one burst leave to do, the next one meets.
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp
from PIL import Image
from rich.console import Console

from benchmarks.answer_times import answer_times
from benchmarks.figures import Target, is_quick, judge, machine, median, percentile, titled
from benchmarks.processes import run
from benchmarks.subjects import CHANNEL, MEMBER, Bare, Reelcast, bare, reelcast
from sandbox.member import Member, Sandbox, Upload, past_notice

PAUSE: Final = (0.04, 0.1)  # seconds between two commands
MOST_MORE: Final = 50.0  # milliseconds more at the 99th percentile
BURST: Final = 20  # commands at once
BETWEEN_BURSTS: Final = 3.0  # seconds
MOST_TIMES: Final = 4.0  # as long as the bare command's, the last card of a burst; version 0.1 took 12 to 25
SEED: Final = 2  # of order and pauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured."""

    jobs: int
    warm_up: int  # rounds that are not counted
    rounds: int
    bursts: int
    requests_per_minute: int


FULL: Final = Plan(jobs=1_000, warm_up=10, rounds=400, bursts=9, requests_per_minute=500)
QUICK: Final = Plan(jobs=20, warm_up=1, rounds=3, bursts=1, requests_per_minute=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The seconds of each answer by bot, and what the following bot did meanwhile."""

    busy: Sequence[float]
    idle: Sequence[float]
    bare: Sequence[float]
    last_idle: Sequence[float]  # of each burst, the last card
    last_bare: Sequence[float]
    polls: int
    throttled: int
    seconds: float


class Unanswered(Exception):
    """A bot let an interaction fail, so that there is nothing to compare."""


async def measure(plan: Plan, folder: Path) -> Measured:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        rate = plan.requests_per_minute
        busy = await stack.enter_async_context(
            reelcast("busy", folder / "busy", session, jobs=plan.jobs, requests_per_minute=rate)
        )
        idle = await stack.enter_async_context(
            reelcast("idle", folder / "idle", session, jobs=0, requests_per_minute=rate)
        )
        plain = await stack.enter_async_context(bare("bare", folder / "bare"))
        subjects = (busy, idle, plain)
        members = {subject.name: await _member(stack, subject) for subject in subjects}
        chance = random.Random(SEED)  # noqa: S311 - order and pauses are no secret
        await _send_rounds(members, plan.warm_up, chance)
        polls, began = await busy.polls(), asyncio.get_running_loop().time()
        counted = await _send_rounds(members, plan.rounds, chance)
        seconds = asyncio.get_running_loop().time() - began
        polls = await busy.polls() - polls
        throttled = await busy.throttled()
        bursts = {name: await _send_bursts(members[name], plan.bursts) for name in ("idle", "bare")}
    times = {subject.name: _times(subject, counted[subject.name]) for subject in subjects}
    last = {
        f"last_{subject.name}": [max(_times(subject, sent)) for sent in bursts[subject.name]]
        for subject in (idle, plain)
    }
    return Measured(**times, **last, polls=polls, throttled=throttled, seconds=seconds)


def report(plan: Plan, measured: Measured, console: Console) -> int:
    """Print the figures; return the exit status."""
    base = measured.bare
    table = titled(f"First answer to /video, {plan.rounds} commands each", "bot")
    for heading in ("median\nms", "99th pct\nms", "median\nx bare", "99th pct\nx bare", "99th pct\nms more"):
        table.add_column(heading, justify="right")
    rows = {
        f"ours, {plan.jobs:,} jobs followed": measured.busy,
        "ours, none followed": measured.idle,
        "bare discord.py": base,
    }
    for name, samples in rows.items():
        table.add_row(
            name,
            f"{median(samples) * 1000:.1f}",
            f"{percentile(samples, 99) * 1000:.1f}",
            f"{median(samples) / median(base):.2f}",
            f"{percentile(samples, 99) / percentile(base, 99):.2f}",
            f"{_more(samples, base):+.1f}",
        )
    console.print(table)
    console.print(
        f"Meanwhile {measured.polls} polls in {measured.seconds:.0f} s "
        f"({measured.polls / measured.seconds * 60:.0f} a minute of {plan.requests_per_minute}), "
        f"{measured.throttled} answered with 429.",
        soft_wrap=True,
    )
    for name, samples in (("ours", measured.last_idle), ("bare discord.py", measured.last_bare)):
        console.print(f"The last of {BURST} at once, {name}: {median(samples) * 1000:.0f} ms in the median.")
    console.print(machine())
    targets = [
        Target(name=f"99th percentile, {name}", value=_more(measured.busy, other), limit=MOST_MORE, unit="ms more")
        for name, other in (("against none followed", measured.idle), ("against the bare command", base))
    ]
    times = median(measured.last_idle) / median(measured.last_bare)
    targets.append(
        Target(name=f"the last card of {BURST} (12 to 25 in 0.1)", value=times, limit=MOST_TIMES, unit="x bare")
    )
    return judge(targets, console)


def _more(samples: Sequence[float], others: Sequence[float]) -> float:
    """Return by how many milliseconds the 99th percentile of `samples` is above that of `others`."""
    return (percentile(samples, 99) - percentile(others, 99)) * 1000


async def _member(stack: AsyncExitStack, subject: Reelcast | Bare) -> Member:
    sandbox = await stack.enter_async_context(Sandbox.connect(subject.control_url))
    # Far more commands than a channel ever sees must not wait for Discord's limits per channel.
    await sandbox.admin.set_rate_limits(enabled=False)
    return sandbox.member(MEMBER, channel=CHANNEL)


async def _send_rounds(members: Mapping[str, Member], rounds: int, chance: random.Random) -> dict[str, list[int]]:
    """Send each member's command once a round; return the interactions' ids by bot."""
    image = Upload(broken_png(), "reference.png")
    sent: dict[str, list[int]] = {name: [] for name in members}
    for member in members.values():
        await past_notice(member, await member.slash("video", prompt="@Image1 waves, once before", image1=image))
    for number in range(rounds):
        for name in chance.sample(list(members), k=len(members)):
            result = await members[name].slash("video", prompt=f"@Image1 waves, take {number}", image1=image)
            if result.failed:
                raise Unanswered(f"{name} did not answer within Discord's 3 seconds")
            sent[name].append(int(result.id))
            await asyncio.sleep(chance.uniform(*PAUSE))
    return sent


async def _send_bursts(member: Member, bursts: int) -> list[list[int]]:
    """Send as many commands at once, several times; return the interactions' ids of each burst."""
    image, sent = Upload(broken_png(), "reference.png"), list[list[int]]()
    for burst in range(bursts):
        commands = (
            member.slash("video", prompt=f"@Image1 waves, take {number} of burst {burst}", image1=image)
            for number in range(BURST)
        )
        results = await asyncio.gather(*commands)
        if any(result.failed for result in results):
            raise Unanswered("a command of a burst was not answered within Discord's 3 seconds")
        sent.append([int(result.id) for result in results])
        await asyncio.sleep(BETWEEN_BURSTS)
    return sent


def _times(subject: Reelcast | Bare, interactions: Sequence[int]) -> list[float]:
    with subject.recording.open(encoding="utf-8") as lines:
        took = answer_times(lines)
    return [took[interaction] for interaction in interactions]


def broken_png() -> bytes:
    """Make an image that Discord takes for one and whose pixels are cut off.

    The job ends when its reference is decoded: what is followed stays as many jobs as the benchmark says.
    """
    buffer = BytesIO()
    Image.effect_noise((512, 512), 40).save(buffer, "PNG")
    return buffer.getvalue()[: buffer.tell() // 2]


def main(arguments: Sequence[str] | None = None) -> int:
    plan = QUICK if is_quick("answer", __doc__, arguments) else FULL
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        measured = run(measure(plan, Path(folder)))
    return report(plan, measured, Console(highlight=False))


if __name__ == "__main__":
    sys.exit(main())
