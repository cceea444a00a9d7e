from sandbox.segmind.meter import Meter, RateWindow


def test_a_window_admits_its_limit_and_says_when_it_resets() -> None:
    window = RateWindow()
    assert [window.admit(100.0 + second, 3) for second in range(4)] == [None, None, None, 160.0]


def test_a_new_window_opens_with_the_first_request_after_the_last() -> None:
    window = RateWindow()
    assert [window.admit(instant, 1) for instant in (0.0, 59.9, 75.0, 80.0)] == [None, 60.0, None, 135.0]


def test_the_busiest_minute_slides_and_leaves_public_files_out() -> None:
    meter = Meter()
    for instant in (0.0, 50.0, 59.0, 61.0, 109.9):
        meter.count("status", instant, limited=True)
    meter.count("output", 62.0, limited=False)
    assert meter.busiest == 4
    assert meter.by_operation == {"status": 5, "output": 1}
