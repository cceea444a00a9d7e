"""What a moderator does to a video and its member in one go, who may do it, and which video a message shows."""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.discord_api.errors import translated, unless_gone
from bot.jobs.decisions import Decided, Decision, decision_on
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import NotTaken, PortError
from bot.jobs.states import REVIEWED
from bot.moderation.blocks import LENGTHS, Block, ends_at
from bot.moderation.history import history_card, is_restricted, name_of, unshown_in
from bot.moderation.modals import ALSO, BLOCK, BLOCK_IMAGES, GIVE_BACK, REASON, REASON_LIMIT
from bot.moderation.store import Case, Review
from bot.moderation.waiting import MOST, Outcome, waiting_page
from bot.moderation.words import (
    READY_REASONS,
    blocked_answer,
    given_back,
    images_blocked_sentence,
    no_review_channel,
    not_a_moderator,
    not_all_removed,
    review_channel_gone,
    taken_down_answer,
    unseen_sentence,
)
from bot.requests.reading import has_words
from bot.services import Services
from bot.ui.answers import defer, say, show
from bot.ui.custom_ids import DetailsId, button_ids
from bot.ui.failures import NotDone
from bot.ui.forms import Submission
from bot.ui.language import _, speaking
from cogs.requests.kept_references import first_images

LINK: Final = re.compile(
    r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/(?P<guild>[0-9]{1,20})/(?P<channel>[0-9]{1,20})/(?P<message>[0-9]{1,20})"
)


def may_review(interaction: discord.Interaction[Any], job: Job, review: Review | None, chosen: int | None) -> bool:
    """Return whether who pressed may decide on a job: in a channel where moderators see it, with Manage Messages.

    That is where it is known to be shown, or the one that is `chosen` now: a card is there before that is noted.
    """
    return (
        review is not None
        and interaction.guild_id == job.request.guild_id
        and interaction.channel_id in {review.channel_id, chosen}
        and interaction.permissions.manage_messages
    )


async def reviews_here(services: Services, interaction: discord.Interaction[Any], job: Job) -> bool:
    """Return whether who acts may decide on a job that moderators are to see, from where they act."""
    if interaction.guild_id != job.request.guild_id:
        return False
    review = await services.moderators.review_store.get(job.id)
    chosen = (await services.guild_settings.get(job.request.guild_id)).review_channel_id
    return may_review(interaction, job, review, chosen)


async def show_history(interaction: discord.Interaction[Any], job: Job, *, reported: bool = False) -> None:
    """Show who acts the last requests of a job's member, but no prompt from behind an age gate in front of one.

    Images are spoilers as they are in the channel, and all of them from a report.
    """
    await defer(interaction)
    services: Services = interaction.client.services
    reader, guild_id, member_id = services.moderators.record, job.request.guild_id, job.request.member_id
    record = await reader.described(interaction.client, guild_id, member_id)
    last = await reader.last(guild_id, member_id)
    unshown = await unshown_in(interaction.client, interaction.channel_id or 0, {each.channel_id for each in last})
    found = [await services.store.get(each.job_id) for each in last if each.channel_id not in unshown]
    known = [each for each in found if each is not None]
    images = await first_images(services, known)
    spoilers = {each.id for each in known if reported or each.request.handling.spoiler}
    view = history_card(member_id, record, last, images, unshown=unshown, spoilers=spoilers)
    await show(interaction, view=view)


async def show_all_waiting(services: Services, interaction: discord.Interaction[Any]) -> None:
    """Show what waits where moderators look, or say where that is."""
    chosen = (await services.guild_settings.get(interaction.guild_id or 0)).review_channel_id
    guild = interaction.guild
    if chosen is None:
        await say(interaction, no_review_channel())
    elif interaction.channel_id != chosen:
        is_gone = guild is not None and not guild.unavailable and guild.get_channel_or_thread(chosen) is None
        elsewhere = _("Use `/mod review` in {channel}.").format(channel=f"<#{chosen}>")
        await say(interaction, review_channel_gone() if is_gone else elsewhere)
    elif not interaction.permissions.manage_messages:
        await say(interaction, not_a_moderator())
    else:
        await show_waiting(services, interaction)


async def is_listed(services: Services, job: Job, *, restricted: bool) -> bool:
    """Return whether a job can be decided on from a list, which is read behind an age gate or not (`restricted`).

    One from behind an age gate needs that. Nor is one listed that was never shown to moderators: they'd decide unseen.
    """
    review = await services.moderators.review_store.get(job.id)
    return (restricted or not job.request.handling.age_restricted) and review is not None and review.shows(job)


