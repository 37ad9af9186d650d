"""Playlists and the storyboard, written from the record at every request, and what a player needs to start."""

import re

import msgspec
from aiohttp import web

from service import access
from service.media import playlist
from service.media.previews import VTT_TYPE, peaks_name, storyboard_path, storyboard_vtt
from service.media.renditions import PEAK_MS
from service.problems import NotFound
from service.web.cards import poster_of
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, Content, Route
from service.web.responding import encoded
from service.wiring import Deps
from storage import previews, renditions

_ATTEMPT = re.compile(r"\d{1,9}", re.ASCII)
_NAME = re.compile(r"(\d{1,9})-([a-z0-9]{1,20})")


class Play(msgspec.Struct, frozen=True):
    """Where a lesson plays: paths on this server.

    `storyboard` (WebVTT whose cues are parts of pictures) and `peaks` (one byte for each `peak_ms`: how loud it is)
    come when all of it is made; without a picture, or without sound, there is none.
    """

    attempt: int
    playlist: str
    progressive: str | None
    duration_ms: int | None
    """Null while a film arrives that does not say."""
    poster: str | None
    storyboard: str | None
    peaks: str | None
    peak_ms: int | None
    silent: bool
    """There is no sound, or none that could be decoded."""


async def play_of(deps: Deps, found: access.LessonAccess, *, early: bool) -> Play | None:
    """Where the newest attempt plays; None before it is watchable. `progressive` is one whole file, once finished.

    early: before that there is its sound, which came first, or what was made of it while it arrives.
    """
    lesson = found.lesson
    there = early or lesson.state in ("watchable", "ready")
    if found.shows is None or lesson.attempt is None or not there:
        return None
    async with deps.db.read() as tx:
        rows = await renditions.of_attempt(tx, lesson.id, lesson.attempt)
        beside = await previews.of_attempt(tx, lesson.id, lesson.attempt)
    whole = [row for row in rows if row.finished and row.kind == "video"] or [row for row in rows if row.finished]
    progressive = playlist.media_path(lesson.id, playlist.whole_name(lesson.attempt, whole[0].name)) if whole else None
    return Play(
        attempt=lesson.attempt,
        playlist=playlist.playlist_path(lesson.id, lesson.attempt),
        progressive=progressive,
        duration_ms=lesson.duration_ms,
        poster=poster_of(found),
        storyboard=storyboard_path(lesson.id, lesson.attempt) if beside and beside.sheets else None,
        peaks=playlist.media_path(lesson.id, peaks_name(lesson.attempt)) if beside and beside.peaks else None,
        peak_ms=PEAK_MS if beside and beside.peaks else None,
        silent=all(row.kind == "video" for row in rows),
    )


async def show(request: web.Request) -> web.Response:
    """`{attempt}-main.m3u8` lists the renditions; `{attempt}-{rendition}.m3u8` the segments there are so far."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    match = _NAME.fullmatch(request.match_info["name"])
    if match is None:
        raise NotFound
    attempt, name = int(match.group(1)), match.group(2)
    found.refuse_attempt(attempt)
    async with deps.db.read() as tx:
        rows = await renditions.of_attempt(tx, found.lesson.id, attempt)
        row = next((row for row in rows if row.name == name), None)
        segments = await renditions.segments(tx, found.lesson.id, attempt, name) if row else []
    if row is not None:
        text = playlist.media_playlist(found.lesson.id, row, segments)
    elif rows and name == playlist.MASTER_NAME:
        text = playlist.master_playlist(found.lesson.id, rows)
    else:
        raise NotFound
    return encoded(text.encode(), content_type=playlist.CONTENT_TYPE)


async def show_storyboard(request: web.Request) -> web.Response:
    """Which part of which sheet shows the lesson at a time: a cue for every five seconds of its picture."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    match = _ATTEMPT.fullmatch(request.match_info["attempt"])
    if match is None:
        raise NotFound
    attempt = int(match.group())
    found.refuse_attempt(attempt)
    async with deps.db.read() as tx:
        preview = await previews.of_attempt(tx, found.lesson.id, attempt)
        if preview is None or not preview.sheets:
            raise NotFound
        pictures = [row for row in await renditions.of_attempt(tx, found.lesson.id, attempt) if row.kind == "video"]
        segments = await renditions.segments(tx, found.lesson.id, attempt, pictures[0].name)
    picture_ms = sum(segment.duration_us for segment in segments) // 1000
    text = storyboard_vtt(found.lesson.id, preview, picture_ms)
    return encoded(text.encode(), content_type=VTT_TYPE)


ROUTES = (
    Route(
        "GET",
        "/api/lessons/{lesson}/playlists/{name}.m3u8",
        show,
        READ,
        answers={200: Content(playlist.CONTENT_TYPE)},
        names={"name": _NAME.pattern},
    ),
    Route(
        "GET",
        "/api/lessons/{lesson}/playlists/{attempt}-storyboard.vtt",
        show_storyboard,
        READ,
        answers={200: Content(VTT_TYPE)},
        names={"attempt": _ATTEMPT.pattern},
    ),
)
