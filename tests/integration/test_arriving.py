"""A film is put together while it is sent, so that its last byte finds the rest in place."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from service import access
from service.actions import uploads as actions
from service.actions.uploads import StartUpload
from service.media.blocks import Assembly, Block
from service.media.probe import Refused
from service.media.worker import run_worker
from service.wiring import Deps
from storage import jobs
from storage.engine import hits
from storage.objects import Objects
from tests.fixtures.cast import Cast
from tests.fixtures.clips import make_clip
from tests.fixtures.prepared import BLOCK, PATIENCE_SECONDS, block_key, complete, event_types, jobs_of, last_event


class Told:
    """The object store, telling of every block that is read."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.read: list[str] = []
        self.changed = asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._objects, name)

    async def get(self, key: str, range: tuple[int, int] | None = None) -> bytes:  # noqa: A002
        body = await self._objects.get(key, range)
        if key.startswith("uploads/"):
            self.read.append(key)
            self.changed.set()
        return body

    async def until_read(self, keys: Sequence[str]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not set(keys) <= set(self.read):
                self.changed.clear()
                await self.changed.wait()


def blocks_of(body: bytes) -> list[tuple[Block, bytes]]:
    size = len(body) // 5 + 1
    pieces = [(offset, body[offset : offset + size]) for offset in range(0, len(body), size)]
    return [(Block(at, at + len(piece), hashlib.sha256(piece).hexdigest()), piece) for at, piece in pieces]


@asynccontextmanager
async def working(deps: Deps):  # type: ignore[no-untyped-def]
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(deps, stop))
    try:
        yield
    finally:
        stop.set()
        await worker


async def begin(deps: Deps, cast: Cast, size: int | None) -> str:
    upload = deps.new_id()
    found = await access.access_lesson(deps, cast.teacher, cast.lesson)
    await actions.start_upload(deps, found, StartUpload(upload, "original", size, "clip.mp4"), by=cast.teacher)
    return upload


async def let_through(deps: Deps, upload: str) -> None:
    """What the gate does when it lets a block through."""
    async with deps.db.write() as tx:
        assert await hits(tx, jobs.hasten(actions.await_key(upload), now=deps.clock())) == 1
    deps.bus.wake(jobs.WAKE, 0)


async def until(deps: Deps, lesson: str, type_: str, again: int = 1) -> None:
    woken = asyncio.Event()
    deaf = deps.bus.listen(lambda _stream, _version: woken.set())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await event_types(deps, lesson)).count(type_) < again:
                await woken.wait()
                woken.clear()
    finally:
        deaf()


async def test_the_last_byte_finds_the_rest_in_place(ready: Deps, cast: Cast, folder: Path) -> None:
    body = make_clip(folder / "clip.mp4", frames=300, size=(1280, 720)).read_bytes()
    parts = blocks_of(body)
    told = Told(ready.objects)
    deps = replace(ready, objects=told)  # type: ignore[arg-type]
    upload = await begin(deps, cast, len(body))
    keys = [block_key(upload, block) for block, _ in parts]
    async with working(deps):
        for block, piece in parts[:-1]:
            await deps.objects.put(block_key(upload, block), piece, "application/octet-stream")
        await let_through(deps, upload)
        await told.until_read(keys[:-1])
        before = len(told.read)
        await deps.objects.put(keys[-1], parts[-1][1], "application/octet-stream")
        await complete(deps, cast.teacher, upload, [block for block, _ in parts])
        await until(deps, cast.lesson, "lesson.ready")
    assert told.read[before:] == [keys[-1]]
    assert (await last_event(deps, cast.lesson))["missing_ms"] == 0
    assert await deps.objects.get(f"originals/{cast.lesson}/{upload}") == body
    assert [job.state for job in await jobs_of(deps, "await_upload")] == ["completed"]
    assert [(job.state, job.attempt) for job in await jobs_of(deps, "prepare_lesson")] == [("completed", 1)]
    assert list((deps.config.data_dir / "work").iterdir()) == []


