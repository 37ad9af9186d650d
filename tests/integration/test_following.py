"""A film is watchable while it is being sent: a little behind, at the same times, and it ends where its upload ends."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from service import access
from service.actions import uploads as actions
from service.actions.cuts import set_cuts
from service.coaching.cuts import SetCuts
from service.coaching.lessons import Cut, LessonState
from service.coaching.streams import lesson_stream
from service.media import gathering
from service.media.blocks import Block
from service.media.ffmpeg import FFMPEG
from service.media.following import FOLLOWED_AFTER, needed
from service.media.playlist import init_name, object_key
from service.web.cards import cycle_cards
from service.web.playlists import play_of
from service.wiring import Deps
from storage import renditions
from tests.fixtures.cast import Cast
from tests.fixtures.clips import make_clip, read_frames
from tests.fixtures.films import grainy
from tests.fixtures.prepared import (
    BLOCK,
    PATIENCE_SECONDS,
    block_key,
    complete,
    event_types,
    jobs_of,
    later,
    run_one_job,
    running,
    store,
)
from tests.fixtures.timed import FRAGMENTS, VP9
from tests.integration.test_arriving import begin, let_through, until, working

FAST = ("-movflags", "+faststart")
FILMS = {
    "in fragments": ("mp4", FRAGMENTS),
    "contents first": ("mp4", FAST),
    "WebM as recorded": ("webm", (*VP9, "-live", "1")),
    "transport stream": ("ts", ("-output_ts_offset", "10")),
}


def cut_up(body: bytes) -> list[tuple[Block, bytes]]:
    pieces = [(offset, body[offset : offset + BLOCK]) for offset in range(0, len(body), BLOCK)]
    return [(Block(at, at + len(piece), hashlib.sha256(piece).hexdigest()), piece) for at, piece in pieces]


def make(folder: Path, suffix: str = "mp4", options: tuple[str, ...] = FRAGMENTS, frames: int = 600) -> bytes:
    plain = make_clip(folder / f"plain.{suffix}", frames=frames, size=(640, 368), options=options)
    return grainy(plain, folder / f"clip.{suffix}", mbit=3, options=options).read_bytes()


async def begun(ready: Deps, cast: Cast, parts: Sequence[tuple[Block, bytes]]) -> tuple[Deps, str]:
    """The upload, and the parts as they are when it has taken long enough to be followed."""
    upload = await begin(ready, cast, parts[-1][0].end)
    return later(ready, seconds=FOLLOWED_AFTER.total_seconds()), upload


async def put(deps: Deps, upload: str, parts: Sequence[tuple[Block, bytes]]) -> None:
    for block, piece in parts:
        await deps.objects.put(block_key(upload, block), piece, "application/octet-stream")


async def followable(deps: Deps, cast: Cast, upload: str, parts: Sequence[tuple[Block, bytes]]) -> None:
    """These parts of it are here, and what has arrived can be watched."""
    await put(deps, upload, parts)
    await let_through(deps, upload)
    await until(deps, cast.lesson, "lesson.followable")


async def state(deps: Deps, cast: Cast) -> LessonState:
    _, found = await deps.record.state(lesson_stream(cast.lesson))
    return found


async def fetched(deps: Deps, lesson: str, attempt: int, name: str, target: Path) -> Path:
    """So much of a rendition as is published, as one file."""
    async with deps.db.read() as tx:
        there = await renditions.segments(tx, lesson, attempt, name)
    keys = [object_key(lesson, init_name(attempt, name)), *(segment.object_key for segment in there)]
    body = b"".join([await deps.objects.get(key) for key in keys])
    await asyncio.to_thread(target.write_bytes, body)
    return target


async def gathered(deps: Deps, how: str) -> None:
    """Wait for the end of whoever puts the film together."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while [job.state for job in await jobs_of(deps, "await_upload")] != [how]:  # noqa: ASYNC110 (told to nobody)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind", FILMS)
