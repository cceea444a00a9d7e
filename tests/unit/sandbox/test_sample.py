from pathlib import Path

from PIL import Image

from sandbox.sample import sample_images


def test_the_sample_images_are_ones_that_the_model_takes(tmp_path: Path) -> None:
    paths = sample_images(tmp_path / "new" / "folder")
    assert [path.suffix for path in paths] == [".png", ".jpg", ".jpg"]
    for path in paths:
        with Image.open(path) as image:
            assert image.size == (1024, 768)
        assert path.stat().st_size < 1_000_000


def test_the_sample_images_are_the_same_each_time(tmp_path: Path) -> None:
    first, second = sample_images(tmp_path / "a"), sample_images(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