async def show_waiting(
    services: Services,
    interaction: discord.Interaction[Any],
    *,
    first: Job | None = None,
    chosen: Sequence[int] = (),
    outcomes: Sequence[Outcome] = (),
) -> None:
    """Show what waits in a server where moderators look here: what is chosen first, then the oldest.

    From a member's card, which is `first`, theirs are chosen.
    """
    found = await services.store.in_states(REVIEWED)
    mine = [job for job in found if await reviews_here(services, interaction, job)]
    restricted = await is_restricted(interaction.client, interaction.channel_id or 0)
    waiting = [job for job in mine if await is_listed(services, job, restricted=restricted)]
    if first is not None:
        chosen = [job.id for job in waiting if job.request.member_id == first.request.member_id]
    waiting.sort(key=lambda job: (job.id not in chosen, job.id))
    members = dict.fromkeys(job.request.member_id for job in waiting[:MOST])
    names = {each: await name_of(interaction.client, interaction.guild_id or 0, each) for each in members}
    view = waiting_page(waiting, names, chosen, outcomes, unlisted=len(mine) - len(waiting))
    await show(interaction, view=view)


def values_of(interaction: discord.Interaction[Any]) -> Sequence[str]:
    """Read what was chosen in a menu."""
    data: Any = interaction.data or {}
    return [str(each) for each in data.get("values") or ()]


def first_value(interaction: discord.Interaction[Any]) -> str:
    return next(iter(values_of(interaction)), "")


def ready_reason(job: Job, chosen: str) -> str:
    """Write the reason that a moderator has chosen, in the language of a job's server; empty for none."""
    with speaking(job.request.guild_locale):
        return _(READY_REASONS[chosen]) if chosen in READY_REASONS else ""


async def may_remove(interaction: discord.Interaction[Any], job: Job, case: Case | None = None) -> bool:
    """Return whether who acts may take a video down.

    That is who may manage messages where the video stands, or, in the channel where moderators see its reports, there.
    Raises `NotDone` where the bot can't find that out.
    """
    if interaction.guild is None or interaction.guild_id != job.request.guild_id:
        return False
    if case is not None and interaction.channel_id == case.channel_id:
        return interaction.permissions.manage_messages
    if interaction.channel_id in {job.request.channel_id, job.video_channel_id}:
        return interaction.permissions.manage_messages
    if not isinstance(interaction.user, discord.Member):
        return False
    channel = await _channel_in(interaction.guild, job.video_channel_id)
    return channel is not None and channel.permissions_for(interaction.user).manage_messages


def may_block(interaction: discord.Interaction[Any], case: Case | None = None) -> bool:
    """Return whether who acts may keep a member from asking for videos in the whole server.

    That is who may manage messages or time out members everywhere in it, or manages messages where moderators see
    reports.
    """
    if case is not None and interaction.channel_id == case.channel_id and interaction.permissions.manage_messages:
        return True
    member = interaction.user
    if not isinstance(member, discord.Member):
        return False
    everywhere = member.guild_permissions
    return everywhere.manage_messages or everywhere.moderate_members


def reason_given(submission: Submission) -> str:
    """Read a reason as it was typed, no longer than the field takes; empty where it shows nothing."""
    typed = str(submission.fields.get(REASON, {}).get("value") or "").strip()[:REASON_LIMIT]
    return typed if has_words(typed) else ""


