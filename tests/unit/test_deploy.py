"""What runs the bot on a host: systemd's unit, the image's health check, and the environment that make keeps whole."""

import configparser
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.container.dockerfile import read_dockerfile

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "reelcast.service"


def unit() -> Mapping[str, Mapping[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


def test_the_unit_has_a_user_and_a_folder_of_its_own_and_is_watched() -> None:
    service = unit()["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert (service["StateDirectoryMode"], service["UMask"]) == ("0700", "0077")
    assert service["Type"] == "notify"  # WatchdogSec needs it
    assert int(service["WatchdogSec"]) >= 30
    assert int(service["TimeoutStopSec"]) > 10  # it stops by itself within ten


def test_the_unit_starts_what_make_run_starts() -> None:
    command = unit()["Service"]["ExecStart"]
    assert command == "/opt/reelcast/.venv/bin/python -m bot run"
    assert "@$(BIN)/python -m bot run" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "PYTHONPATH=/opt/reelcast" in unit()["Service"]["Environment"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8").replace("/opt/reelcast/.venv/bin/python", sys.executable)
    (tmp_path / UNIT.name).write_text(text, encoding="utf-8")
    said = subprocess.run(  # noqa: S603 - systemd's own
        [shutil.which("systemd-analyze") or "", "verify", str(tmp_path / UNIT.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in said.stderr.splitlines() if UNIT.name in line] == []


@contextmanager
def served(status: int) -> Generator[int]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def health(port: str) -> int:
    _, *command = read_dockerfile((ROOT / "Dockerfile").read_text(encoding="utf-8"))[-1].healthcheck
    environment = {"PATH": os.defpath, "HTTP_PORT": port}
    ended = subprocess.run([sys.executable, *command], env=environment, capture_output=True, check=False)  # noqa: S603
    return ended.returncode


def test_the_health_check_of_the_image_goes_by_the_bots_port() -> None:
    assert health("0") == 0  # nothing is served, and that is as it should be
    assert health("9") != 0
    for status, well in ((200, True), (503, False)):
        with served(status) as port:
            assert (health(str(port)) == 0) is well


def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def processes() -> dict[str, dict[str, Any]]:
    """Return the services of compose.yaml that are the bot."""
    return {name: service for name, service in compose()["services"].items() if "build" in service}


@pytest.mark.parametrize("name", processes())
def test_a_process_of_compose_is_the_image_as_it_is_and_is_given_time_to_stop(name: str) -> None:
    service = processes()[name]
    assert (service["build"], service["env_file"]) == (".", ".env")
    assert not service.keys() & {"user", "privileged", "ports", "volumes", "network_mode"}
    assert service["command"] in (["run"], ["worker"])
    assert service["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert int(service["stop_grace_period"].removesuffix("s")) > 10
    assert not [value for value in service["environment"].values() if not isinstance(value, str)]  # `8080`, not 8080


def test_the_gateways_of_compose_have_every_shard_once() -> None:
    gateways = [service["environment"] for service in processes().values() if service["command"] == ["run"]]
    [count] = {int(environment["SHARD_COUNT"]) for environment in gateways}
    assert sorted(int(environment["SHARD_IDS"]) for environment in gateways) == list(range(count))


def test_the_health_check_of_compose_goes_by_the_port_that_is_set_there() -> None:
    for service in processes().values():
        assert service["environment"]["HTTP_PORT"] == "8080"
        kind, _, *command = service["healthcheck"]["test"]
        assert kind == "CMD"
        for status, well in ((200, True), (503, False)):
            with served(status) as port:
                ours = [part.replace(":8080/", f":{port}/") for part in command]
                ended = subprocess.run([sys.executable, *ours], capture_output=True, check=False)  # noqa: S603
            assert (ended.returncode == 0) is well


def test_the_database_of_compose_lasts_is_watched_and_has_no_password_of_ours() -> None:
    postgres = compose()["services"]["postgres"]
    [[volume, folder]] = [each.split(":") for each in postgres["volumes"]]
    assert volume in compose()["volumes"]
    major = int(postgres["image"].removeprefix("postgres:"))
    assert (major >= 18, folder) == (True, "/var/lib/postgresql")  # before 18 it was the folder `data` in there
    assert postgres["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert postgres["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert "ports" not in postgres


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where `make install` has nothing to fetch."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.lock").touch()
    return folder


def install(project: Path, python: Path | str = sys.executable) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"]}
    command = ["make", "install", f"PYTHON={python}"]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def is_whole(project: Path) -> bool:
    python = project / ".venv/bin/python"
    asked = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)  # noqa: S603
    return (
        asked.returncode == 0
        and (project / ".venv/.installed").exists()
        and not (project / ".venv/.unfinished").exists()
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_an_installation_that_was_killed_is_repaired_by_the_next(project: Path, tmp_path: Path) -> None:
    killed = tmp_path / "python"  # makes half an environment, and ends what called it at once
    killed.write_text(
        f'#!/bin/sh\n[ "$2" = venv ] || exec {sys.executable} "$@"\n'
        f"{sys.executable} -m venv --without-pip .venv\nkill -9 $PPID\n"
    )
    killed.chmod(0o755)
    assert install(project, killed).returncode != 0
    assert (project / ".venv/bin/python").exists()
    repaired = install(project)
    assert repaired.returncode == 0, repaired.stderr
    assert is_whole(project)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_an_installation_that_was_killed_while_packages_came_is_made_anew(project: Path) -> None:
    install(project)
    shutil.rmtree(next((project / ".venv").glob("lib/*/site-packages/pip/_internal")))
    (project / ".venv/.unfinished").touch()
    (project / ".venv/.installed").unlink()
    repaired = install(project)
    assert repaired.returncode == 0, repaired.stderr
    assert is_whole(project)
    assert install(project).stdout.strip() in {"", "make: Nothing to be done for 'install'."}
