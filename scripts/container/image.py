"""The image's steps, done without a container engine: each stage in a folder of its own, on Debian's base."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.container.dockerfile import Instruction, NotUnderstood, Stage, Surroundings
from scripts.container.roots import Inside, copy_into, copy_root, run_in

# What pip needs to be told on this machine, if anything, is lent to the build and does not stay.
_PIP = ("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT")


def build(stages: Sequence[Stage], *, base: Path, project: Path, folder: Path) -> tuple[Path, Surroundings]:
    """Do every step; return the last stage's root, and what its command runs in."""
    roots: dict[str, Path] = {}
    root, around = base, Surroundings()
    for number, stage in enumerate(stages):
        if not stage.base.startswith("python:"):
            raise NotUnderstood(f"a stage on {stage.base}")
        root, around = folder / f"stage-{number}", Surroundings()
        copy_root(base, root)
        roots[stage.name or str(number)] = root
        for step in stage.instructions:
            _do(step, root, around, project=project, roots=roots)
            around.take(step)
    return root, around


def _do(step: Instruction, root: Path, around: Surroundings, *, project: Path, roots: Mapping[str, Path]) -> None:
    match step.word:
        case "WORKDIR":
            (root / step.rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "RUN":
            lent = {name: os.environ[name] for name in _PIP if name in os.environ}
            inside = Inside(folder=around.folder, environment={**around.environment, **lent}, lent=True)
            run_in(root, ["sh", "-c", step.rest], inside)
        case "COPY":
            *sources, target = step.arguments
            origin = project
            if sources[0].startswith("--from="):
                origin = roots[sources.pop(0).removeprefix("--from=")]
            copy_into(root, [origin / source.lstrip("/") for source in sources], around.folder, target)
        case _:
            pass
