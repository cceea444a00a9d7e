"""What the process for one video does, in this one."""

import json
from pathlib import Path

from bot.media.videos.checker import VideoFacts
from bot.media.videos.inspecting import inspect_video
from bot.media.videos.process import outcome
from tests.support.films import Film

FILM = Film(sounds=("aac",))


def test_facts_are_told_as_they_are(tmp_path: Path) -> None:
    path = FILM.write(tmp_path)
    told = json.loads(json.dumps(outcome("inspect", str(path))))
    assert VideoFacts(**told) == inspect_video(path)


def test_what_is_cut_is_told_apart_from_what_is_no_video(tmp_path: Path) -> None:
    path = FILM.write(tmp_path)
    path.write_bytes(path.read_bytes()[:3_000])
    assert set(outcome("inspect", str(path))) == {"cut"}
    assert set(outcome("fit", str(path), str(tmp_path), 100_000)) == {"cut"}
    path.write_bytes(b"no video")
    assert set(outcome("inspect", str(path))) == {"reason"}


def test_a_fitted_video_is_told_with_its_facts(tmp_path: Path) -> None:
    path = FILM.but(options={}).write(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    told = outcome("fit", str(path), str(folder), 1_000_000)
    assert told["copied"] is True
    assert VideoFacts(**told["facts"]) == inspect_video(Path(told["path"]))


def test_why_there_is_none_is_told(tmp_path: Path) -> None:
    path = FILM.but(codec="libx265").write(tmp_path)
    assert outcome("fit", str(path), str(tmp_path), 4_500) == {"reason": "too long for so few bytes"}
