"""While ffmpeg writes, every finished segment goes to the store and becomes a row; at the end, one object each."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from service.actions.cuts import CutAnew
from service.coaching.cuts import kept_from
from service.coaching.lessons import LessonState
from service.media import playlist
from service.media.encode_graph import FIRST_SECONDS, FIRST_SEGMENTS, PEAKS_FILE, SEGMENT_SECONDS
from service.media.previews import peaks_name, peaks_of, sheet_name, sheets_in
from service.media.renditions import AUDIO_CODEC, AUDIO_KBIT, EARLY_SOUND_NAME, Ladder
from service.wiring import Deps
from storage import jobs, lessons, previews, renditions
from storage.engine import Transaction, Write, apply
from storage.record import Superseded
from storage.renditions import Rendition, Segment

_MP4 = {"video": "video/mp4", "audio": "audio/mp4"}
_LESS_US = 1_000_000 * (SEGMENT_SECONDS - FIRST_SECONDS / 2)
"""No segment lacks a whole piece."""
_MOST_US = 1_000_000 * playlist.LEAST_TARGET_S
"""Pieces that are not put together may be longer, where pictures are far apart."""


@dataclass(slots=True)
class _Track:
    """A rendition being made: its row, and the segments that are in the store."""

    row: Rendition
    segments: list[Segment] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """Of each segment."""
    taken: int = 0
    """How many of the encoder's pieces are in them."""

    @property
    def reached_ms(self) -> int:
        return sum(segment.duration_us for segment in self.segments) // 1000


def avc_codec(init: bytes) -> str:
    """The RFC 6381 name of the H.264 in an init section: profile, constraints and level from its avcC box."""
    at = init.index(b"avcC") + 5
    return f"avc1.{init[at : at + 3].hex()}"


def listed_segments(text: str) -> list[tuple[str, int]]:
    """(file name, microseconds) of each segment in a playlist of the encoder."""
    found: list[tuple[str, int]] = []
    duration_us = 0
    for line in text.splitlines():
        if line.startswith("#EXTINF:"):
            duration_us = round(float(line[8:].rstrip(",")) * 1_000_000)
        elif line and not line.startswith("#"):
            found.append((line, duration_us))
    return found


def segments_of(
    pieces: Sequence[tuple[str, int]], number: int, *, last: bool
) -> Iterator[Sequence[tuple[str, int]]]:
    """Which pieces of the encoder are one segment each, from the one with this number on: the first as they come, then
    as many as make one of the length that others have. `last`: no more come."""
    begun = length_us = 0
    for at, (_, duration_us) in enumerate(pieces):
        if begun < at and length_us + duration_us > _MOST_US:
            yield pieces[begun:at]
            begun, length_us, number = at, 0, number + 1
        length_us += duration_us
        if number < FIRST_SEGMENTS or length_us > _LESS_US:
            yield pieces[begun : at + 1]
            begun, length_us, number = at + 1, 0, number + 1
    if last and begun < len(pieces):
        yield pieces[begun:]


class PictureBegun(Exception):
    """Nobody needs the sound that was to come first any more."""


async def picture_begun(tx: Transaction, lesson_id: str) -> bool:
    """Whether the lesson's film is being prepared or plays. One that was refused is none: the next brings its sound."""
    lesson = await lessons.by_id(tx, lesson_id)
    if lesson is None or lesson.state in ("waiting", "arriving", "refused"):
        return False
    return await renditions.any_but(tx, lesson_id, EARLY_SOUND_NAME)


