"""Whoever runs the bot is told what they must know: once, and again when it comes again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
import simcord

from bot.catalogue.models import DEFAULT
from bot.catalogue.options import options_of
from bot.jobs.model import Problem, ProblemCode
from bot.jobs.ports import News
from bot.jobs.states import State
from bot.jobs.upkeep.reconciler import OrphanStore
from bot.operator.figures import SPENDING, Caps
from bot.operator.model_watch import READ_EVERY, ModelWatch
from bot.operator.notices import NoticeKind
from bot.operator.watch import LOOKS_BACK, OperatorNews
from bot.segmind.models import HistoryRow
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.server import SegmindSandbox
from tests.support.clock import ManualClock
from tests.support.jobs import charge
from tests.support.operators import local_segmind, runs, settings_at
from tests.unit.cogs.stage import Stage

LATER = timedelta(minutes=11)


@pytest.fixture
async def segmind() -> AsyncIterator[SegmindSandbox]:
    async with local_segmind() as sandbox:
        yield sandbox


@pytest.fixture
async def control(segmind: SegmindSandbox) -> AsyncIterator[SegmindControl]:
    async with aiohttp.ClientSession() as session:
        yield SegmindControl(segmind.describe()["control_url"], session)


@pytest.fixture
def changes(segmind: SegmindSandbox) -> dict[str, object]:
    return settings_at(segmind)


@pytest.fixture
async def olga(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> simcord.MemberActor:
    olga = stage.guild.add_member(stage.env.create_user("olga"))
    runs(stage.bot, olga, monkeypatch)
    return olga


class Watching:
    """A watch whose time passes by hand, and what it has told."""

    def __init__(self, stage: Stage, **changes: Any) -> None:
        self._stage = stage
        self.clock = ManualClock(stage.bot.services.clock.now())
        self.watch = replace(stage.bot.services.operating.watch, clock=self.clock, **changes)

    async def looks(self) -> list[str]:
        """Have it look once, long after its last look; returns what it tells."""
        before = self._told()
        await self.watch.look()
        self.clock.advance(LATER.total_seconds())
        return self._told()[len(before) :]

    def _told(self) -> list[str]:
        lines = self._stage.env.transcript().splitlines()
        return [line for line in lines if "POST /channels/" in line and "content=" in line]


@pytest.fixture
async def watching(stage: Stage, olga: simcord.MemberActor) -> Watching:
    return Watching(stage)


def caps(day: str, cheapest: str, *, month: str | None = None) -> Caps:
    return Caps(
        per_day_usd=Decimal(day), per_month_usd=Decimal(month) if month else None, cheapest_usd=Decimal(cheapest)
    )


async def answers(control: SegmindControl, operation: str, status: int) -> None:
    fault: Any = {"kind": "answer", "operation": operation, "status": status, "body": {"error": "no"}, "count": 1}
    await control.add_faults(fault)


async def test_where_nothing_is_wrong_nobody_is_told_anything(watching: Watching) -> None:
    assert await watching.looks() == []


async def test_a_key_that_fails_is_told_once_and_anew_after_it_worked(
    watching: Watching, control: SegmindControl
) -> None:
    await answers(control, "credits", 401)
    [told] = await watching.looks()
    assert "rejected the API key" in told
    await answers(control, "credits", 401)
    assert await watching.looks() == []
    assert await watching.looks() == []
    await answers(control, "credits", 401)
    assert len(await watching.looks()) == 1


async def test_credits_that_run_low_are_told_once(watching: Watching, stage: Stage) -> None:
    left = await stage.bot.services.operating.credits(within=5)
    assert left is not None
    low = Watching(stage, credits_low_usd=left + Decimal(1))
    [told] = await low.looks()
    assert "Segmind credits are running low" in told
    assert await low.looks() == []


async def test_credits_that_run_low_explain_no_refusal(stage: Stage, olga: simcord.MemberActor) -> None:
    await stage.ask()
    await stage.has_become(State.FAILED, problem=Problem(code=ProblemCode.SERVICE, detail="HTTP 406: team limit"))
    [told] = await Watching(stage, credits_low_usd=Decimal(1_000_000)).looks()
    assert "Segmind credits are running low" in told
    assert "Segmind is refusing to make videos" in told


async def test_a_model_that_is_gone_is_told_once_and_not_for_each_job(
    watching: Watching, control: SegmindControl, stage: Stage
) -> None:
    await stage.ask()
    problem = Problem(code=ProblemCode.SERVICE, detail="HTTP 410: gone")
    job = await stage.has_become(State.FAILED, problem=problem)
    await control.configure(retired_models=[job.request.model])
    told = await watching.looks()
    assert len(told) == 1
    assert "no longer offers the model" in told[0]


async def test_a_model_that_is_gone_explains_no_refusal_of_another(
    watching: Watching, control: SegmindControl, stage: Stage
) -> None:
    await stage.ask()
    problem = Problem(code=ProblemCode.SERVICE, detail="HTTP 406: team limit")
    await stage.has_become(State.FAILED, problem=problem)
    model = "gone-reference-image-to-video"
    await stage.ask()
    job = (await stage.jobs())[-1]
    problem = Problem(code=ProblemCode.SERVICE, detail="HTTP 410: gone")
    await stage.bot.services.store.save(
        replace(job, request=replace(job.request, options=options_of(model, 5)), state=State.FAILED, problem=problem)
    )
    watch = stage.bot.services.operating.watch
    models = ModelWatch(watch.segmind, [replace(DEFAULT, slug=model)], watch.notices, watch.clock)
    both = Watching(stage, model_watch=models)
    await control.configure(retired_models=[model])
    assert len(await both.looks()) == 1
    told = await stage.bot.services.operating.notices.current(NoticeKind.MODEL, NoticeKind.SERVICE)
    assert [(each.kind, each.detail) for each in told] == [
        (NoticeKind.MODEL, model),
        (NoticeKind.SERVICE, "HTTP 406: team limit"),
    ]


async def test_another_refusal_is_told_in_segminds_words(watching: Watching, stage: Stage) -> None:
    await stage.ask()
    problem = Problem(code=ProblemCode.SERVICE, detail="HTTP 406: team limit @everyone")
    job = await stage.has_become(State.FAILED, problem=problem)
    await stage.bot.services.store.save(job.evolve(retry_at=None))
    [told] = await watching.looks()
    assert "Segmind is refusing to make videos" in told
    assert await watching.looks() == []


async def test_charges_without_an_owner_and_what_was_never_settled_are_told(watching: Watching, stage: Stage) -> None:
    await stage.ask()
    job = await stage.has_become(State.FAILED, problem=Problem(code=ProblemCode.UNSETTLED))
    now = stage.bot.services.clock.now()
    row = HistoryRow(
        request_id="r-77", model="m", state="COMPLETED", cost=None, body=None, output_urls=(), created_at=now, error=""
    )
    await OrphanStore(stage.bot.services.operating.database).note(row, now)
    [told] = await watching.looks()
    assert "that no one requested from this bot" in told
    assert "77" in told
    notices = await stage.bot.services.operating.notices.current(NoticeKind.CHARGE, NoticeKind.UNSETTLED)
    assert {each.detail for each in notices} == {"r-77", str(job.id)}
    assert await watching.looks() == []


async def test_what_happened_leaves_the_overview_after_a_week_and_is_not_told_again(
    watching: Watching, stage: Stage
) -> None:
    await stage.ask()
    await stage.has_become(State.FAILED, problem=Problem(code=ProblemCode.UNSETTLED))
    notices = stage.bot.services.operating.notices
    await watching.looks()
    watching.clock.advance(timedelta(days=6).total_seconds())
    await watching.looks()
    assert [each.kind for each in await notices.current(*NoticeKind)] == [NoticeKind.UNSETTLED]
    watching.clock.advance(timedelta(days=1).total_seconds())
    for _ in range(2):
        assert await watching.looks() == []
        assert await notices.current(*NoticeKind) == []


async def test_a_bot_whose_own_spending_cap_is_near_or_reached_says_so_once_a_day(stage: Stage, olga: Any) -> None:
    await stage.ask()
    near = Watching(stage, caps=caps("1.60", "0.10"))
    [told] = await near.looks()
    assert r"80% of the bot's $1\\.60 spending limit for today" in told
    assert await near.looks() == []
    reached = Watching(stage, caps=caps("1.60", "1.35"))
    [told] = await reached.looks()
    assert r"The bot has reached its $1\\.60 spending limit for today" in told
    assert await reached.looks() == []
    assert await near.looks() == []  # what was released since is no news
    reached.clock.advance(timedelta(days=1).total_seconds())
    assert await reached.looks() == []
    assert await stage.bot.services.operating.notices.current(*SPENDING) == []


async def test_the_cap_of_a_month_is_told_of_as_well(stage: Stage, olga: Any) -> None:
    await stage.ask()
    [told] = await Watching(stage, caps=caps("100", "0.10", month="1.60")).looks()
    assert r"80% of the bot's $1\\.60 spending limit for this month" in told
    [told] = await Watching(stage, caps=caps("100", "1.35", month="1.60")).looks()
    assert r"The bot has reached its $1\\.60 spending limit for this month" in told


async def test_a_cap_below_the_price_of_any_video_is_not_told_of_day_by_day(stage: Stage, olga: Any) -> None:
    assert await Watching(stage, caps=caps("1.00", "1.35")).looks() == []


async def test_while_discord_is_down_it_stays_to_be_told(
    watching: Watching, control: SegmindControl, stage: Stage
) -> None:
    await answers(control, "credits", 401)
    stage.env.inject_error("GET", "/users/*", status=500)
    await watching.watch.look()
    [notice] = await stage.bot.services.operating.notices.untold()
    assert notice.kind is NoticeKind.KEY
    assert len(await watching.looks()) == 1


async def test_who_takes_no_direct_messages_is_not_asked_again_and_again(
    watching: Watching, control: SegmindControl, stage: Stage
) -> None:
    await answers(control, "credits", 401)
    stage.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    await watching.looks()
    assert await stage.bot.services.operating.notices.untold() == []


async def test_another_bot_with_the_token_is_told_of_once_in_a_week(watching: Watching) -> None:
    for _ in range(3):
        await watching.watch.answered_elsewhere()
    [told] = await watching.looks()
    assert "Another process with this bot's token is answering members." in told
    await watching.watch.answered_elsewhere()
    assert await watching.looks() == []
    [notice] = await watching.watch.notices.current(NoticeKind.ANOTHER_BOT)
    assert notice.detail == ""
    watching.clock.advance(LOOKS_BACK.total_seconds())
    assert await watching.looks() == []
    await watching.watch.answered_elsewhere()
    assert len(await watching.looks()) == 1


class CatalogWatching(Watching):
    """A watch in which the time of the catalog passes, too."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        watch = self.watch
        models = ModelWatch(watch.segmind, stage.bot.services.offer.models, watch.notices, self.clock)
        self.watch = replace(watch, model_watch=models)


