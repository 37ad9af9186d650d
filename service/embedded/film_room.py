"""The classroom of the demo lesson: what stands still, and what is on the board when."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from service.embedded.film_story import HEIGHT, WIDTH

BOARD = (230, 62, 860, 322)
_CHALK = "#f4f1e4"
_S = 2


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@cache
def room() -> Image.Image:
    """The empty room, RGB."""
    picture = Image.new("RGB", (WIDTH * _S, HEIGHT * _S), "#e9e0cb")
    draw = ImageDraw.Draw(picture)
    _box(draw, 0, 410, WIDTH, HEIGHT, "#b3b7aa")
    for n in range(9):
        y = 424 + 6 * n * n
        draw.line((0, y * _S, WIDTH * _S, y * _S), fill="#a4a89a", width=2 * _S)
    _box(draw, 0, 400, WIDTH, 414, "#8b6b4a")
    _box(draw, BOARD[0] - 12, BOARD[1] - 12, BOARD[2] + 12, BOARD[3] + 12, "#9a6f43")
    _box(draw, *BOARD, "#2c5a49")
    _box(draw, BOARD[0] - 6, BOARD[3] + 12, BOARD[2] + 6, BOARD[3] + 22, "#7c5733")
    for n, colour in enumerate(("#fbfaf3", "#f2d16b", "#fbfaf3")):
        _box(draw, 300 + 34 * n, BOARD[3] + 7, 322 + 34 * n, BOARD[3] + 13, colour)
    _window(draw)
    _poster(draw)
    _door(draw)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _box(draw: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, colour: str) -> None:
    draw.rectangle((left * _S, top * _S, right * _S, bottom * _S), fill=colour)


def _window(draw: ImageDraw.ImageDraw) -> None:
    _box(draw, 930, 88, 1180, 312, "#f7f3e8")
    _box(draw, 942, 100, 1168, 300, "#a9d3ea")
    draw.ellipse((1090 * _S, 116 * _S, 1134 * _S, 160 * _S), fill="#fbe9a4")
    draw.polygon([(942 * _S, 300 * _S), (942 * _S, 236 * _S), (1010 * _S, 200 * _S), (1090 * _S, 246 * _S),
                  (1168 * _S, 212 * _S), (1168 * _S, 300 * _S)], fill="#7fa465")  # fmt: skip
    _box(draw, 942, 268, 1168, 300, "#8fb574")
    _box(draw, 1051, 100, 1059, 300, "#f7f3e8")
    _box(draw, 942, 192, 1168, 199, "#f7f3e8")
    _box(draw, 920, 312, 1190, 322, "#d8cfb8")


def _poster(draw: ImageDraw.ImageDraw) -> None:
    """Fractions as slices of a circle, so that the wall says what the lesson is about."""
    _box(draw, 44, 82, 196, 300, "#fdfaf1")
    for n, (parts, colour) in enumerate(((2, "#c9584a"), (4, "#3f7cac"), (8, "#e0a83f"))):
        box = (64 * _S, (92 + 68 * n) * _S, 122 * _S, (150 + 68 * n) * _S)
        draw.ellipse(box, fill="#efe6d2", outline="#55483a", width=2)
        draw.pieslice(box, -90, -90 + 360 / parts, fill=colour, outline="#55483a", width=2)
        draw.text((138 * _S, (104 + 68 * n) * _S), f"1/{parts}", font=font(28 * _S), fill="#3b342b")


def _door(draw: ImageDraw.ImageDraw) -> None:
    _box(draw, 1212, 130, 1280, 404, "#a9805a")
    _box(draw, 1220, 140, 1280, 404, "#8a6342")
    draw.ellipse((1230 * _S, 268 * _S, 1242 * _S, 280 * _S), fill="#e2c26a")


def _strip(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGBA", (width * _S, height * _S), (0, 0, 0, 0))
    return picture, ImageDraw.Draw(picture)


def _fraction(draw: ImageDraw.ImageDraw, x: int, top: str, bottom: str) -> None:
    draw.text(((x + 20) * _S, 2 * _S), top, font=font(44 * _S), fill=_CHALK, anchor="mt")
    draw.line((x * _S, 47 * _S, (x + 40) * _S, 47 * _S), fill=_CHALK, width=4 * _S)
    draw.text(((x + 20) * _S, 56 * _S), bottom, font=font(44 * _S), fill=_CHALK, anchor="mt")


def _signs(draw: ImageDraw.ImageDraw, *signs: tuple[int, str]) -> None:
    for x, sign in signs:
        draw.text((x * _S, 47 * _S), sign, font=font(46 * _S), fill=_CHALK, anchor="mm")


@cache
def chalk() -> tuple[tuple[float, float, Image.Image, tuple[int, int]], ...]:
    """What is written: (from second, to second, picture, where); each is uncovered from left to right in that time."""
    title, draw = _strip(560, 44)
    draw.text((0, 4 * _S), "Adding unlike parts", font=font(30 * _S), fill="#f2d16b")
    problem, draw = _strip(240, 100)
    _fraction(draw, 0, "3", "4")
    _signs(draw, (70, "+"), (180, "="), (220, "?"))
    _fraction(draw, 104, "1", "8")
    fourths, draw = _strip(330, 60)
    for n in range(4):
        shade = "#d98b6a" if n < 3 else None
        draw.rectangle(
            ((4 + 80 * n) * _S, 4 * _S, (84 + 80 * n) * _S, 54 * _S), fill=shade, outline=_CHALK, width=4 * _S
        )
    cuts, draw = _strip(330, 60)
    for n in range(4):
        draw.line(((44 + 80 * n) * _S, 6 * _S, (44 + 80 * n) * _S, 52 * _S), fill="#f2d16b", width=4 * _S)
    answer, draw = _strip(240, 100)
    _fraction(draw, 0, "6", "8")
    _signs(draw, (70, "+"), (176, "="))
    _fraction(draw, 104, "1", "8")
    _fraction(draw, 200, "7", "8")
    written = (
        (-2.0, -1.0, title, (258, 78)),
        (8.0, 12.5, problem, (262, 126)),
        (45.0, 49.5, fourths, (256, 244)),
        (50.0, 54.5, cuts, (256, 244)),
        (80.5, 83.5, answer, (600, 126)),
    )
    return tuple(
        (start, end, strip.resize((strip.width // _S, strip.height // _S), Image.Resampling.LANCZOS), where)
        for start, end, strip, where in written
    )
