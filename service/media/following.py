"""While a film is being sent, what has arrived of it is made watchable, a little behind: a small picture and its sound.

It is a favour, and its own attempt: whatever happens to it, the film is prepared from the whole file once that is here,
and takes over as soon as it reaches as far. Only a film that can be read from its start can be followed.
"""

import asyncio
import itertools
import logging
import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from service.actions import media as actions
from service.actions.cuts import CutAnew
from service.coaching.lessons import LessonFollowable, may_follow
from service.coaching.streams import lesson_stream
from service.media.arrivals import Here
from service.media.blocks import Assembly
from service.media.encoding import encode, look_at
from service.media.ffmpeg import FfmpegFailed
from service.media.probe import MAX_DURATION_MS, Refused
from service.media.publish import Publisher
from service.media.renditions import Ladder, plan_early, size_of
from service.wiring import Deps
from storage import uploads
from storage.engine import DatabaseUnavailable
from storage.jobs import Job
from storage.objects import StoreUnavailable
from storage.record import Superseded
from storage.uploads import Upload

log = logging.getLogger(__name__)

FOLLOWED_AFTER: Final = timedelta(seconds=10)
"""What is all here by then is prepared at once, and needs nobody to follow it."""
MOST_FOLLOWED: Final = 2
"""Encoders of one process that mostly wait for a link."""
_ENOUGH: Final = 128 * 1024
"""What the streams are is known by then, even where no table of contents says so."""
_PIECE: Final = 128 * 1024
_EBML: Final = b"\x1aE\xdf\xa3"
_BOX: Final = 16
_MOST_BOXES: Final = 100
_LARGEST_BOX: Final = 1 << 40
_LARGEST_CONTENTS: Final = 64 << 20
"""Of a film of four hours it has some ten."""
_LOOK_SECONDS: Final = 1.0
_NEARLY: Final = 8 << 20


class _NotNow(Exception):
    """The lesson has something better to show."""


def needed(path: Path, reached: int) -> int | None:
    """How many of the file's first bytes have to be here before it can be read from its start; None: it cannot be.

    `reached`: so many are. More may turn out to be needed once these are here.
    """
    with path.open("rb") as file:
        head = file.read(min(reached, 189))
        if head.startswith(_EBML) or (head[:1] == b"\x47" and head[188:] == b"\x47"):
            return _ENOUGH
        at = 0
        for start, size, kind in _boxes(file, 0, reached):
            if kind == b"moov":
                return start + size + _ENOUGH if size <= _LARGEST_CONTENTS else None
            if kind == b"mdat" or not kind.isalnum():
                return None
            at = start + size
        return at + _BOX if at + _BOX > reached else None


def says_how_long(path: Path, reached: int) -> bool:
    """Whether the file's beginning tells how long all of it is, and not only how long what is here is."""
    with path.open("rb") as file:
        head = file.read(4)
        if head == _EBML or head[:1] == b"\x47":
            return head == _EBML
        for start, size, kind in _boxes(file, 0, reached):
            if kind == b"moov":
                return all(inner != b"mvex" for _, _, inner in _boxes(file, start + 8, start + size))
    return False


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Where each begins, how long it is and its type: those whose head is before `end`, and no more than a film has."""
    for _ in range(_MOST_BOXES):
        if at + _BOX > end:
            return
        file.seek(at)
        size, kind, long = int.from_bytes(file.read(4)), file.read(4), file.read(8)
        size = int.from_bytes(long) if size == 1 else size
        if not 8 <= size <= _LARGEST_BOX:
            yield at, 0, b""  # no film goes on like that
            return
        yield at, size, kind
        at += size


class _Arriving:
    """The file's bytes in order, as they come. One encoder reads them."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._news = asyncio.Event()
        self._fed = 0
        self.size: int | None = None
        """Of all of it, once that is known."""

    def came(self) -> None:
        """There may be more."""
        self._news.set()

    @property
    def behind(self) -> int:
        """So many of the bytes that are here the encoder has not read yet."""
        return self._assembly.reached - self._fed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # Opened once: whoever prepares the film takes the file away, and puts the rest of it in.
        with await asyncio.to_thread(self._assembly.path.open, "rb") as file:
            while self.size is None or self._fed < self.size:
                self._news.clear()
                if (rest := self.behind) > 0:
                    piece = await asyncio.to_thread(os.pread, file.fileno(), min(rest, _PIECE), self._fed)
                    self._fed += len(piece)
                    yield piece
                else:
                    await self._news.wait()