async def test_the_catalog_is_read_at_the_start_and_daily_and_each_change_is_told_once(
    stage: Stage, olga: simcord.MemberActor, control: SegmindControl
) -> None:
    watching = CatalogWatching(stage)
    assert await watching.looks() == []
    slug = stage.bot.services.offer.default.slug
    await control.configure(schemas={slug: {"properties": {"prompt": {}, "duration": {"enum": ["5"]}}}})
    assert await watching.looks() == [], "it is not read again on the same day"
    watching.clock.advance(READ_EVERY.total_seconds())
    [told] = await watching.looks()
    assert "Segmind changed the inputs of a model" in told
    [notice] = await watching.watch.notices.current(NoticeKind.SCHEMA)
    assert "`duration` no longer takes 10" in notice.detail
    assert "`prompt`" not in notice.detail
    watching.clock.advance(READ_EVERY.total_seconds())
    assert await watching.looks() == []
    await control.configure(schemas={}, unlisted_models=[slug])
    watching.clock.advance(READ_EVERY.total_seconds())
    [told] = await watching.looks()
    assert "no longer offers the model" in told
    await control.configure(unlisted_models=[])
    watching.clock.advance(READ_EVERY.total_seconds())
    assert await watching.looks() == []
    kinds = await stage.bot.services.operating.notices.current(NoticeKind.MODEL, NoticeKind.SCHEMA)
    assert kinds == []
    assert (await control.state())["operations"].get("submit", 0) == 0


