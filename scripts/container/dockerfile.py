"""A Dockerfile read as far as ours goes: stages, and in each its instructions in order.

What is not known is refused by name, so that a new instruction is not passed over in silence.
The format: https://docs.docker.com/reference/dockerfile/
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

_KNOWN: Final = frozenset(
    {"WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "LABEL", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
)


class NotUnderstood(Exception):
    """The Dockerfile says something that this reader does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    word: str
    rest: str

    @property
    def arguments(self) -> list[str]:
        """The instruction's JSON list, or its words."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    base: str
    name: str | None
    instructions: tuple[Instruction, ...] = ()

    def last(self, word: str) -> Instruction:
        """Give the instruction of this kind that counts; raises `NotUnderstood` where there is none."""
        found = [each for each in self.instructions if each.word == word]
        if not found:
            raise NotUnderstood(f"the last stage has no {word}")
        return found[-1]

    @property
    def healthcheck(self) -> list[str]:
        """The command of HEALTHCHECK, without its options."""
        return json.loads(self.last("HEALTHCHECK").rest.partition(" CMD ")[2])


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What a step runs in, as the instructions before it have set it."""

    folder: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, instruction: Instruction) -> None:
        match instruction.word:
            case "WORKDIR":
                self.folder = instruction.rest
            case "USER":
                self.user = instruction.rest
            case "ENV":
                self.environment |= _assigned(instruction.rest, self.environment)
            case _:
                pass


def read_dockerfile(text: str) -> list[Stage]:
    """Read the stages in order; raises `NotUnderstood`."""
    stages: list[Stage] = []
    for line in _logical_lines(text):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base=base, name=name or None))
        elif word in _KNOWN and stages:
            step = Instruction(word=word, rest=rest.strip())
            stages[-1] = replace(stages[-1], instructions=(*stages[-1].instructions, step))
        else:
            raise NotUnderstood(f"{word} is not known here")
    return stages


def _logical_lines(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines)
    for line in re.sub(r"\s*\\\n\s*", " ", joined).splitlines():
        yield line.strip()


def _assigned(words: str, known: Mapping[str, str]) -> dict[str, str]:
    values = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **known}
    pairs = (word.partition("=") for word in shlex.split(words))
    return {name: re.sub(r"\$(\w+)", lambda match: values.get(match[1], ""), value) for name, _, value in pairs}
