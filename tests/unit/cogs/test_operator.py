"""`/operator`: for whoever runs the bot, and for nobody else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from discord import TeamMemberRole, TeamMembershipState
from simcord.results import InteractionResult

from bot import VERSION
from bot.jobs.model import Problem, ProblemCode, ReviewMode
from bot.jobs.pacing.one_request import OneRequest
from bot.jobs.states import State
from bot.operator.notices import NoticeKind
from sandbox.segmind.server import SegmindSandbox
from tests.support.operators import Teammate, local_segmind, runs, settings_at
from tests.support.review_room import said
from tests.support.settings_panel import components
from tests.unit.cogs.stage import Boot, Stage, texts

REFUSED = "Only the bot operator can do that"


@pytest.fixture
async def segmind() -> AsyncIterator[SegmindSandbox]:
    async with local_segmind() as sandbox:
        yield sandbox


@pytest.fixture
def changes(segmind: SegmindSandbox) -> dict[str, object]:
    return settings_at(segmind)


@pytest.fixture
async def olga(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> simcord.MemberActor:
    olga = an_administrator(stage, "olga")
    runs(stage.bot, olga, monkeypatch)
    return olga


def an_administrator(stage: Stage, name: str) -> simcord.MemberActor:
    role = stage.guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
    return stage.guild.add_member(stage.env.create_user(name), roles=[role])


def shown(result: InteractionResult) -> str:
    """Return what the panel says, which only who asked sees."""
    told = result.followups[-1] if result.followups else result.response
    assert told is not None
    assert told.ephemeral
    return texts(told)


async def opened(stage: Stage, who: simcord.MemberActor, page: str = "") -> InteractionResult:
    result = await who.slash(stage.channel, "operator")
    return await pressed(who, result, page) if page else result


async def pressed(who: simcord.MemberActor, panel: InteractionResult, custom_id: str) -> InteractionResult:
    message = panel.followups[-1] if panel.followups else panel.response
    assert message is not None
    return await who.click(message, custom_id=f"reelcast:operator:{custom_id}")


async def stuck(stage: Stage, state: State, **facts: Any) -> int:
    await stage.ask()
    return (await stage.has_become(state, **facts)).id


async def test_the_overview_tells_money_jobs_and_what_is_wrong(stage: Stage, olga: simcord.MemberActor) -> None:
    await stage.ask()
    await stage.bot.services.operating.notices.note(NoticeKind.MODEL, stage.bot.services.clock.now(), detail="kling_x")
    text = shown(await opened(stage, olga))
    assert "**Segmind credits** $" in text
    assert "**Spent today (UTC)** $1.35 of $20.00" in text
    assert "**Spent this month** $1.35" in text
    assert "**Jobs in progress** PREPARING 1" in text
    assert f"**Version** {VERSION}" in text
    assert "**Status and result** Not known until the first video" in text
    one_request = OneRequest(stage.bot.services.operating.database)
    for serves, words in ((True, "In one request"), (False, "In two requests")):
        await one_request.found(stage.bot.services.clock.now(), serves=serves)
        assert f"**Status and result** {words}" in shown(await opened(stage, olga))
    assert r"the model kling\_x" in text


async def test_what_happened_pushes_off_the_overview_nothing_that_lasts(
    stage: Stage, olga: simcord.MemberActor
) -> None:
    notices, now = stage.bot.services.operating.notices, stage.bot.services.clock.now()
    await notices.note(NoticeKind.SERVICE, now, detail="no")
    await notices.note(NoticeKind.KEY, now)
    for number in range(6):
        await notices.note(NoticeKind.CHARGE, now + timedelta(seconds=number), about=f"r{number}", detail=f"r{number}")
    await notices.note(NoticeKind.UNSETTLED, now + timedelta(minutes=1), about="77", detail="77")
    wrong = shown(await opened(stage, olga)).partition("**Servers**")[2]
    told = ("API key", "Its message: no", "job 77", "request r5", "request r4")
    places = [wrong.find(each) for each in told]
    assert -1 not in places
    assert places == sorted(places)
    assert "r3" not in wrong


async def test_the_page_that_is_open_stands_out_and_no_jobs_are_no_line(
    stage: Stage, olga: simcord.MemberActor
) -> None:
    overview = await opened(stage, olga)
    assert "Jobs in progress" not in shown(overview)
    for page in ("overview", "stuck", "servers", "blocks"):
        panel = await pressed(olga, overview, f"{page}:00")
        message = panel.followups[-1] if panel.followups else panel.response
        assert message is not None
        tabs = [each for each in components(message) if each.get("custom_id", "").endswith(":00")]
        assert [each["custom_id"] for each in tabs if each["style"] == 1] == [f"reelcast:operator:{page}:00"]


async def test_the_operators_own_server_alone_is_offered_the_command(stage: Stage, boot: Boot) -> None:
    await stage.env.restart_bot(await boot(operator_server_id=stage.guild.id))
    olga = an_administrator(stage, "olga")
    other = stage.env.create_guild("Animation Guild")
    role = other.create_role("Admins", permissions=discord.Permissions(administrator=True))
    elsewhere = other.add_member(stage.env.create_user("ada"), roles=[role])
    assert "operator" in olga.available_commands(stage.channel)
    assert "operator" not in elsewhere.available_commands(other.create_text_channel("videos"))
    assert said(await olga.slash(stage.channel, "operator")).startswith(REFUSED)


async def test_a_server_without_the_bot_keeps_no_other_command_from_being_registered(stage: Stage, boot: Boot) -> None:
    stage.env.inject_error("PUT", "/guilds/77/commands", status=403, code=50001, times=None)
    await stage.env.restart_bot(await boot(operator_server_id=77))
    assert "video" in stage.alice.available_commands(stage.channel)


async def test_an_administrator_who_does_not_run_the_bot_is_refused(stage: Stage, olga: simcord.MemberActor) -> None:
    eve = an_administrator(stage, "eve")
    assert said(await eve.slash(stage.channel, "operator")).startswith(REFUSED)


@pytest.mark.parametrize("role", [TeamMemberRole.admin, TeamMemberRole.developer], ids=["admin", "developer"])
async def test_who_works_on_the_bot_in_the_team_that_owns_it_is_let_in_as_the_teams_owner_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, role: TeamMemberRole
) -> None:
    owner, ada = an_administrator(stage, "owner"), an_administrator(stage, "ada")
    runs(stage.bot, owner, monkeypatch, Teammate(user=ada, role=role))
    for who in (owner, ada):
        assert "**Segmind credits**" in shown(await opened(stage, who))


@pytest.mark.parametrize(
    ("role", "state"),
    [
        (TeamMemberRole.read_only, TeamMembershipState.accepted),
        (TeamMemberRole.admin, TeamMembershipState.invited),
        (TeamMemberRole.developer, TeamMembershipState.invited),
    ],
    ids=["read-only", "invited admin", "invited developer"],
)
async def test_who_may_only_look_on_in_the_team_or_has_not_joined_it_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, role: TeamMemberRole, state: TeamMembershipState
) -> None:
    owner, ada = an_administrator(stage, "owner"), an_administrator(stage, "ada")
    runs(stage.bot, owner, monkeypatch, Teammate(user=ada, role=role, state=state))
    assert said(await ada.slash(stage.channel, "operator")).startswith(REFUSED)


@pytest.mark.parametrize(
    "verb", ["overview:0", "pause:0", "pause-now:0", "give-up:1", "send:1", "block:0", "unblock-member:1"]
)
async def test_forged_buttons_are_refused(stage: Stage, olga: simcord.MemberActor, verb: str) -> None:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Forged", custom_id=f"reelcast:operator:{verb}"))
    view.stop()
    forged = await stage.bot.get_partial_messageable(stage.channel.id).send("forged", view=view)
    assert said(await stage.alice.click(forged, label="Forged")).startswith(REFUSED)
    assert await stage.bot.services.operating.store.paused_since() is None


async def test_a_pause_stops_new_work_everywhere_and_outlives_a_restart(
    stage: Stage, olga: simcord.MemberActor, boot: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = await opened(stage, olga)
    asked = await pressed(olga, panel, "pause:0")
    assert "Pause new videos in every server?" in shown(asked)
    assert await stage.bot.services.operating.store.paused_since() is None
    assert "⏸️ Paused." in shown(await pressed(olga, asked, "pause-now:0"))
    await stage.env.restart_bot(await boot())
    runs(stage.bot, olga, monkeypatch)
    assert (await stage.refusal()).startswith("The bot operator has paused new videos.")
    panel = await opened(stage, olga)
    assert "▶️" in shown(await pressed(olga, panel, "resume:0"))
    await stage.ask()
    assert len(await stage.jobs()) == 1


async def blocks(stage: Stage, who: simcord.MemberActor, target: str, target_id: object) -> str:
    panel = await opened(stage, who)
    modal = await pressed(who, await pressed(who, panel, "blocks:00"), "block:0")
    values = {"target": target, "target-id": str(target_id), "reason": "**spam**"}
    result = await who.submit_modal(modal, values)
    told = result.followups[-1] if result.followups else result.response
    assert told is not None
    return told.content or texts(told)


async def test_a_member_is_blocked_everywhere_and_let_in_again(stage: Stage, olga: simcord.MemberActor) -> None:
    text = await blocks(stage, olga, "MEMBER", stage.alice.id)
    assert "✅ Blocked everywhere" in text
    assert rf"<@{stage.alice.id}> `{stage.alice.id}`" in text
    assert r"\*\*spam\*\*" in text
    assert (await stage.refusal()).startswith("The bot operator has blocked you")
    panel = await pressed(olga, await opened(stage, olga), "blocks:00")
    assert "Unblocked." in shown(await pressed(olga, panel, f"unblock-member:{stage.alice.id}"))
    await stage.ask()
    assert len(await stage.jobs()) == 1


async def test_a_server_is_blocked(stage: Stage, olga: simcord.MemberActor) -> None:
    await blocks(stage, olga, "SERVER", stage.guild.id)
    assert (await stage.refusal()).startswith("The bot operator has blocked this server")


@pytest.mark.parametrize("target", ["MEMBER", "SERVER"])
async def test_what_waits_of_who_is_blocked_ends_at_once(stage: Stage, olga: simcord.MemberActor, target: str) -> None:
    await stage.ask()
    job = await stage.has_become(State.WAITING)
    await blocks(stage, olga, target, {"MEMBER": stage.alice.id, "SERVER": stage.guild.id}[target])
    ended = await stage.bot.services.store.get(job.id)
    assert ended is not None
    assert (ended.state, ended.problem) == (State.REJECTED, Problem(code=ProblemCode.BLOCKED))


@pytest.mark.parametrize("typed", [str(2**63), "x" * 17])
async def test_what_is_no_id_of_discords_blocks_nobody(stage: Stage, olga: simcord.MemberActor, typed: str) -> None:
    assert (await blocks(stage, olga, "MEMBER", typed)).startswith("That isn't an ID.")
    assert await stage.bot.services.operating.store.blocks(first=0, at_most=5) == ([], 0)


async def test_whoever_runs_the_bot_cannot_block_themselves(stage: Stage, olga: simcord.MemberActor) -> None:
    assert "You can't block a bot operator." in await blocks(stage, olga, "MEMBER", olga.id)
    assert await stage.bot.services.operating.store.blocks(first=0, at_most=5) == ([], 0)


async def test_what_is_no_id_is_said_so(stage: Stage, olga: simcord.MemberActor) -> None:
    assert (await blocks(stage, olga, "MEMBER", "9" * 20)).startswith("That isn't an ID.")


async def test_an_undelivered_video_is_sent_again(stage: Stage, olga: simcord.MemberActor) -> None:
    problem = Problem(code=ProblemCode.CHANNEL)
    job_id = await stuck(stage, State.UNDELIVERED, problem=problem, output_url="https://images.segmind.com/x.mp4")
    panel = await opened(stage, olga, "stuck:00")
    assert f"**UNDELIVERED** `{job_id}`" in shown(panel)
    stale = await opened(stage, olga, "stuck:00")
    await pressed(olga, panel, f"send:{job_id}")
    [job] = await stage.jobs()
    assert (job.state, job.post_channel_id) == (State.POSTING, stage.channel.id)
    assert "That job has already moved on. Its state is now POSTING." in shown(
        await pressed(olga, stale, f"close:{job_id}")
    )


async def test_a_video_sent_again_that_moderators_have_to_see_first_is_said_to_wait_for_them(
    stage: Stage, olga: simcord.MemberActor
) -> None:
    await stage.set(review=ReviewMode.BEFORE_POSTING)
    job_id = await stuck(stage, State.UNDELIVERED, output_url="https://images.segmind.com/x.mp4")
    told = shown(await pressed(olga, await opened(stage, olga, "stuck:00"), f"send:{job_id}"))
    assert "A moderator reviews the video first." in told
    assert "is being sent" not in told
    [job] = await stage.jobs()
    assert job.state is State.REVIEW


async def test_an_undelivered_video_is_closed_and_its_member_told(stage: Stage, olga: simcord.MemberActor) -> None:
    job_id = await stuck(stage, State.UNDELIVERED, output_url="https://images.segmind.com/x.mp4")
    panel = await opened(stage, olga, "stuck:00")
    assert "Closed." in shown(await pressed(olga, panel, f"close:{job_id}"))
    [job] = await stage.jobs()
    assert (job.state, job.owes_notice) == (State.WITHHELD, True)


async def test_an_unconfirmed_job_is_given_up_only_after_its_request_must_have_shown_up(
    stage: Stage, olga: simcord.MemberActor
) -> None:
    now = stage.bot.services.clock.now()
    body = {"prompt": "x"}
    job_id = await stuck(stage, State.UNCONFIRMED, submitted_at=now, body=body)
    panel = await opened(stage, olga, "stuck:00")
    assert "It was sent a moment ago" in shown(await pressed(olga, panel, f"give-up:{job_id}"))
    await stage.has_become(State.UNCONFIRMED, submitted_at=now - timedelta(minutes=5), body=body)
    stale = await opened(stage, olga, "stuck:00")
    assert "The request isn't in Segmind's history." in shown(await pressed(olga, panel, f"look:{job_id}"))
    assert "Job closed and its reserved cost released." in shown(await pressed(olga, panel, f"give-up:{job_id}"))
    [job] = await stage.jobs()
    assert (job.state, job.problem) == (State.FAILED, Problem(code=ProblemCode.NEVER_ARRIVED))
    assert await stage.bot.services.store.spent(job.spend_day) == 0
    assert "That job has already moved on. Its state is now FAILED." in shown(
        await pressed(olga, stale, f"give-up:{job_id}")
    )


async def test_a_job_that_is_gone_is_said_so(stage: Stage, olga: simcord.MemberActor) -> None:
    job_id = await stuck(stage, State.UNDELIVERED)
    panel = await opened(stage, olga, "stuck:00")
    await stage.has_become(State.CANCELLED)
    now = stage.bot.services.clock.now()
    await stage.bot.services.store.delete_ended(before=now + timedelta(days=1), at_most=5)
    assert "That job is no longer in the records." in shown(await pressed(olga, panel, f"send:{job_id}"))


async def test_servers_are_listed_by_what_they_spent(stage: Stage, olga: simcord.MemberActor) -> None:
    await stage.ask()
    assert f"$1.35 · 1 video · Film Club `{stage.guild.id}`" in shown(await opened(stage, olga, "servers:00"))
