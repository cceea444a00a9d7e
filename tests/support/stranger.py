"""A user who is neither root nor the owner of anything: what such a user meets is tested as one, on any machine."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

NOBODY: Final = "65534"
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Runs Python as that user in `folder`, which everybody may read and enter and only this test's user may change."""

    folder: Path

    @property
    def prefix(self) -> list[str]:
        """What a command begins with to be run as that user; nothing where the tests' own user is no root anyway."""
        if os.geteuid() != 0:
            return []
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all"]

    def python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - this Python
            [*self.prefix, sys.executable, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def bot(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        secrets = {"DISCORD_TOKEN": "token", "SEGMIND_API_KEY": "key", "HTTP_PORT": "0"}
        return self.python("-m", "bot", *arguments, **{**secrets, **environment})


@contextmanager
def a_stranger() -> Generator[Stranger]:
    """Give one, with a folder that is removed at the end; skips where the machine cannot run as another user."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    with tempfile.TemporaryDirectory(prefix="reelcast-stranger-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        stranger = Stranger(folder=folder)
        if stranger.python("-c", "import bot").returncode:
            pytest.skip("another user cannot read this Python or this folder")
        yield stranger
