"""The demo film tells what its table says, and looks different when something happens."""

from service.embedded.film import FILM_MOMENTS, SECONDS
from service.embedded.film_scene import frame
from service.embedded.film_story import HANDS, HEIGHT, STANDING, VOICES, WALK, WIDTH


def test_every_moment_lies_in_the_film_and_in_order() -> None:
    starts = [moment.start_ms for moment in FILM_MOMENTS]
    assert starts == sorted(starts)
    assert all(moment.start_ms < moment.end_ms <= SECONDS * 1000 for moment in FILM_MOMENTS)
    assert all(start < end <= SECONDS for _, start, end in (*HANDS, *STANDING, *VOICES))
    assert (WALK[0][0], WALK[-1][0]) == (0, SECONDS)


def test_a_frame_shows_its_time_and_what_happens() -> None:
    before, later = frame(6.9), frame(10.0)
    assert before.size == (WIDTH, HEIGHT)
    assert before.mode == "RGB"
    clock, board = (WIDTH - 196, 14, WIDTH - 16, 66), (262, 126, 330, 226)
    assert before.crop(clock).tobytes() != later.crop(clock).tobytes()
    assert before.crop(board).tobytes() != later.crop(board).tobytes(), "the problem is being written"
