"""Captions and chapters of a lesson: which there are, their words, and files in and out. Read by whoever may play it.

Single cues are changed by the commands of the lesson; only a file comes in here, since it may be larger than those.
"""

from typing import cast

import msgspec
from aiohttp import web

from service import access
from service.actions import tracks as actions
from service.coaching.cuts import hides
from service.coaching.ids import Id
from service.coaching.lessons import TrackKind
from service.coaching.streams import lesson_stream
from service.coaching.tracks import ImportTrack
from service.exporting import webvtt
from service.exporting.names import attachment, file_name
from service.problems import (
    CommandReused,
    CuesUnreadable,
    CycleClosed,
    EditedMeanwhile,
    IdTaken,
    NoLongerHere,
    NotFound,
    NotPossible,
    NotYours,
)
from service.web.commands import parse_command
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, WRITE, Content, Route
from service.web.responding import Done, done, encoded, ok
from service.wiring import Deps
from storage import tracks
from storage.lessons import Lesson

MOST_BODY_BYTES = 2 * 1024 * 1024
"""A file of 1 MB with its line ends and quotes as JSON writes them, and no more than the application takes at all."""


class TrackCard(msgspec.Struct, frozen=True):
    """`label`: what its writers call it; may be empty."""

    id: Id
    kind: TrackKind
    language: str
    label: str
    revision: int


class Tracks(msgspec.Struct, frozen=True):
    """Oldest first."""

    tracks: tuple[TrackCard, ...]


class Cue(msgspec.Struct, frozen=True):
    id: Id
    start_ms: int
    end_ms: int
    text: str


class TrackWithCues(msgspec.Struct, frozen=True):
    """The words of a track at `revision`; cues by their start."""

    track: TrackCard
    cues: tuple[Cue, ...]


async def index(request: web.Request) -> web.Response:
    """Which captions and chapters the lesson has. The lesson's stream tells when one changes."""
    deps = request.app[DEPS]
    found = await access.access_lesson(deps, request[SESSION].person, path_id(request, "lesson"))
    async with deps.db.read() as tx:
        rows = await tracks.of_lesson(tx, found.lesson.id)
    return ok(Tracks(tuple(_track(row) for row in rows)))


async def show(request: web.Request) -> web.Response:
    """The words of one track, to be shown, searched and changed."""
    row, cues, _ = await _found(request)
    return ok(TrackWithCues(_track(row), tuple(Cue(one.id, one.start_ms, one.end_ms, one.text) for one in cues)))


async def file(request: web.Request) -> web.Response:
    """One track as a WebVTT file."""
    row, cues, title = await _found(request)
    response = encoded(webvtt.track(cues).encode(), content_type=webvtt.MEDIA_TYPE)
    response.charset = "utf-8"
    name = file_name(f"{title} {row.label or row.kind} {row.language}", "vtt", otherwise=row.kind)
    response.headers["Content-Disposition"] = attachment(name, otherwise=f"{row.kind}.vtt")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def bring(request: web.Request) -> web.Response:
    """Take a WebVTT or SRT file as a track: all of it, or nothing. Sent again under the same id it does nothing."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    command = await parse_command(request, ImportTrack, most=MOST_BODY_BYTES)
    return ok(done(await actions.import_track(deps, found, command, by=person)))


async def _found(request: web.Request) -> tuple[tracks.Track, list[tracks.Cue], str]:
    deps = request.app[DEPS]
    found = await access.access_lesson(deps, request[SESSION].person, path_id(request, "lesson"))
    track = path_id(request, "track")
    async with deps.db.read() as tx:
        row = await tracks.by_id(tx, track)
        if row is None or row.lesson_id != found.lesson.id:
            raise NotFound
        cues = await tracks.cues(tx, track)
    kept = await spoken_to(deps, found.lesson, row, cues, to_teacher=found.role == "teacher")
    return row, kept, found.lesson.title


async def spoken_to(
    deps: Deps, lesson: Lesson, track: tracks.Track, cues: list[tracks.Cue], *, to_teacher: bool
) -> list[tracks.Cue]:
    """The cues that this reader may have: what was said in a part that was cut out stays with the teacher."""
    if to_teacher:
        return cues
    _, state = await deps.record.state(lesson_stream(lesson.id))
    kind = cast("TrackKind", track.kind)
    return [cue for cue in cues if not hides(state.cuts, kind, cue.start_ms, cue.end_ms)]


def _track(row: tracks.Track) -> TrackCard:
    return TrackCard(row.id, cast("TrackKind", row.kind), row.language, row.label, row.revision)


_PATH = "/api/lessons/{lesson}/tracks"
ROUTES = (
    Route("GET", _PATH, index, READ, answers={200: Tracks}, operation="list_tracks"),
    Route(
        "POST",
        _PATH,
        bring,
        WRITE,
        body=ImportTrack,
        answers={200: Done},
        problems=(
            CommandReused,
            CuesUnreadable,
            CycleClosed,
            EditedMeanwhile,
            IdTaken,
            NoLongerHere,
            NotPossible,
            NotYours,
        ),
        operation="import_track",
    ),
    Route(
        "GET",
        f"{_PATH}/{{track}}.vtt",
        file,
        READ,
        answers={200: Content(webvtt.MEDIA_TYPE)},
        operation="export_track",
    ),
    Route("GET", f"{_PATH}/{{track}}", show, READ, answers={200: TrackWithCues}, operation="show_track"),
)
