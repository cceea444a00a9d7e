"""How long the gate takes to decide, in a server with long lists of words."""

import random
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.seeding import PROMPT, database_url
from bot.automod.book import RuleBook
from bot.automod.rules import Automod, AutomodRule
from bot.automod.slices import taken_at_once
from bot.catalogue.models import DEFAULT
from bot.catalogue.options import options_of
from bot.database.engine import open_database
from bot.database.reading import SharedReader, open_reader
from bot.gate.denial import Denial
from bot.gate.gate import Asked, Gate, GateFactsReader
from bot.gate.text_rules import NO_WORDS, ServerTexts, TextRules
from bot.jobs.clock import SystemClock, monotonic
from bot.settings.model import GuildSettings, Limits
from bot.settings.store import SettingsStore
from tests.support.postgres import LocalPostgres

GUILD, CHANNEL, MEMBER, ROLE = 10, 20, 30, 40
KEYWORDS: Final = 500
RULES: Final = 5  # over which the keywords are spread; Discord allows six
SEED: Final = 20_260_301
# What servers write to catch spam, slurs spelled with figures, and links.
PATTERNS: Final = (
    r"\bfr[e3]{2}\s+n[i1]tro\b",
    r"discord(?:app)?\.(?:gg|com/invite)/[\w-]+",
    r"(?:https?://)?(?:www\.)?t\.me/\w{3,32}",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"(?:[A-Z0-9]{5}-){4}[A-Z0-9]{5}",
    r"(?i)c\W*r\W*y\W*p\W*t\W*o\W*(?:airdrop|giveaway)",
    r"\b[a-z]*(?:k[i1!]ll|m[u]rd[e3]r)[a-z]*\b",
    r"(.)(?:\W*[!?]){8,}",
    r"\b\w+@(?:g|hot)mail\.com\b",
    r"(?:[\x{1F300}-\x{1FAFF}]\s*){12,}|(?:[\u0300-\u036f]){4,}",
)
CONSONANTS, VOWELS = "bdfghjklmnprstvwz", "aeiou"
SHAPES: Final = ("{}", "{}", "{}*", "*{}", "*{}*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The seconds that each of many decisions took: by the clock, and of the processor in all threads.

    On a machine that does much else the clock shows that, too.
    """

    name: str
    seconds: Sequence[float]
    cpu_seconds: Sequence[float]
    held_to_target: bool = False


# A server that has set most of what can be set.
SETTINGS: Final = GuildSettings(
    channels=frozenset(range(CHANNEL, CHANNEL + 20)),
    roles=frozenset({ROLE}),
    trusted_roles=frozenset({ROLE + 1}),
    member_limits=Limits(per_day=5, per_week=20, at_once=2),
    role_limits={ROLE + number: Limits(per_day=number) for number in range(10)},
    words=tuple(f"forbidden{number}*" for number in range(50)),
)


class WrongAnswer(Exception):
    """The gate held a request to break a rule that it does not: there is nothing to time."""


class Known:
    """A server's AutoMod rules, as Discord would give them."""

    def __init__(self, rules: Sequence[AutomodRule]) -> None:
        self._rules = rules

    def may_read(self, guild_id: int) -> bool:
        return guild_id == GUILD

    async def read(self, guild_id: int) -> Sequence[AutomodRule]:
        return self._rules if guild_id == GUILD else ()


class Stopwatch:
    """Takes the times of one block after another."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        clock, cpu = self._began
        self.seconds.append(time.perf_counter() - clock)
        self.cpu_seconds.append(time.process_time() - cpu)


def automod_rules(keywords: int = KEYWORDS) -> Sequence[AutomodRule]:
    """Make rules with so many keywords and ten patterns, none of which a usual prompt breaks."""
    chance = random.Random(SEED)  # noqa: S311 - words are no secret
    syllables = [consonant + vowel for consonant in CONSONANTS for vowel in VOWELS]
    words = [chance.choice(SHAPES).format("".join(chance.choices(syllables, k=4))) for _ in range(keywords)]
    share = len(PATTERNS) // RULES
    return [
        AutomodRule(
            id=number,
            name=f"Rule {number}",
            keywords=tuple(words[number::RULES]),
            patterns=PATTERNS[number * share : (number + 1) * share],
        )
        for number in range(RULES)
    ]


async def decide(folder: Path, server: LocalPostgres, rounds: int) -> Sequence[Decided]:
    """Time decisions about a prompt of usual length and about the longest."""
    usual = Asked(
        guild_id=GUILD,
        channel_id=CHANNEL,
        member_id=MEMBER,
        role_ids=frozenset({ROLE}),
        texts=(PROMPT, "keeper.png", "harbour.png"),
        options=options_of(DEFAULT.slug, 5, "16:9"),
        model=DEFAULT,
    )
    longest = replace(usual, texts=((PROMPT * 20)[: DEFAULT.prompt_limit],))
    rules = TextRules(NO_WORDS, Automod(automod_rules()))
    decided = [
        _texts_alone("texts alone, usual prompt", rules, usual, rounds),
        _texts_alone("texts alone, longest prompt", rules, longest, rounds),
    ]
    async with open_gates(database_url(folder)) as gates:
        decided += [
            await _gate("SQLite, usual prompt", gates.own, usual, rounds, held_to_target=True),
            await _gate("SQLite, longest prompt", gates.own, longest, rounds, held_to_target=True),
            await _gate("SQLite, usual prompt, read in turn with writers", gates.shared, usual, rounds),
        ]
    async with server.database() as address, open_gates(address) as gates:
        decided += [
            await _gate("PostgreSQL, usual prompt", gates.own, usual, rounds),
            await _gate("PostgreSQL, longest prompt", gates.own, longest, rounds),
        ]
    return decided


@dataclass(frozen=True, slots=True)
class Gates:
    own: Gate  # as the bot opens it
    shared: Gate  # reads through the connections that write, in a transaction


@asynccontextmanager
async def open_gates(address: str) -> AsyncGenerator[Gates]:
    """Open the gate on a database in which the server has its settings."""
    clock = SystemClock()
    async with open_database(address) as database, open_reader(database) as reader:
        await SettingsStore(database).change(GUILD, lambda _: SETTINGS, clock.now())
        readers = (reader, SharedReader(database))
        yield Gates(*(Gate(GateFactsReader(each), clock, _texts()) for each in readers))


def _texts() -> ServerTexts:
    return ServerTexts(RuleBook(Known(automod_rules()), monotonic))


def _texts_alone(name: str, rules: TextRules, asked: Asked, rounds: int) -> Decided:
    watch = Stopwatch()
    for _ in range(rounds):
        with watch:
            match = taken_at_once(rules.judge(asked.texts, role_ids=asked.role_ids, channel_ids={CHANNEL}))
        if match is not None:
            raise WrongAnswer(f"{match}")
    return Decided(name=name, seconds=watch.seconds, cpu_seconds=watch.cpu_seconds)


async def _gate(name: str, gate: Gate, asked: Asked, rounds: int, *, held_to_target: bool = False) -> Decided:
    await gate.judge(asked)  # the first one makes the rules ready
    watch = Stopwatch()
    for _ in range(rounds):
        with watch:
            verdict = await gate.judge(asked)
        if isinstance(verdict, Denial):
            raise WrongAnswer(f"{verdict}")
    return Decided(name=name, seconds=watch.seconds, cpu_seconds=watch.cpu_seconds, held_to_target=held_to_target)