async def test_a_block_that_is_not_named_in_the_end_is_not_in_the_file(ready: Deps, cast: Cast, folder: Path) -> None:
    body = make_clip(folder / "clip.mp4", frames=300, size=(1280, 720)).read_bytes()
    parts = blocks_of(body)
    told = Told(ready.objects)
    deps = replace(ready, objects=told)  # type: ignore[arg-type]
    upload = await begin(deps, cast, len(body))
    wrong = os.urandom(BLOCK)
    stray = Block(0, BLOCK, hashlib.sha256(wrong).hexdigest())
    async with working(deps):
        await deps.objects.put(block_key(upload, stray), wrong, "application/octet-stream")
        await let_through(deps, upload)
        await told.until_read([block_key(upload, stray)])
        for block, piece in parts:
            await deps.objects.put(block_key(upload, block), piece, "application/octet-stream")
        await complete(deps, cast.teacher, upload, [block for block, _ in parts])
        await until(deps, cast.lesson, "lesson.ready")
    assert await deps.objects.get(f"originals/{cast.lesson}/{upload}") == body


async def test_an_upload_that_ends_otherwise_leaves_nothing_here(ready: Deps, cast: Cast) -> None:
    body = os.urandom(2 * BLOCK)
    told = Told(ready.objects)
    deps = replace(ready, objects=told)  # type: ignore[arg-type]
    upload = await begin(deps, cast, len(body))
    block, piece = blocks_of(body)[0]
    async with working(deps):
        await deps.objects.put(block_key(upload, block), piece, "application/octet-stream")
        await let_through(deps, upload)
        await told.until_read([block_key(upload, block)])
        owned = await access.access_upload(deps, cast.teacher, upload)
        gone = asyncio.Event()
        deaf = deps.bus.listen(lambda stream, _: gone.set() if stream == "jobs" else None)
        await actions.cancel_upload(deps, owned, by=cast.teacher)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while [job.state for job in await jobs_of(deps, "await_upload")] != ["cancelled"]:
                gone.clear()
                deps.bus.wake(jobs.WAKE, 0)
                await gone.wait()
        deaf()
    assert list((deps.config.data_dir / "work").iterdir()) == []


async def test_a_parked_job_that_nobody_works_on_ends_with_its_upload(ready: Deps, cast: Cast) -> None:
    upload = await begin(ready, cast, 5)
    assert [job.state for job in await jobs_of(ready, "await_upload")] == ["available"]
    await actions.cancel_upload(ready, await access.access_upload(ready, cast.teacher, upload), by=cast.teacher)
    assert [job.state for job in await jobs_of(ready, "await_upload")] == ["cancelled"]


async def put(objects: Objects, upload: str, at: int, body: bytes) -> Block:
    block = Block(at, at + len(body), hashlib.sha256(body).hexdigest())
    await objects.put(block_key(upload, block), body, "application/octet-stream")
    return block


async def test_blocks_in_any_order_make_the_file(objects: Objects, folder: Path) -> None:
    body, upload = os.urandom(1000), "any-order"
    assembly = Assembly(upload, folder / "here" / "file")
    last = await put(objects, upload, 600, body[600:])
    assert (await assembly.gather(objects), assembly.reached) == (400, 0)
    first = await put(objects, upload, 0, body[:300])
    assert (await assembly.gather(objects), assembly.reached) == (300, 300)
    assert await assembly.gather(objects) == 0
    middle = await put(objects, upload, 300, body[300:600])
    assert await assembly.finish(objects, [first, middle, last]) == hashlib.sha256(body).hexdigest()
    assert assembly.path.read_bytes() == body


async def test_what_lies_over_each_other_is_told_apart_by_the_cover(objects: Objects, folder: Path) -> None:
    body, upload = os.urandom(1000), "overlap"
    assembly = Assembly(upload, folder / "here" / "file")
    await put(objects, upload, 0, os.urandom(700))  # of a file that is another one
    await put(objects, upload, 900, os.urandom(600))  # and beyond its end
    await assembly.gather(objects)
    cover = [await put(objects, upload, at, body[at : at + 250]) for at in range(0, 1000, 250)]
    await assembly.gather(objects)
    assert await assembly.finish(objects, cover) == hashlib.sha256(body).hexdigest()
    assert assembly.path.read_bytes() == body


async def test_a_block_that_is_not_what_it_says_is_left_out_until_it_is_named(objects: Objects, folder: Path) -> None:
    upload = "wrong"
    lying = Block(0, 5, hashlib.sha256(b"other").hexdigest())
    await objects.put(block_key(upload, lying), b"lying", "application/octet-stream")
    assembly = Assembly(upload, folder / "here" / "file")
    assert await assembly.gather(objects) == 0
    good = await put(objects, upload, 0, b"right")
    assert await assembly.gather(objects) == 5
    assert await assembly.finish(objects, [good]) == hashlib.sha256(b"right").hexdigest()
    with pytest.raises(Refused):
        await assembly.finish(objects, [lying])
