"""One frame of the demo lesson at any instant."""

import math
from itertools import pairwise

from PIL import Image, ImageDraw

from service.embedded.film_people import TEACHER_SIZE, arm, pupil, teacher
from service.embedded.film_room import chalk, font, room
from service.embedded.film_story import HANDS, POSES, STANDING, TALK_IN_PAIRS, VOICES, WALK, WIDTH, Pose

_FLOOR_Y = 505
# Where each pupil sits: x of the middle, y of the desk's edge, size.
_SEATS = (
    (320, 556, 0.78), (640, 556, 0.78), (960, 556, 0.78),
    (160, 690, 1.0), (795, 690, 1.0), (1115, 690, 1.0),
)  # fmt: skip
# Who talks with whom: the way each head turns.
_TURNS = (1, -1, -1, 1, 1, -1)
_RAISE_S = 0.45


def frame(t: float) -> Image.Image:
    """The room at `t` seconds: RGB, WIDTH by HEIGHT, the time burned in at the top right."""
    picture = room().copy()
    for start, end, strip, where in chalk():
        shown = min(1.0, max(0.0, (t - start) / (end - start)))
        if shown:
            visible = strip.crop((0, 0, max(1, int(strip.width * shown)), strip.height))
            picture.paste(visible, where, visible)
    _paste_teacher(picture, t)
    draw = ImageDraw.Draw(picture)
    for number in (0, 1, 2, 3, 4, 5):
        _paste_pupil(picture, draw, number, t)
    _burn_clock(draw, t)
    return picture


def _place(t: float) -> tuple[float, float]:
    """Her x, and her speed in pixels a second."""
    for (since, here), (until, there) in pairwise(WALK):
        if t < until:
            return here + (there - here) * (t - since) / (until - since), (there - here) / (until - since)
    return WALK[-1][1], 0.0


def _pose(t: float) -> Pose:
    return next(pose for since, pose in reversed(POSES) if since <= t)


def _says(who: str, t: float) -> bool:
    return any(who == speaker and start <= t < end for speaker, start, end in VOICES)


def _paste_teacher(picture: Image.Image, t: float) -> None:
    x, speed = _place(t)
    walking = abs(speed) > 60
    stride = math.sin(t * 9)
    step = (1 if stride > 0.35 else -1 if stride < -0.35 else 0) if walking else 0
    talking = _says("teacher", t) and math.sin(t * 23) > -0.2
    sprite = teacher(_pose(t), step, talking=talking, leftward=speed < -60 or (x > 800 and not walking))
    bob = abs(stride) * 4 if walking else math.sin(t * 1.7)
    picture.paste(sprite, (int(x - TEACHER_SIZE[0] / 2), int(_FLOOR_Y - TEACHER_SIZE[1] - bob)), sprite)


def _paste_pupil(picture: Image.Image, draw: ImageDraw.ImageDraw, number: int, t: float) -> None:
    x, desk, size = _SEATS[number]
    _draw_desk(draw, x, desk, size, number)
    in_pairs = TALK_IN_PAIRS[0] + 0.15 * number < t < TALK_IN_PAIRS[1] + 0.1 * number
    sprite = _sized(pupil(number, turned=_TURNS[number] if in_pairs else 0), size)
    rise = 62 * size * max((_ease(t, start, end) for who, start, end in STANDING if who == number), default=0.0)
    nod = 2.2 * math.sin(t * (5 if in_pairs else 1.1) + 1.9 * number) + (
        2 * math.sin(t * 11) if _says(str(number), t) else 0
    )
    left, top = x - sprite.width / 2 + 1.5 * math.sin(t * 0.7 + number), desk - 190 * size - rise + nod
    hand = max((_ease(t, start, end) for who, start, end in HANDS if who == number), default=0.0)
    if hand > 0:
        raised = _sized(arm(number), size)
        wave = 3 * math.sin(t * 6 + number) * hand
        picture.paste(raised, (int(left + 104 * size + wave), int(top + (140 - 150 * hand) * size)), raised)
    picture.paste(sprite, (int(left), int(top)), sprite)
    _draw_chair(draw, x, desk, size)


def _ease(t: float, start: float, end: float) -> float:
    """0 outside, 1 inside, and smooth over the time it takes to raise a hand."""
    part = min(1.0, (t - start) / _RAISE_S, (end - t) / _RAISE_S)
    return part * part * (3 - 2 * part) if part > 0 else 0.0


def _sized(sprite: Image.Image, size: float) -> Image.Image:
    if size == 1.0:
        return sprite
    key = (id(sprite), size)
    if key not in _resized:
        _resized[key] = sprite.resize((int(sprite.width * size), int(sprite.height * size)), Image.Resampling.LANCZOS)
    return _resized[key]


# Sprites live as long as the module (they are cached where they are drawn), so their ids are not used again.
_resized: dict[tuple[int, float], Image.Image] = {}


def _draw_desk(draw: ImageDraw.ImageDraw, x: float, y: float, size: float, number: int) -> None:
    across = 128 * size
    draw.rounded_rectangle((x - across, y - 12 * size, x + across, y + 14 * size), 6, fill="#d9b681", outline="#9a7646")
    draw.rectangle((x - across + 10, y + 14 * size, x + across - 10, y + 20 * size), fill="#8f6b40")
    for side in (-1, 1):
        draw.rectangle(
            (x + side * (across - 14) - 4, y + 20 * size, x + side * (across - 14) + 4, y + 90), fill="#6b6f75"
        )
    book = x + (60 if number % 2 else -88) * size
    draw.rectangle((book, y - 14 * size, book + 44 * size, y - 6 * size), fill="#fbf7ea", outline="#b9ad92")


def _draw_chair(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    """The back of the chair, nearer to the camera than its owner."""
    across = 50 * size
    for side in (-1, 1):
        draw.rectangle((x + side * across - 3, y + 10 * size, x + side * across + 3, y + 118 * size), fill="#5d636b")
    top, bottom = y + 8 * size, y + 50 * size
    draw.rounded_rectangle((x - across - 4, top, x + across + 4, bottom), 7, fill="#c08a4e", outline="#94683a")


def _burn_clock(draw: ImageDraw.ImageDraw, t: float) -> None:
    tenths = int(t * 10 + 1e-6)
    draw.rounded_rectangle((WIDTH - 196, 14, WIDTH - 16, 66), 8, fill="#17201c")
    text = f"{tenths // 600:02d}:{tenths // 10 % 60:02d}"
    # Digit by digit in fixed columns: the built-in font is not tabular, and a jumping clock is hard to read.
    for n, letter in enumerate(text):
        draw.text((WIDTH - 178 + 26 * n, 40), letter, font=font(40), fill="#f6f3e8", anchor="mm")
    draw.text((WIDTH - 178 + 26 * 5 - 2, 46), f".{tenths % 10}", font=font(24), fill="#f2d16b", anchor="mm")
