"""How the bytes that a channel takes are shared out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.errors import CannotFit
from bot.media.videos.plan import BEST_SOUND, ENOUGH_BITS_A_PIXEL, SMALLEST_SIDE, Source, index_bytes, plan_fit

MEBIBYTE = 1024 * 1024
FULL_HD = Source(
    width=1920,
    height=1080,
    frames=240,
    seconds=10.0,
    picture_bytes=30_000_000,
    sound_packets=430,
    sound_bytes=160_000,
)


def test_ten_seconds_of_full_hd_keep_their_size_and_sound_in_ten_mebibytes() -> None:
    plan = plan_fit(FULL_HD, 10 * MEBIBYTE)
    assert (plan.width, plan.height, plan.sound_bit_rate) == (1920, 1080, None)
    assert plan.picture_bit_rate is not None
    assert 8_000_000 < plan.picture_bit_rate < 10 * MEBIBYTE * 8 / 10


def test_what_is_large_only_for_what_else_it_carries_is_taken_as_it_is() -> None:
    plan = plan_fit(replace(FULL_HD, picture_bytes=9 * MEBIBYTE), 10 * MEBIBYTE)
    assert (plan.picture_bit_rate, plan.sound_bit_rate) == (None, None)


def test_pictures_that_not_every_player_decodes_are_encoded_anew_however_small() -> None:
    source = replace(FULL_HD, picture_bytes=9 * MEBIBYTE, playable_picture=False)
    plan = plan_fit(source, 10 * MEBIBYTE)
    assert plan.picture_bit_rate is not None
    assert plan.sound_bit_rate is None


def test_sound_that_not_every_player_decodes_is_encoded_anew_and_pictures_only_where_they_do_not_fit() -> None:
    source = replace(FULL_HD, picture_bytes=9 * MEBIBYTE, playable_sound=False)
    plan = plan_fit(source, 10 * MEBIBYTE)
    assert (plan.picture_bit_rate, plan.sound_bit_rate) == (None, BEST_SOUND)
    assert plan_fit(source, 9 * MEBIBYTE).picture_bit_rate is not None


def test_tags_take_room() -> None:
    assert index_bytes(replace(FULL_HD, tag_bytes=1_000)) == index_bytes(FULL_HD) + 1_000


def test_sound_that_would_take_more_than_its_share_is_encoded_anew() -> None:
    plan = plan_fit(replace(FULL_HD, sound_bytes=2_000_000), MEBIBYTE)
    assert plan.sound_bit_rate == 128_000


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (1440, 1440)])
def test_pixels_go_only_when_bits_run_out_and_keep_their_ratio(width: int, height: int) -> None:
    source = replace(FULL_HD, width=width, height=height)
    assert plan_fit(source, 4 * MEBIBYTE).width == width
    plan = plan_fit(source, MEBIBYTE)
    assert plan.width < width
    assert plan.width / plan.height == pytest.approx(width / height, rel=0.01)


@pytest.mark.parametrize(
    ("source", "max_bytes"),
    [
        (FULL_HD, 10_000),
        (FULL_HD, 0),
        (replace(FULL_HD, frames=240 * 3_600, seconds=36_000.0), 25 * MEBIBYTE),
        (replace(FULL_HD, frames=240 * 3_600, seconds=36_000.0, sound_packets=0, sound_bytes=0), 25 * MEBIBYTE),
        (replace(FULL_HD, seconds=0.0), 10 * MEBIBYTE),
        (replace(FULL_HD, frames=0), 10 * MEBIBYTE),
    ],
    ids=["few bytes", "none", "ten hours", "ten silent hours", "no time", "no pictures"],
)
def test_what_gives_no_picture_worth_showing_is_refused(source: Source, max_bytes: int) -> None:
    with pytest.raises(CannotFit):
        plan_fit(source, max_bytes)


@given(
    sides=st.tuples(st.integers(16, 8_000), st.integers(16, 8_000)),
    seconds=st.floats(0.1, 3_600),
    rate=st.integers(1, 120),
    sound=st.integers(0, 400_000),
    max_bytes=st.integers(0, 500_000_000),
)
def test_a_plan_never_spends_more_than_there_is(
    sides: tuple[int, int], seconds: float, rate: int, sound: int, max_bytes: int
) -> None:
    source = Source(
        width=sides[0],
        height=sides[1],
        frames=max(1, int(seconds * rate)),
        seconds=seconds,
        picture_bytes=10**9,
        sound_packets=int(seconds * 43) if sound else 0,
        sound_bytes=int(seconds * sound / 8),
    )
    try:
        plan = plan_fit(source, max_bytes)
    except CannotFit:
        return
    assert plan.picture_bit_rate is not None
    sound_bits = source.sound_bytes * 8 if plan.sound_bit_rate is None else plan.sound_bit_rate * seconds
    spent = plan.picture_bit_rate * seconds + sound_bits + index_bytes(source) * 8
    assert spent <= max_bytes * 8
    assert (plan.width % 2, plan.height % 2) == (0, 0)
    if (plan.width, plan.height) != (sides[0] // 2 * 2, sides[1] // 2 * 2):
        assert min(plan.width, plan.height) >= SMALLEST_SIDE
        assert plan.width * plan.height * source.frames * ENOUGH_BITS_A_PIXEL <= max_bytes * 8