async def test_what_has_arrived_can_be_watched_at_the_times_it_will_have(
    kind: str, ready: Deps, cast: Cast, folder: Path
) -> None:
    suffix, options = FILMS[kind]
    parts = cut_up(make(folder, suffix, options))
    deps, upload = await begun(ready, cast, parts)
    most = len(parts) * 3 // 4
    async with working(deps):
        await followable(deps, cast, upload, parts[:most])
        now = await state(deps, cast)
        assert (now.state, now.following, (now.width, now.height)) == ("arriving", upload, (626, 360))
        assert now.attempt is not None
        assert now.duration_ms == (pytest.approx(20_000, abs=100) if kind == "contents first" else None)
        coach = await access.access_lesson(deps, cast.teacher, cast.lesson)
        play = await play_of(deps, coach, early=True)
        assert play is not None
        assert play.progressive is None
        cards = [card for cycle in await cycle_cards(deps, cast.coach) for card in cycle.lessons]
        assert [card.plays_early for card in cards if card.id == cast.lesson] == [True]
        early = await fetched(deps, cast.lesson, now.attempt, "360p", folder / "early.mp4")
        await put(deps, upload, parts[most:])
        await complete(deps, cast.teacher, upload, [block for block, _ in parts])
        await until(deps, cast.lesson, "lesson.ready")
        await gathered(deps, "completed")
    done = await state(deps, cast)
    assert (done.state, done.following, done.duration_ms) == ("ready", None, pytest.approx(20_000, abs=100))
    assert done.attempt is not None
    assert done.attempt > now.attempt
    whole = await fetched(deps, cast.lesson, done.attempt, "360p", folder / "whole.mp4")
    seen, wanted = read_frames(early), read_frames(whole)
    assert len(seen) >= 55
    assert [(one.number, pytest.approx(one.at_ms, abs=0.1)) for one in seen] == [
        (one.number, one.at_ms) for one in wanted[: len(seen)]
    ]
    assert (await event_types(deps, cast.lesson))[-1] == "lesson.ready"
    assert list((deps.config.data_dir / "work").iterdir()) == []


