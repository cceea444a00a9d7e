"""Folders that stand for an image's file system, and commands that run inside of them."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SUITE: Final = "trixie"  # what python:3.13-slim stands on; its python3 is 3.13 as well
PACKAGES: Final = "python3,python3-venv,ca-certificates"
# How the machine reaches the outside, lent to the steps that install something.
LENT: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """How a command runs in a root: who, where, with what, and what of the root it may write."""

    user: str = "0:0"
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    read_only: bool = False
    writable: Mapping[str, Path] = field(default_factory=dict[str, Path])  # folders of the host, by where they appear
    scratch: Sequence[str] = ()  # what is a tmpfs
    lent: bool = False


def make_base(root: Path) -> None:
    """Unpack Debian with Python into an empty folder; takes a minute."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(root)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    python = root / "usr/local/bin/python"
    python.symlink_to("/usr/bin/python3")


def copy_root(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", "--reflink=auto", str(source), str(target)], check=True)


def command_in(root: Path, command: Sequence[str], inside: Inside) -> list[str]:
    """Build the command that runs another in a root, in a mount namespace of its own."""
    mounts = [f"mount --bind {_q(root)} {_q(root)}"]
    for host, where in ((file, file) for file in LENT if inside.lent and Path(file).exists()):
        mounts.append(f"touch {_q(root)}{where} && mount --bind {_q(host)} {_q(root)}{where}")
    if inside.read_only:
        mounts.append(f"mount -o remount,bind,ro {_q(root)}")
    mounts += [f"mount -t proc proc {_q(root)}/proc"]
    mounts += [f"mount --bind {_q(host)} {_q(root)}{where}" for where, host in inside.writable.items()]
    mounts += [f"mount -t tmpfs tmpfs {_q(root)}{where}" for where in inside.scratch]
    values = [f"{name}={value}" for name, value in {"PATH": PATH, "HOME": "/", **inside.environment}.items()]
    there = ["env", "-i", *values, "sh", "-c", f"cd {_q(inside.folder)} && exec {shlex.join(command)}"]
    enter = ["chroot", f"--userspec={inside.user}", str(root), *there]
    script = " && ".join([*mounts, f"exec {shlex.join(enter)}"])
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]


def run_in(root: Path, command: Sequence[str], inside: Inside) -> None:
    """Run a command in a root to its end; raises `CalledProcessError`."""
    subprocess.run(command_in(root, command, inside), check=True)


def copy_into(root: Path, sources: Sequence[Path], folder: str, target: str) -> None:
    """Do what COPY does: several sources, or a target that ends in a slash, go into a folder; a folder's content."""
    where = root / os.path.normpath(f"{folder}/{target}" if not target.startswith("/") else target).lstrip("/")
    into = len(sources) > 1 or target.endswith(("/", "."))
    for source in sources:
        if source.is_dir():
            shutil.copytree(
                source, where, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            place = where / source.name if into else where
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)


def _q(path: str | Path) -> str:
    return shlex.quote(str(path))
