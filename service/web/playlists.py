"""Playlists, written from the record at every request, and what a player needs to start."""

import re

import msgspec
from aiohttp import web

from service import access
from service.media import playlist
from service.problems import NotFound
from service.web.cards import poster_of
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, Content, Route
from service.web.responding import encoded
from service.wiring import Deps
from storage import lessons, renditions

_NAME = re.compile(r"(\d{1,9})-([a-z0-9]{1,20})")


class Play(msgspec.Struct, frozen=True):
    """Where a lesson plays: paths on this server."""

    attempt: int
    playlist: str
    progressive: str | None
    duration_ms: int
    poster: str | None


async def play_of(deps: Deps, lesson: lessons.Lesson, *, listen: bool) -> Play | None:
    """Where the newest attempt plays; None before it is watchable. `progressive` is one whole file, once finished.

    listen: before that there is its sound, which came first.
    """
    there = listen or lesson.state in ("watchable", "ready")
    if lesson.attempt is None or lesson.duration_ms is None or not there:
        return None
    async with deps.db.read() as tx:
        rows = await renditions.of_attempt(tx, lesson.id, lesson.attempt)
    whole = [row for row in rows if row.finished and row.kind == "video"] or [row for row in rows if row.finished]
    progressive = playlist.media_path(lesson.id, playlist.whole_name(lesson.attempt, whole[0].name)) if whole else None
    return Play(
        attempt=lesson.attempt,
        playlist=playlist.playlist_path(lesson.id, lesson.attempt),
        progressive=progressive,
        duration_ms=lesson.duration_ms,
        poster=poster_of(lesson),
    )


async def show(request: web.Request) -> web.Response:
    """`{attempt}-main.m3u8` lists the renditions; `{attempt}-{rendition}.m3u8` the segments there are so far."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    match = _NAME.fullmatch(request.match_info["name"])
    if match is None:
        raise NotFound
    attempt, name = int(match.group(1)), match.group(2)
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


ROUTES = (
    Route(
        "GET",
        "/api/lessons/{lesson}/playlists/{name}.m3u8",
        show,
        READ,
        answers={200: Content(playlist.CONTENT_TYPE)},
        names={"name": _NAME.pattern},
    ),
)
