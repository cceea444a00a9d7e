"""The one way to answer an interaction: every answer, deferral, edit, and form goes through here.

Discord waits 3 seconds for an answer. One that takes too long is deferred, and given then.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, Final

import discord
import structlog
from discord import ui

from bot.ui.attempts import (
    AnsweredElsewhere,
    AnsweredTooLate,
    AnswerServices,
    AnswerUnclear,
    NotAnswered,
    answer_first,
    repeat_until_clear,
    single_try,
)
from bot.ui.custom_ids import view_of
from bot.ui.language import N_, _

log = structlog.get_logger(__name__)

LEAST_PATIENCE: Final = 0.2
DISCORD_WAITS: Final = 3.0  # seconds
ANSWER: Final = "answer"  # by this a command's extras give the shape of its answer, and an interaction's the answer
OPEN_FORM: Final = N_("This took longer than usual. Open the form with the button.")
INVALID_FORM: Final = 50035  # code for an answer that breaks Discord's rules: a fault of the bot
_NO_TOKEN: Final = frozenset({10008, 10015, 10062, 50027})  # codes for an answer that is gone, or whose time has passed


class Shape(StrEnum):
    """How an interaction is deferred, which decides who sees the answer."""

    PUBLIC = "public"  # a message that everyone sees
    PRIVATE = "private"  # a message to the member alone
    UPDATE = "update"  # nothing new: the message is updated that a component stands in


class AnswerUnproven(Exception):
    """The deferred answer may be another process's: nothing that costs money may follow it."""


