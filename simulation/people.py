"""Members, moderators, and the operator, as chance has it: each acts through interactions and sees the answers."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from bot.cli.jobs import NoSuchJob, retry_job
from bot.jobs.model import ReviewMode
from bot.settings.model import GuildSettings, Limits
from simulation.discord_world import EPHEMERAL, Channel, Guild, Interaction, Member, Message
from simulation.life import Lives
from simulation.process import VirtualClock
from simulation.watch import PER_DAY, Watch
from simulation.world import World

COMMAND, COMPONENT, MODAL = 2, 3, 5
BUTTON, SELECT, TEXT_INPUT = 2, 3, 4
IMPATIENT: Final = 60.0  # seconds after which a member does something else
TRIES: Final = 3
LOOKS_EVERY: Final = 90.0  # seconds, on average, between a moderator's looks
OPERATES_EVERY: Final = 300.0
FORBIDDEN: Final = "forbidden"  # a word that servers block
VERDICTS: Final = (*("review:approve:",) * 6, "review:spoiler:", "review:reject:", "review-choice:", "review:block:")


@dataclass(slots=True, kw_only=True)
class Place:
    """A server, and who is there."""

    guild: Guild
    videos: Channel
    mods: Channel
    review: ReviewMode
    members: list[Member] = field(default_factory=list[Member])
    moderators: list[Member] = field(default_factory=list[Member])


class Crowd:
    """Everyone who asks, changes their mind, or decides."""

    def __init__(self, world: World, lives: Lives, watch: Watch, *, seed: int) -> None:
        self._world = world
        self._lives = lives
        self._watch = watch
        self._rng = random.Random(seed)
        self._happens = world.chances.happens
        self.places: list[Place] = []

    async def move_in(self, review: ReviewMode, *, members: int) -> None:
        """Make a server with two moderators, and set the bot up there."""
        discord = self._world.discord
        guild = discord.add_guild()
        videos = discord.add_channel(guild, "videos")
        mods = discord.add_channel(guild, "moderators", moderators_only=True)
        place = Place(guild=guild, videos=videos, mods=mods, review=review)
        place.moderators = [discord.add_member(guild, f"moderator-{each}", moderator=True) for each in range(2)]
        self.places.append(place)
        for _ in range(members):
            self.joins(place)

    def joins(self, place: Place | None = None) -> None:
        """Let someone join a server."""
        place = place or self._rng.choice(self.places)
        place.members.append(self._world.discord.add_member(place.guild, f"member-{len(place.members)}"))

    async def set_up(self, place: Place) -> None:
        """Tell the bot which channels are meant, as soon as it is there."""
        limits = Limits(per_day=PER_DAY, at_once=PER_DAY - 2) if self._world.member_limits else Limits()
        while True:
            process = await self._lives.ready()
            services: Any = process.bot and process.bot.services
            try:
                chosen = partial(_chosen, place=place, limits=limits)
                await services.guild_settings.change(place.guild.id, chosen, self._world.now())
            except Exception:  # noqa: BLE001 - of a life that has just ended
                await asyncio.sleep(5.0)
            else:
                return

    # --- members ---------------------------------------------------------------------------------------------

    async def ask(self, number: int) -> None:
        """Ask for one video, and do with it what members do."""
        rng, discord, happens = self._rng, self._world.discord, self._happens
        place = rng.choice(self.places)
        member, channel = rng.choice(place.members), place.videos
        if member.id not in place.guild.members or channel.id not in place.guild.channels:
            return
        prompt = f"a lighthouse, take {number if rng.random() < 0.97 else number - 1}."
        wrong = happens("fixes")
        images = {f"image{each}": discord.upload(channel.id, f"{each}.jpg") for each in range(1, rng.choice((2, 2, 3)))}
        options = {"prompt": f"{prompt} {FORBIDDEN}" if wrong else prompt, "duration": rng.choice((5, 5, 5, 10))}
        data = discord.command_data("video", options, images)
        asked = await self._do(member, channel, COMMAND, data)
        if wrong:
            asked = await self._open_and_submit(member, asked.shown, "reelcast:fix:", prompt=prompt) or asked
        asked = await self._press(member, asked.shown, "reelcast:consent:") or asked
        await asyncio.sleep(rng.expovariate(1 / 120))
        await self._meanwhile(place, member, asked)
        await asyncio.sleep(rng.uniform(100, 900))
        await self._afterwards(place, member, asked, prompt)

    async def _meanwhile(self, place: Place, member: Member, asked: Interaction) -> None:
        """Do what members do while they wait."""
        discord, happens = self._world.discord, self._happens
        if happens("cancels"):
            await self._press(member, asked.shown, "reelcast:cancel:")
        if happens("deletes_card_by_hand") and asked.shown is not None:
            self._world.note("card_deleted_by_hand", message=asked.shown.id)
            discord.remove(asked.shown)
        if happens("leaves"):
            self._world.note("member_left", member=member.id)
            place.guild.members.pop(member.id, None)
        if happens("looks"):
            await self._do(member, place.videos, COMMAND, discord.command_data("videos", {}, {}))
        if happens("deletes_data"):
            await self._delete_data(member, place.videos)

    async def _afterwards(self, place: Place, member: Member, asked: Interaction, prompt: str) -> None:
        """Do what members do with a video, or with the want of one."""
        happens, seen = self._happens, self._watch.post_of(asked.id) or asked.message
        if happens("makes_again"):
            await self._press(member, seen, "reelcast:again:")
        if happens("edits"):
            await self._open_and_submit(member, seen, "reelcast:edit:", prompt=f"{prompt} Again.")
        if happens("sends_again"):
            await self._press(member, asked.message, "reelcast:resend:")
        if happens("deletes"):
            details = await self._press(member, seen, "reelcast:details:")
            question = await self._press(member, details and details.shown, "reelcast:delete:")
            await self._press(member, question and question.shown, "reelcast:erase:")
        if happens("reports"):
            reporter = self._rng.choice(place.members)
            await self._open_and_submit(reporter, self._some_post(place), "reelcast:report:", reason="It's not nice.")

    async def _delete_data(self, member: Member, channel: Channel) -> None:
        answer = await self._do(member, channel, COMMAND, self._world.discord.command_data("help", {}, {}))
        told = await self._press(member, answer.shown, "reelcast:forget:tell")
        question = await self._press(member, told and told.shown, "reelcast:forget:ask")
        what = f"reelcast:forget:{self._rng.choice(('data', 'all'))}"
        if question and question.shown and question.shown.button(what):
            self._watch.wants_gone(member)
        await self._press(member, question and question.shown, what)

    # --- moderators ------------------------------------------------------------------------------------------

    async def moderate(self, place: Place, member: Member) -> None:
        """Decide on what waits in the moderators' channel, and now and then do what else moderators do."""
        rng, happens = self._rng, self._happens
        while True:
            await asyncio.sleep(rng.expovariate(1 / LOOKS_EVERY))
            for message in self._messages(place.mods, 60):
                if message.button("reelcast:review:approve") and rng.random() < 0.6:
                    await self._review(place, member, message)
                elif message.button("reelcast:case:putback") and happens("restores"):
                    verb = rng.choice(("putback", "putback", "dismiss", "block"))
                    await self._open_and_submit(member, message, f"reelcast:case:{verb}:")
                elif message.button("reelcast:case:takedown") and rng.random() < 0.2:
                    await self._open_and_submit(member, message, "reelcast:case:takedown:")
            if self._world.chances.calm:
                continue
            if happens("takes_down"):
                await self._take_down(place, member)
            if happens("blocks"):
                await self._block(place, member)
            if happens("changes_settings"):
                await self._change_settings(place, member)

    async def _review(self, place: Place, member: Member, message: Message) -> None:
        verdicts = [self._rng.choice(VERDICTS), self._rng.choice(VERDICTS)]
        both = zip(place.moderators, verdicts, strict=True) if self._happens("both_decide") else [(member, verdicts[0])]
        await asyncio.gather(*(self._open_and_submit(who, message, f"reelcast:{verdict}") for who, verdict in both))

    async def _take_down(self, place: Place, member: Member) -> None:
        post = self._some_post(place)
        channel = post and place.guild.channels.get(post.channel_id)
        if post is None or channel is None:
            return
        link = f"https://discord.com/channels/{place.guild.id}/{post.channel_id}/{post.id}"
        data = self._world.discord.command_data("takedown", {"link": link}, {})
        await self._submit(member, channel, await self._do(member, channel, COMMAND, data))

    async def _block(self, place: Place, member: Member) -> None:
        """Block a member, and maybe think better of it."""
        whom = self._rng.choice(place.members)
        for verb in ("block", *(("unblock",) if self._happens("unblocks") else ())):
            data = self._world.discord.command_data(f"mod {verb}", {"member": whom}, {})
            await self._do(member, place.videos, COMMAND, data)
            await asyncio.sleep(self._rng.uniform(10, 300))

    async def _change_settings(self, place: Place, member: Member) -> None:
        """Press some button of the panel that changes a setting at once, or pause the server for a while."""
        rng = self._rng
        panel = await self._do(member, place.mods, COMMAND, self._world.discord.command_data("settings", {}, {}))
        if rng.random() < 0.3:
            asked = await self._press(member, panel.shown, "reelcast:settings:put:paused:0:on")
            await self._press(member, asked and asked.shown, "reelcast:settings:do:pause:")
            await asyncio.sleep(rng.uniform(20, 200))
            await self._press(member, asked and asked.shown, "reelcast:settings:put:paused:0:off")
            return
        pages = await self._press(member, panel.shown, "reelcast:settings:turn:", rng.choice(("review", "posts")))
        shown = pages and pages.shown
        puts = [each for each in shown.custom_ids() if each.startswith("reelcast:settings:put:")] if shown else []
        if puts:
            await self._press(member, shown, rng.choice(puts))
        await self._press(member, shown, "reelcast:settings:pick:review:")

    # --- the operator ----------------------------------------------------------------------------------------

    async def operate(self) -> None:
        """Pause everything now and then, settle what is stuck, and retry jobs on the command line."""
        rng, happens, discord = self._rng, self._happens, self._world.discord
        guild = next(iter(discord.guilds.values()))
        owner = guild.members[guild.owner_id]
        while True:
            await asyncio.sleep(rng.expovariate(1 / OPERATES_EVERY))
            place = self.places[0]
            panel = await self._do(owner, place.mods, COMMAND, discord.command_data("operator", {}, {}))
            await self._press(owner, panel.shown, "reelcast:operator:resume:")
            if happens("operator_pauses") and not self._world.chances.calm:
                asked = await self._press(owner, panel.shown, "reelcast:operator:pause:")
                await self._press(owner, asked and asked.shown, "reelcast:operator:pause-now:")
                await asyncio.sleep(rng.uniform(20, 200))
                await self._press(owner, panel.shown, "reelcast:operator:resume:")
            if happens("operator_settles"):
                page = await self._press(owner, panel.shown, "reelcast:operator:stuck:")
                verb = rng.choice(("look", "give-up", "send", "close"))
                await self._press(owner, page and page.shown, f"reelcast:operator:{verb}:")
            if happens("operator_retries"):
                await self._retry()

    async def _retry(self) -> None:
        url, clock = f"sqlite:///{self._world.folder}/reelcast.db", VirtualClock(self._world)
        for job_id in self._watch.resumable()[-1:]:
            self._world.note("retries", job=job_id)
            try:
                await retry_job(url, job_id, clock)
            except NoSuchJob:
                continue
            except Exception as error:  # noqa: BLE001 - the database is away, and the command says so
                self._world.note("retry_failed", error=type(error).__name__)

    # --- hands -----------------------------------------------------------------------------------------------

    def _messages(self, channel: Channel, most: int) -> Iterator[Message]:
        messages = list(self._world.discord.messages.get(channel.id, {}).values())[-most:]
        return (message for message in messages if not message.flags & EPHEMERAL)

    def _some_post(self, place: Place) -> Message | None:
        posts = [
            message
            for channel in place.guild.channels.values()
            for message in self._messages(channel, 30)
            if message.button("reelcast:details:post:")
        ]
        return self._rng.choice(posts) if posts else None

    async def _press(self, member: Member, message: Message | None, prefix: str, *values: str) -> Interaction | None:
        """Press a button or choose from a menu, if it is there."""
        custom_id = message and message.button(prefix)
        channel = self._world.discord.channels.get(message.channel_id) if message else None
        if message is None or custom_id is None or channel is None:
            return None
        if message.id not in self._world.discord.messages.get(channel.id, {}):
            return None
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": BUTTON}
        if choices := message.choices(custom_id):
            chosen = [each for each in choices if each in values] or [self._rng.choice(choices)]
            data |= {"component_type": SELECT, "values": chosen}
        return await self._do(member, channel, COMPONENT, data, message)

    async def _open_and_submit(
        self, member: Member, message: Message | None, prefix: str, **typed: str
    ) -> Interaction | None:
        """Press a button, and submit the form that it may open; return the last interaction."""
        pressed = await self._press(member, message, prefix)
        channel = self._world.discord.channels.get(message.channel_id) if message else None
        return pressed and channel and await self._submit(member, channel, pressed, **typed)

    async def _submit(self, member: Member, channel: Channel, opened: Interaction, **typed: str) -> Interaction:
        modal = opened.modal
        if modal is None:
            return opened
        components = [_filled(each, typed) for each in modal["components"]]
        return await self._do(member, channel, MODAL, {"custom_id": modal["custom_id"], "components": components})

    async def _do(
        self, member: Member, channel: Channel, kind: int, data: dict[str, Any], source: Message | None = None
    ) -> Interaction:
        """Do something, and again if there is no answer: the bot may be down."""
        interaction = await self._do_once(member, channel, kind, data, source)
        for _ in range(TRIES - 1):
            if interaction.answered is None:
                interaction = await self._do_once(member, channel, kind, data, source)
        return interaction

    async def _do_once(
        self, member: Member, channel: Channel, kind: int, data: dict[str, Any], source: Message | None
    ) -> Interaction:
        """Let Discord tell the bot of an interaction, and wait for a while until something is to be seen."""
        world = self._world
        interaction = world.discord.interact(member, channel, kind, data, source)
        word = data.get("name") or data.get("custom_id", "")
        world.note("did", interaction=interaction.id, member=member.id, what=word)
        for name in ("delivered_twice", "delivered_late"):
            if self._happens(name):
                world.loop.call_later(self._rng.uniform(0.5, 12), self._lives.deliver, interaction.payload)
                if name == "delivered_late":
                    break
        else:
            self._lives.deliver(interaction.payload)
        until = world.loop.time() + IMPATIENT
        while interaction.waits and world.loop.time() < until:
            await asyncio.sleep(1.0)
        await asyncio.sleep(self._rng.uniform(1.0, 5.0))
        return interaction


def _chosen(before: GuildSettings, *, place: Place, limits: Limits) -> GuildSettings:
    return replace(
        before,
        channels=frozenset({place.videos.id}),
        review=place.review,
        review_channel_id=place.mods.id,
        words=(FORBIDDEN,),
        report_threshold=1,
        member_limits=limits,
    )


def _filled(component: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what a member submits for one part of a form, who leaves as it is what they do not type."""
    inner = component.get("component") or (component.get("components") or [None])[0]
    if inner is None:
        return {"type": component["type"], "id": component.get("id", 0)}
    custom_id = inner.get("custom_id", "")
    value: dict[str, Any] = {"type": inner["type"], "custom_id": custom_id, "id": 0}
    chosen = [each["value"] for each in inner.get("options") or () if each.get("default")]
    if inner["type"] == TEXT_INPUT:
        value["value"] = typed.get(custom_id, inner.get("value") or "")
    else:
        value |= {"values": chosen, "value": chosen[0] if chosen else inner.get("default", False)}
    if "component" in component:
        return {"type": component["type"], "id": 0, "component": value}
    return {"type": component["type"], "id": 0, "components": [value]}
