"""`python -m tests.support.browser`: a Chromium for the tests that drive one, found on this machine or installed.

The system's own is taken where there is one, for Playwright's download cannot play the videos (H.264).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APT_INSTALL: Final = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
ADVICE: Final = (
    "The tests of the page need a Chromium, and none was found. `make browser` installs one; by hand: "
    "`apt install chromium` on Debian, or `.venv/bin/playwright install --with-deps chromium`."
)


def system_chromium() -> str | None:
    """Find a Chromium or Chrome of this machine that starts."""
    found = filter(None, map(shutil.which, NAMES))
    return next((path for path in found if _runs(path)), None)


def downloaded_chromium() -> str | None:
    """Find the one that Playwright installed, if it did, and if Playwright itself starts on this machine."""
    try:
        with sync_playwright() as playwright:
            return existing(playwright.chromium.executable_path)
    except Exception as error:  # noqa: BLE001 - it has no error of its own for a library that its driver lacks
        sys.stderr.write(f"Playwright does not start here ({error})\n")
        return None


def existing(path: str) -> str | None:
    """Return the path of a browser that is there and starts."""
    return path if Path(path).exists() and _runs(path) else None


def main() -> int:
    """Find a browser or install one; 0 if there is one at the end."""
    for look in (system_chromium, downloaded_chromium, _install_package, _download):
        path = look()
        if path is not None:
            print(f"Chromium: {path}")  # noqa: T201
            return 0
    sys.stderr.write(f"{ADVICE}\n")
    return 1


def _install_package() -> str | None:
    """Install the system's package, where there is such a thing and we may."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, env=quiet)  # noqa: S607
    subprocess.run(APT_INSTALL, check=False, env=quiet)  # noqa: S603
    return system_chromium()


def _download() -> str | None:
    """Have Playwright install its own, with the libraries it needs where we may."""
    extra = ["--with-deps"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *extra, "chromium"], check=False)  # noqa: S603
    return downloaded_chromium()


def _runs(path: str) -> bool:
    """Tell whether a browser starts: Ubuntu's package, for one, is only a pointer to a snap."""
    try:
        done = subprocess.run([path, "--version"], check=False, capture_output=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
