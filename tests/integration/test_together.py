"""`together`: both write in their notebooks, and the second who is done publishes what both have written."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from service import access
from service.actions import cycles, lessons
from service.coaching.cycles import CycleOpened
from service.coaching.lessons import AddLesson
from service.coaching.streams import lesson_stream
from service.wiring import Deps
from tests.fixtures.cast import Cast
from tests.fixtures.either import deps
from tests.fixtures.visitors import Visitor, Visitors

__all__ = ["deps"]


@pytest.fixture
async def lesson(deps: Deps, cast: Cast) -> str:
    cycle, lesson = deps.new_id(), deps.new_id()
    await cycles.open_cycle(
        deps, cycle, CycleOpened(cast.program, cast.teacher, cast.coach, 3, "together"), by=cast.lead
    )
    found = await access.access_cycle(deps, cast.teacher, cycle)
    await lessons.add_lesson(deps, found, AddLesson(deps.new_id(), lesson, "Together"), by=cast.teacher)
    return lesson


async def write(visitor: Visitor, lesson: str, body: str) -> str:
    said = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
    more: dict[str, Any] = {"start_ms": 1, "body": body, "kind": "note"}
    answer = await visitor.post(f"/api/lessons/{lesson}/commands", said | more)
    assert answer.json["stream"].startswith("notebook/")
    return said["annotation"]


async def finish(visitor: Visitor, lesson: str) -> int:
    said = {"id": str(uuid4()), "type": "finish_annotating"}
    return (await visitor.post(f"/api/lessons/{lesson}/commands", said)).status


async def test_both_play_at_once_and_neither_sees_a_sign_of_the_others_drafts(visitors: Visitors, lesson: str) -> None:
    assert (await visitors.coach.get(f"/api/lessons/{lesson}")).json["lesson"]["released_at"] is not None
    before = {}
    for path in (f"/api/lessons/{lesson}", f"/api/lessons/{lesson}/events?after=0", "/api/home"):
        before[path] = (await visitors.coach.get(path)).body

    await write(visitors.teacher, lesson, "canary")

    assert {path: (await visitors.coach.get(path)).body for path in before} == before


async def test_the_second_to_be_done_publishes_both(visitors: Visitors, cast: Cast, lesson: str) -> None:
    hers, his = await write(visitors.teacher, lesson, "hers"), await write(visitors.coach, lesson, "his")

    assert await finish(visitors.teacher, lesson) == 200
    seen = (await visitors.coach.get(f"/api/lessons/{lesson}")).json
    assert (seen["lesson"]["annotations"], list(seen["cycle"]["done"])) == ({}, [cast.teacher])
    assert await finish(visitors.coach, lesson) == 200

    for visitor in (visitors.teacher, visitors.coach):
        shown = (await visitor.get(f"/api/lessons/{lesson}")).json
        told = shown["lesson"]["annotations"]
        assert {of: (one["by"], one["body"]) for of, one in told.items()} == {
            hers: (cast.teacher, "hers"),
            his: (cast.coach, "his"),
        }
        assert shown["notebook"]["drafts"] == {}
    # It is shared now: what comes later is read at once.
    said = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4()), "start_ms": 1}
    answer = await visitors.teacher.post(f"/api/lessons/{lesson}/commands", said | {"body": "more", "kind": "note"})
    assert answer.json["stream"] == lesson_stream(lesson)


async def test_both_are_done_at_the_same_moment(deps: Deps, visitors: Visitors, lesson: str) -> None:
    ids = [await write(who, lesson, "x") for who in (visitors.teacher, visitors.coach) for _ in range(5)]

    answers = await asyncio.gather(*(finish(who, lesson) for who in (visitors.teacher, visitors.coach)))

    assert answers == [200, 200]
    events = await deps.record.events(lesson_stream(lesson))
    added = [event for event in events if event.type == "annotation.added"]
    assert [event.type for event in events].count("lesson.shared") == 1
    assert len(added) == len(ids)
    assert set((await visitors.coach.get(f"/api/lessons/{lesson}")).json["lesson"]["annotations"]) == set(ids)