class Answer:
    """The answer to one interaction, and what is known of it."""

    def __init__(
        self, interaction: discord.Interaction[Any], shape: Shape, *, is_open: Callable[[bool], object] = bool
    ) -> None:
        """`is_open` hears whether Discord waits for the answer."""
        self.uncharged = False  # whether nothing was charged for what the member wants, and nothing will be
        self._interaction = interaction
        self._shape = shape
        self._services: AnswerServices = interaction.client.services
        self._tell_open = is_open
        self._lock = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        self._is_first = True  # Discord has no answer yet
        self._deferred: Shape | None = None  # and nothing has followed
        self._proven = True
        self._lost: NotAnswered | None = None
        self._followed: Any = None  # the card, where it is not the first answer
        self.given = asyncio.get_running_loop().create_future()  # done once Discord waits no longer, or never again

    @property
    def takes_gallery(self) -> bool:
        """Return whether the answer may have a gallery, which Discord may refuse in place of a deferral."""
        return self._is_first

    def watch(self, patience: float) -> None:
        """Defer the answer after so many seconds unless it is there by then, or the current task has ended."""
        age = (discord.utils.utcnow() - self._interaction.created_at).total_seconds()
        if 0 < age < DISCORD_WAITS:  # else the clocks differ, and no one can tell
            patience -= age
        self._tell_open(True)
        self._watch = asyncio.create_task(self._defer_after(max(patience, LEAST_PATIENCE)), name="answer-watch")
        task = asyncio.current_task()
        if task is not None:
            task.add_done_callback(lambda _task: self._end())

    async def say(self, sentence: str, **extra: Any) -> None:
        """Tell the member alone. What Discord takes no longer is logged."""
        sentence = self._interaction.client.links.linked(sentence)
        parts = {"ephemeral": True, "allowed_mentions": discord.AllowedMentions.none(), **extra}
        await self._answer(
            partial(self._interaction.response.send_message, sentence, **parts),
            partial(self._follow_up, content=sentence, **parts),
            files=[*extra.get("files", ()), *([extra["file"]] if "file" in extra else [])],
        )

    async def show(self, **parts: Any) -> None:
        """Replace the page of the pressed component; without one, show it to the member alone.

        `files` take the place of those that the page had.
        """
        parts = {"allowed_mentions": discord.AllowedMentions.none(), **self._interaction.client.links.within(parts)}
        files = parts.get("files", ())
        if self._shape is Shape.UPDATE:
            if "files" in parts:
                parts["attachments"] = parts.pop("files")
            await self._answer(
                partial(self._interaction.response.edit_message, **parts),
                partial(self._edit_original, **parts),
                files=files,
            )
        else:
            sent = parts | {"ephemeral": True}
            await self._answer(
                partial(self._interaction.response.send_message, **sent), partial(self._follow_up, **sent), files=files
            )

    async def open_form(self, modal: ui.Modal) -> None:
        """Open a form; after a deferral, which no form can follow, give a button that opens it.

        That is the button that was pressed, or else one with the form's own custom id.
        """
        data: Any = self._interaction.data or {}
        is_pressed = data.get("component_type") == discord.ComponentType.button.value
        custom_id = data["custom_id"] if is_pressed else modal.custom_id
        view = view_of(ui.Button(label=modal.title, style=discord.ButtonStyle.primary, custom_id=custom_id))
        await self._answer(
            partial(self._interaction.response.send_modal, modal),
            lambda: self._follow_up(content=_(OPEN_FORM), view=view, ephemeral=True),
        )

    async def defer(self, shape: Shape | None = None) -> None:
        """Defer the answer now, if there is none. Raises `NotAnswered` where what is asked for must not be done."""
        self._stop_watching()
        async with self._lock:
            if self._is_first and self._lost is None:
                await self._defer(shape or self._shape)
            if self._lost is not None:
                raise self._lost

    async def post(
        self, view: ui.LayoutView, *, plain: Callable[[], ui.LayoutView], is_ours: Callable[[discord.Message], bool]
    ) -> int | None:
        """Answer with a message that everyone sees; return its id, or None where it surely is not there.

        `plain` makes the view without a gallery, which Discord may refuse in the first edit of a deferred answer.
        Raises `NotAnswered`, `AnswerUnproven`, `AnswerUnclear` where it may be there, and `discord.HTTPException` where
        it is refused.
        """
        self._stop_watching()
        none = discord.AllowedMentions.none()
        async with self._lock:
            if self._lost is not None:
                raise self._lost
            if self._deferred is Shape.PUBLIC:
                if not self._proven:
                    raise AnswerUnproven
                edit = partial(self._interaction.edit_original_response, view=plain(), allowed_mentions=none)
                try:
                    message = await repeat_until_clear(edit, self._services.clock.sleep)
                except AnswerUnclear:
                    message = await self._original()
                    if message is None or not is_ours(message):
                        return None
                self._deferred = None
                return message.id
            if not self._is_first and not self._proven:
                raise AnswerUnproven
            if not self._is_first:
                with single_try():
                    self._followed = await self._follow_up(view=view, allowed_mentions=none, wait=True)
                return self._followed.id
            try:
                response = await self._first(
                    partial(self._interaction.response.send_message, view=view, allowed_mentions=none)
                )
            except AnswerUnclear:
                return await self._read_back(is_ours)
            return await self._read_back(is_ours) if response is None else response.message_id

    async def edit(self, **parts: Any) -> None:
        """Edit the message that answered, by the interaction's token, which Discord knows for 15 minutes."""
        edit = self._followed.edit if self._followed else self._interaction.edit_original_response
        await edit(**parts)

    async def take_controls_away(self) -> None:
        """Take the buttons off the private message that was pressed, if there is no other answer yet."""
        message = self._interaction.message
        if self._is_first and message is not None and message.flags.ephemeral:
            await self._answer(partial(self._interaction.response.edit_message, view=None), partial(asyncio.sleep, 0))

    @property
    def may_open_form(self) -> bool:  # a form is the first answer, and none to a form
        return self._is_first and self._interaction.type is not discord.InteractionType.modal_submit

    async def _answer(
        self,
        first: Callable[[], Awaitable[Any]],
        afterwards: Callable[[], Awaitable[Any]],
        *,
        files: Sequence[discord.File] = (),
    ) -> None:
        self._stop_watching()
        async with self._lock:
            if self._lost is not None:
                return
            try:
                if self._is_first:
                    await self._first(partial(_rewound, first, files))
                else:
                    await afterwards()
            except NotAnswered:
                return  # which is logged
            except (AnswerUnclear, discord.DiscordServerError, OSError, TimeoutError) as error:
                log.warning("answer_unclear", interaction=self._interaction.id, error=type(error).__name__)
            except discord.HTTPException as error:
                if error.code == INVALID_FORM:
                    raise
                # Such as in a thread that is locked, where Discord takes not even what one member sees.
                level = logging.INFO if error.code in _NO_TOKEN else logging.WARNING
                log.log(level, "answer_refused", **self._facts_of(error))

    async def _first(self, send: Callable[[], Awaitable[Any]]) -> Any:
        """Send the first answer; raises as `answer_first` does."""
        try:
            response = await answer_first(send, self._services.clock.sleep)
        except NotAnswered as error:
            self._answered()
            await self._lose(error)
            raise
        except AnswerUnclear:
            self._answered()
            self._proven = False
            raise
        self._answered()
        self._proven = response is not None
        return response

    def _answered(self) -> None:
        self._is_first = False
        self._tell_open(False)
        self._note_given()

    async def _lose(self, error: NotAnswered) -> None:
        self._lost = error
        interaction = self._interaction.id
        if isinstance(error, AnsweredTooLate):
            log.info("answer_too_late", interaction=interaction, kind=self._interaction.type.name)
        elif isinstance(error, AnsweredElsewhere):
            log.warning("answered_elsewhere", interaction=interaction, kind=self._interaction.type.name)
            await self._services.operating.watch.answered_elsewhere()

    async def _defer_after(self, patience: float) -> None:
        await self._services.clock.sleep(patience)
        self._watch = None  # which ends by itself: what comes meanwhile waits for it
        async with self._lock:
            if self._is_first and self._lost is None:
                try:
                    await self._defer(self._shape)
                except discord.HTTPException as error:
                    log.warning("answer_refused", **self._facts_of(error))

    async def _defer(self, shape: Shape) -> None:
        """Defer the answer; `_lost` is set where Discord takes none."""
        thinking = shape is not Shape.UPDATE
        send = partial(self._interaction.response.defer, ephemeral=shape is Shape.PRIVATE, thinking=thinking)
        try:
            await self._first(send)
        except NotAnswered:
            return
        except AnswerUnclear as error:
            log.warning("answer_unclear", interaction=self._interaction.id, error=str(error))
        self._deferred = shape

    async def _follow_up(self, **parts: Any) -> Any:
        """Send a message after the first answer, which for a private one must not be a public deferral's place."""
        if self._deferred is Shape.PUBLIC:
            with contextlib.suppress(discord.NotFound):
                await self._interaction.delete_original_response()
        self._deferred = None
        webhook: Any = self._interaction.followup
        return await webhook.send(**parts)

    async def _edit_original(self, **parts: Any) -> None:
        self._deferred = None
        await self._interaction.edit_original_response(**parts)

    async def _read_back(self, is_ours: Callable[[discord.Message], bool]) -> int | None:
        """Find out whether the answer that Discord has is the message that we sent, by its mark."""
        message = await self._original()
        if message is None:
            return None
        if not is_ours(message):
            error = AnsweredElsewhere()
            await self._lose(error)
            raise error
        self._proven = True
        return message.id

    async def _original(self) -> discord.Message | None:
        """Read the answer that Discord has; None where it surely has none. Raises `AnswerUnclear`."""
        try:
            return await repeat_until_clear(self._interaction.original_response, self._services.clock.sleep)
        except discord.NotFound:
            return None

    def _facts_of(self, error: discord.HTTPException) -> dict[str, int]:
        return {"interaction": self._interaction.id, "status": error.status, "code": error.code}

    def _end(self) -> None:
        self._stop_watching()
        self._note_given()

    def _note_given(self) -> None:
        if not self.given.done():
            self.given.set_result(None)

    def _stop_watching(self) -> None:
        self._tell_open(False)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


