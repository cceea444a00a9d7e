"""The members of threads over REST: who is in one, joining and leaving it, adding and removing others."""

from sandbox.discord.access import Access
from sandbox.discord.http.routing import NO_CONTENT, Answer, Call, Route
from sandbox.discord.messages.threads import Threads
from sandbox.discord.refusals import MISSING_PERMISSIONS, UNKNOWN_CHANNEL, UNKNOWN_MEMBER
from sandbox.discord.world import payloads
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel, Thread, World

_MEMBERS = "/channels/{channel_id}/thread-members"


class ThreadRoutes:
    def __init__(self, world: World, access: Access, threads: Threads) -> None:
        self._world = world
        self._access = access
        self._threads = threads

    def routes(self) -> list[Route]:
        one = _MEMBERS + "/{user_id}"
        return [
            Route(method="GET", template=_MEMBERS, handler=self.members),
            Route(method="GET", template=one, handler=self.member),
            Route(method="PUT", template=one, handler=self.add),
            Route(method="DELETE", template=one, handler=self.remove),
        ]

    async def members(self, call: Call) -> Answer:
        channel, thread = self._thread(call)
        return Answer(body=[payloads.thread_member(channel, each) for each in thread.joined])

    async def member(self, call: Call) -> Answer:
        channel, thread = self._thread(call)
        user_id = self._user_id(call)
        if user_id not in thread.joined:
            raise UNKNOWN_MEMBER.refusal()
        return Answer(body=payloads.thread_member(channel, user_id))

    async def add(self, call: Call) -> Answer:
        """Join, or add somebody else; an archived thread takes no one."""
        channel, _ = self._thread(call)
        user_id = self._user_id(call)
        self._access.require_open(channel)
        if user_id != self._world.bot.id and not self._threads.may_add(channel, self._world.bot.id):
            raise MISSING_PERMISSIONS.refusal()
        self._threads.add(channel, [user_id])
        return NO_CONTENT

    async def remove(self, call: Call) -> Answer:
        """Leave, or with Manage Threads remove somebody else."""
        channel, _ = self._thread(call)
        user_id = self._user_id(call)
        self._access.require_open(channel)
        if user_id != self._world.bot.id:
            self._access.require(channel, Permission.MANAGE_THREADS)
        self._threads.remove(channel, user_id)
        return NO_CONTENT

    def _thread(self, call: Call) -> tuple[Channel, Thread]:
        channel = self._access.channel(call.id("channel_id"))
        if channel.thread is None:
            raise UNKNOWN_CHANNEL.refusal()
        return channel, channel.thread

    def _user_id(self, call: Call) -> int:
        return self._world.bot.id if call.parameters["user_id"] == "@me" else call.id("user_id")
