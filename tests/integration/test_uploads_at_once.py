"""Uploads on the real store when two things happen at once, and what is no file or no block."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from service import access, problems
from service.actions import uploads as actions
from service.coaching.streams import lesson_stream
from service.wiring import Deps
from tests.fixtures.cast import Cast
from tests.fixtures.prepared import event_types, jobs_of
from tests.fixtures.visitors import Answer, Visitors, visiting

BODY = b"0123456789"


@pytest.fixture
async def visitors(ready: Deps, cast: Cast) -> AsyncIterator[Visitors]:
    async with visiting(ready, cast) as everybody:
        yield everybody


def asked(**more: Any) -> dict[str, Any]:
    base = {"id": str(uuid4()), "role": "original", "size": len(BODY), "name": "lesson.mp4"}
    return base | {"content_type": "video/mp4", "fingerprint": None} | more


def block(offset: int = 0, end: int = len(BODY), sha256: str | None = None) -> dict[str, Any]:
    return {"offset": offset, "end": end, "sha256": sha256 or hashlib.sha256(BODY[offset:end]).hexdigest()}


class Sender:
    """The cast's teacher, with an upload of ten bytes to a lesson of theirs."""

    def __init__(self, visitors: Visitors, deps: Deps, lesson: str) -> None:
        self.visitors = visitors
        self.deps = deps
        self.lesson = lesson
        self.upload = ""

    async def start(self, **more: Any) -> Answer:
        answer = await self.visitors.teacher.post(f"/api/lessons/{self.lesson}/uploads", asked(**more))
        if answer.status < 300:
            self.upload = answer.json["id"]
        return answer

    async def store(self, *blocks: dict[str, Any]) -> None:
        for one in blocks or (block(),):
            key = f"uploads/{self.upload}/{one['offset']}-{one['end']}-{one['sha256']}"
            await self.deps.objects.put(key, BODY[one["offset"] : one["end"]], "application/octet-stream")

    async def complete(self, *blocks: dict[str, Any], size: int = len(BODY)) -> Answer:
        body = {"size": size, "blocks": blocks}
        return await self.visitors.teacher.post(f"/api/uploads/{self.upload}/complete", body)

    async def cancel(self) -> Answer:
        return await self.visitors.teacher.delete(f"/api/uploads/{self.upload}")

    async def look(self) -> Answer:
        return await self.visitors.teacher.get(f"/api/uploads/{self.upload}")


@pytest.fixture
def sender(visitors: Visitors, ready: Deps, cast: Cast) -> Sender:
    return Sender(visitors, ready, cast.lesson)


async def test_completed_twice_at_once_is_completed_once(sender: Sender, cast: Cast, ready: Deps) -> None:
    await sender.start()
    await sender.store()

    answers = await asyncio.gather(*(sender.complete(block()) for _ in range(6)))

    assert {(answer.status, answer.json.get("state")) for answer in answers} == {(200, "completed")}
    assert (await event_types(ready, cast.lesson)).count("upload.completed") == 1
    assert len(await jobs_of(ready, "prepare_lesson")) == 1


async def test_begun_twice_at_once_is_begun_once(sender: Sender, cast: Cast, ready: Deps) -> None:
    upload = str(uuid4())

    answers = await asyncio.gather(*(sender.start(id=upload) for _ in range(6)))

    assert {answer.json.get("id") for answer in answers} == {upload}
    assert (await event_types(ready, cast.lesson)).count("upload.started") == 1


async def test_completed_and_cancelled_at_once_is_one_of_the_two(sender: Sender, ready: Deps) -> None:
    for _ in range(4):
        await sender.start()
        await sender.store()
        completed, cancelled = await asyncio.gather(sender.complete(block()), sender.cancel())
        state = (await sender.look()).json["state"]
        if state == "completed":
            assert (completed.status, cancelled.status, cancelled.slug) == (200, 409, "upload_ended")
            break
        assert (state, completed.slug, cancelled.status) == ("cancelled", "upload_ended", 204)
    sweeps, preparations = await jobs_of(ready, "sweep_blocks"), await jobs_of(ready, "prepare_lesson")
    assert not {job.data["upload"] for job in sweeps} & {job.data["upload"] for job in preparations}


async def test_a_cancel_that_looked_before_the_completion_does_not_undo_it(
    sender: Sender, cast: Cast, ready: Deps
) -> None:
    await sender.start()
    await sender.store()
    found = await access.access_upload(ready, cast.teacher, sender.upload)
    assert (await sender.complete(block())).status == 200

    with pytest.raises(problems.UploadEnded):
        await actions.cancel_upload(ready, found, by=cast.teacher)

    assert (await sender.look()).json["state"] == "completed"
    assert await jobs_of(ready, "sweep_blocks") == []


async def test_of_two_uploads_to_a_lesson_one_becomes_its_video(sender: Sender, cast: Cast, ready: Deps) -> None:
    other = Sender(sender.visitors, ready, cast.lesson)
    for one in (sender, other):
        await one.start()
        await one.store()
    assert (await sender.complete(block())).status == 200

    assert (await other.complete(block())).slug == "lesson_has_video"
    assert (await other.start()).slug == "lesson_has_video"

    assert (await event_types(ready, cast.lesson)).count("upload.completed") == 1
    assert (await ready.record.state(lesson_stream(cast.lesson)))[1].state == "preparing"


@pytest.mark.parametrize("size", [0, -1])
async def test_nothing_at_all_is_not_completed_as_a_file(sender: Sender, cast: Cast, ready: Deps, size: int) -> None:
    await sender.start(size=None)
    await sender.store()

    assert (await sender.complete(size=size)).slug == "empty_file"

    assert await jobs_of(ready, "prepare_lesson") == []
    assert (await sender.complete(block())).status == 200


async def test_objects_that_are_no_blocks_are_ignored(sender: Sender, ready: Deps) -> None:
    await sender.start()
    await sender.store()
    sha = "0" * 64
    for name in ("x", "", "1-2", "a-b-c", f"0-5-{sha}-1", f"-1-5-{sha}", f"0-5-{sha}", f"٣-٤-{sha}"):
        await ready.objects.put(f"uploads/{sender.upload}/{name}", b"123", "text/plain")

    assert (await sender.look()).json["blocks"] == [block()]
