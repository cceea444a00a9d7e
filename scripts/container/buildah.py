"""The real Dockerfile, built by buildah: Debian's base stands for Python's image, so that nothing is pulled."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from scripts.container.dockerfile import Stage, Surroundings
from scripts.container.roots import LENT, PATH

IMAGE: Final = "localhost/reelcast"
# What pip needs to be told on this machine, if anything, is lent to the build and does not stay.
_PIP: Final = {"PIP_CERT": "cert", "PIP_INDEX_URL": "index-url", "PIP_DEFAULT_TIMEOUT": "timeout"}


class Buildah:
    """Builds in a storage of its own in `folder`, which is removed with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._storage = [
            *("--root", str(folder / "storage"), "--runroot", str(folder / "run"), "--storage-driver", "vfs")
        ]

    def build(self, stages: Sequence[Stage], *, base: Path, project: Path) -> tuple[Path, Surroundings]:
        """Build the image; return its mounted root, and what its command runs in."""
        for name in {stage.base for stage in stages}:
            self._take_for(name, base)
        volumes = [f"--volume={file}:{file}:ro" for file in LENT if Path(file).exists()]
        pip = self._folder / "pip.conf"
        lines = [f"{key} = {os.environ[name]}" for name, key in _PIP.items() if name in os.environ]
        pip.write_text("\n".join(["[global]", *lines, ""]), encoding="ascii")
        self._call(
            *("build", "--isolation", "chroot", "--format", "docker", "--pull-never", "--quiet"),
            *(*volumes, f"--volume={pip}:/etc/pip.conf:ro", "--tag", IMAGE, str(project)),
        )
        around = Surroundings()
        for step in stages[-1].instructions:
            around.take(step)
        container = self._call("from", "--pull-never", IMAGE)
        return Path(self._call("mount", container)), around

    def configuration(self) -> dict[str, Any]:
        """Give what the image says of itself: user, health check, volumes, command."""
        return json.loads(self._call("inspect", "--type", "image", IMAGE))["Docker"]["config"]

    def close(self) -> None:
        self._call("umount", "--all")
        self._call("rm", "--all")

    def _take_for(self, name: str, base: Path) -> None:
        container = self._call("from", "scratch")
        self._call("add", "--quiet", container, str(base), "/")
        self._call("config", "--env", f"PATH={PATH}", container)
        self._call("commit", "--quiet", container, f"docker.io/library/{name}")
        self._call("rm", container)

    def _call(self, *arguments: str) -> str:
        done = subprocess.run(["buildah", *self._storage, *arguments], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()
