"""Makes the demo lesson's film: a classroom, 90 seconds, 1280x720, with a burned-in clock and speech-like sound.

Drawn by Pillow and encoded by ffmpeg in a process of its own, so that a server can make it while it answers.
`python -m service.embedded.film PATH` makes one by hand.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from service.embedded.film_scene import frame
from service.embedded.film_story import FILM_MOMENTS, FPS, HEIGHT, SECONDS, WIDTH, Moment
from service.embedded.film_voice import write_voices
from service.media import confine, ffmpeg

__all__ = ["FILM_MOMENTS", "SECONDS", "Moment", "make_film"]

_LIMITS = confine.Limits(wall_seconds=300, cpu_seconds=300)


class FilmFailed(Exception):
    """The film could not be made; the text is for the log."""


async def make_film(path: Path) -> None:
    """Make the film at `path` (absolute), which appears only when it is whole. Cancelling ends the making at once."""
    root = Path(__file__).parents[2]
    arguments = [sys.executable, "-m", "service.embedded.film", str(path)]
    environment = {"PYTHONPATH": str(root)}
    finished = await confine.run_ours(arguments, folder=path.parent, limits=_LIMITS, environment=environment)
    if finished.code:
        raise FilmFailed(finished.said)


def draw_film(path: Path) -> None:
    """What the process of its own does: blocks until the film is at `path`."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".film-") as folder:
        sound, made = Path(folder) / "voices.wav", Path(folder) / "film.mp4"
        write_voices(sound)
        arguments = ffmpeg.film_arguments(made, width=WIDTH, height=HEIGHT, fps=FPS, sound=sound)
        with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as encoder:
            assert encoder.stdin is not None
            for number in range(SECONDS * FPS):
                encoder.stdin.write(frame(number / FPS).tobytes())
            encoder.stdin.close()
        if encoder.returncode:
            raise FilmFailed(f"ffmpeg ended with {encoder.returncode}")
        made.replace(path)


if __name__ == "__main__":
    draw_film(Path(sys.argv[1]))