async def test_an_upload_that_is_given_up_takes_what_was_made_of_it_along(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    parts = cut_up(make(folder))
    deps, upload = await begun(ready, cast, parts)
    async with working(deps):
        await followable(deps, cast, upload, parts[:-1])
        owned = await access.access_upload(deps, cast.teacher, upload)
        await actions.cancel_upload(deps, owned, by=cast.teacher)
        now = await state(deps, cast)
        assert (now.state, now.following, now.attempt, now.duration_ms) == ("waiting", None, None, None)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while running(FFMPEG, folder):  # noqa: ASYNC110 (a process tells nobody that it has ended)
                await asyncio.sleep(0.05)
    swept = later(deps, hours=2)
    await run_one_job(swept, "sweep_segments")
    await run_one_job(swept, "sweep_blocks")
    assert [info.key for info in await deps.objects.list("") if cast.lesson in info.key or upload in info.key] == []


async def test_another_film_that_is_taken_back_leaves_what_can_be_watched(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    parts = cut_up(make(folder))
    deps, upload = await begun(ready, cast, parts)
    async with working(deps):
        await followable(deps, cast, upload, parts[:-1])
        attempt = (await state(deps, cast)).attempt
        assert attempt is not None
    other, cover = await store(deps, cast.teacher, cast.lesson, make_clip(folder / "other.mp4"))
    await complete(deps, cast.teacher, other, cover)
    found = await access.access_lesson(deps, cast.teacher, cast.lesson)
    await actions.stop_preparing(deps, found, by=cast.teacher)
    now = await state(deps, cast)
    assert (now.state, now.following, now.attempt) == ("arriving", upload, attempt)
    swept = later(deps, hours=2)
    for _ in await jobs_of(deps, "sweep_segments"):
        await run_one_job(swept, "sweep_segments")
    early = await fetched(deps, cast.lesson, attempt, "360p", folder / "early.mp4")
    assert len(read_frames(early)) >= 55


async def test_a_link_that_comes_back_brings_the_copy_further(
    ready: Deps, cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing comes the job is parked and its encoder ended; what it made stays."""
    monkeypatch.setattr(gathering, "IDLE_SECONDS", 4.0)
    parts = cut_up(make(folder, frames=900))
    deps, upload = await begun(ready, cast, parts)
    some = len(parts) * 2 // 5
    async with working(deps):
        await followable(deps, cast, upload, parts[:some])
        first = (await state(deps, cast)).attempt
        assert first is not None
        await gathered(deps, "available")
        assert running(FFMPEG, folder) == []
        assert (await state(deps, cast)).attempt == first
        before = await fetched(deps, cast.lesson, first, "360p", folder / "before.mp4")
        await put(deps, upload, parts[some:-1])
        await let_through(deps, upload)
        await until(deps, cast.lesson, "lesson.followable", again=2)
        second = (await state(deps, cast)).attempt
        assert second is not None
        after = await fetched(deps, cast.lesson, second, "360p", folder / "after.mp4")
    assert len(read_frames(after)) >= len(read_frames(before)) > 0


async def test_a_part_that_is_cut_out_meanwhile_is_black_from_then_on(ready: Deps, cast: Cast, folder: Path) -> None:
    cast = replace(cast, lesson=cast.private_lesson)
    parts = cut_up(make(folder, options=FAST))
    deps, upload = await begun(ready, cast, parts)
    async with working(deps):
        await followable(deps, cast, upload, parts[: len(parts) // 2])
        first = (await state(deps, cast)).attempt
        assert first is not None
        found = await access.access_lesson(deps, cast.teacher, cast.lesson)
        command = SetCuts(deps.new_id(), (Cut(1_000, 3_000),))
        await set_cuts(deps, found, command, by=cast.teacher)
        await put(deps, upload, parts[len(parts) // 2 : -1])
        await until(deps, cast.lesson, "lesson.followable", again=2)
        now = await state(deps, cast)
        assert now.attempt is not None
        assert now.least_attempt is not None
        assert first < now.least_attempt <= now.attempt
        made = await fetched(deps, cast.lesson, now.attempt, "360p", folder / "made.mp4")
    numbers = {frame.number for frame in read_frames(made) if 1_100 < frame.at_ms < 2_900}
    assert numbers == {0}


@pytest.mark.parametrize("why", ["contents last", "its sound came first", "it is all here soon"])
async def test_what_is_not_followed_is_prepared_as_before(why: str, ready: Deps, cast: Cast, folder: Path) -> None:
    parts = cut_up(make(folder, options=() if why == "contents last" else FRAGMENTS, frames=150))
    deps, upload = await begun(ready, cast, parts)
    if why == "it is all here soon":
        deps = ready
    if why == "its sound came first":
        await store(deps, cast.teacher, cast.lesson, make_clip(folder / "sound.m4a", picture=False), "sound")
    async with working(deps):
        await put(deps, upload, parts[:-1])
        await let_through(deps, upload)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while deps.arrivals.of(upload).reached < parts[-2][0].end:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await put(deps, upload, parts[-1:])
        await complete(deps, cast.teacher, upload, [block for block, _ in parts])
        await until(deps, cast.lesson, "lesson.ready")
    assert "lesson.followable" not in await event_types(deps, cast.lesson)


@pytest.mark.parametrize(
    ("beginning", "least"),
    [
        (b"\x1aE\xdf\xa3" + bytes(40), 131_072),
        (b"\x00\x00\x00\x14ftypisom" + bytes(8) + b"\x00\x00\x10\x00moov" + bytes(8), 20 + 4096 + 131_072),
        (b"\x00\x00\x00\x14ftypisom" + bytes(8) + b"\x00\x00\x00\x01mdat" + bytes(8), None),
        (b"\x00\x00\x00\x14ftypisom" + bytes(8) + b"\x00\x00\x00\x00free" + bytes(8), None),
        (b"\x00\x00\x00\x14ftypisom" + bytes(8) + b"\x00\x10\x00\x00free" + bytes(8), 20 + 0x100000 + 16),
        (b"\x00\x00\x00\x14ftypisom" + bytes(8) + b"\x00\x00\x00\x01free" + b"\xff" * 8, None),
        (b"\x00\x00\x00\x14ftypisom", 16),
        (b"#!/bin/sh\necho no film at all", None),
        (b"", 16),
    ],
)
def test_a_film_can_be_read_from_its_start_where_its_contents_come_first(
    beginning: bytes, least: int | None, folder: Path
) -> None:
    film = folder / "film"
    film.write_bytes(beginning)
    assert needed(film, len(beginning)) == least
