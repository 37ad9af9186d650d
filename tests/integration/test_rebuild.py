"""The rows beside the streams: written along the way, and computed anew from the events, they are the same."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from service.actions.people import add_person
from service.actions.rebuilding import Rebuilt, rebuild
from service.media.outcomes import Done
from service.media.worker import HANDLERS, LEASE
from service.wiring import Deps
from storage import jobs, lessons
from storage.engine import apply
from tests.fixtures.both import deps, server
from tests.fixtures.cast import Cast
from tests.fixtures.commands import farfield
from tests.fixtures.visitors import Visitor, Visitors

__all__ = ["deps", "server"]

Rows = dict[str, list[tuple[Any, ...]]]


async def rows(deps: Deps) -> Rows:
    async with deps.db.read() as tx:
        return {
            table: [tuple(row) for row in await tx.execute(text(f"SELECT * FROM {table} ORDER BY id"))]
            for table in ("cycles", "lessons")
        }


Send = Callable[..., Coroutine[Any, Any, None]]


def sending(prefix: str) -> Send:
    async def send(who: Visitor, type_: str, /, **members: Any) -> None:
        answer = await who.post(prefix, {"id": str(uuid4()), "type": type_} | members)
        assert answer.status == 200, (type_, answer.body)

    return send


async def live_a_little(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    """Every column of the rows gets another value than the one it began with, in one cycle or another."""
    teacher, coach = visitors.teacher, visitors.coach
    cycle = sending(f"/api/cycles/{cast.cycle}/commands")
    lesson = sending(f"/api/lessons/{cast.lesson}/commands")
    soon, day = deps.clock() + timedelta(days=2), (deps.clock() + timedelta(days=9)).date().isoformat()
    meetings = [str(uuid4()) for _ in range(3)]
    for n, meeting in enumerate(meetings):
        start = (soon + timedelta(hours=n)).isoformat()
        await cycle(coach, "plan_meeting", meeting=meeting, kind="planning", start=start, minutes=45)
    earlier = (deps.clock() - timedelta(seconds=1)).isoformat()
    await cycle(coach, "move_meeting", meeting=meetings[0], start=earlier, minutes=45, place="")
    await cycle(coach, "end_meeting", meeting=meetings[0], minutes=40)
    await cycle(coach, "cancel_meeting", meeting=meetings[1])
    await cycle(teacher, "choose_focus", category="Discussion")
    await cycle(teacher, "pause_cycle", reason="illness")
    await cycle(teacher, "resume_cycle")
    await cycle(teacher, "move_stage", stage="teaching")
    await cycle(teacher, "move_stage", stage="review")
    note = {"annotation": str(uuid4()), "start_ms": 1, "body": "Look", "kind": "note"}
    await lesson(coach, "add_annotation", **note)
    await lesson(coach, "finish_annotating")
    await sending(f"/api/lessons/{cast.private_lesson}/commands")(teacher, "release_lesson")
    await cycle(coach, "move_stage", stage="debrief")
    for text_ in ("one", "two"):
        await cycle(teacher, "make_commitment", commitment=str(uuid4()), text=text_, due=day)
    await cycle(teacher, "move_stage", stage="follow_up")
    await cycle(coach, "ask_to_close")
    closed = sending(f"/api/cycles/{cast.closed_cycle}/commands")
    after = str(uuid4())
    await closed(teacher, "start_next", cycle=after)
    await sending(f"/api/cycles/{after}/commands")(coach, "pause_cycle", reason="leave")
    other = await add_person(
        deps, name="Demo other", email="other@demo.invalid", time_zone="UTC", program=cast.program, role="coach"
    )
    proposed = {"id": str(uuid4()), "coach": other.id}
    assert (await visitors.lead.post(f"/api/programs/{cast.program}/cycles/{cast.cycle}/coach", proposed)).status == 204
    proposed |= {"id": str(uuid4())}
    assert (await visitors.lead.post(f"/api/programs/{cast.program}/cycles/{after}/coach", proposed)).status == 204
    await sending(f"/api/cycles/{after}/commands")(
        teacher, "take_new_coach", coach=other.id, sees_earlier=False, cycle=str(uuid4())
    )
    async with deps.db.write() as tx:
        await apply(tx, [lessons.set_original(cast.lesson, "originals/x", 7)])


async def test_rows_computed_anew_are_those_written_along_the_way(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    await live_a_little(visitors, deps, cast)
    written = await rows(deps)

    done = await rebuild(deps)

    assert await rows(deps) == written
    assert done == Rebuilt(cycles=4, lessons=3, mended=0)


SPOIL_CYCLES = """
UPDATE cycles SET stage = 'planning', stage_since_at = 1, due_at = 1, paused_since_at = 1, cancelled_at = NULL,
waiting_on = 'coach', next_at = 1, meetings_planned = 9, meetings_held = 9, commitments = 9, commitments_open = 9,
turnaround_ms = 9, closed_at = NULL, focus_category = 'x', paused_ms = 9, meeting_at = 1, commitment_at = 1,
closing_asked_by = 'x', proposed_coach_id = 'x', next_id = 'x', previous_id = 'x', coach_id = teacher_id,
release_mode = 'open', created_at = 1
"""
SPOIL_LESSONS = """
UPDATE lessons SET state = 'refused', released_at = 1, annotations = 9, attempt = 9, duration_ms = 9, title = 'x',
created_at = 1, teacher_id = (SELECT min(id) FROM people)
"""
LOSE_LESSONS = "DELETE FROM lessons WHERE original_key IS NULL"


async def test_rows_that_were_spoilt_are_mended(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    await live_a_little(visitors, deps, cast)
    written = await rows(deps)
    async with deps.db.write() as tx:
        for statement in (SPOIL_CYCLES, SPOIL_LESSONS, LOSE_LESSONS):
            await tx.execute(text(statement))
    spoilt = await rows(deps)
    assert all(row not in written["cycles"] for row in spoilt["cycles"])
    assert len(spoilt["lessons"]) == 1

    done = await rebuild(deps)

    assert await rows(deps) == written
    assert done == Rebuilt(cycles=4, lessons=3, mended=7)
    assert (await rebuild(deps)).mended == 0


async def test_the_job_that_a_new_version_finds_does_it_too(
    visitors: Visitors, deps: Deps, cast: Cast, tmp_path: Path
) -> None:
    await live_a_little(visitors, deps, cast)
    written = await rows(deps)
    async with deps.db.write() as tx:
        await tx.execute(text(SPOIL_CYCLES))
        at = deps.clock()
        await apply(tx, [jobs.enqueue("rebuild-0003", "rebuild_rows", {}, at=at)])
        job = await jobs.claim(tx, kinds=HANDLERS, now=at, lease=LEASE)
    assert job is not None

    assert await HANDLERS[job.kind](deps, job, tmp_path) == Done()

    assert await rows(deps) == written


async def test_the_command_does_it_beside_what_runs(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    await live_a_little(visitors, deps, cast)
    written = await rows(deps)
    async with deps.db.write() as tx:
        await tx.execute(text(SPOIL_CYCLES))
    environ = {"FARFIELD_DATA_DIR": str(deps.config.data_dir), "FARFIELD_ORIGIN": "https://coaching.invalid"}
    environ["FARFIELD_DATABASE_URL"] = deps.config.database_url

    done = await farfield("rebuild", environ=environ)

    assert done.out == "Looked at 4 cycles and 3 lessons. 4 rows did not say what the record says, and do now.\n"
    assert await rows(deps) == written
    assert (await farfield("rebuild", "--json", environ=environ)).lines == [{"cycles": 4, "lessons": 3, "mended": 0}]
