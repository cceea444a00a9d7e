"""Application commands over REST, global ones and those of a guild."""

from sandbox.discord.access import Access
from sandbox.discord.http.routing import NO_CONTENT, Answer, Call, Route
from sandbox.discord.interactions.commands import CommandRegistry, Scope
from sandbox.discord.json_fields import objects
from sandbox.discord.refusals import MISSING_ACCESS
from sandbox.discord.world.world import World

_BASES = ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}")


class CommandRoutes:
    def __init__(self, world: World, access: Access, registry: CommandRegistry) -> None:
        self._world = world
        self._access = access
        self._registry = registry

    def routes(self) -> list[Route]:
        return [route for base in _BASES for route in self._routes_below(base)]

    def _routes_below(self, base: str) -> list[Route]:
        every, one = f"{base}/commands", f"{base}/commands/{{command_id}}"
        return [
            Route(method="GET", template=every, handler=self.list_all),
            Route(method="PUT", template=every, handler=self.overwrite, bucket="commands_put"),
            Route(method="POST", template=every, handler=self.create),
            Route(method="GET", template=one, handler=self.get),
            Route(method="PATCH", template=one, handler=self.edit),
            Route(method="DELETE", template=one, handler=self.delete),
        ]

    async def list_all(self, call: Call) -> Answer:
        return Answer(body=self._registry.all(self._scope(call)))

    async def overwrite(self, call: Call) -> Answer:
        return Answer(body=self._registry.overwrite(self._scope(call), objects(call.body.payload)))

    async def create(self, call: Call) -> Answer:
        command, is_new = self._registry.upsert(self._scope(call), call.body.object)
        return Answer(status=201 if is_new else 200, body=command)

    async def get(self, call: Call) -> Answer:
        return Answer(body=self._registry.get(self._scope(call), call.id("command_id")))

    async def edit(self, call: Call) -> Answer:
        changed = self._registry.edit(self._scope(call), call.id("command_id"), call.body.object)
        return Answer(body=changed)

    async def delete(self, call: Call) -> Answer:
        self._registry.delete(self._scope(call), call.id("command_id"))
        return NO_CONTENT

    def _scope(self, call: Call) -> Scope:
        """Return the guild that a call is for, or `None`; another application's commands are out of reach."""
        if call.id("application_id") != self._world.application_id:
            raise MISSING_ACCESS.refusal()
        if "guild_id" not in call.parameters:
            return None
        return self._access.guild(call.id("guild_id")).id
