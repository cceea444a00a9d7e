"""Double clicks are told from presses that are meant."""

from bot.ui.attempts import TOO_SOON, RecentPresses


class Moment:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_same_press_right_after_is_repeated_and_another_is_not() -> None:
    presses = RecentPresses(Moment())
    assert not presses.is_repeated(("again", 1))
    assert presses.is_repeated(("again", 1))
    assert not presses.is_repeated(("again", 2))


def test_after_a_while_a_press_is_meant() -> None:
    moment = Moment()
    presses = RecentPresses(moment)
    presses.is_repeated(1)
    moment.now = TOO_SOON - 0.1
    assert presses.is_repeated(1)
    moment.now = TOO_SOON
    assert not presses.is_repeated(1)


def test_what_came_to_nothing_may_be_pressed_at_once() -> None:
    presses = RecentPresses(Moment())
    presses.is_repeated(1)
    presses.forget(1)
    assert not presses.is_repeated(1)
