"""A small disk of a test's own, which can be filled up."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

MIB: Final = 1 << 20
SIZE: Final = "8m"


@contextmanager
def small_disk(folder: Path) -> Generator[Path]:
    """Mount a disk at `folder` until the end of the block; skips where this machine lets none be mounted."""
    folder.mkdir()
    mount, unmount = (shutil.which(name) or name for name in ("mount", "umount"))
    options = ["-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "reelcast-test"]
    try:
        subprocess.run([mount, *options, str(folder)], check=True, capture_output=True)  # noqa: S603 - the system's own
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([unmount, "--lazy", str(folder)], check=True)  # noqa: S603


def fill(disk: Path) -> Path:
    """Write a file that leaves no byte free; give it."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as filler:
        for size in (MIB, 4096):
            try:
                while filler.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    assert shutil.disk_usage(disk).free == 0
    return path
