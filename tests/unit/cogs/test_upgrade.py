"""From version 0.1 to this: commands keep their permissions, old buttons still work, and each server is told once."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import discord
import pytest
import simcord
from discord import AppCommandType
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.database.tables import marks
from bot.records.log_channel import Heard, LogChannel
from bot.records.renamed_commands import RENAMED, UPGRADED, RenamedCommands
from cogs.stray_presses import NO_BUTTON
from tests.support.clock import ManualClock
from tests.support.messages import ROOT, _Recorder, command_payloads
from tests.unit.cogs.stage import Stage
from tests.unit.cogs.test_custom_ids import PATTERNS

MANAGE_SERVER: Final = discord.Permissions(manage_guild=True).value
MANAGE_MESSAGES: Final = discord.Permissions(manage_messages=True).value
TIME_OUT: Final = discord.Permissions(moderate_members=True).value
# The commands of version 0.1 as it registered them: what each is now, and who it was offered to by default.
BEFORE: Final[Mapping[str, tuple[str, int | None]]] = {
    "video": ("video", None),
    "studio": ("video", None),
    "jobs": ("videos", None),
    "quota": ("videos", None),
    "send-again": ("videos", None),
    "cast": ("cast", None),
    "help": ("help", None),
    "privacy": ("help", None),
    "block": ("mod", TIME_OUT),
    "unblock": ("mod", TIME_OUT),
    "blocks": ("mod", TIME_OUT),
    "block-image": ("mod", TIME_OUT),
    "unblock-image": ("mod", TIME_OUT),
    "settings": ("settings", MANAGE_SERVER),
    "takedown": ("takedown", MANAGE_MESSAGES),
    "records": ("records", MANAGE_MESSAGES),
    "operator": ("operator", 0),  # administrators alone
    "Make a video": ("Make a video", None),
    "My videos": ("My videos", None),
    "Report video": ("Report video", None),
    "Take down": ("Take down", MANAGE_MESSAGES),
}
# The custom ids that version 0.1 gave to what these commands show, a member's and a job's id being 7.
BUTTONS: Final = (
    "reelcast:help",
    "reelcast:cast-add",
    "reelcast:resend:7",
    *(f"reelcast:jobs:{deed}:all:0" for deed in ("turn", "choose", "tell", "quiet")),
    *(f"reelcast:jobs:turn:{shown}:3" for shown in ("running", "delivered", "undelivered", "none", "refused")),
    *("reelcast:blocks:1", "reelcast:records:0:0:fox", "reelcast:records:4:7:"),
    *(f"reelcast:operator:{page}:0" for page in ("overview", "stuck", "servers", "blocks", "pause", "resume", "block")),
    *(
        f"reelcast:operator:{verb}:7"
        for verb in ("look", "give-up", "send", "close", "unblock-server", "unblock-member")
    ),
    *(f"reelcast:forget:{deed}" for deed in ("ask", "keep", "data", "all")),
)
# All the others: of cards, posts, notices, reviews, reports, the panel, and forms. Tests of what each does press it.
OTHERS: Final = (
    *("reelcast:details:card:7:0", "reelcast:details:post:7:1", "reelcast:cancel:7", "reelcast:again:7"),
    *("reelcast:edit:7", "reelcast:delete:7", "reelcast:studio", "reelcast:pictures:7", "reelcast:images:7"),
    *(
        "reelcast:consent:1:7",
        "reelcast:report:7",
        "reelcast:takedown:7",
        "reelcast:block:7:7",
        "reelcast:operator-block",
    ),
    *(f"reelcast:case:{verb}:7" for verb in ("takedown", "putback", "dismiss", "block")),
    *(f"reelcast:review:{verb}:7" for verb in ("approve", "spoiler", "reject")),
    *("reelcast:review-reason:7", "reelcast:settings:put:paused:0:on"),
    *("reelcast:settings:turn:page:0", "reelcast:settings:turn:back:0:channels"),
    *(f"reelcast:settings:do:{deed}:0" for deed in ("check", "tidy", "words", "show", "reset")),
    "reelcast:settings:do:as_server:7",
    *(f"reelcast:settings:{deed}:channels:7" for deed in ("pick", "allow", "point", "list", "form", "role", "channel")),
)


@pytest.fixture(scope="module")
def registered() -> Mapping[str, dict[str, Any]]:
    async def payloads() -> dict[str, dict[str, Any]]:
        return {each["name"]: each async for each in command_payloads(_Recorder())}

    return asyncio.run(payloads())


def permission(command: Mapping[str, Any]) -> int | None:
    value = command.get("default_member_permissions")
    return None if value is None else int(value)


def entries(command: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a command adds to the menu that opens with a slash."""
    inner = [each for each in command.get("options", ()) if each["type"] in {1, 2}]
    if command.get("type", 1) == AppCommandType.chat_input.value:
        yield from [f"{command['name']} {each['name']}" for each in inner] or [command["name"]]


