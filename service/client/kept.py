"""What the command remembers of an upload, so that the same command goes on after it was killed.

One small JSON file for each server, cycle and file, in the user's state directory. Losing it loses little: the server
is asked for an open upload of the same file then. It holds ids and no token.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec


class Upload(msgspec.Struct):
    """`add`: the id of the command that adds the lesson, so that saying it twice adds one. `upload`: the newest."""

    add: str
    lesson: str
    title: str
    release: bool
    upload: str


def state_directory(environ: Mapping[str, str]) -> Path:
    """As the XDG base directories say; a relative one counts as none."""
    given = environ.get("XDG_STATE_HOME", "")
    base = Path(given) if given.startswith("/") else Path(environ.get("HOME") or Path.home()) / ".local" / "state"
    return base / "farfield" / "uploads"


class Kept:
    """The place of one upload's note."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def of(cls, directory: Path, *, server: str, place: str, fingerprint: str) -> Self:
        """`place`: the cycle, or the lesson where that was named."""
        key = hashlib.sha256(f"{server}\n{place}\n{fingerprint}".encode()).hexdigest()
        return cls(directory / f"{key[:32]}.json")

    def read(self) -> Upload | None:
        """None where there is nothing, or nothing that makes sense."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Upload)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def write(self, upload: Upload) -> bool:
        """Keep it, whole or not at all; False where that cannot be done, which is no reason not to send."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._file.parent, delete=False) as new:
                try:
                    new.write(msgspec.json.encode(upload))
                    new.flush()
                    os.fsync(new.fileno())
                    Path(new.name).replace(self._file)
                except BaseException:
                    with contextlib.suppress(OSError):
                        Path(new.name).unlink()
                    raise
        except OSError:
            return False
        return True
