"""What lists show of cycles, lessons and people: from the rows, without opening any stream."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.access import CycleAccess
from service.coaching.streams import lesson_stream, parse_stream
from service.media.playlist import media_path, poster_name
from service.wiring import Deps
from storage import cycles, grants, lessons, people, programs, uploads


def poster_of(lesson: lessons.Lesson) -> str | None:
    return media_path(lesson.id, poster_name(lesson.attempt)) if lesson.attempt is not None else None


def waiting_on(row: cycles.CycleOverview) -> str | None:
    """Whose turn it is, as far as stage and counts tell."""
    match row.stage:
        case "planning" | "debrief":
            return "both"
        case "teaching" | "follow_up":
            return "teacher"
        case "review":
            return "coach" if row.released else "teacher"
        case _:
            return None


async def overview_rows(deps: Deps, program_id: str) -> list[dict[str, Any]]:
    """A lead's rows: stages, dates and counts. Never a title or a word from a cycle."""
    async with deps.db.read() as tx:
        rows = await cycles.overview(tx, program_id)
    return [
        {
            "id": row.id,
            "teacher": {"id": row.teacher_id, "name": row.teacher_name},
            "coach": {"id": row.coach_id, "name": row.coach_name},
            "number": row.number,
            "stage": row.stage,
            "stage_since": row.stage_since_at,
            "focus_category": row.focus_category,
            "lessons": row.lessons,
            "annotations": row.annotations,
            "waiting_on": waiting_on(row),
        }
        for row in rows
    ]


async def people_of(deps: Deps, cycle: cycles.Cycle) -> dict[str, dict[str, str]]:
    """The names behind the ids in a cycle's streams."""
    async with deps.db.read() as tx:
        found = await people.by_ids(tx, [cycle.teacher_id, cycle.coach_id])
    roles = {cycle.teacher_id: "teacher", cycle.coach_id: "coach"}
    return {person.id: {"id": person.id, "name": person.name, "role": roles[person.id]} for person in found.values()}


async def cycle_card(deps: Deps, person: str, found: CycleAccess) -> dict[str, Any]:
    return (await _cards(deps, person, {found.cycle.id: found.role}))[0]


async def cycle_cards(deps: Deps, person: str) -> list[dict[str, Any]]:
    """Every cycle the person has a grant on, newest first."""
    async with deps.db.read() as tx:
        granted = await grants.streams_of(tx, person, deps.clock(), "cycle/")
    return await _cards(deps, person, {stream.removeprefix("cycle/"): role for stream, role in granted.items()})


async def _cards(deps: Deps, person: str, roles: Mapping[str, str]) -> list[dict[str, Any]]:
    async with deps.db.read() as tx:
        found = await cycles.by_ids(tx, roles)
        granted = await grants.streams_of(tx, person, deps.clock(), "lesson/")
        readable = {name.id for stream in granted if (name := parse_stream(stream))}
        shown = [lesson for lesson in await lessons.of_cycles(tx, roles) if lesson.id in readable]
        own = [lesson.id for lesson in shown if granted[lesson_stream(lesson.id)] == "teacher"]
        sent = await uploads.of_lessons(tx, own)
        names = await people.by_ids(tx, {person for cycle in found for person in (cycle.teacher_id, cycle.coach_id)})
        program_names = {role.id: role.name for role in await programs.of_person(tx, person)}
    return [
        {
            "id": cycle.id,
            "program": {"id": cycle.program_id, "name": program_names.get(cycle.program_id, "")},
            "teacher": {"id": cycle.teacher_id, "name": names[cycle.teacher_id].name},
            "coach": {"id": cycle.coach_id, "name": names[cycle.coach_id].name},
            "number": cycle.number,
            "stage": cycle.stage,
            "stage_since": cycle.stage_since_at,
            "release_mode": cycle.release_mode,
            "role": roles[cycle.id],
            "lessons": [_lesson_card(lesson, sent) for lesson in shown if lesson.cycle_id == cycle.id],
        }
        for cycle in found
    ]


def _lesson_card(lesson: lessons.Lesson, sent: Sequence[uploads.Upload]) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "created_at": lesson.created_at,
        "state": lesson.state,
        "released_at": lesson.released_at,
        "duration_ms": lesson.duration_ms,
        "annotations": lesson.annotations,
        "poster": poster_of(lesson),
        "upload": _open_upload(lesson, sent),
    }


def _open_upload(lesson: lessons.Lesson, sent: Sequence[uploads.Upload]) -> dict[str, Any] | None:
    """What the teacher can go on with: the newest open upload of a lesson that still waits for its video."""
    open_ones = [upload for upload in sent if upload.lesson_id == lesson.id and upload.state == "open"]
    if not open_ones or lesson.state not in ("waiting", "arriving", "refused"):
        return None
    upload = open_ones[-1]
    return {"id": upload.id, "size": upload.size, "role": upload.role, "name": upload.name}