def test_each_command_keeps_the_permission_that_it_had(registered: Mapping[str, dict[str, Any]]) -> None:
    found = {name: permission(command) for name, command in registered.items()}
    assert found == dict(BEFORE.values())


def test_no_text_and_no_guide_names_a_command_that_is_gone() -> None:
    names = "|".join(before for before, (now, _permission) in BEFORE.items() if before != now)
    gone = re.compile(rf"`/(?:{names}|cast (?:add|list|show|rename|remove|share))[` ]")
    paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *(ROOT / "bot").rglob("*.po*")]
    paths += [path for folder in ("bot", "cogs", "sandbox", "scripts") for path in (ROOT / folder).rglob("*.py")]
    told = [path.name for path in paths if path.name != "CHANGELOG.md" and gone.search(path.read_text("utf-8"))]
    assert told == []


def test_the_notice_names_every_command_that_has_another_name() -> None:
    renamed = {before: now for now, names in RENAMED.items() for before in names}
    assert renamed == {before: now for before, (now, _permission) in BEFORE.items() if before != now}


def test_a_member_sees_at_most_five_entries_and_a_moderator_sixteen(registered: Mapping[str, dict[str, Any]]) -> None:
    def offered(*permissions: int | None) -> list[str]:
        return [
            each for command in registered.values() if permission(command) in permissions for each in entries(command)
        ]

    assert len(offered(None)) <= 5
    assert len(offered(None, MANAGE_SERVER, MANAGE_MESSAGES, TIME_OUT)) <= 16


@pytest.mark.parametrize("custom_id", [*BUTTONS, *OTHERS])
def test_every_custom_id_of_before_has_its_one_taker(custom_id: str) -> None:
    assert len([each for each in PATTERNS if each.fullmatch(custom_id)]) == 1


async def test_every_button_of_before_is_still_understood(stage: Stage) -> None:
    everyone = stage.guild.create_role("everything", permissions=discord.Permissions.all())
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[everyone])
    for custom_id in BUTTONS:
        # Pages of this kind were content above buttons, and are still; the others are layouts.
        words = "…" if re.match("reelcast:(?:blocks|forget)", custom_id) else None
        message = await _with_button(stage, custom_id, words)
        result = await mo.click(message, custom_id=custom_id)
        said = [each.content for each in (result.response, *result.followups) if each is not None]
        assert result.acknowledged, custom_id
        assert NO_BUTTON not in said, custom_id
        assert not any("went wrong" in each for each in said), custom_id


async def _with_button(stage: Stage, custom_id: str, words: str | None) -> discord.Message:
    channel = stage.bot.get_partial_messageable(stage.channel.id)
    item: discord.ui.Item[Any] = discord.ui.Button(label="Forged", custom_id=custom_id)
    if words is not None:
        view = discord.ui.View(timeout=None)
        view.add_item(item)
        view.stop()
        return await channel.send(words, view=view)
    layout = discord.ui.LayoutView(timeout=None)
    layout.add_item(discord.ui.ActionRow(item))
    layout.stop()
    return await channel.send(view=layout)


# --- the notice ---------------------------------------------------------------------------------------------------


def notices(stage: Stage, database: AsyncEngine | None = None) -> RenamedCommands:
    """Make what tells the servers, as each process has one."""
    services = stage.bot.services
    database = database or services.operating.database
    return RenamedCommands(stage.bot, database, services.guild_settings, services.log_channel, services.clock)


