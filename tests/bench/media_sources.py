"""The films that the parts of `make bench-media` work on: made once, when first asked for, and gone at the end."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.fixtures.classroom import as_hevc, cut_short, film_classroom, looped

SECONDS, QUICK_SECONDS = 60, 2
LONG_S, HEVC_S = 600, 6


@cache
def folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="ffm-", dir="/tmp"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def take(seconds: int, seed: int) -> Path:
    """The classroom, so long: H.264."""
    return film_classroom(folder() / f"take-{seconds}-{seed}.mp4", seconds=seconds, seed=seed)


@cache
def beginning(film: Path, seconds: int) -> Path:
    """Its first seconds, as they are."""
    return cut_short(film, film.with_name(f"beginning-{seconds}-{film.name}"), seconds=seconds)


@cache
def long_film(codec: str, *, moov_first: bool, seconds: int, seed: int) -> Path:
    """So many seconds of it in `h264` or `hevc`, made of a short take again and again."""
    short = take(min(SECONDS, seconds), seed)
    piece_s = min(SECONDS, seconds)
    if codec == "hevc":
        piece_s = min(HEVC_S, seconds)
        short = _hevc(short, piece_s)
    where = "first" if moov_first else "last"
    target = folder() / f"{codec}-moov-{where}-{seconds}-{seed}.mp4"
    return looped(short, target, times=seconds // piece_s, moov_first=moov_first)


@cache
def _hevc(short: Path, seconds: int) -> Path:
    return as_hevc(short, short.with_name(f"hevc-{short.name}"), seconds=seconds)
