"""The channel on a terminal: drawn anew in place where that is possible, told line by line where not."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from sandbox.demo.reading import Reader, lines
from sandbox.discord.json_fields import objects
from sandbox.member import Message

CARD_WIDTH = 84  # columns


class Screen(Protocol):
    """Shows what happens in a channel, with the seconds since the start."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def say(self, *told: str) -> None:
        """Tell something about the demo itself."""
        ...

    def act(self, name: str, *done: str) -> None:
        """Tell what a member does."""
        ...

    def show(self, message: Message) -> None:
        """Show a message that came or changed."""
        ...


@dataclass(slots=True)
class _Stopwatch:
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        return f"{time.monotonic() - self.started:5.1f} s"


class PlainScreen:
    """Writes a line for each thing that is new: for pipes, logs and dumb terminals."""

    def __init__(self, console: Console, reader: Reader) -> None:
        self._console = console
        self._reader = reader
        self._shown: dict[int, list[str]] = {}
        self._watch = _Stopwatch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def say(self, *told: str) -> None:
        self._write(*told)

    def act(self, name: str, *done: str) -> None:
        self._write(f"{self._watch}  {name}", *_indented(done))

    def show(self, message: Message) -> None:
        """Write a new message whole, and of a changed one what is new."""
        now = lines(message)
        before = self._shown.get(message.id)
        self._shown[message.id] = now
        if before == now:
            return
        heading = f"{self._watch}  {message.author}"
        if before is not None:
            heading += " (card edited)"
        elif message.reference is not None:
            heading += " (reply to the card)"
        new = now if before is None else [line for line in now if line not in before]
        self._write(heading, *_indented(map(self._reader.read, new)))

    def _write(self, *written: str) -> None:
        for line in written:
            self._console.print(Text(line), soft_wrap=True)


class LiveScreen:
    """Draws the messages as panels that change in place, and their timestamps as they count."""

    def __init__(self, console: Console, reader: Reader) -> None:
        self._console = console
        self._reader = reader
        self._messages: dict[int, Message] = {}
        self._steps: list[str] = []
        self._watch = _Stopwatch()
        self._live = Live(get_renderable=self._draw, console=console, refresh_per_second=1)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def say(self, *told: str) -> None:
        self._console.print(Text("\n".join(told), style="dim"))

    def act(self, name: str, *done: str) -> None:
        self._console.print(Text(f"@{name} {done[0]}", style="bold"))
        for line in _indented(done[1:]):
            self._console.print(Text(line))

    def show(self, message: Message) -> None:
        self._messages[message.id] = message
        title = self._read(lines(message))[0]
        if message.reference is None and not (self._steps and self._steps[-1].endswith(title)):
            self._steps.append(f"{str(self._watch).strip()} {title}")
        self._live.refresh()

    def _draw(self) -> RenderableType:
        panels = [self._panel(message) for message in self._messages.values()]
        return Group(*panels, Text(" → ".join(self._steps), style="dim"))

    def _panel(self, message: Message) -> Panel:
        title, *rest = self._read(lines(message))
        colours = [each["accent_color"] for each in objects(message.components) if each.get("accent_color")]
        replies = " ↩ to the card" if message.reference is not None else ""
        return Panel(
            Text.assemble((title, "bold"), *(f"\n{line}" for line in rest)),
            title=Text(f"{message.author} BOT{replies}", style="bold"),
            title_align="left",
            border_style=f"#{colours[0]:06x}" if colours else "white",
            width=min(CARD_WIDTH, self._console.width),
        )

    def _read(self, written: Iterable[str]) -> list[str]:
        return [self._reader.read(line) for line in written]


def open_screen(console: Console, reader: Reader) -> Screen:
    """Take the screen that suits where the demo's words go."""
    pretty = console.is_terminal and not console.is_dumb_terminal
    return LiveScreen(console, reader) if pretty else PlainScreen(console, reader)


def _indented(written: Iterable[str]) -> list[str]:
    return [f"         {line}" for line in written]
