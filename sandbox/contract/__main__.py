"""`python -m sandbox.contract SPEC [RECORDING]`: hold recorded exchanges against Discord's OpenAPI document.

Exits with 0 if there were exchanges and no problem, with 1 otherwise, and with 2 if nothing could be checked.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from sandbox.contract.check import check_recording
    from sandbox.contract.document import Document, DocumentError
    from sandbox.contract.recording import RecordingError
except ModuleNotFoundError as missing:
    if missing.name not in ("jsonschema", "referencing"):
        raise
    sys.stderr.write(f"{missing.name} is not installed; `make install-dev` installs it\n")
    sys.exit(2)

PROJECT = Path(__file__).parents[2]
DEMO_TIMEOUT = 300.0  # seconds; the main job takes some ten


class DemoError(Exception):
    """The main job, run to be recorded, did not come to its end."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.contract", description=__doc__)
    parser.add_argument("spec", type=Path, help="Discord's OpenAPI document (JSON)")
    parser.add_argument(
        "recording",
        type=Path,
        nargs="?",
        help="exchanges of the local Discord; without it the demo is recorded",
    )
    arguments = parser.parse_args()
    try:
        return _check(arguments.spec, arguments.recording)
    except (DocumentError, RecordingError, DemoError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _check(spec: Path, recording: Path | None) -> int:
    document = Document.read(spec)
    with tempfile.TemporaryDirectory(prefix="contract-") as folder:
        report = check_recording(document, recording or _record_demo(Path(folder)))
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 0 if report.passed else 1


def _record_demo(folder: Path) -> Path:
    """Run the main job in a folder that takes its outputs, and return its recording."""
    recording = folder / "recording.jsonl"
    command = [sys.executable, "-m", "sandbox.demo", "--recording", str(recording)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    try:
        subprocess.run(command, cwd=folder, env=environment, check=True, timeout=DEMO_TIMEOUT)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise DemoError(f"the demo could not be recorded: {error}") from error
    return recording


if __name__ == "__main__":
    sys.exit(main())
