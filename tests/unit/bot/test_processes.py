"""Why a process does not start, in sentences on the terminal."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.config import Settings
from bot.processes import _begin, read_settings
from tests.support.disk import fill, small_disk


def test_a_setting_that_is_missing_for_its_misspelled_name_is_told_by_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.processes.os.umask", lambda mask: mask)  # it would hold for the tests that follow
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / ".env").write_text("DISCORD_TOKN=abc\nSEGMIND_API_KEY=SG_0123456789abcdef\n")
    with pytest.raises(SystemExit, match="1"):
        read_settings()
    said = capsys.readouterr().err
    assert "DISCORD_TOKEN is missing" in said
    assert "DISCORD_TOKN isn't a setting. If you mean DISCORD_TOKEN, rename it." in said


def test_a_full_disk_keeps_no_bot_from_starting(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, capture_logs() as told:
        fill(disk)
        _begin(Settings.model_validate({"data_dir": disk, "discord_token": "token", "segmind_api_key": "key"}))
    [line] = [line for line in told if line["event"] == "machine_in_trouble"]
    assert "is full. Free some space" in line["error"]
