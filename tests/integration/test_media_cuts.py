"""Parts that a teacher cut out before release: nobody else ever gets what was made before, and every job obeys."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestServer

from service import access
from service.actions import cuts as actions
from service.actions import media, releases
from service.actions.rebuilding import rebuild
from service.coaching import cuts as rules
from service.coaching.lessons import Cut
from service.coaching.releases import ReleaseLesson
from service.coaching.streams import lesson_stream
from service.media.publish import Publisher
from service.web.media_gate import make_gate_app
from service.wiring import Deps
from storage import lessons, uploads
from tests.fixtures.cast import Cast
from tests.fixtures.clips import make_clip, read_frames
from tests.fixtures.prepared import event_types, fail_every_time, jobs_of, later, run_one_job, run_until, send
from tests.fixtures.village import Gate
from tests.fixtures.visitors import Visitors

SMALL = (320, 192)


async def set_cuts(deps: Deps, cast: Cast, *parts: Cut) -> None:
    found = await access.access_lesson(deps, cast.teacher, cast.private_lesson)
    await actions.set_cuts(deps, found, rules.SetCuts(deps.new_id(), parts), by=cast.teacher)


async def release(deps: Deps, cast: Cast) -> None:
    found = await access.access_lesson(deps, cast.teacher, cast.private_lesson)
    await releases.release_lesson(deps, found, ReleaseLesson(deps.new_id()), by=cast.teacher)


# --- Nobody else ever gets it ---

WORDS = ("said before", "said into", "said after")
SPOKEN = """WEBVTT

00:01.000 --> 00:02.000
said before

00:04.500 --> 00:05.500
said into