async def upgraded(stage: Stage, database: AsyncEngine | None = None, *, later: timedelta = timedelta(hours=1)) -> None:
    """Have version 0.1 used the database until some time after the server got the bot."""
    joined_at = stage.bot.guilds[0].me.joined_at
    assert joined_at is not None
    async with (database or stage.bot.services.operating.database).begin() as connection:
        await connection.execute(marks.insert().values(name=UPGRADED, at=joined_at + later))


@pytest.fixture
async def log_channel(stage: Stage) -> simcord.ChannelHandle:
    channel = stage.guild.create_text_channel("log")
    await stage.set(log_channel_id=channel.id)
    return channel


def said(channel: simcord.ChannelHandle) -> list[str]:
    return [message.content for message in channel.history()]


async def test_the_log_channel_is_told_once_whichever_process_tells_it(
    stage: Stage, log_channel: simcord.ChannelHandle
) -> None:
    await upgraded(stage)
    for process in (notices(stage), notices(stage)):
        await process.tell()
        await process.tell()
    [words] = said(log_channel)
    assert words.startswith("**The bot's commands have new names**")
    assert "- `/jobs` · `/quota` · `/send-again` → `/videos`" in words
    assert "*Integrations*" in words


async def test_of_several_processes_on_postgresql_one_tells_it(
    stage: Stage, log_channel: simcord.ChannelHandle, postgres_url: str
) -> None:
    async with open_database(postgres_url) as one, open_database(postgres_url) as other:
        await upgraded(stage, one)
        await asyncio.gather(notices(stage, one).tell(), notices(stage, other).tell())
        assert not await notices(stage, other).tell()
    assert len(said(log_channel)) == 1


async def test_once_every_server_is_told_nothing_is_looked_at_again(
    stage: Stage, log_channel: simcord.ChannelHandle
) -> None:
    await upgraded(stage)
    services, clock = stage.bot.services, ManualClock()
    database = services.operating.database
    notice = RenamedCommands(stage.bot, database, services.guild_settings, services.log_channel, clock)
    for told in (1, 1):  # at the first start, and at the next
        await clock.pass_until(asyncio.ensure_future(notice.tell_all()))
        assert len(said(log_channel)) == told


async def test_without_a_log_channel_the_owner_is_told(stage: Stage) -> None:
    await upgraded(stage)
    await notices(stage).tell()
    await notices(stage).tell()
    [words] = said(stage.guild.owner.dm_channel)
    assert words.startswith("Film Club: **The bot's commands have new names**")
    assert said(stage.channel) == []


async def test_a_closed_log_channel_leaves_the_owner(stage: Stage) -> None:
    await stage.set(log_channel_id=stage.channel_without("view_channel", "send_messages").id)
    await upgraded(stage)
    await notices(stage).tell()
    assert len(said(stage.guild.owner.dm_channel)) == 1


async def test_a_new_server_and_a_new_bot_are_told_nothing(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    await notices(stage).tell()  # a database that version 0.1 never used
    await upgraded(stage, later=timedelta(0))
    await notices(stage).tell()
    assert said(log_channel) == []


class Unclear(LogChannel):
    """A log channel while Discord is in trouble."""

    async def send(self, guild_id: int, words: object, *, nonce: str | None = None) -> Heard:
        return Heard.UNCLEAR


async def test_a_server_that_could_not_be_told_is_told_later(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    await upgraded(stage)
    services = stage.bot.services
    database, now = services.operating.database, services.clock.now()
    unclear = Unclear(stage.bot, services.guild_settings)
    await RenamedCommands(stage.bot, database, services.guild_settings, unclear, services.clock).tell()
    await notices(stage).tell()
    assert said(log_channel) == [], "another process may be telling it right now"
    mine = marks.c.name == f"renamed:{stage.guild.id}"
    async with database.begin() as connection:
        await connection.execute(marks.update().where(mine).values(at=now - timedelta(hours=1)))
    await notices(stage).tell()
    assert len(said(log_channel)) == 1


async def test_each_reads_it_in_their_servers_language(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    await stage.set(language="de")
    await upgraded(stage)
    await notices(stage).tell()
    [words] = said(log_channel)
    assert words.startswith("**Die Befehle des Bots haben neue Namen**")
    assert "- `/jobs` · `/quota` · `/send-again` → `/meine-videos`" in words
