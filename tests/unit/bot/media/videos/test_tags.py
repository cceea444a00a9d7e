from pathlib import Path

import av
import pytest

from bot.media.videos.inspecting import open_container, picture_stream
from bot.media.videos.tags import MARK, MOST, carried, flags
from tests.support.films import Film

FILM = Film(options={"movflags": "use_metadata_tags"})


def tags_of(path: Path) -> dict[str, str]:
    with path.open("rb") as file, open_container(file) as container:
        return carried(container, picture_stream(container))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_tags_are_carried_as_an_mp4_spells_them(tmp_path: Path, name: str) -> None:
    tags = {"comment": "by a model", "AIGC": '{"Label":"1"}', "title": "A fox"}
    assert tags_of(FILM.but(name=name, tags=tags).write(tmp_path)) == {**tags, "description": MARK}


def test_a_description_is_kept_before_the_mark(tmp_path: Path) -> None:
    said = f"A fox.\n{MARK}"
    assert tags_of(FILM.but(tags={"description": "A fox."}).write(tmp_path))["description"] == said
    assert tags_of(FILM.but(tags={"description": said}).write(tmp_path))["description"] == said


def test_what_describes_the_file_or_is_no_note_is_left_out(tmp_path: Path) -> None:
    tags = {"comment": "x" * (MOST + 1), "artist": "x" * MOST, "timecode": "00:00:01:00"}
    carried_over = tags_of(FILM.but(tags=tags).write(tmp_path))
    assert set(carried_over) == {"artist", "description"}


def test_a_mark_of_the_pictures_alone_is_carried(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(path, "w") as output, av.open(FILM.write(tmp_path)) as film:
        copy = output.add_stream_from_template(film.streams.video[0])
        copy.metadata.update({"AIGC": "1", "statistics": "7"})
        for packet in film.demux(video=0):
            if packet.size:
                packet.stream = copy
                output.mux(packet)
    assert tags_of(path) == {"AIGC": "1", "description": MARK}


def test_tags_have_boxes_of_their_own_unless_one_is_foreign_to_an_mp4() -> None:
    assert flags({"comment": "", "title": ""}) == "faststart"
    assert flags({"comment": "", "AIGC": ""}) == "faststart+use_metadata_tags"
