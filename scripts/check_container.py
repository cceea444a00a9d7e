"""`make container-check`: the image built on Debian's base, and the bot in it held to its promises.

Where buildah is installed it builds the real Dockerfile; elsewhere its steps are done in a chroot. It needs root,
debootstrap and mount namespaces, and takes some minutes: what it makes is removed, unless `--base` names a folder in
which Debian's base is kept for the next time.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from scripts.container.buildah import Buildah
from scripts.container.dockerfile import Stage, Surroundings, read_dockerfile
from scripts.container.image import build
from scripts.container.roots import Inside, command_in, make_base

PROJECT: Final = Path(__file__).parents[1]
READY_WITHIN: Final = 60.0  # seconds
STOPS_WITHIN: Final = 10.0
PORT: Final = 18_080
MIB: Final = 1 << 20


class Promise(Exception):
    """The image does not keep one."""


def main() -> int:
    options = _parser().parse_args()
    stages = read_dockerfile((PROJECT / "Dockerfile").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="container-", dir=options.scratch) as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the bot's own user has to come through
        base: Path = options.base or folder / "base"
        if not base.exists():
            _say(f"Debian's base goes to {base} ...")
            make_base(base)
        root, around = _built(stages, base, folder, stack)
        added = _size(root / "venv") + _size(root / "app")
        _say(f"ok   built: {added / MIB:.0f} MiB beyond Python and Debian, {_size(root) / MIB:.0f} MiB with them")
        with _sandbox() as environment:
            try:
                _try(stages[-1], root, around, environment, folder)
            except Promise as broken:
                _say(f"FAIL {broken}")
                return 1
    return 0


def _built(stages: Sequence[Stage], base: Path, folder: Path, stack: ExitStack) -> tuple[Path, Surroundings]:
    """Give the image's root, and what its command runs in."""
    if shutil.which("buildah") is None:
        _say("The Dockerfile's steps, without buildah ...")
        return build(stages, base=base, project=PROJECT, folder=folder)
    _say("buildah builds the Dockerfile ...")
    buildah = Buildah(folder)
    stack.callback(buildah.close)
    root, around = buildah.build(stages, base=base, project=PROJECT)
    image = buildah.configuration()
    _expect(bool(image["Healthcheck"]["Test"]), "the image keeps its health check", str(image))
    _expect(image["User"] == stages[-1].last("USER").rest, f"the image runs as {image['User']}", str(image))
    return root, around


def _try(stage: Stage, root: Path, around: Surroundings, environment: Mapping[str, str], folder: Path) -> None:
    """Hold the image to what the Dockerfile and the guides promise; raises `Promise`."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    user, _, group = around.user.partition(":")
    os.chown(data, int(user), int(group))
    inside = Inside(
        user=around.user,
        folder=around.folder,
        environment={**around.environment, **environment, "HTTP_PORT": str(PORT), "LOG_FORMAT": "json"},
        read_only=True,
        writable={"/app/data": data},
        scratch=["/tmp"],  # noqa: S108 - the container's
    )
    entry = stage.last("ENTRYPOINT").arguments

    def started(command: Sequence[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command_in(root, command, inside), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ended(command: Sequence[str]) -> tuple[int, str]:
        process = started(command)
        output, _ = process.communicate(timeout=READY_WITHIN)
        return process.returncode, output

    _expect(int(user) != 0, "the bot is not root", f"it is user {user}")
    status, said = ended(["touch", "/app/bot/new", "/venv/new", "/etc/new"])
    _expect(status != 0 and said.count("Read-only") == 3, "its root file system is read-only", said)  # noqa: PLR2004
    status, said = ended([*entry, "check"])
    _expect(status == 0, "`check` finds everything in order", said)
    began = time.monotonic()
    bot = started([*entry, *stage.last("CMD").arguments])
    try:
        took = _ready_after(bot, began)
        if took is None:
            raise Promise(f"not so: it becomes ready\n{bot.communicate()[0]}")
        _say(f"ok   it is ready after {took:.1f} s")
        status, said = ended(stage.healthcheck)
        _expect(status == 0, "its health check is content", said)
        stop = signal.Signals[stage.last("STOPSIGNAL").rest]
        asked = time.monotonic()
        bot.send_signal(stop)
        output, _ = bot.communicate(timeout=READY_WITHIN)
        lasted = time.monotonic() - asked
        well = bot.returncode == 0 and lasted < STOPS_WITHIN and "Traceback" not in output
        _expect(well, f"{stop.name} ends it within {lasted:.1f} s with status 0", f"status {bot.returncode}\n{output}")
    finally:
        if bot.poll() is None:
            bot.kill()
            bot.communicate()


def _ready_after(bot: "subprocess.Popen[str]", began: float) -> float | None:
    """Tell how many seconds it took until `/readyz` was content; None if it never was."""
    while (took := time.monotonic() - began) < READY_WITHIN and bot.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2):
                return took
        except OSError:
            time.sleep(0.05)
    bot.kill()
    return None


@contextmanager
def _sandbox() -> Generator[Mapping[str, str]]:
    """Run the local Discord and Segmind beside it; give the variables that point a bot there."""
    process = subprocess.Popen([sys.executable, "-m", "sandbox"], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        described: Any = json.loads(process.stdout.readline())
        yield described["environment"]
    finally:
        process.terminate()
        process.communicate(timeout=STOPS_WITHIN)


def _size(folder: Path) -> int:
    return int(
        subprocess.run(["du", "--summarize", "--bytes", str(folder)], check=True, capture_output=True).stdout.split()[0]
    )


def _expect(kept: bool, promise: str, told: str) -> None:
    if not kept:
        raise Promise(f"not so: {promise}\n{told}")
    _say(f"ok   {promise}")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.check_container", description=__doc__)
    parser.add_argument("--scratch", type=Path, help="a folder for what is built, of some gigabytes; /tmp if not given")
    parser.add_argument("--base", type=Path, help="a folder in which Debian's base is, or is to be kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
