"""What a person takes away: a cycle's events as JSON, a lesson's annotations in formats that others read.

Each asks for the same access as the page it is taken from, and holds what that person may read, no more.
"""

from collections.abc import Callable
from typing import cast

import msgspec
from aiohttp import web

from service import access
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.coaching.lessons import TrackKind
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.exporting import tables, web_annotations, webvtt
from service.exporting.lines import Author, Take
from service.exporting.names import attachment, file_name
from service.web.cards import CyclePerson, people_of
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, Content, Route
from service.web.responding import encoded
from service.web.tracks import spoken_to
from service.wiring import Deps
from storage import grants, lessons, log, tracks
from storage.at_once import at_once
from storage.log import Event

FORMAT = "farfield/cycle"
_encoder = msgspec.json.Encoder()


class ExportedTrack(msgspec.Struct, frozen=True):
    """Captions or chapters of one of the lessons, as a WebVTT file."""

    lesson: Id
    track: Id
    kind: TrackKind
    language: str
    label: str
    file: str


class CycleExport(msgspec.Struct, frozen=True):
    """Every event of the streams that the person reads in this cycle, by stream; `people` are the names behind the ids.

    Folding the events in order gives the record as it stands. What was redacted is gone from them. Captions and
    chapters are in no stream; `tracks` has those of the lessons whose streams are here.
    """

    format: str
    exported_at: Instant
    exported_by: Id
    cycle: Id
    people: dict[Id, CyclePerson]
    streams: dict[str, list[Event]]
    tracks: tuple[ExportedTrack, ...]


async def cycle(request: web.Request) -> web.Response:
    """The whole cycle as its reader has it: its events, those of the lessons they see, and of their own notebook."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    now = deps.clock()
    async with deps.db.read() as tx:
        filmed = await lessons.of_cycles(tx, [found.cycle.id])
        wanted = [
            cycle_stream(found.cycle.id),
            *(lesson_stream(lesson.id) for lesson in filmed),
            notebook_stream(found.cycle.id, person),
        ]
        granted = await grants.roles(tx, person, wanted, now)
        streams: dict[str, list[Event]] = {stream: [] for stream in wanted if stream in granted}
        for event in await at_once(tx, log.read_whole, streams):
            streams[event.stream].append(event)
        seen = [lesson for lesson in filmed if lesson_stream(lesson.id) in granted]
        rows = [(lesson, row) for lesson in seen for row in await tracks.of_lesson(tx, lesson.id)]
        spoken = [(lesson, row, await tracks.cues(tx, row.id)) for lesson, row in rows]
    exported = tuple(
        [
            _exported(row, await spoken_to(deps, lesson, row, cues, to_teacher=person == lesson.teacher_id))
            for lesson, row, cues in spoken
        ]
    )
    names = await people_of(deps, found.cycle)
    export = CycleExport(FORMAT, now, person, found.cycle.id, names, streams, exported)
    body = msgspec.json.format(_encoder.encode(export), indent=2)
    return _saved(body, "application/json", f"cycle {found.cycle.number}", "json", otherwise="cycle")


def _exported(row: tracks.Track, cues: list[tracks.Cue]) -> ExportedTrack:
    kind = cast("TrackKind", row.kind)
    return ExportedTrack(row.lesson_id, row.id, kind, row.language, row.label, webvtt.track(cues))


async def json_ld(request: web.Request) -> web.Response:
    """The annotations of a lesson as W3C Web Annotations."""
    return await _lesson(request, web_annotations.collection, web_annotations.MEDIA_TYPE, "jsonld")


async def captions(request: web.Request) -> web.Response:
    """The annotations of a lesson as WebVTT, to be shown over it by any player."""
    return await _lesson(request, lambda take: webvtt.captions(take).encode(), webvtt.MEDIA_TYPE, "vtt")


async def table(request: web.Request) -> web.Response:
    """The annotations of a lesson as a table. No cell is a formula."""
    return await _lesson(request, tables.annotations, tables.MEDIA_TYPE, "csv")


async def _lesson(request: web.Request, build: Callable[[Take], bytes], media_type: str, ending: str) -> web.Response:
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    take = await _take(deps, person, found)
    return _saved(build(take), media_type, take.lesson.title, ending, otherwise="lesson")


async def _take(deps: Deps, person: str, found: access.LessonAccess) -> Take:
    _, state = await deps.record.state(lesson_stream(found.lesson.id))
    row, whole = await access.cycle_of_lesson(deps, person, found)
    names = await people_of(deps, row, of_lesson=None if whole else state)
    authors = {one.id: Author(one.id, one.name, one.role) for one in names.values()}
    return Take(deps.config.origin or "", state, authors, deps.clock())


def _saved(body: bytes, media_type: str, title: str, ending: str, *, otherwise: str) -> web.Response:
    response = encoded(body, content_type=media_type)
    if media_type.startswith("text/"):
        response.charset = "utf-8"
    name = file_name(title, ending, otherwise=otherwise)
    response.headers["Content-Disposition"] = attachment(name, otherwise=f"{otherwise}.{ending}")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


ROUTES = (
    Route("GET", "/api/cycles/{cycle}/export.json", cycle, READ, answers={200: CycleExport}, operation="export_cycle"),
    Route(
        "GET",
        "/api/lessons/{lesson}/annotations.jsonld",
        json_ld,
        READ,
        answers={200: Content(web_annotations.MEDIA_TYPE)},
        operation="export_web_annotations",
    ),
    Route(
        "GET",
        "/api/lessons/{lesson}/annotations.vtt",
        captions,
        READ,
        answers={200: Content(webvtt.MEDIA_TYPE)},
        operation="export_captions",
    ),
    Route(
        "GET",
        "/api/lessons/{lesson}/annotations.csv",
        table,
        READ,
        answers={200: Content(tables.MEDIA_TYPE)},
        operation="export_table",
    ),
)
