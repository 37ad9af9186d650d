"""Where a worker puts what it works on. Several on one machine share a data directory, each in a folder of its own."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def scratch(root: Path) -> Iterator[Path]:
    """A fresh folder in `root`, gone at the end; what workers that were killed have left there goes now."""
    root.mkdir(parents=True, exist_ok=True)
    for left in root.iterdir():
        _remove_if_left(left)
    own = root / uuid.uuid4().hex
    own.mkdir()
    held = _hold(own)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        if held is not None:
            os.close(held)


def _hold(folder: Path) -> int | None:
    """The kernel keeps this lock for as long as the process lives, however it ends. None: somebody else has it."""
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return file


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):  # another one, starting at the same moment, was quicker
        held = _hold(folder)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)
