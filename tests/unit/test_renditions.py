"""From what a file is to the copies we make: a table."""

from fractions import Fraction

import pytest

from service.media.probe import Audio, Probe, Video
from service.media.renditions import plan

SOUND = Audio("aac", 2)


def film(width: int, height: int, **more: object) -> Probe:
    return Probe("mov", 60_000, 0, Video("h264", width, height, **more), SOUND)  # type: ignore[arg-type]


LADDER = [
    # what was sent, and (name, width, height) of each rung, best first
    (film(1920, 1080), [("720p", 1280, 720), ("360p", 640, 360)]),
    (film(3840, 2160), [("720p", 1280, 720), ("360p", 640, 360)]),
    (film(1280, 720), [("720p", 1280, 720), ("360p", 640, 360)]),
    (film(1280, 718), [("480p", 856, 480), ("360p", 642, 360)]),
    (film(854, 480), [("480p", 854, 480), ("360p", 640, 360)]),
    (film(640, 360), [("360p", 640, 360), ("240p", 426, 240)]),
    (film(320, 240), [("240p", 320, 240)]),
    (film(176, 144), [("144p", 176, 144)]),
    (film(101, 51), [("50p", 100, 50)]),
    # portrait stays portrait, whether it was stored so or turned by the header
    (film(1080, 1920), [("720p", 720, 1280), ("360p", 360, 640)]),
    (film(1920, 1080, rotation=90), [("720p", 720, 1280), ("360p", 360, 640)]),
    (film(1920, 1080, rotation=270), [("720p", 720, 1280), ("360p", 360, 640)]),
    (film(1920, 1080, rotation=180), [("720p", 1280, 720), ("360p", 640, 360)]),
    # pixels that are not square
    (film(1440, 1080, sar=Fraction(4, 3)), [("720p", 1280, 720), ("360p", 640, 360)]),
    (film(720, 576, sar=Fraction(64, 45)), [("480p", 854, 480), ("360p", 640, 360)]),
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
    assert made.names == ("720p", "360p")
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
    assert plan(probe).late_picture is late


def test_a_bright_film_is_brought_down_to_what_every_screen_shows() -> None:
    assert plan(film(1920, 1080, hdr=True)).tone_map
    assert not plan(film(1920, 1080)).tone_map
