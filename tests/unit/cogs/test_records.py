"""`/records`: moderators look through what was made in their server, and nobody else does."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import discord
import pytest
import simcord
from simcord.results import InteractionResult

from bot.jobs.decisions import Decided, Decision
from bot.jobs.states import State
from bot.records.page import PER_PAGE
from tests.support.jobs import a_job, a_request
from tests.support.review_room import said
from tests.unit.cogs.stage import Boot, Stage, texts


@pytest.fixture
async def mo(stage: Stage) -> simcord.MemberActor:
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return stage.guild.add_member(stage.env.create_user("mo"), roles=[role])


async def made(stage: Stage, count: int = 1, **asked: Any) -> list[int]:
    """Put requests on record, one a minute, the newest last."""
    store, limit = stage.bot.services.store, stage.bot.services.settings.spend_limit_usd_per_day * 1_000
    now = stage.bot.services.clock.now()
    ids: list[int] = []
    for minute in range(count):
        own: dict[str, Any] = {"guild_id": stage.guild.id, "member_id": stage.alice.id, "prompt": f"fox {minute}"}
        at = now + timedelta(minutes=minute)
        job = await store.add(a_job(State.DELIVERED, request=a_request(**(own | asked)), at=at), daily_limit_usd=limit)
        ids.append(job.id)
    return ids


async def search(stage: Stage, who: simcord.MemberActor, **options: Any) -> InteractionResult:
    return await who.slash(stage.channel, "records search", **options)


def page(result: InteractionResult) -> str:
    """Return what a page says, which only who asked sees."""
    assert result.response is not None
    assert result.response.ephemeral
    assert len(texts(result.response)) < 4_000
    return texts(result.response)


async def test_a_request_is_found_by_its_link_with_its_whole_prompt(stage: Stage, mo: simcord.MemberActor) -> None:
    await stage.ask("@Image1 says **hello** to <:fox:1> and @everyone " + "again " * 30)
    job = await stage.has_become(State.DELIVERED, post_message_id=77)
    link = f"https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/77"
    shown = page(await search(stage, mo, message=link))
    assert f"{stage.alice.mention} · <#{stage.channel.id}>" in shown
    assert r"\*\*hello\*\* to \<\:fox\:1\> and \@everyone" in shown
    assert f"[Video]({link})" in shown
    assert f"`{job.id}`" in shown
    assert page(await search(stage, mo, message=str(job.card_message_id))) == shown


async def test_the_one_that_alone_is_found_tells_segminds_request_and_what_it_cost(
    stage: Stage, mo: simcord.MemberActor
) -> None:
    await stage.ask()
    job = await stage.has_become(State.DELIVERED, request_id="r-1", cost_usd=Decimal("1.35"))
    shown = page(await search(stage, mo, message=str(job.card_message_id)))
    assert "$1.35" in shown
    assert f"-# Job ID `{job.id}` · `r-1`" in shown


async def test_it_is_searched_by_member_and_by_text(stage: Stage, mo: simcord.MemberActor) -> None:
    await made(stage, prompt="a red fox")
    await made(stage, prompt="an owl", member_id=stage.guild.add_member(stage.env.create_user("bob")).id)
    assert "owl" not in page(await search(stage, mo, member=stage.alice))
    assert "fox" not in page(await search(stage, mo, text="OWL"))
    assert said(await search(stage, mo, text="badger")).startswith("No records in this server match that.")


async def test_pages_lead_to_older_and_newer_ones_and_outlive_a_restart(
    stage: Stage, mo: simcord.MemberActor, boot: Boot
) -> None:
    await made(stage, 7)
    first = await search(stage, mo, text="fox")
    assert "Entries 1 to 5 of 7" in page(first)
    assert first.response is not None
    await stage.env.restart_bot(await boot())
    second = await mo.click(first.response, label="Older")
    assert "Entries 6 to 7 of 7" in page(second)
    assert "fox 0" in page(second)
    assert second.response is not None
    assert page(await mo.click(second.response, label="Newer")) == page(first)


async def test_the_longest_entries_fit_a_page(stage: Stage, mo: simcord.MemberActor) -> None:
    ids = await made(stage, PER_PAGE, prompt="*" * 2_500)
    services = stage.bot.services
    for job_id in ids:
        await services.moderators.decisions.add(
            *(
                Decision(
                    guild_id=stage.guild.id,
                    member_id=10**18,
                    kind=Decided.QUOTA_GIVEN_BACK,
                    at=services.clock.now(),
                    job_id=job_id,
                    by_id=10**18,
                    reason="_" * 400,
                )
                for _ in range(8)
            )
        )
    page(await search(stage, mo))
    page(await search(stage, mo, message=str(ids[0])))


async def test_what_belongs_to_another_server_is_not_found(stage: Stage, mo: simcord.MemberActor) -> None:
    [elsewhere] = await made(stage, guild_id=stage.guild.id + 1)
    assert said(await search(stage, mo)).startswith("This server has no records yet.")
    assert said(await search(stage, mo, message=str(elsewhere))).startswith("No records in this server match that.")


@pytest.mark.parametrize("typed", ["fox", "https://discord.com/channels/1/2", "9" * 30, "-1"])
async def test_what_is_no_message_is_said_so(stage: Stage, mo: simcord.MemberActor, typed: str) -> None:
    assert said(await search(stage, mo, message=typed)).startswith("That isn't a message.")


async def test_members_are_refused_even_where_a_channel_lets_them_manage_messages(stage: Stage) -> None:
    await made(stage)
    allowed = discord.PermissionOverwrite(manage_messages=True)
    own = stage.guild.create_text_channel("own", overwrites={stage.guild.default_role: allowed})
    result = await stage.alice.slash(own, "records search")
    assert said(result).startswith("You need Manage Messages in the whole server")
    assert said(await stage.alice.slash(own, "records export")).startswith(
        "You need Manage Messages in the whole server"
    )


async def test_a_forged_page_is_refused(stage: Stage) -> None:
    await made(stage, 6)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Forged", custom_id="reelcast:records:4:0:fox"))
    view.stop()
    forged = await stage.bot.get_partial_messageable(stage.channel.id).send("forged", view=view)
    assert said(await stage.alice.click(forged, label="Forged")).startswith(
        "You need Manage Messages in the whole server"
    )


async def test_the_export_is_a_file_for_the_moderator_alone(stage: Stage, mo: simcord.MemberActor) -> None:
    await made(stage, 3, prompt="=HYPERLINK(1)")
    result = await mo.slash(stage.channel, "records export", member=stage.alice)
    assert said(result) == "3 entries, with times in UTC."
    assert result.response is not None
    [file] = result.response.attachments
    content = stage.env.backend.cdn.get(file.url)
    assert file.filename == "records.csv"
    assert content is not None
    assert [row[4] for row in csv.reader(io.StringIO(content.decode()))] == ["prompt", *["'=HYPERLINK(1)"] * 3]