async def test_a_catalog_that_cannot_be_read_is_read_again_soon(
    stage: Stage, olga: simcord.MemberActor, control: SegmindControl
) -> None:
    watching = CatalogWatching(stage)
    await control.configure(unlisted_models=[stage.bot.services.offer.default.slug])
    await control.add_faults({"kind": "answer", "operation": "catalog", "status": 404, "body": "<html>"})
    assert await watching.looks() == []
    await control.clear_faults()
    assert len(await watching.looks()) == 1


async def test_a_price_that_differs_is_told_once(watching: Watching, stage: Stage) -> None:
    await charge(stage.bot.services.store, "0.70", "0.72")
    assert await watching.looks() == [], "two charges below the price prove nothing yet"
    await charge(stage.bot.services.store, "0.71")
    [told] = await watching.looks()
    assert "Segmind charges a different price than configured" in told
    [notice] = await watching.watch.notices.current(NoticeKind.PRICE)
    assert "5 s: $0.72 instead of $1.35" in notice.detail
    assert await watching.looks() == []


async def test_an_odd_cost_a_late_request_and_inputs_that_are_not_taken_are_told_once(
    watching: Watching, stage: Stage
) -> None:
    operating = stage.bot.services.operating
    tell = OperatorNews(operating.notices, watching.clock)
    for _ in range(2):
        await tell(News.ODD_COST, about="m", detail="m, job 7: -500")
        await tell(News.LATE_REQUEST, about="8", detail="8")
    await stage.ask()
    await stage.has_become(State.FAILED, problem=Problem(code=ProblemCode.INPUTS, detail="Prompt is required"))
    assert len(await watching.looks()) == 1
    kinds = (NoticeKind.ODD_COST, NoticeKind.LATE_REQUEST, NoticeKind.INPUTS)
    notices = await watching.watch.notices.current(*kinds)
    details = {notice.kind: notice.detail for notice in notices}
    assert (len(notices), details[NoticeKind.ODD_COST], details[NoticeKind.LATE_REQUEST]) == (3, "m, job 7: -500", "8")
    assert "Prompt is required" in details[NoticeKind.INPUTS]
    assert await watching.looks() == []


async def test_requests_that_break_the_bot_before_anything_is_paid_are_told_once(
    watching: Watching, stage: Stage
) -> None:
    await stage.ask()
    broken = Problem(code=ProblemCode.BROKEN, detail="KeyError")
    job = await stage.has_become(State.FAILED, problem=broken)
    [told] = await watching.looks()
    assert str(job.id) in told
    assert "KeyError" in told
    await stage.ask()
    [other] = await stage.bot.services.store.in_states([State.PREPARING])
    await stage.bot.services.store.save(other.move(State.FAILED, watching.clock.now(), problem=broken))
    assert await watching.looks() == [], "once for all, however many there are"
    watching.clock.advance(LOOKS_BACK.total_seconds())
    assert await watching.looks() == []
    assert await stage.bot.services.operating.notices.current(NoticeKind.BROKEN) == []
