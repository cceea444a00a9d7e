"""The process that cleans images: what it gives back, and what its own end means."""

import asyncio
import os
from contextlib import aclosing
from pathlib import Path

import pytest
from PIL import Image

from bot.media import child as module
from bot.media.errors import ChildFailed, ImageRefused
from bot.media.images.checker import CleanImage, ImageChecker
from bot.media.rules import ImageFault, ImageRules
from tests.support.drawings import drawing, print_of

RULES = ImageRules()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    drawing(1).save(path, "PNG")
    return path


async def test_an_image_becomes_a_clean_copy_in_a_process_of_its_own(picture: Path, tmp_path: Path) -> None:
    clean = await ImageChecker().clean(picture, tmp_path / "copy", RULES)
    assert clean == CleanImage(
        path=tmp_path / "copy.png", content_type="image/png", width=640, height=480, fingerprint=print_of(drawing(1))
    )
    assert clean.path.stat().st_size < 3_000_000


async def test_a_process_that_was_started_ahead_does_the_next_work(picture: Path, tmp_path: Path) -> None:
    async with aclosing(ImageChecker()) as desk:
        desk.expect()
        desk.expect()
        assert (await desk.clean(picture, tmp_path / "copy", RULES)).width == 640


async def test_many_images_wait_for_each_other_and_all_are_cleaned(picture: Path, tmp_path: Path) -> None:
    desk = ImageChecker()
    found = await asyncio.gather(*(desk.clean(picture, tmp_path / f"copy{number}", RULES) for number in range(4)))
    assert [each.path.name for each in found] == [f"copy{number}.png" for number in range(4)]


async def test_what_cannot_be_used_is_refused_with_its_fault(tmp_path: Path) -> None:
    (tmp_path / "words").write_bytes(b"just words")
    with pytest.raises(ImageRefused) as refused:
        await ImageChecker().clean(tmp_path / "words", tmp_path / "copy", RULES)
    assert refused.value.fault is ImageFault.NOT_AN_IMAGE


async def test_a_copy_that_the_disk_does_not_take_is_our_own_trouble(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await ImageChecker().clean(picture, tmp_path / "missing" / "copy", RULES)


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import os; os.abort()", "SIGABRT"),
        ("import sys; sys.exit(7)", "status 7"),
        ("print('what?')", "no answer"),
    ],
)
async def test_a_process_that_dies_over_a_file_says_how(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, how: str
) -> None:
    monkeypatch.setattr(module, "PROGRAM", program)
    with pytest.raises(ChildFailed) as failed:
        await ImageChecker().clean(picture, tmp_path / "copy", RULES)
    assert failed.value.how == how


async def test_a_process_that_hangs_is_ended(picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    monkeypatch.setattr(
        module, "PROGRAM", f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(3600)"
    )
    with pytest.raises(ChildFailed, match="timeout"):
        await ImageChecker(time_limit=2).clean(picture, tmp_path / "copy", RULES)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_an_image_cancelled_just_as_its_process_has_started_leaves_no_process(
    picture: Path, tmp_path: Path
) -> None:
    async with aclosing(ImageChecker()) as desk:
        desk.expect()
        assert desk._spare is not None
        starting = desk._spare
        starting.add_done_callback(lambda _: cleaning.cancel())
        cleaning = asyncio.create_task(desk.clean(picture, tmp_path / "copy", RULES))
        with pytest.raises(asyncio.CancelledError):
            await cleaning
        child = starting.result()
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


async def test_a_process_that_cannot_be_started_is_our_own_trouble(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError):
        await ImageChecker().clean(picture, tmp_path / "copy", RULES)


async def test_the_process_has_none_of_our_environment(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    seen = tmp_path / "seen"
    program = f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))"
    monkeypatch.setattr(module, "PROGRAM", program)
    with pytest.raises(ChildFailed):
        await ImageChecker().clean(picture, tmp_path / "copy", RULES)
    assert "secret" not in seen.read_text()


async def test_a_process_that_waited_too_long_for_work_is_replaced(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = module.PROGRAM
    desk = ImageChecker()
    monkeypatch.setattr(module, "PROGRAM", f"import sys; sys.exit({module.NO_WORK})")
    desk.expect()
    assert desk._spare is not None
    await (await desk._spare)._process.wait()
    monkeypatch.setattr(module, "PROGRAM", program)
    assert (await desk.clean(picture, tmp_path / "copy", RULES)).width == 640


def limits_of_the_process() -> str:
    return (
        "import sys, json; from bot.media.images import process as p; "
        "p.clean = lambda *_: bytearray(2 * p.MEMORY); sys.exit(p.main())"
    )


async def test_more_memory_than_an_image_may_take_is_refused(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROGRAM", limits_of_the_process())
    with pytest.raises(ImageRefused) as refused:
        await ImageChecker().clean(picture, tmp_path / "copy", RULES)
    assert refused.value.fault is ImageFault.UNUSABLE


async def test_a_copy_keeps_to_the_limits_that_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "noise"
    Image.effect_noise((1_000, 800), 90).convert("RGB").save(path, "PNG")
    clean = await ImageChecker().clean(path, tmp_path / "copy", RULES, max_side=500, max_bytes=60_000)
    assert clean.path.stat().st_size <= 60_000
    with Image.open(clean.path) as image:
        assert max(image.size) <= 500
