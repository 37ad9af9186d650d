"""How long a film will still take, from how it went lately."""

from service.media.progress import Pace


def test_nothing_is_said_before_two_seconds() -> None:
    pace = Pace()
    pace.at(100.0, 0)
    pace.at(101.0, 5_000)
    assert pace.left_ms(60_000) is None


def test_what_is_left_at_the_pace_of_the_last_seconds() -> None:
    pace = Pace()
    for second in range(5):
        pace.at(float(second), 1_000 * second)  # slow at first
    for second in range(5, 30):
        pace.at(float(second), 4_000 + 4_000 * (second - 4))
    done = 4_000 + 4_000 * 25
    assert pace.left_ms(done + 40_000) == 10_000


def test_what_does_not_move_has_no_end() -> None:
    pace = Pace()
    for second in range(20):
        pace.at(float(second), 7_000)
    assert pace.left_ms(60_000) is None


def test_more_than_all_leaves_nothing() -> None:
    pace = Pace()
    pace.at(0.0, 0)
    pace.at(4.0, 61_000)
    assert pace.left_ms(60_000) == 0
