"""What the process for one video does, in this one: what it answers, and to what it binds itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.media import fit_process
from bot.media.fit_process import outcome
from bot.media.videos import VideoFacts, inspect_video
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
    assert set(outcome("fit", str(path), str(tmp_path), "100000")) == {"cut"}
    path.write_bytes(b"no video")
    assert set(outcome("inspect", str(path))) == {"reason"}


def test_a_fitted_video_is_told_with_its_facts(tmp_path: Path) -> None:
    path = FILM.but(options={}).write(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    told = outcome("fit", str(path), str(folder), "1000000")
    assert told["copied"] is True
    assert VideoFacts(**told["facts"]) == inspect_video(Path(told["path"]))


def test_why_there_is_none_is_told(tmp_path: Path) -> None:
    path = FILM.but(codec="libx265").write(tmp_path)
    assert outcome("fit", str(path), str(tmp_path), "4500") == {"reason": "too long for so few bytes"}


def test_a_number_that_is_none_is_a_reason_and_no_end(tmp_path: Path) -> None:
    assert outcome("fit", str(tmp_path), str(tmp_path), "many") == {"reason": "ValueError"}


def test_it_takes_the_least_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: dict[object, Any] = {}

    def note(kind: object) -> Any:
        return lambda *values: bounds.update({kind: values})

    monkeypatch.setattr(fit_process.os, "nice", note("nice"))
    monkeypatch.setattr(fit_process.resource, "setrlimit", lambda kind, values: bounds.update({kind: values}))
    monkeypatch.setattr(Path, "write_text", lambda path, text: bounds.update({str(path): text}))
    fit_process.bound()
    assert bounds == {
        "nice": (19,),
        fit_process.resource.RLIMIT_AS: (3 * 1024**3, 3 * 1024**3),
        fit_process.resource.RLIMIT_CORE: (0, 0),
        "/proc/self/oom_score_adj": "1000",
    }


def test_a_system_without_these_bounds_does_the_work_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(fit_process.os, "nice", lambda _: 19)
    monkeypatch.setattr(fit_process.resource, "setrlimit", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    fit_process.bound()
