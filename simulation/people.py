"""Members, moderators, and what they do, drawn from the seed: each acts through interactions and sees the answers."""

import asyncio
import random
from typing import Any, Final

from simulation.discord_world import EPHEMERAL, Channel, Guild, Interaction, Member, Message
from simulation.life import Lives
from simulation.world import World

COMMAND, COMPONENT, MODAL = 2, 3, 5
BUTTON: Final = 2
# What members do after a request, and how often; most do nothing.
THEN: Final = {"cancels": 10, "again": 3, "deletes": 2, "removes": 0.5, "leaves": 0.5, "forgets": 1, "": 83}
IMPATIENT: Final = 60.0  # seconds after which a member does something else


class Crowd:
    """Everybody who asks, changes their mind, or decides."""

    def __init__(self, world: World, lives: Lives, *, seed: int) -> None:
        self._world = world
        self._lives = lives
        self._rng = random.Random(seed)
        self.asked: dict[int, Interaction] = {}  # by the interaction's id, which is the job's
        self._members: list[tuple[Guild, Channel, Member]] = []
        self.moderators: list[tuple[Guild, Channel, Member]] = []

    def move_in(self, guild: Guild, channel: Channel, mods: Channel, *, members: int) -> None:
        """Fill a server with members and two moderators."""
        for number in range(members):
            self._members.append((guild, channel, self._world.discord.add_member(guild, f"member-{number}")))
        for number in range(2):
            member = self._world.discord.add_member(guild, f"moderator-{number}", moderator=True)
            self.moderators.append((guild, mods, member))

    # --- members ---------------------------------------------------------------------------------------------

    async def ask(self, number: int) -> None:
        """Ask for one video, and do with it what members do."""
        rng, discord = self._rng, self._world.discord
        guild, channel, member = rng.choice(self._members)
        if member.id not in guild.members or channel.id not in guild.channels:
            return
        prompt = f"a lighthouse, take {number if rng.random() < 0.97 else number - 1}"
        images = {
            f"image{place}": discord.upload(channel.id, f"{place}.jpg") for place in range(1, rng.choice((2, 2, 3)))
        }
        data = discord.command_data("video", {"prompt": prompt, "duration": rng.choice((5, 5, 5, 10))}, images)
        asked = await self._do(member, channel, COMMAND, data)
        if await self._sees_notice(member, asked):
            return
        self.asked[asked.id] = asked
        await asyncio.sleep(rng.expovariate(1 / 120))
        (then,) = rng.choices(list(THEN), list(THEN.values()))
        if then and self._world.weather.allows(then):
            await self._change_of_mind(then, guild, channel, member, asked)

    async def _change_of_mind(
        self, then: str, guild: Guild, channel: Channel, member: Member, asked: Interaction
    ) -> None:
        rng, discord = self._rng, self._world.discord
        match then:
            case "cancels":
                await self._press(member, asked.message, "reelcast:cancel:")
            case "again":
                await asyncio.sleep(rng.uniform(100, 900))
                await self._press(member, asked.message, "reelcast:again:")
            case "deletes":
                await asyncio.sleep(rng.uniform(100, 900))
                await self._press(member, asked.message, "reelcast:delete:")
            case "removes" if asked.message is not None:
                self._world.note("card_deleted_by_hand", message=asked.message.id)
                discord.remove(asked.message)
            case "leaves":
                self._world.note("member_left", member=member.id)
                guild.members.pop(member.id, None)
            case _:
                data = discord.command_data("help", {}, {})
                answer = await self._do(member, channel, COMMAND, data)
                told = await self._press(member, answer.message, "reelcast:forget:tell")
                question = await self._press(member, told and told.message, "reelcast:forget:ask")
                await self._press(member, question and question.message, "reelcast:forget:data")

    async def _sees_notice(self, member: Member, asked: Interaction) -> bool:
        """Accept the notice where it is shown: the request goes on under the press's own id."""
        button = asked.message and asked.message.button("reelcast:consent:")
        if not button:
            return False
        accepted = await self._press(member, asked.message, "reelcast:consent:")
        if accepted is not None:
            self.asked[accepted.id] = accepted
        return True

    # --- moderators ------------------------------------------------------------------------------------------

    async def moderate(self, guild: Guild, channel: Channel, member: Member) -> None:
        """Decide on what waits in the moderators' channel, and now and then take a video down."""
        rng, discord = self._rng, self._world.discord
        while True:
            await asyncio.sleep(rng.expovariate(1 / 90))
            waiting = [
                message
                for message in list(discord.messages.get(channel.id, {}).values())[-60:]
                if not message.flags & EPHEMERAL
                and message.button("reelcast:review:approve")
                and self._world.weather.allows("reviews")
            ]
            for message in waiting:
                if rng.random() < 0.6:
                    verb = rng.choice(("approve", "approve", "approve", "spoiler", "reject"))
                    await self._press(member, message, f"reelcast:review:{verb}:")
            if not self._world.weather.calm and rng.random() < 0.02 and self._world.weather.allows("takedown"):
                await self._take_down(guild, member)

    async def _take_down(self, guild: Guild, member: Member) -> None:
        posts = [
            message
            for channel in guild.channels.values()
            for message in list(self._world.discord.messages.get(channel.id, {}).values())[-30:]
            if message.button("reelcast:details:post:")
        ]
        if posts:
            post = self._rng.choice(posts)
            link = f"https://discord.com/channels/{guild.id}/{post.channel_id}/{post.id}"
            channel = guild.channels[post.channel_id]
            asked = await self._do(
                member, channel, COMMAND, self._world.discord.command_data("takedown", {"link": link}, {})
            )
            if asked.modal is not None:
                await self._submit(member, channel, asked.modal)

    # --- hands -----------------------------------------------------------------------------------------------

    async def _press(self, member: Member, message: Message | None, prefix: str) -> Interaction | None:
        """Press a button, if it is there."""
        custom_id = message and message.button(prefix)
        channel = self._world.discord.channels.get(message.channel_id) if message else None
        if message is None or custom_id is None or channel is None:
            return None
        if message.id not in self._world.discord.messages.get(channel.id, {}):
            return None
        return await self._do(member, channel, COMPONENT, {"custom_id": custom_id, "component_type": BUTTON}, message)

    async def _submit(self, member: Member, channel: Channel, modal: dict[str, Any]) -> Interaction:
        data = {"custom_id": modal["custom_id"], "components": list(map(_filled, modal["components"]))}
        return await self._do(member, channel, MODAL, data)

    async def _do(
        self, member: Member, channel: Channel, kind: int, data: dict[str, Any], source: Message | None = None
    ) -> Interaction:
        """Let Discord tell the bot of an interaction, and wait for a while until something is to be seen."""
        discord = self._world.discord
        interaction = discord.interact(member, channel, kind, data, source)
        word = data.get("name") or data.get("custom_id", "")
        self._world.note("did", interaction=interaction.id, member=member.id, what=word)
        times = 2 if self._world.weather.strikes("twice", 0.01) else 1
        for _ in range(times):
            self._lives.deliver(interaction.payload)
        until = self._world.loop.time() + IMPATIENT
        while interaction.answered is None and self._world.loop.time() < until:
            await asyncio.sleep(0.5)
        await asyncio.sleep(self._rng.uniform(0.5, 4.0))
        return interaction


def _filled(component: dict[str, Any]) -> dict[str, Any]:
    """Return what a member submits for one part of a form, who leaves all as it is."""
    inner = component.get("component") or (component.get("components") or [None])[0]
    if inner is None:
        return {"type": component["type"], "id": component.get("id", 0)}
    value: dict[str, Any] = {"type": inner["type"], "custom_id": inner.get("custom_id", ""), "id": 0}
    if inner["type"] == 4:
        value["value"] = inner.get("value", "")
    else:
        value["values"] = []
    if "component" in component:
        return {"type": component["type"], "id": 0, "component": value}
    return {"type": component["type"], "id": 0, "components": [value]}