class Following:
    """Of one upload, while one job has it."""

    def __init__(self, deps: Deps, job: Job, folder: Path) -> None:
        self._deps = deps
        self._job = job
        self._folder = folder
        self._lesson_id: str = job.data["lesson"]
        self._upload_id: str = job.data["upload"]
        self._arriving: _Arriving | None = None
        self._task: asyncio.Task[None] | None = None
        self._goes = itertools.count()

    async def look(self, upload: Upload) -> None:
        """More of it may be here, or enough; or the lesson has something better by now."""
        if self._task is None or self._task.done():
            await self._begin(upload)
        elif self._arriving is not None and await self._may():
            self._arriving.came()
        else:
            await self.stop()

    @property
    def busy(self) -> bool:
        """Whether the encoder has something left to read."""
        running = self._task is not None and not self._task.done()
        return running and self._arriving is not None and self._arriving.behind > 0

    async def end(self, size: int) -> None:
        """All of it is in the store, so many bytes, and whoever prepares it puts them in place: return once the encoder
        has read them, or nobody needs it any more."""
        if self._arriving is None or self._arriving.behind > _NEARLY:
            return
        self._arriving.size = size
        while self._task is not None and not self._task.done() and await self._may():
            self._arriving.came()
            await asyncio.wait((self._task,), timeout=_LOOK_SECONDS)

    async def stop(self) -> None:
        """End the encoder. What it made stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _may(self) -> bool:
        _, lesson = await self._deps.record.state(lesson_stream(self._lesson_id))
        return may_follow(lesson, self._upload_id)

    async def _begin(self, upload: Upload) -> None:
        here = self._deps.arrivals.here(self._upload_id)
        if not await self._begins(upload, here) or self._deps.arrivals.encoders >= MOST_FOLLOWED:
            return
        here.followed = here.assembly.reached
        self._deps.arrivals.encoders += 1
        self._arriving = _Arriving(here.assembly)
        self._task = asyncio.create_task(self._follow(here, self._arriving))
        self._task.add_done_callback(self._over)

    def _over(self, _: "asyncio.Task[None]") -> None:
        # Here, because a task that is cancelled before it has begun never comes to its end.
        self._deps.arrivals.encoders -= 1

    async def _begins(self, upload: Upload, here: Here) -> bool:
        if self._deps.clock() < upload.created_at + FOLLOWED_AFTER:
            return False
        reached = here.assembly.reached
        # Each go begins at the start: only where that brings as much again, or a bad link would have it begin for ever.
        if here.hopeless or reached < 2 * here.followed or reached == 0:
            return False
        least = await asyncio.to_thread(needed, here.assembly.path, reached)
        here.hopeless = least is None
        if least is None or reached < least:
            return False
        async with self._deps.db.read() as tx:
            sent = await uploads.of_lessons(tx, [self._lesson_id])
        # Sound that is sent first is the whole lesson.
        return await self._may() and all(one.role != "sound" for one in sent)

    async def _follow(self, here: Here, arriving: _Arriving) -> None:
        try:
            probe = await look_at(here.assembly.path)
            known = await asyncio.to_thread(says_how_long, here.assembly.path, here.followed)
            ladder, duration_ms = plan_early(probe), probe.duration_ms if known else None
            await encode(
                self._deps,
                self._job,
                arriving,
                self._folder / f"followed-{next(self._goes)}",
                ladder,
                duration_ms=duration_ms or MAX_DURATION_MS,
                begun=partial(self._tell, ladder, duration_ms),
            )
        except CutAnew:
            here.followed = 0  # a go of its own, without what was cut out
        except (Refused, FfmpegFailed, _NotNow, Superseded, StoreUnavailable, DatabaseUnavailable) as why:
            log.info("media.not_followed", extra={"upload": self._upload_id, "why": repr(why)})
        except Exception:
            # Nothing of it may hold up the film itself.
            log.exception("media.following_failed", extra={"upload": self._upload_id})

    async def _tell(self, ladder: Ladder, duration_ms: int | None, publisher: Publisher) -> bool:
        _, lesson = await self._deps.record.state(lesson_stream(self._lesson_id))
        if not await publisher.reaches_as_far(lesson):
            return False
        told = LessonFollowable(self._upload_id, publisher.attempt, duration_ms, *size_of(ladder))
        if not await actions.lesson_followable(self._deps, self._job, lesson.id, told, cuts=publisher.cuts):
            raise _NotNow
        return True
