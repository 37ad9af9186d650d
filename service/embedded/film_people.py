"""The people of the demo lesson as sprites: drawn once at twice the size, then shrunk, so that edges are smooth."""

from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

from service.embedded.film_story import Pose

_Sprite = Image.Image
_SCALE = 2
_Points = list[tuple[float, float]]

TEACHER_SIZE = (220, 330)
PUPIL_SIZE = (170, 310)

_SKIN = ("#8d5a3b", "#e0ac82", "#c68a5f", "#6b4226", "#f0c8a4", "#a9714b")
_HAIR = ("#1f1713", "#5b3a21", "#231a16", "#151010", "#b5803e", "#2b1d16")
_SHIRT = ("#c9584a", "#3f7cac", "#e0a83f", "#6a8d4e", "#8a5a9e", "#3d8f8a")


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in the sprite's own pixels on a picture of twice its size."""

    draw: ImageDraw.ImageDraw

    def limb(self, points: _Points, width: float, colour: str) -> None:
        """A thick line with round ends and joints."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self.draw.line(scaled, fill=colour, width=round(width * _SCALE), joint="curve")
        for x, y in points:
            self.dot(x, y, width / 2, colour)

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self.oval(x, y, radius, radius, colour)

    def oval(self, x: float, y: float, across: float, down: float, colour: str) -> None:
        box = ((x - across) * _SCALE, (y - down) * _SCALE, (x + across) * _SCALE, (y + down) * _SCALE)
        self.draw.ellipse(box, fill=colour)

    def shape(self, points: _Points, colour: str) -> None:
        self.draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def slab(self, left: float, top: float, right: float, bottom: float, radius: float, colour: str) -> None:
        box = (left * _SCALE, top * _SCALE, right * _SCALE, bottom * _SCALE)
        self.draw.rounded_rectangle(box, radius * _SCALE, fill=colour)


def _blank(size: tuple[int, int]) -> tuple[_Sprite, _Pen]:
    picture = Image.new("RGBA", (size[0] * _SCALE, size[1] * _SCALE), (0, 0, 0, 0))
    return picture, _Pen(ImageDraw.Draw(picture))


@cache
def teacher(pose: Pose, step: int, *, talking: bool, leftward: bool) -> _Sprite:
    """Her figure, feet at the bottom centre. `step` -1, 0 or 1 swings the legs; 0 is standing."""
    picture, pen = _blank(TEACHER_SIZE)
    skin, hair, jacket, skirt = "#b97a55", "#3a2318", "#2f5d7c", "#3b3a45"
    swing = step * 13
    for side in (-1, 1):
        pen.limb([(110 + side * 13, 232), (110 + side * 13 + side * swing, 312)], 15, "#4a3a36")
        pen.oval(114 + side * 13 + side * swing, 320, 15, 7, "#26211f")
    pen.shape([(80, 190), (140, 190), (152, 262), (68, 262)], skirt)
    pen.slab(75, 96, 145, 208, 24, jacket)
    back = pose == "write"
    if not back:
        pen.shape([(100, 96), (120, 96), (110, 132)], "#f3ead8")
    pen.slab(101, 78, 119, 104, 8, skin)
    pen.oval(110, 58, 27, 32, skin)
    if back:
        pen.oval(110, 52, 30, 33, hair)
        pen.dot(110, 82, 13, hair)
    else:
        _face(pen, hair, talking=talking)
    _teacher_arms(pen, pose, jacket, skin)
    small = picture.resize(TEACHER_SIZE, Image.Resampling.LANCZOS)
    return small.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if leftward else small


def _face(pen: _Pen, hair: str, *, talking: bool) -> None:
    pen.oval(110, 37, 29, 17, hair)
    pen.oval(84, 54, 7, 22, hair)
    pen.oval(136, 54, 7, 22, hair)
    for x in (100, 121):
        pen.dot(x, 58, 3.2, "#2a1a14")
    pen.limb([(96, 50), (104, 49)], 2, hair)
    pen.limb([(117, 49), (125, 50)], 2, hair)
    if talking:
        pen.oval(111, 75, 7, 5, "#7a2f2a")
    else:
        pen.limb([(105, 74), (111, 76), (117, 74)], 2.4, "#7a2f2a")


def _teacher_arms(pen: _Pen, pose: Pose, jacket: str, skin: str) -> None:
    down: _Points = [(80, 114), (66, 160), (72, 200)]
    arms: dict[Pose, tuple[_Points, _Points]] = {
        "stand": (down, [(140, 114), (154, 160), (148, 200)]),
        "ask": (down, [(140, 114), (170, 138), (204, 122)]),
        "write": (down, [(140, 116), (168, 92), (182, 44)]),
        "hush": (down, [(140, 114), (158, 70), (152, 16)]),
    }
    for arm in arms[pose]:
        pen.limb(arm, 19, jacket)
        pen.dot(*arm[-1], 9.5, skin)
    if pose == "write":
        pen.limb([(184, 40), (187, 30)], 5, "#fbfaf3")


@cache
def pupil(number: int, *, turned: int) -> _Sprite:
    """A pupil from behind (or with the head turned to a neighbour: -1 left, 1 right); from the head to the knees."""
    picture, pen = _blank(PUPIL_SIZE)
    skin, hair, shirt = _SKIN[number], _HAIR[number], _SHIRT[number]
    pen.slab(54, 230, 116, 330, 8, "#3a4254")
    pen.slab(34, 128, 136, 250, 40, shirt)
    pen.slab(74, 112, 96, 140, 8, skin)
    pen.oval(85, 84, 32, 36, skin)
    if number == 4:
        pen.oval(85, 86, 38, 42, "#d9d3c6")
        pen.shape([(54, 100), (116, 100), (130, 150), (40, 150)], "#d9d3c6")
    else:
        pen.oval(85, 76, 36 if number != 3 else 44, 36 if number != 3 else 44, hair)
    if turned:
        pen.oval(85 + turned * 22, 90, 16, 25, skin)
        pen.dot(85 + turned * 31, 85, 2.6, "#2a1a14")
        pen.dot(85 + turned * 38, 93, 4.5, skin)
    else:
        for side in (-1, 1):
            if number != 4:
                pen.dot(85 + side * 34, 90, 6.5, skin)
    if number == 1:
        pen.limb([(85, 92), (85, 146)], 17, hair)
        pen.slab(75, 92, 95, 100, 3, "#e0a83f")
    if number == 5:
        pen.dot(85, 38, 15, hair)
    if number == 2:
        for side in (-1, 1):
            pen.limb([(85 + side * 28, 96), (85 + side * 36, 142)], 11, hair)
    return picture.resize(PUPIL_SIZE, Image.Resampling.LANCZOS)


@cache
def arm(number: int) -> _Sprite:
    """A raised arm, drawn behind its owner, so that sliding it up raises the hand."""
    picture, pen = _blank((60, 170))
    pen.limb([(24, 160), (30, 60)], 20, _SHIRT[number])
    pen.limb([(30, 66), (32, 34)], 15, _SKIN[number])
    pen.oval(32, 24, 11, 13, _SKIN[number])
    for finger in (-8, -3, 3, 8):
        pen.limb([(32 + finger, 20), (32 + finger * 1.3, 6)], 4.5, _SKIN[number])
    return picture.resize((60, 170), Image.Resampling.LANCZOS)
