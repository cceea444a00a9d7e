import hashlib
from pathlib import Path

import pytest

from bot.media.fetch import PartFile


def test_a_file_appears_whole_and_with_its_hash(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "video.mp4")
    part.write(b"one")
    part.write(b"two")
    assert not (tmp_path / "video.mp4").exists()

    assert part.commit() == hashlib.sha256(b"onetwo").hexdigest()
    assert part.size == 6
    assert [path.name for path in tmp_path.iterdir()] == ["video.mp4"]
    assert (tmp_path / "video.mp4").read_bytes() == b"onetwo"


def test_a_discarded_file_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"before")
    part = PartFile(tmp_path / "video.mp4")
    part.write(b"half")
    part.discard()

    assert [path.name for path in tmp_path.iterdir()] == ["video.mp4"]
    assert (tmp_path / "video.mp4").read_bytes() == b"before"


def test_nothing_is_written_after_a_discard(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "video.mp4")
    part.discard()
    with pytest.raises(ValueError, match="closed"):
        part.write(b"late")
    with pytest.raises(ValueError, match="closed"):
        part.commit()
    assert list(tmp_path.iterdir()) == []


def test_a_discard_after_the_end_keeps_the_file(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "video.mp4")
    part.write(b"whole")
    part.commit()
    part.discard()
    assert (tmp_path / "video.mp4").read_bytes() == b"whole"
