"""What happens in the demo lesson, and when: one table for the drawing, the voices and the demo's annotations."""

from dataclasses import dataclass
from typing import Literal

SECONDS = 90
WIDTH, HEIGHT, FPS = 1280, 720, 15

Pose = Literal["stand", "ask", "write", "hush"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something a viewer can see between two instants of the film."""

    start_ms: int
    end_ms: int
    what: str


FILM_MOMENTS = (
    Moment(0, 6000, "The teacher greets the class from the middle of the room; the board says 'Adding unlike parts'."),
    Moment(8000, 12500, "She writes three quarters plus one eighth on the board."),
    Moment(14000, 16000, "She turns and asks how to add them."),
    Moment(16000, 21000, "Two hands go up: second pupil of the back row, first of the front row."),
    Moment(20500, 27500, "She calls on the first pupil of the front row, who stands up and answers."),
    Moment(28000, 33500, "She waits. More than five seconds of silence, nobody is pressed."),
    Moment(33000, 37000, "Three more hands go up after the silence."),
    Moment(36500, 43500, "She calls on the third pupil of the back row: make the pieces the same size."),
    Moment(45000, 49500, "She draws a bar in four pieces and shades three."),
    Moment(50000, 54500, "She cuts every piece in two: eighths."),
    Moment(56000, 68500, "Neighbours talk. The teacher walks along the room to the window and listens."),
    Moment(69000, 71500, "She raises her hand and the class goes quiet."),
    Moment(72000, 76000, "Five hands go up; only the last pupil of the front row keeps the hand down."),
    Moment(75500, 79500, "The first pupil of the back row stands up and says the answer."),
    Moment(80500, 83500, "She writes: equals seven eighths."),
    Moment(84500, 89500, "A hand goes up late, last of the front row, while she faces the board: she does not see it."),
)

# Pupils 0..2 sit in the back row (far from the camera), 3..5 in the front row; left to right.
HANDS: tuple[tuple[int, float, float], ...] = (
    (1, 16.0, 27.0),
    (3, 16.4, 20.8),
    (0, 33.0, 36.8),
    (2, 33.6, 36.9),
    (4, 34.2, 37.2),
    (0, 72.0, 75.6),
    (1, 72.3, 76.0),
    (2, 72.8, 76.1),
    (3, 72.5, 76.3),
    (4, 73.4, 76.2),
    (5, 84.5, 89.6),
)
STANDING: tuple[tuple[int, float, float], ...] = ((3, 21.0, 27.4), (2, 37.2, 43.4), (0, 75.9, 79.4))
TALK_IN_PAIRS = (56.5, 69.2)

# Where she is (x of her feet) at each instant, moving steadily between two of them.
WALK: tuple[tuple[float, float], ...] = (
    (0, 560), (6, 560), (7.6, 250), (12.6, 400), (14, 520), (19.5, 520), (20.5, 600), (34, 600), (35.5, 700),
    (43.8, 700), (44.8, 480), (49.8, 640), (50, 480), (54.6, 640), (56, 720), (59, 1010), (64, 1110), (66.5, 1010),
    (68.8, 760), (74, 760), (79.6, 700), (80.4, 640), (83.6, 760), (84.6, 530), (90, 520),
)  # fmt: skip
POSES: tuple[tuple[float, Pose], ...] = (
    (0, "ask"), (2.5, "stand"), (4, "ask"), (5.5, "stand"), (7.8, "write"), (12.6, "stand"), (14, "ask"), (16, "stand"),
    (20.5, "ask"), (22, "stand"), (36.4, "ask"), (38, "stand"), (44.9, "write"), (54.6, "stand"), (55.2, "ask"),
    (56.2, "stand"), (69, "hush"), (71.6, "ask"), (72.6, "stand"), (75.4, "ask"), (76.6, "stand"), (80.4, "write"),
    (83.6, "stand"), (84.6, "write"),
)  # fmt: skip

# (who, from, to): "teacher", or a pupil's number.
VOICES: tuple[tuple[str, float, float], ...] = (
    ("teacher", 0.6, 3.2), ("teacher", 3.8, 6.2), ("teacher", 8.6, 10.4), ("teacher", 11.2, 12.6),
    ("teacher", 13.8, 16.0), ("teacher", 20.4, 21.2), ("3", 22.0, 24.2), ("3", 24.9, 27.0), ("teacher", 27.3, 28.1),
    ("teacher", 36.3, 37.1), ("2", 37.9, 40.2), ("2", 40.8, 43.0), ("teacher", 43.4, 45.0), ("teacher", 46.0, 48.6),
    ("teacher", 50.4, 53.6), ("teacher", 54.6, 56.4), ("0", 57.0, 60.4), ("1", 58.6, 62.8), ("4", 57.8, 61.6),
    ("5", 61.0, 65.8), ("3", 62.2, 68.4), ("2", 63.4, 67.6), ("4", 65.2, 68.9), ("teacher", 69.6, 71.8),
    ("teacher", 75.2, 75.9), ("0", 76.8, 79.0), ("teacher", 79.4, 81.0), ("teacher", 82.0, 84.0),
    ("teacher", 85.2, 87.4), ("teacher", 87.9, 89.4),
)  # fmt: skip