00:06.000 --> 00:07.000
said after
"""


@pytest.fixture
async def gate(ready: Deps, visitors: Visitors) -> AsyncIterator[Gate]:
    async with TestServer(make_gate_app(ready)) as server:
        yield Gate(visitors.teacher.at(str(server.make_url("")).rstrip("/")))


async def objects_of(deps: Deps, lesson: str) -> set[str]:
    found = await deps.objects.list(f"lessons/{lesson}/")
    return {info.key.rpartition("/")[2] for info in found}


async def test_what_was_made_before_the_cut_is_its_teachers_alone(
    ready: Deps, cast: Cast, visitors: Visitors, gate: Gate, folder: Path
) -> None:
    """The attack: the coach is let in right after the cut, and asks for every name there ever was."""
    lesson = cast.private_lesson
    film = make_clip(folder / "clip.mp4", frames=300, size=SMALL)
    await send(ready, cast.teacher, lesson, film)
    await run_until(ready, lesson, "lesson.ready")
    old = await objects_of(ready, lesson)
    assert {"1-poster.jpg", "1-storyboard-0.jpg", "1-peaks.bin", "1-audio.mp4", "1-audio-0.m4s"} <= old
    lists = [f"/api/lessons/{lesson}/playlists/1-{name}" for name in ("main.m3u8", "audio.m3u8", "storyboard.vtt")]
    for path in lists:
        assert (await visitors.teacher.get(path)).status == 200

    for name in old:
        assert (await gate.ask(visitors.teacher, "GET", f"/media/lessons/{lesson}/{name}")).status == 200, name

    track, tracks = str(uuid4()), f"/api/lessons/{lesson}/tracks"
    asked = {"id": str(uuid4()), "track": track, "kind": "captions", "language": "en", "file": SPOKEN}
    assert (await visitors.teacher.post(tracks, asked)).status == 200

    await set_cuts(ready, cast, Cut(0, 5_000), Cut(8_000, None))
    await release(ready, cast)
    for reader, heard in ((visitors.coach, list(WORDS[2:])), (visitors.teacher, list(WORDS))):
        told = (await reader.get(f"{tracks}/{track}")).json
        assert [cue["text"] for cue in told["cues"]] == heard
        for path in (f"{tracks}/{track}.vtt", f"/api/cycles/{cast.cycle}/export.json"):
            answer = await reader.get(path)
            assert answer.status == 200
            assert [words for words in WORDS if words in answer.body.decode()] == heard

    told = (await visitors.coach.get(f"/api/lessons/{lesson}")).json
    assert told["play"] is None
    assert (told["lesson"]["attempt"], told["lesson"]["least_attempt"]) == (1, 2)
    cycle = (await visitors.coach.get(f"/api/cycles/{cast.cycle}")).json
    [card] = [one for one in cycle["card"]["lessons"] if one["id"] == lesson]
    assert card["poster"] is None
    await nothing_of_it(visitors, gate, lesson, old, lists)
    own = (await visitors.teacher.get(f"/api/lessons/{lesson}")).json
    assert own["play"]["attempt"] == 1, "its teacher goes on with what there is"

    await run_until(ready, lesson, "lesson.ready", again=2)
    assert (await event_types(ready, lesson))[-3:] == ["lesson.released", "lesson.watchable", "lesson.ready"]
    await nothing_of_it(visitors, gate, lesson, old, lists)
    told = (await visitors.coach.get(f"/api/lessons/{lesson}")).json
    assert told["play"]["attempt"] == 2
    assert told["lesson"]["cuts"] == [{"start_ms": 0, "end_ms": 5_000}, {"start_ms": 8_000, "end_ms": None}]
    for path in (told["play"]["playlist"], told["play"]["storyboard"]):
        assert (await visitors.coach.get(path)).status == 200
    whole = folder / "whole.mp4"
    name = told["play"]["progressive"].rpartition("/")[2]
    await asyncio.to_thread(whole.write_bytes, await ready.objects.get(f"lessons/{lesson}/{name}"))
    shown = await asyncio.to_thread(read_frames, whole)
    assert [one.number for one in shown] == [n if 150 <= n < 240 else 0 for n in range(300)]

    soon = later(ready, hours=1.1)
    await run_one_job(soon, "sweep_segments")
    assert {name for name in await objects_of(ready, lesson) if name.startswith("1-")} == set()
    assert "2-poster.jpg" in await objects_of(ready, lesson)


async def nothing_of_it(visitors: Visitors, gate: Gate, lesson: str, names: set[str], lists: list[str]) -> None:
    for path in [*lists, *(f"/media/lessons/{lesson}/{name}" for name in [*names, "original"])]:
        for who in (visitors.coach, visitors.lead, visitors.outsider):
            asked = await (gate.ask(who, "GET", path) if path.startswith("/media/") else who.get(path))
            assert asked.status == 404, path


async def test_the_poster_is_never_of_a_part(ready: Deps, cast: Cast, folder: Path) -> None:
    lesson = cast.private_lesson
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=300, size=SMALL))
    await run_until(ready, lesson, "lesson.ready")
    await set_cuts(ready, cast, Cut(0, 5_000), Cut(6_000, 7_500))
    await run_until(ready, lesson, "lesson.ready", again=2)
    poster = folder / "poster.jpg"
    await asyncio.to_thread(poster.write_bytes, await ready.objects.get(f"lessons/{lesson}/2-poster.jpg"))
    [shown] = await asyncio.to_thread(read_frames, poster)
    assert 150 <= shown.number < 180


async def test_cuts_are_taken_back(ready: Deps, cast: Cast, folder: Path) -> None:
    lesson = cast.private_lesson
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=90, size=SMALL))
    await run_until(ready, lesson, "lesson.ready")
    await set_cuts(ready, cast, Cut(1_000, None))
    await set_cuts(ready, cast)
    await run_until(ready, lesson, "lesson.ready", again=2)
    _, state = await ready.record.state(lesson_stream(lesson))
    assert (state.cuts, state.least_attempt, state.attempt) == ((), 3, 3)
    assert sorted(job.state for job in await jobs_of(ready, "prepare_again")) == ["cancelled", "completed"]


# --- Other parts, while somebody is at work ---


def once_before(patch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], Awaitable[None]]) -> None:
    """Do something just before the first call of that."""
    real, called = getattr(where, name), False

    async def wrapped(*args: Any, **more: Any) -> Any:
        nonlocal called
        if not called:
            called = True
            await act()
        return await real(*args, **more)

    patch.setattr(where, name, wrapped)


AT_WORK = {"begins": (Publisher, "begin"), "publishes": (Publisher, "look"), "ends": (media, "lesson_ready")}


@pytest.mark.parametrize("moment", AT_WORK)
async def test_parts_that_change_while_it_is_prepared_again_are_those_that_count(
    moment: str, ready: Deps, cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = cast.private_lesson
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=90, size=SMALL))
    await run_until(ready, lesson, "lesson.ready")
    await set_cuts(ready, cast, Cut(0, 1_000))
    once_before(monkeypatch, *AT_WORK[moment], act=lambda: set_cuts(ready, cast, Cut(2_000, None)))
    await run_until(ready, lesson, "lesson.ready", again=2)

    told = await event_types(ready, lesson)
    assert told[-4:] == ["lesson.cuts_set", "lesson.cuts_set", "lesson.watchable", "lesson.ready"]
    assert [job.state for job in await jobs_of(ready, "prepare_again")] == ["cancelled", "completed"]
    _, state = await ready.record.state(lesson_stream(lesson))
    assert state.least_attempt == state.attempt, "nothing that was made in between is within reach"
    assert await numbers(ready, lesson, state.attempt, folder) == [*range(60), *[0] * 30]


async def numbers(deps: Deps, lesson: str, attempt: int, folder: Path) -> list[int]:
    """What is on the frames of that attempt."""
    whole = folder / "whole.mp4"
    body = await deps.objects.get(f"lessons/{lesson}/{attempt}-{SMALL[1]}p.mp4")
    await asyncio.to_thread(whole.write_bytes, body)
    return [one.number for one in await asyncio.to_thread(read_frames, whole)]


async def test_cut_while_it_is_prepared_for_the_first_time(
    ready: Deps, cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson, clip = cast.private_lesson, make_clip(folder / "clip.mp4", frames=90, size=SMALL)
    upload, _ = await send(ready, cast.teacher, lesson, clip)
    once_before(monkeypatch, media, "lesson_ready", act=lambda: set_cuts(ready, cast, Cut(0, 1_000)))
    await run_until(ready, lesson, "lesson.ready")

    assert (await event_types(ready, lesson))[-4:] == [
        "lesson.watchable",
        "lesson.cuts_set",
        "lesson.watchable",
        "lesson.ready",
    ]
    async with ready.db.read() as tx:
        row, sent = await lessons.by_id(tx, lesson), await uploads.by_id(tx, upload)
    assert row is not None
    assert sent is not None
    assert (row.attempt, row.least_attempt, sent.state) == (2, 2, "assembled")
    assert row.original_key is not None
    assert await ready.objects.get(row.original_key) == clip.read_bytes(), "its teacher has all of it"
    assert await numbers(ready, lesson, 2, folder) == [*[0] * 30, *range(30, 90)]


async def test_a_late_original_leaves_the_parts_out_too(ready: Deps, cast: Cast, folder: Path) -> None:
    lesson = cast.private_lesson
    film = make_clip(folder / "film.mp4", frames=90, size=SMALL)
    await send(ready, cast.teacher, lesson, film, role="small")
    await run_until(ready, lesson, "lesson.ready")
    await set_cuts(ready, cast, Cut(0, 1_000))
    await run_until(ready, lesson, "lesson.ready", again=2)
    await send(ready, cast.teacher, lesson, film)
    await run_until(ready, lesson, "lesson.ready", "lesson.original_set_aside", again=3)

    _, state = await ready.record.state(lesson_stream(lesson))
    assert (state.original, state.source, state.attempt, state.least_attempt) == ("in_use", "original", 3, 2)
    assert await numbers(ready, lesson, 3, folder) == [*[0] * 30, *range(30, 90)]


async def test_an_original_that_comes_with_the_cut_spares_the_copy(ready: Deps, cast: Cast, folder: Path) -> None:
    lesson = cast.private_lesson
    film = make_clip(folder / "film.mp4", frames=90, size=SMALL)
    await send(ready, cast.teacher, lesson, film, role="small")
    await run_until(ready, lesson, "lesson.ready")
    await send(ready, cast.teacher, lesson, film)
    await set_cuts(ready, cast, Cut(0, 1_000))
    await run_until(ready, lesson, "lesson.ready", again=2)
    await run_one_job(later(ready, minutes=1), "prepare_again")

    _, state = await ready.record.state(lesson_stream(lesson))
    assert (state.original, state.attempt, state.least_attempt) == ("in_use", 2, 2)
    assert [job.state for job in await jobs_of(ready, "prepare_again")] == ["cancelled"]
    assert await numbers(ready, lesson, 2, folder) == [*[0] * 30, *range(30, 90)]


async def test_a_film_that_cannot_be_prepared_again_is_asked_for_once_more(
    ready: Deps, cast: Cast, visitors: Visitors, folder: Path
) -> None:
    lesson = cast.private_lesson
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=60, size=SMALL))
    await run_until(ready, lesson, "lesson.ready")
    await set_cuts(ready, cast, Cut(0, 1_000))
    given_up = await fail_every_time(ready, "prepare_again")
    await run_one_job(given_up, "refuse_again")
    assert (await event_types(ready, lesson))[-1] == "lesson.refused"
    await release(ready, cast)
    assert (await visitors.coach.get(f"/api/lessons/{lesson}")).json["play"] is None


async def test_the_row_is_made_again_from_the_stream(ready: Deps, cast: Cast, folder: Path) -> None:
    lesson = cast.private_lesson
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=60, size=SMALL))
    await run_until(ready, lesson, "lesson.ready")
    await set_cuts(ready, cast, Cut(0, 1_000))
    spoilt = lessons.follow(lesson, state="ready", released_at=None, annotations=0, attempt=1, duration_ms=2_000)
    async with ready.db.write() as tx:
        await tx.execute(*spoilt)
    assert (await rebuild(ready)).mended == 1
    async with ready.db.read() as tx:
        row = await lessons.by_id(tx, lesson)
    assert row is not None
    assert (row.attempt, row.least_attempt) == (1, 2)


# --- Who may ---


async def test_the_teacher_cuts_before_the_release_and_nobody_else(
    ready: Deps, cast: Cast, visitors: Visitors, folder: Path
) -> None:
    lesson = cast.private_lesson

    def asked(*parts: tuple[int, int | None]) -> dict[str, Any]:
        cuts = [{"start_ms": start, "end_ms": end} for start, end in parts]
        return {"id": ready.new_id(), "type": "set_cuts", "cuts": cuts}

    path = f"/api/lessons/{lesson}/commands"
    early = await visitors.teacher.post(path, asked((0, 1_000)))
    assert (early.status, early.slug) == (422, "not_possible")
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=60, size=SMALL))
    await run_until(ready, lesson, "lesson.ready")
    for who in (visitors.coach, visitors.lead, visitors.outsider):
        assert (await who.post(path, asked((0, 1_000)))).status == 404
    assert (await visitors.teacher.post(path, asked((0, 5_000)))).slug == "not_possible"
    assert (await visitors.teacher.post(path, asked((3_000, None)))).slug == "outside_lesson"

    same = asked((0, 1_000))
    first = await visitors.teacher.post(path, same)
    assert first.status == 200
    assert (await visitors.teacher.post(path, same)).json == first.json
    assert (await visitors.teacher.post(path, asked((0, 1_000)))).json["version"] == first.json["version"]
    assert len(await jobs_of(ready, "prepare_again")) == 1

    await release(ready, cast)
    late = await visitors.teacher.post(path, asked())
    assert (late.status, late.slug) == (422, "not_possible")
    theirs = await visitors.coach.post(path, asked())
    assert (theirs.status, theirs.slug) == (403, "not_yours")