class Publisher:
    """One attempt at one lesson. Every row is inserted only while the job is ours; Superseded when it is not."""

    def __init__(
        self,
        deps: Deps,
        job: jobs.Job,
        lesson_id: str,
        attempt: int,
        ladder: Ladder,
        tracks: Sequence[_Track],
        folder: Path,
        least: int | None,
    ):
        self.attempt = attempt
        self.cuts = ladder.cuts
        self._least = least
        self._deps = deps
        self._job = job
        self._lesson_id = lesson_id
        self._storyboard = ladder.storyboard
        self._tracks = tracks
        self._folder = folder

    @classmethod
    async def begin(
        cls, deps: Deps, job: jobs.Job, lesson_id: str, ladder: Ladder, folder: Path, *, least: int | None = None
    ) -> "Publisher":
        """Take the next attempt number of the lesson, by inserting its renditions under it.

        least: the lesson's least attempt when the parts were read that the ladder leaves out; CutAnew where it is
        another by now. Raises PictureBegun where these are the sound that comes before a picture, and the picture was
        quicker: so a picture's number is always above that of its sound.
        """
        async with deps.db.write() as tx:
            # Two jobs may work on one lesson; whoever has its row takes the number.
            await tx.execute(lessons.hold(lesson_id))
            if (await tx.execute(jobs.still_mine(job))).first() is None:
                raise Superseded
            if await _least(tx, lesson_id) != least:
                raise CutAnew
            early = ladder.sound_name == EARLY_SOUND_NAME
            if early and await picture_begun(tx, lesson_id):
                raise PictureBegun
            attempt = max(await renditions.newest_attempt(tx, lesson_id) + 1, least or 0)
            rows = _rows(lesson_id, attempt, ladder)
            await apply(tx, [renditions.add(row) for row in rows])
        return cls(deps, job, lesson_id, attempt, ladder, [_Track(row) for row in rows], folder, least)

    @classmethod
    async def taken_up(cls, deps: Deps, job: jobs.Job, lesson_id: str, attempt: int, folder: Path) -> "Publisher":
        """What an attempt that was given up has published, fetched again into `folder` to be joined.

        Raises ObjectMissing, StoreUnavailable.
        """
        async with deps.db.read() as tx:
            least = await _least(tx, lesson_id)
            rows = await renditions.of_attempt(tx, lesson_id, attempt)
            tracks = [_Track(row, await renditions.segments(tx, lesson_id, attempt, row.name)) for row in rows]
        for track in tracks:
            await deps.objects.download(track.row.init_key, folder / f"{track.row.name}-init.mp4")
            for one in track.segments:
                track.files.append(folder / f"{track.row.name}-{one.number}.m4s")
                await deps.objects.download(one.object_key, track.files[-1])
        return cls(deps, job, lesson_id, attempt, Ladder((), sound=True), tracks, folder, least)

    @property
    def watchable(self) -> bool:
        """Every rendition has its first segment in the store with something that was not cut out."""
        first_ms = kept_from(self.cuts, 0) or 0
        return all(track.reached_ms > first_ms for track in self._tracks)

    @property
    def begun(self) -> bool:
        """Every rendition has its first segment in the store."""
        return all(track.segments for track in self._tracks)

    @property
    def reached_ms(self) -> int:
        """How far what is published goes; sound may go on where the picture has ended."""
        return max(track.reached_ms for track in self._tracks)

    @property
    def picture_reached_ms(self) -> int:
        """How far the picture goes; of sound alone as far as that."""
        return sum(segment.duration_us for segment in self._tracks[0].segments) // 1000

    async def reaches_as_far(self, lesson: LessonState) -> bool:
        """Whether this one goes on wherever somebody may be who watches what was made while the film arrived."""
        if lesson.following is None or lesson.attempt is None or lesson.attempt < (lesson.least_attempt or 0):
            return True
        async with self._deps.db.read() as tx:
            rows = await renditions.of_attempt(tx, lesson.id, lesson.attempt)
            found = [await renditions.segments(tx, lesson.id, row.attempt, row.name) for row in rows]
        theirs = [_Track(row, segments) for row, segments in zip(rows, found, strict=True)]
        return all(
            track.reached_ms <= own.reached_ms
            for track in theirs
            for own in self._tracks
            if own.row.kind == track.row.kind
        )

    async def look(self, *, last: bool) -> None:
        """Publish what has been finished since the last look. `last`: the encoder has ended."""
        await asyncio.gather(*(self._look_at(track, last=last) for track in self._tracks))

    def beginning(self, at_most_ms: int) -> tuple[Path, int]:
        """The first segment of the best picture that has something left, as one small file that plays: for the poster.

        And a moment of it, in ms from its start: so much after what was cut out, or half way to where that goes on.
        """
        name, joined = self._tracks[0].row.name, self._folder / "beginning.mp4"
        first_ms = kept_from(self.cuts, 0) or 0
        parts = [self._folder / f"{name}-init.mp4"]
        start_ms = end_ms = 0
        for segment, file in zip(self._tracks[0].segments, self._tracks[0].files, strict=True):
            if end_ms > first_ms:
                break
            parts[1:], start_ms, end_ms = [file], end_ms, end_ms + segment.duration_us // 1000
        with joined.open("wb") as out:
            for part in parts:
                out.write(part.read_bytes())
        left_to_ms = min([end_ms, *(cut.start_ms for cut in self.cuts if cut.start_ms > first_ms)])
        return joined, first_ms + min(at_most_ms, (left_to_ms - first_ms) // 2) - start_ms

    async def put_poster(self, poster: Path) -> None:
        await self._put(playlist.poster_name(self.attempt), poster, "image/jpeg")

    async def join(self) -> list[Write]:
        """One object for each rendition: init section and every segment; and what stands beside them.

        Returns the rows' last writes.
        """
        made = await asyncio.gather(*(self._join(track) for track in self._tracks), self._put_previews())
        return [write for writes in made for write in writes]

    async def _look_at(self, track: _Track, *, last: bool) -> None:
        row = track.row
        try:
            text = await asyncio.to_thread((self._folder / f"{row.name}.m3u8").read_text)
        except FileNotFoundError:
            return
        pieces = listed_segments(text)[track.taken :]
        fresh = list(segments_of(pieces, len(track.segments), last=last))
        if not fresh:
            return
        writes: list[Write] = []
        if not track.segments:
            init = self._folder / f"{row.name}-init.mp4"
            await self._put(playlist.init_name(self.attempt, row.name), init, _MP4[row.kind])
            if row.kind == "video":
                codec = avc_codec(await asyncio.to_thread(init.read_bytes))
                writes.append(renditions.set_codecs(row, ",".join([codec, *row.codecs.split(",")[1:]])))
        added, files = [], []
        for number, parts in enumerate(fresh, len(track.segments)):
            file = await asyncio.to_thread(_together, [self._folder / name for name, _ in parts])
            duration_us = sum(us for _, us in parts)
            files.append(file)
            key = await self._put(playlist.segment_name(self.attempt, row.name, number), file, _MP4[row.kind])
            size = (await asyncio.to_thread(file.stat)).st_size
            added.append(Segment(self._lesson_id, self.attempt, row.name, number, duration_us, key, size))
        writes += [renditions.add_segment(segment) for segment in added]
        async with self._deps.db.write() as tx:
            if (await tx.execute(jobs.still_mine(self._job))).first() is None:
                raise Superseded
            if await _least(tx, self._lesson_id) not in (self._least, self.attempt):
                raise CutAnew
            await apply(tx, writes)
        track.segments += added
        track.files += files
        track.taken += sum(map(len, fresh))

    async def _put_previews(self) -> list[Write]:
        sheets = await asyncio.to_thread(sheets_in, self._folder)
        for number, sheet in enumerate(sheets):
            await self._put(sheet_name(self.attempt, number), sheet, "image/jpeg")
        peaks = await asyncio.to_thread(peaks_of, self._folder / PEAKS_FILE)
        if peaks:
            key = playlist.object_key(self._lesson_id, peaks_name(self.attempt))
            await self._deps.objects.put(key, peaks, "application/octet-stream")
        board = self._storyboard if sheets else None
        width, height = (board.width, board.height) if board else (None, None)
        row = previews.Preview(self._lesson_id, self.attempt, len(sheets), width, height, len(peaks))
        return [previews.add(row)]

    async def _put(self, name: str, file: Path, content_type: str) -> str:
        key = playlist.object_key(self._lesson_id, name)
        await self._deps.objects.upload_file(file, key, content_type)
        return key

    async def _join(self, track: _Track) -> list[Write]:
        row = track.row
        whole = self._folder / f"{row.name}.mp4"
        init = await asyncio.to_thread((self._folder / f"{row.name}-init.mp4").read_bytes)
        await asyncio.to_thread(_concatenate, init, track.files, whole)
        key = await self._put(playlist.whole_name(self.attempt, row.name), whole, _MP4[row.kind])
        start = len(init)
        writes: list[Write] = []
        for segment in track.segments:
            writes.append(renditions.place_segment(segment, start_byte=start, size=segment.bytes))
            start += segment.bytes
        writes.append(renditions.finish(row, object_key=key, object_bytes=start, bandwidth=_peak(track.segments)))
        return writes


async def _least(tx: Transaction, lesson_id: str) -> int | None:
    lesson = await lessons.by_id(tx, lesson_id)
    return lesson.least_attempt if lesson else None


def _rows(lesson_id: str, attempt: int, ladder: Ladder) -> list[Rendition]:
    sound = [AUDIO_CODEC] if ladder.sound else []
    rows = [
        Rendition(
            lesson_id,
            attempt,
            rung.name,
            "video",
            # Until the encoder has said which level it chose; nobody sees this, the list starts with the first segment.
            ",".join(["avc1.4d4028", *sound]),
            rung.width,
            rung.height,
            rung.bandwidth(sound=ladder.sound),
            playlist.object_key(lesson_id, playlist.init_name(attempt, rung.name)),
        )
        for rung in ladder.video
    ]
    if ladder.sound:
        init_key = playlist.object_key(lesson_id, playlist.init_name(attempt, ladder.sound_name))
        bits, name = 1000 * (AUDIO_KBIT + 8), ladder.sound_name
        rows.append(Rendition(lesson_id, attempt, name, "audio", AUDIO_CODEC, None, None, bits, init_key))
    return rows


def _together(pieces: Sequence[Path]) -> Path:
    """What follows goes to the end of the first, which the encoder has let go of."""
    first, *others = pieces
    for other in others:
        with first.open("ab") as out, other.open("rb") as piece:
            shutil.copyfileobj(piece, out, 1 << 20)
        other.unlink()
    return first


def _concatenate(init: bytes, parts: Sequence[Path], whole: Path) -> None:
    with whole.open("wb") as out:
        out.write(init)
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, out, 1 << 20)


def _peak(segments: Sequence[Segment]) -> int:
    """Bits a second of the heaviest segment. A last splinter of a second tells nothing about the rest."""
    steady = [segment for segment in segments if segment.duration_us >= 1_000_000] or list(segments)
    return max(8 * segment.bytes * 1_000_000 // max(1, segment.duration_us) for segment in steady)
