"""What every process for a file does around its work: its bounds, and its end with its parent."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.media import serving
from bot.media.child import PROJECT
from bot.media.images import process as image_process
from bot.media.serving import END_OF_PARENT, bound
from bot.media.videos import process as fit_process

RESOURCE = serving.resource


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> dict[object, Any]:
    """Give what the process would bind itself to."""
    bounds: dict[object, Any] = {}
    monkeypatch.setattr(serving.os, "nice", lambda niceness: bounds.update(nice=niceness))
    monkeypatch.setattr(RESOURCE, "setrlimit", lambda kind, values: bounds.update({kind: values}))
    monkeypatch.setattr(Path, "write_text", lambda path, text: bounds.update({str(path): text}))
    monkeypatch.setattr(serving, "_work", lambda: None)
    return bounds


def test_the_process_for_a_video_takes_the_least_of_the_machine(bounds: dict[object, Any]) -> None:
    assert fit_process.main() == serving.NO_WORK
    assert bounds == {
        "nice": 19,
        RESOURCE.RLIMIT_AS: (3 * 1024**3,) * 2,
        RESOURCE.RLIMIT_CPU: (600, 600),
        RESOURCE.RLIMIT_CORE: (0, 0),
        "/proc/self/oom_score_adj": "1000",
    }


def test_the_process_for_an_image_has_the_bots_priority_and_less_memory(bounds: dict[object, Any]) -> None:
    assert image_process.main() == serving.NO_WORK
    assert bounds == {
        "nice": 0,
        RESOURCE.RLIMIT_DATA: (400 * 1024**2,) * 2,
        RESOURCE.RLIMIT_CPU: (60, 60),
        RESOURCE.RLIMIT_CORE: (0, 0),
        "/proc/self/oom_score_adj": "1000",
    }


def test_a_system_without_these_bounds_does_the_work_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(serving.os, "nice", lambda _: 19)
    monkeypatch.setattr(RESOURCE, "setrlimit", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    bound(RESOURCE.RLIMIT_AS, 1_000, seconds=1)


@pytest.mark.parametrize("module", ["bot.media.images.process", "bot.media.videos.process"])
async def test_a_process_that_waits_for_work_ends_with_its_parent(module: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"import sys; from {module} import main; sys.exit(main())"),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.close()
    assert await process.wait() == END_OF_PARENT