def also_chosen(submission: Submission, value: str) -> bool:
    return value in (submission.fields.get(ALSO, {}).get("values") or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a moderator has chosen in addition to the takedown."""

    reason: str
    block: str | None = None  # for how long: one of `LENGTHS`
    give_back: bool = False
    block_images: bool = False

    @classmethod
    def read(cls, submission: Submission) -> "Measures":
        chosen = submission.fields.get(BLOCK, {}).get("value")
        return cls(
            reason=reason_given(submission),
            block=chosen if chosen in LENGTHS else None,
            give_back=also_chosen(submission, GIVE_BACK),
            block_images=also_chosen(submission, BLOCK_IMAGES),
        )


async def take_down(
    services: Services, interaction: discord.Interaction[Any], job: Job, measures: Measures, *, blocks: bool
) -> str:
    """Take a video down with all that was chosen; `blocks` is whether who acts may block. Return what was done.

    All of it is saved at once, for no one could choose the rest of it later. Raises `WrongState` where there is nothing
    to take down; nothing else is done then.
    """
    by_id = interaction.user.id
    said: list[str] = []

    async def apply(connection: AsyncConnection, _saved: Job) -> None:
        said[:] = await _apply(services, by_id, job, measures, connection, blocks=blocks)

    taken = await services.moderation.take_down(job.id, by_id, measures.reason, also=apply)
    said.insert(0, taken_down_answer(taken))
    if not await services.moderators.cases.see_to(job.id):
        said.append(not_all_removed())
    return "\n".join(said)


async def _apply(
    services: Services, by_id: int, job: Job, measures: Measures, within: AsyncConnection, *, blocks: bool
) -> list[str]:
    """Save what was chosen in addition to a takedown as part of its transaction; return what was done."""
    said: list[str] = []
    guild_id, member_id = job.request.guild_id, job.request.member_id
    if measures.block is not None and blocks:
        until = await block_member(services, by_id, guild_id, member_id, measures, job.id, within=within)
        said.append(blocked_answer(member_id, until))
    if measures.give_back:
        counted = await services.gate.usage.give_back(job.id, within=within)
        if counted:
            decision = _decision(services, job, Decided.QUOTA_GIVEN_BACK, by_id, measures.reason)
            await services.moderators.decisions.add(decision, within=within)
        said.append(given_back(counted=counted))
    if measures.block_images:
        count = await block_pictures(services, by_id, job, measures.reason, within=within)
        said.append(images_blocked_sentence(count))
    return said


async def block_member(
    services: Services,
    by_id: int,
    guild_id: int,
    member_id: int,
    measures: Measures,
    job_id: int | None = None,
    *,
    keeps_later: bool = True,
    within: AsyncConnection | None = None,
) -> datetime | None:
    """Keep a member from asking for videos in a server; return until when.

    A longer block that there is keeps its end, unless not `keeps_later`: who blocks from a card does not see it.
    """
    now = services.clock.now()
    until, reason = ends_at(measures.block or "", now), measures.reason
    block = Block(guild_id=guild_id, member_id=member_id, until=until, by_id=by_id, reason=reason, at=now)
    decision = Decision(
        guild_id=guild_id,
        member_id=member_id,
        kind=Decided.BLOCKED,
        at=now,
        job_id=job_id,
        by_id=by_id,
        reason=reason,
    )
    return await services.moderators.blocks.put(block, decision, keeps_later=keeps_later, within=within)


async def block_pictures(
    services: Services, by_id: int, job: Job, reason: str, *, within: AsyncConnection | None = None
) -> int:
    """Block what a job's images show in its server; return how many of them were not blocked before."""
    prints = job.request.fingerprints
    count = await block_prints(services, by_id, job.request.guild_id, prints, reason, within=within)
    if count:
        decision = _decision(services, job, Decided.IMAGES_BLOCKED, by_id, reason)
        await services.moderators.decisions.add(decision, within=within)
    return count


async def block_prints(
    services: Services,
    by_id: int,
    guild_id: int,
    prints: Sequence[str],
    reason: str,
    *,
    within: AsyncConnection | None = None,
) -> int:
    now, images = services.clock.now(), services.moderators.blocked_images
    return await images.add(guild_id, prints, by_id=by_id, reason=reason, now=now, within=within)


def _decision(services: Services, job: Job, kind: Decided, by_id: int, reason: str) -> Decision:
    return decision_on(job, kind, services.clock.now(), by_id=by_id, reason=reason)


async def video_of(services: Services, interaction: discord.Interaction[Any], message: discord.Message) -> Job | None:
    """Find the video of this server that a message of ours shows; None where it shows none.

    Raises `NotDone` where the bot can't read the message that a card links to.
    """
    if message.author != interaction.client.user:
        return None  # another bot may write any custom id
    for custom_id in button_ids(message.components):
        found = DetailsId.parse(custom_id)
        if found is not None:
            job = await services.store.get(found.job_id)
            return job if job is not None and job.request.guild_id == interaction.guild_id else None
    for component in message.components:  # of a finished video the card is a line with a link to it
        if isinstance(component, discord.TextDisplay) and (link := LINK.search(component.content)):
            post = await linked_message(interaction, link[0])
            return None if post is None else await video_of(services, interaction, post)
    return None


async def linked_message(interaction: discord.Interaction[Any], link: str) -> discord.Message | None:
    """Read the message of this server that an address leads to; None where there is none.

    Raises `NotDone` where the bot can't read it.
    """
    match = LINK.fullmatch(link.strip().strip("<>"))
    guild = interaction.guild
    if match is None or guild is None or int(match["guild"]) != guild.id:
        return None
    channel, message = await _channel_in(guild, int(match["channel"])), None
    if isinstance(channel, discord.abc.Messageable):
        with _looking():
            message = await channel.fetch_message(int(match["message"]))
    return message


async def _channel_in(guild: discord.Guild, channel_id: int) -> discord.abc.GuildChannel | discord.Thread | None:
    """Find a channel or thread of a server, also one that is archived: discord.py forgets those.

    Raises `NotDone` where the bot can't find out whether there is one.
    """
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        with _looking():
            channel = await guild.fetch_channel(channel_id)
    return channel


@contextmanager
def _looking() -> Generator[None]:
    """Go on after the block where what it looks for isn't there; raise `NotDone` where that isn't known."""
    try:
        with translated(), unless_gone(), suppress(discord.InvalidData):  # a channel of another server
            yield
    except PortError as error:
        no_such_id = isinstance(error, NotTaken) and error.problem is ProblemCode.NOT_TAKEN
        if not no_such_id:
            raise NotDone(unseen_sentence(error)) from error
