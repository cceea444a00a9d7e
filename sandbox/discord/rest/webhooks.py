"""Answers and follow-ups of interactions over REST, which carry the interaction's token and no other."""

from functools import partial

from sandbox.discord.http.routing import MESSAGE_BODIES, NO_CONTENT, Answer, Call, Route
from sandbox.discord.interactions.interaction import Interaction
from sandbox.discord.interactions.interactions import InteractionHandler
from sandbox.discord.messages.messages import Messages
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.refusals import UNKNOWN_WEBHOOK
from sandbox.discord.world.world import Message, World

_WEBHOOK = "/webhooks/{webhook_id}/{token}"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"


class WebhookRoutes:
    def __init__(self, world: World, desk: InteractionHandler, messages: Messages, render: MessagePayloads) -> None:
        self._world = world
        self._desk = desk
        self._messages = messages
        self._render = render

    def routes(self) -> list[Route]:
        route = partial(Route, bucket="webhook", token=False, bodies=MESSAGE_BODIES)
        callback = "/interactions/{interaction_id}/{token}/callback"
        return [
            route(method="POST", template=callback, handler=self.answer, bucket="interaction_callback"),
            route(method="POST", template=_WEBHOOK, handler=self.follow_up),
            route(method="GET", template=_MESSAGE, handler=self.get),
            route(method="PATCH", template=_MESSAGE, handler=self.edit),
            route(method="DELETE", template=_MESSAGE, handler=self.delete),
        ]

    async def answer(self, call: Call) -> Answer:
        body = await self._desk.answer(
            call.id("interaction_id"), call.parameters["token"], call.body.object, call.body.uploads
        )
        wants_body = call.query.get("with_response") in {"1", "true", "True"}
        return Answer(body=body) if wants_body else NO_CONTENT

    async def follow_up(self, call: Call) -> Answer:
        token = self._interaction(call).token
        message = await self._desk.follow_up(token, call.body.object, call.body.uploads)
        return Answer(body=self._render.message(message))

    async def get(self, call: Call) -> Answer:
        return Answer(body=self._render.message(self._message(call)))

    async def edit(self, call: Call) -> Answer:
        self._desk.require_open(self._interaction(call))
        edited = await self._messages.edit(self._message(call), call.body.object, call.body.uploads)
        return Answer(body=self._render.message(edited))

    async def delete(self, call: Call) -> Answer:
        self._messages.delete(self._message(call))
        return NO_CONTENT

    def _message(self, call: Call) -> Message:
        original = call.parameters["message_id"] == "@original"
        return self._desk.message(self._interaction(call), None if original else call.id("message_id"))

    def _interaction(self, call: Call) -> Interaction:
        if call.id("webhook_id") != self._world.application_id:
            raise UNKNOWN_WEBHOOK.refusal()
        return self._desk.by_token(call.parameters["token"])
