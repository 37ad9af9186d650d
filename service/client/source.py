"""The file that is sent, read in pieces, with an eye on whether it is still the same."""

import asyncio
import hashlib
import mimetypes
import os
import stat
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

SAMPLE_BYTES: Final = 256 * 1024
_PIECE_BYTES: Final = 256 * 1024
_LONGEST_NAME: Final = 255


class SourceRefused(Exception):
    """There is no such file to send; the text is a sentence."""


class SourceChanged(Exception):
    """The file is no longer what it was, or cannot be read any more; the text is a sentence."""


class Source:
    """An open file. It keeps what it opened, wherever the name goes."""

    def __init__(self, path: Path, descriptor: int) -> None:
        found = os.fstat(descriptor)
        self.name = wire_name(path)
        self.size = found.st_size
        self.content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._path = path
        self._descriptor = descriptor
        self._stamp = (found.st_size, found.st_mtime_ns)

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Raises SourceRefused."""
        try:
            # Not blocking, so that a pipe without a writer is refused and not waited for.
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError) as failed:
            why = failed.strerror if isinstance(failed, OSError) else "its name holds a zero byte"
            raise SourceRefused(f"{shown(path)} cannot be read ({why}).") from None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SourceRefused(f"{shown(path)} is not a file. Name the video itself.")
            yield cls(path, descriptor)
        finally:
            os.close(descriptor)

    async def fingerprint(self) -> str:
        """SHA-256 of its first and last 256 KiB and its size: tells it from others without reading all of it.

        The browser's, so that one can go on where the other was. Raises SourceChanged.
        """
        digest = hashlib.sha256()
        for offset, end in ((0, SAMPLE_BYTES), (max(0, self.size - SAMPLE_BYTES), self.size)):
            async for piece in self.pieces(offset, min(end, self.size)):
                digest.update(piece)
        digest.update(str(self.size).encode())
        return digest.hexdigest()

    async def sha256(self, offset: int, end: int) -> str:
        """Of these bytes, in lower-case hex. Raises SourceChanged."""
        digest = hashlib.sha256()
        async for piece in self.pieces(offset, end):
            digest.update(piece)
        return digest.hexdigest()

    async def pieces(self, offset: int, end: int) -> AsyncIterator[bytes]:
        """These bytes, piece by piece. Raises SourceChanged."""
        while offset < end:
            try:
                piece = await asyncio.to_thread(os.pread, self._descriptor, min(_PIECE_BYTES, end - offset), offset)
            except OSError as failed:
                raise SourceChanged(f"{shown(self._path)} can no longer be read ({failed.strerror}).") from None
            if not piece:
                raise self._changed()
            yield piece
            offset += len(piece)

    def check(self) -> None:
        """Raises SourceChanged where somebody has written to it since it was opened."""
        try:
            found = os.fstat(self._descriptor)
        except OSError as failed:
            raise SourceChanged(f"{shown(self._path)} can no longer be read ({failed.strerror}).") from None
        if (found.st_size, found.st_mtime_ns) != self._stamp:
            raise self._changed()

    def _changed(self) -> SourceChanged:
        return SourceChanged(f"{shown(self._path)} changed while it was sent.")


def shown(path: Path) -> str:
    """A path for a terminal: no control characters, no bytes that are no text."""
    text = os.fsencode(path).decode(errors="replace")
    return "".join(c if c.isprintable() else "�" for c in text)


def wire_name(path: Path) -> str:
    """The file's name as a server takes it."""
    return shown(Path(path.name))[:_LONGEST_NAME] or "video"


def title_of(name: str) -> str:
    """What a lesson is called when nobody says: the file's name without its ending."""
    title = " ".join(Path(name).stem.split())[:200]
    says = any(unicodedata.category(c)[0] not in "CZ" for c in title)
    return title if says else "Lesson"
