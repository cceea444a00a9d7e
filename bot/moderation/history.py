"""What a server knows of a member when a moderator has to decide: counts, and the last ten requests in one message."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import discord
from discord import ui
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.record_tables import records
from bot.database.tables import decisions, jobs, reports
from bot.delivery.state_looks import LOOKS, with_picture
from bot.discord_api.channels import is_age_restricted
from bot.discord_api.errors import translated
from bot.jobs.ports import PortError
from bot.jobs.states import State
from bot.records.store import Record, records_in
from bot.ui.custom_ids import layout_of
from bot.ui.formats import countdown, date, lasted, number
from bot.ui.language import _, ngettext
from bot.ui.text import clip, message_address, plain

LAST: Final = 10  # requests in a member's history
PROMPT_LIMIT: Final = 50  # characters of each, escaped at most twice that
REASON_LIMIT: Final = 40
_DEFAULT_AVATARS: Final = 6  # that Discord has for members without one of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """Counts of one server; `joined_at` and `avatar`, an address, are None where Discord didn't say."""

    videos: int  # posted, of those that are still in the database
    rejected: int
    taken_down: int
    reports: int  # by others, of videos that are still in the database
    blocks: int
    joined_at: datetime | None = None
    avatar: str | None = None

    def seen(self, guild_id: int, member: Any) -> "MemberRecord":
        """Return the record with what Discord says of the member, read over REST."""
        return replace(self, joined_at=discord.utils.parse_time(member["joined_at"]), avatar=_avatar(guild_id, member))


class RecordReader:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, guild_id: int, member_id: int) -> MemberRecord:
        own = (jobs.c.guild_id == guild_id, jobs.c.member_id == member_id)
        posted = select(func.count()).select_from(jobs).where(*own, jobs.c.state == State.DELIVERED)
        reported = select(func.count()).select_from(reports.join(jobs, jobs.c.id == reports.c.job_id)).where(*own)
        decided = (
            select(decisions.c.kind, func.count())
            .where(decisions.c.guild_id == guild_id, decisions.c.member_id == member_id)
            .group_by(decisions.c.kind)
        )
        async with self._engine.connect() as connection:
            videos = await connection.scalar(posted)
            found = await connection.scalar(reported)
            counts = {str(kind): count for kind, count in await connection.execute(decided)}
        return MemberRecord(
            videos=videos or 0,
            rejected=counts.get("REJECTED", 0),
            taken_down=counts.get("TAKEN_DOWN", 0),
            reports=found or 0,
            blocks=counts.get("BLOCKED", 0),
        )

    async def described(self, client: discord.Client, guild_id: int, member_id: int) -> MemberRecord:
        """Read the same with what Discord says of the member, if it does."""
        record = await self.read(guild_id, member_id)
        with suppress(PortError), translated():
            return record.seen(guild_id, await client.http.get_member(guild_id, member_id))
        return record

    async def last(self, guild_id: int, member_id: int) -> Sequence[Record]:
        """Read a member's newest requests in a server, with what was decided about each."""
        mine = (records.c.guild_id == guild_id, records.c.member_id == member_id)
        newest = select(records.c.job_id).where(*mine).order_by(records.c.asked_at.desc(), records.c.job_id.desc())
        async with self._engine.connect() as connection:
            ids = (await connection.scalars(newest.limit(LAST))).all()
            found = await records_in(connection, ids)
        return [found[job_id] for job_id in ids]


async def name_of(client: discord.Client, guild_id: int, member_id: int) -> str:
    """Name a member as their server does, for where Discord shows no mention; empty if Discord doesn't say."""
    guild = client.get_guild(guild_id)
    if guild is not None and (known := guild.get_member(member_id)) is not None:
        return known.display_name
    with suppress(PortError), translated():
        member: Any = await client.http.get_member(guild_id, member_id)
        return str(member.get("nick") or member["user"].get("global_name") or member["user"]["username"])
    return ""


async def unshown_in(client: discord.Client, here: int, places: Collection[int]) -> Collection[int]:
    """Return those of some channels whose prompts must not be shown `here`: age-restricted ones, and unknown ones."""
    if await is_restricted(client, here):
        return ()
    return [place for place in places if await is_restricted(client, place, unknown=True)]


