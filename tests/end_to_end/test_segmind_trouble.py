"""Whatever Segmind does, a member reads what it means for them, and an operator what to do about it."""

from dataclasses import dataclass, field

import pytest

from sandbox.segmind.reports import FaultSpec
from tests.end_to_end.stage import LONG, Stage, replied, replies, shows

HTML = "<html><head><title>502 Bad Gateway</title></head></html>"
MODEL = "kling-o1-reference-image-to-video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A setting of the local Segmind, and who shall read what of it."""

    settings: dict[str, object] = field(default_factory=dict[str, object])
    fault: FaultSpec | None = None
    card: str
    log: dict[str, object]


# What a refusal may have changed.
USUAL: dict[str, object] = {
    "key_valid": True,
    "credits": 100,
    "retired_models": [],
    "forbidden_models": [],
    "moderation_words": [],
    "run_seconds": 0.6,
}
OPERATOR_ACTS = "Videos aren't available right now. The bot operator has been notified. Nothing was charged."
REFUSALS = {
    "wrong key": Refusal(
        settings={"key_valid": False}, card=OPERATOR_ACTS, log={"event": "operator_must_act", "what": "InvalidKey"}
    ),
    "no credits": Refusal(
        settings={"credits": 0}, card=OPERATOR_ACTS, log={"event": "operator_must_act", "what": "OutOfCredits"}
    ),
    "model gone": Refusal(
        settings={"retired_models": [MODEL]},
        card=OPERATOR_ACTS,
        log={"event": "operator_must_act", "what": "ModelGone"},
    ),
    "model forbidden": Refusal(
        settings={"forbidden_models": [MODEL]},
        card=OPERATOR_ACTS,
        log={"event": "operator_must_act", "what": "ModelForbidden"},
    ),
    "content rules": Refusal(
        settings={"moderation_words": ["walk"]},
        card="Blocked by the video service's content filter",
        log={"event": "job_state", "state": "FAILED", "problem": "MODERATED"},
    ),
    "failed run": Refusal(
        settings={"run_seconds": LONG},  # the local run goes on, and must not be charged meanwhile
        fault={
            "kind": "answer",
            "operation": "status",
            "status": 422,
            "body": {"status": "FAILED", "error": "upstream worker crashed", "metrics": {}},
        },
        card="couldn't make this video. Nothing was charged. You can request it again.",
        log={"event": "job_state", "state": "FAILED", "problem": "RUN_FAILED", "words": "upstream worker crashed"},
    ),
    "rejected parameter": Refusal(
        fault={"kind": "answer", "operation": "submit", "status": 400, "body": {"error": "prompt is not acceptable"}},
        card="didn't accept this request. Nothing was charged.",
        log={"event": "job_state", "state": "FAILED", "problem": "REFUSED"},
    ),
}


async def test_a_refusal_ends_the_job_with_words_for_the_member_and_for_the_operator(
    stage: Stage, subtests: pytest.Subtests
) -> None:
    mira = stage.member()
    async with stage.bot(LOG_PROMPTS="true") as bot:
        for name, refusal in REFUSALS.items():
            await stage.segmind.clear_faults()
            await stage.segmind.configure(**{**USUAL, **refusal.settings})
            if refusal.fault is not None:
                await stage.segmind.add_faults(refusal.fault)
            with subtests.test(name):
                card = await stage.ask(mira)
                failed = await shows(mira, card, "Failed")
                assert refusal.card in failed.text
                assert str(refusal.log.get("words", "api key")) not in failed.text.casefold()
                facts = {name: fact for name, fact in refusal.log.items() if name != "event"}
                await bot.logged(str(refusal.log["event"]), job=stage.job_of(card), **facts)
                assert stage.jobs()[stage.job_of(card)] == "FAILED"
                assert stage.spent_usd() == 0
                assert await stage.charged() == (0, 0)
                assert await replies(mira, card) == []


PASSING: dict[str, list[FaultSpec]] = {
    "503 in JSON after it accepted": [
        {"kind": "answer", "operation": "submit", "when": "after", "status": 503, "count": 1}
    ],
    "429 before it accepts": [
        {
            "kind": "answer",
            "operation": "submit",
            "status": 429,
            "body": {"error": "Rate limit exceeded"},
            "count": 1,
            "headers": {"x-rate-limit-reset-at-utc": "2020-01-01T00:00:00Z"},
        }
    ],
    "a proxy's 502 after it accepted": [
        {"kind": "answer", "operation": "submit", "when": "after", "status": 502, "body": HTML, "count": 1}
    ],
    "a reset after it accepted": [{"kind": "reset", "operation": "submit", "when": "after", "count": 1}],
    "HTML in place of a status and a result": [
        {"kind": "answer", "operation": "status", "status": 502, "body": HTML, "count": 1},
        {"kind": "answer", "operation": "result", "status": 200, "body": HTML, "count": 1},
    ],
    "slow in all": [{"kind": "stall", "operation": "any", "delay": 0.5, "count": 8}],
    "half a video": [{"kind": "hang_up_midway", "operation": "output", "count": 1}],
}


async def test_trouble_that_passes_costs_time_but_one_charge_and_one_post(
    stage: Stage, subtests: pytest.Subtests
) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        for number, (name, faults) in enumerate(PASSING.items(), start=1):
            await stage.segmind.clear_faults()
            await stage.segmind.add_faults(*faults)
            with subtests.test(name):
                card = await stage.ask(mira)
                post = await replied(mira, card)
                await bot.reached("DELIVERED", stage.job_of(card))
                assert await stage.charged() == (number, pytest.approx(1.35 * number))
                assert stage.spent_usd() == pytest.approx(1.35 * number)
                await shows(mira, card, "Done")
                assert await replies(mira, card) == [post]