async def _rewound(send: Callable[[], Awaitable[Any]], files: Sequence[discord.File]) -> Any:
    """Send, after an earlier try, too, files from their beginning."""
    for file in files:
        file.reset()
    return await send()


def answer_of(interaction: discord.Interaction[Any]) -> Answer:
    """Return what is known of the answer to an interaction."""
    answer = interaction.extras.get(ANSWER)
    if answer is None:
        answer = interaction.extras[ANSWER] = Answer(interaction, Shape.PRIVATE)
    return answer


async def say(interaction: discord.Interaction[Any], sentence: str, **extra: Any) -> None:
    """Tell the member alone, whether or not the interaction has been answered before."""
    await answer_of(interaction).say(sentence, **extra)


async def show(interaction: discord.Interaction[Any], **parts: Any) -> None:
    """Replace the page of the pressed component; without one, show it to the member alone."""
    await answer_of(interaction).show(**parts)


async def defer(interaction: discord.Interaction[Any], shape: Shape | None = None) -> None:
    """Defer the answer now: what follows takes its time. Raises `NotAnswered` where it must not be done."""
    await answer_of(interaction).defer(shape)


async def open_form(interaction: discord.Interaction[Any], modal: ui.Modal) -> None:
    """Open a form, or give a button that opens it; one that a command opens has a button with its own custom id."""
    await answer_of(interaction).open_form(modal)


async def take_controls_away(interaction: discord.Interaction[Any]) -> None:
    """Answer by taking the buttons off the private message that was pressed; what is said after that follows it."""
    await answer_of(interaction).take_controls_away()
