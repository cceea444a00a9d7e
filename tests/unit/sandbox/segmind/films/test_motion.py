import itertools

from hypothesis import given
from hypothesis import strategies as st

from sandbox.segmind.films.motion import views

MOMENTS = [moment / 24 for moment in range(5 * 24)]


@given(
    images=st.integers(1, 16),
    seconds=st.sampled_from([5, 10]),
    share=st.floats(0, 1, exclude_max=True),
)
def test_every_window_lies_within_its_image(images: int, seconds: int, share: float) -> None:
    for view in views(images=images, moment=share * seconds, seconds=seconds):
        left, top, right, bottom = view.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert 0 <= view.image < images
        assert 0 <= view.weight <= 1


def test_every_image_is_shown_in_its_order() -> None:
    shown = [views(images=4, moment=moment, seconds=5)[-1].image for moment in MOMENTS]
    assert shown == sorted(shown)
    assert set(shown) == {0, 1, 2, 3}


def test_shots_fade_into_each_other_without_a_jump() -> None:
    front = [view for moment in MOMENTS if (view := views(images=2, moment=moment, seconds=5)[-1]).image == 1]
    assert front[0].weight < 0.02
    assert all(b.weight >= a.weight for a, b in itertools.pairwise(front))
    assert front[-1].weight == 1


def test_the_camera_moves_but_never_leaps() -> None:
    lefts = [views(images=1, moment=moment, seconds=5)[0].box[0] for moment in MOMENTS]
    steps = [abs(b - a) for a, b in itertools.pairwise(lefts)]
    assert max(lefts) > 0.05
    assert max(steps) < 0.01