async def is_restricted(client: discord.Client, channel_id: int, *, unknown: bool = False) -> bool:
    """Return whether a channel is age-restricted, or `unknown` where Discord doesn't say."""
    with suppress(PortError), translated():
        return await is_age_restricted(client, channel_id)
    return unknown


def head_line(emoji: str, member_id: int, record: MemberRecord) -> str:
    """Write who a member is to a server; what is zero is left out."""
    counts = [
        (ngettext("{count} video", "{count} videos", record.videos), record.videos),
        (ngettext("{count} rejected", "{count} rejected", record.rejected), record.rejected),
        (ngettext("{count} taken down", "{count} taken down", record.taken_down), record.taken_down),
        (ngettext("{count} report", "{count} reports", record.reports), record.reports),
        (ngettext("{count} block", "{count} blocks", record.blocks), record.blocks),
    ]
    joined = [_("joined {ago}").format(ago=countdown(record.joined_at))] if record.joined_at else []
    told = [words.format(count=number(count)) for words, count in counts if count]
    return " · ".join([f"{emoji} **<@{member_id}>**", *joined, *([", ".join(told)] if told else [])])


def history_card(
    member_id: int,
    record: MemberRecord,
    last: Sequence[Record],
    images: Mapping[int, str] | None = None,
    *,
    unshown: Collection[int] = (),
    spoilers: Collection[int] = (),
) -> ui.LayoutView:
    """Lay out a member's last requests; of those from the channels in `unshown` the prompt is left out.

    `images` are addresses of first images, by job; those of the jobs in `spoilers` are hidden until they are clicked.
    """
    container: ui.Container[ui.LayoutView] = ui.Container()
    add_head(container, [head_line("📜", member_id, record)], record)
    if not last:
        container.add_item(ui.TextDisplay(_("No requests are in the records.")))
    for each in last:
        text = _entry(each, with_prompt=each.channel_id not in unshown)
        image = (images or {}).get(each.job_id)
        container.add_item(with_picture(text, image, spoiler=each.job_id in spoilers))
    return layout_of(container)


def add_head(container: ui.Container[ui.LayoutView], lines: Sequence[str], record: MemberRecord) -> None:
    """Put lines about a member at the head of a card, beside their avatar if it is known."""
    container.add_item(with_picture("\n".join(lines), record.avatar))


def _entry(record: Record, *, with_prompt: bool) -> str:
    look = LOOKS[record.state]
    if record.state is State.DELIVERED and record.video_message_id is not None:
        link = f"[{_('Video')}]({_address(record, record.video_channel_id, record.video_message_id)})"
    elif record.card_message_id is not None:
        link = f"[{_('Card')}]({_address(record, record.channel_id, record.card_message_id)})"
    else:
        link = f"<#{record.channel_id}>"
    lines = [f"{look.emoji} **{look.title}** · {date(record.asked_at)} · {lasted(record.options.duration)} · {link}"]
    if with_prompt and (prompt := _in_a_line(record.prompt, PROMPT_LIMIT)):
        lines.append(f"> {prompt}")
    reason = next((each.reason for each in reversed(record.decisions) if each.reason), "")
    if words := _in_a_line(reason, REASON_LIMIT):
        lines.append(f"-# {words}")
    return "\n".join(lines)


def _in_a_line(text: str, limit: int) -> str:
    return plain(clip(" ".join(text.split()), limit))


def _address(record: Record, channel_id: int, message_id: int) -> str:
    return message_address(record.guild_id, channel_id, message_id)


def _avatar(guild_id: int, member: Any) -> str:
    """Return the address of the image that Discord shows of a member: of this server, their own, or a default one."""
    user = member["user"]
    base, size = discord.Asset.BASE, "png?size=128"
    if own := member.get("avatar"):
        return f"{base}/guilds/{guild_id}/users/{user['id']}/avatars/{own}.{size}"
    if own := user.get("avatar"):
        return f"{base}/avatars/{user['id']}/{own}.{size}"
    return f"{base}/embed/avatars/{(int(user['id']) >> 22) % _DEFAULT_AVATARS}.png"
