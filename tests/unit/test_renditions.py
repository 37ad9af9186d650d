"""From what a file is to the copies we make: a table."""

from dataclasses import replace
from fractions import Fraction

import pytest

from service.media.probe import MAX_DURATION_MS, Audio, Probe, Video
from service.media.renditions import Storyboard, plan, plan_early_sound

SOUND = Audio("aac", 2)


def film(width: int, height: int, **more: object) -> Probe:
    return Probe("mov", 60_000, 0, Video("h264", width, height, **more), SOUND)  # type: ignore[arg-type]


LOWER = [("480p", 854, 480), ("360p", 640, 360), ("240p", 426, 240)]
UPRIGHT = [("720p", 720, 1280), ("480p", 480, 854), ("360p", 360, 640), ("240p", 240, 426)]

LADDER = [
    # what was sent, and (name, width, height) of each rung, best first
    (film(1920, 1080), [("720p", 1280, 720), *LOWER]),
    (film(3840, 2160), [("720p", 1280, 720), *LOWER]),
    (film(1280, 720), [("720p", 1280, 720), *LOWER]),
    (film(1280, 718), [("480p", 856, 480), ("360p", 642, 360), ("240p", 428, 240)]),
    (film(854, 480), [("480p", 854, 480), ("360p", 640, 360), ("240p", 428, 240)]),
    (film(853, 479), [("360p", 642, 360), ("240p", 428, 240)]),
    (film(640, 360), [("360p", 640, 360), ("240p", 426, 240)]),
    (film(638, 359), [("240p", 426, 240)]),
    (film(320, 240), [("240p", 320, 240)]),
    (film(176, 144), [("144p", 176, 144)]),
    (film(101, 51), [("50p", 100, 50)]),
    (film(16, 16), [("16p", 16, 16)]),
    (film(8192, 64), [("64p", 8192, 64)]),
    # portrait stays portrait, whether it was stored so or turned by the header
    (film(1080, 1920), UPRIGHT),
    (film(1920, 1080, rotation=90), UPRIGHT),
    (film(1920, 1080, rotation=270), UPRIGHT),
    (film(1921, 1081, rotation=90), [("720p", 720, 1280), ("480p", 480, 852), ("360p", 360, 640), ("240p", 240, 426)]),
    (film(1920, 1080, rotation=180), [("720p", 1280, 720), *LOWER]),
    # pixels that are not square
    (film(1440, 1080, sar=Fraction(4, 3)), [("720p", 1280, 720), *LOWER]),
    (film(720, 576, sar=Fraction(64, 45)), LOWER),
    (film(720, 480, sar=Fraction(8, 9)), [("480p", 640, 480), ("360p", 480, 360), ("240p", 320, 240)]),
]


@pytest.mark.parametrize(("sent", "rungs"), LADDER)
def test_the_ladder(sent: Probe, rungs: list[tuple[str, int, int]]) -> None:
    made = plan(sent)
    assert [(rung.name, rung.width, rung.height) for rung in made.video] == rungs
    assert made.names == (*(name for name, _, _ in rungs), "audio")
    assert sent.video is not None
    short = min(sent.video.display())
    for rung in made.video:
        assert rung.width % 2 == rung.height % 2 == 0
        assert min(rung.width, rung.height) <= short, "never above the source"


def test_a_silent_film_has_no_sound_rendition() -> None:
    made = plan(Probe("mov", 1, 0, Video("h264", 1280, 720), None))
    assert made.names == ("720p", "480p", "360p", "240p")
    assert not made.sound
    assert made.video[0].bandwidth(sound=False) < made.video[0].bandwidth(sound=True)


def test_sound_alone_is_a_lesson_too() -> None:
    assert plan(Probe("ogg", 1, 0, None, SOUND)).names == ("audio",)


@pytest.mark.parametrize(
    ("picture_ms", "sound_ms", "late"), [(0, 0, False), (40, 0, False), (500, 0, True), (0, 500, False)]
)
def test_a_picture_that_starts_late_is_told_from_a_sound_that_does(picture_ms: int, sound_ms: int, late: bool) -> None:
    video = Video("h264", 1280, 720, start_ms=1400 + picture_ms)
    probe = Probe("mpegts", 60_000, 1400 + min(picture_ms, sound_ms), video, Audio("aac", 2, 1400 + sound_ms))
    assert plan(probe).in_order is late
    assert plan(probe).late_ms == max(0, picture_ms - sound_ms)


@pytest.mark.parametrize(
    ("container", "varying", "in_order"),
    [("mov,mp4", False, False), ("mov,mp4", True, True), ("matroska,webm", False, True)],
)
def test_a_film_whose_pictures_may_be_unequally_far_apart_is_encoded_in_order(
    container: str, varying: bool, in_order: bool
) -> None:
    assert plan(Probe(container, 60_000, 0, Video("h264", 1280, 720, varying=varying), SOUND)).in_order is in_order


def test_a_bright_film_is_brought_down_to_what_every_screen_shows() -> None:
    assert plan(film(1920, 1080, hdr=True)).tone_map
    assert not plan(film(1920, 1080)).tone_map


TILES = [
    # what was sent, and width, height and number of sheets of its storyboard
    (film(1920, 1080), (160, 90, 1)),
    (film(1440, 1080), (160, 120, 1)),
    (film(1920, 1080, rotation=90), (90, 160, 1)),
    (film(8192, 64), (160, 2, 1)),
    (film(64, 8192), (90, 270, 1)),
    (film(1920, 1080).lasting(500_000), (160, 90, 1)),
    (film(1920, 1080).lasting(500_001), (160, 90, 2)),
    (film(1920, 1080).lasting(MAX_DURATION_MS), (160, 90, 29)),
    (replace(film(1920, 1080), duration_ms=None), (160, 90, 29)),
]


@pytest.mark.parametrize(("sent", "wanted"), TILES)
def test_the_storyboard(sent: Probe, wanted: tuple[int, int, int]) -> None:
    assert plan(sent).storyboard == Storyboard(*wanted)


def test_sound_alone_has_no_storyboard() -> None:
    assert plan(Probe("ogg", 1, 0, None, SOUND)).storyboard is None
    assert plan_early_sound(Probe("ogg", 1, 0, None, SOUND)).storyboard is None


def test_what_is_taken_from_a_file_of_many_streams_is_told_by_their_numbers() -> None:
    many = Probe("mov", 1, 0, Video("h264", 1280, 720, stream=3), Audio("aac", 2, stream=5))
    assert (plan(many).picture_stream, plan(many).sound_stream) == (3, 5)
    assert plan(replace(many, video=None)).sound_stream == 5
    assert plan_early_sound(many).sound_stream == 5
