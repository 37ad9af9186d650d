"""The only way to get hold of somebody's resource. Returns it, or raises NotFound: hidden equals missing.

Permission is which streams a person may read: a row in `grants`. Roles grant nothing but the lead's overview.
"""

from dataclasses import dataclass

from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream, parse_stream
from service.problems import NotFound
from service.tokens import token_hash
from service.wiring import Deps
from storage import cycles, grants, lessons, people, programs, sessions, uploads


@dataclass(frozen=True, slots=True)
class CycleAccess:
    cycle: cycles.Cycle
    role: str


@dataclass(frozen=True, slots=True)
class LessonAccess:
    lesson: lessons.Lesson
    role: str


@dataclass(frozen=True, slots=True)
class UploadAccess:
    upload: uploads.Upload
    lesson: lessons.Lesson


@dataclass(frozen=True, slots=True)
class SessionAccess:
    key: str
    person: str


async def session_of(deps: Deps, token: str | None) -> SessionAccess | None:
    """The living session of a cookie's token; None when signed out, ended, expired, or the person is deactivated."""
    if token is None:
        return None
    key = token_hash(token)
    return SessionAccess(key, person) if (person := await _person_of(deps, key)) else None


async def session_lives(deps: Deps, key: str) -> bool:
    return await _person_of(deps, key) is not None


async def _person_of(deps: Deps, key: str) -> str | None:
    async with deps.db.read() as tx:
        session = await sessions.find(tx, key, deps.clock())
        person = await people.by_id(tx, session.person_id) if session else None
    return person.id if person and person.deactivated_at is None else None


async def access_stream(deps: Deps, person: str, stream: str) -> str:
    """The role in which the person may read a stream."""
    if parse_stream(stream) is None:
        raise NotFound
    async with deps.db.read() as tx:
        role = await grants.role(tx, person, stream, deps.clock())
    if role is None:
        raise NotFound
    return role


async def access_cycle(deps: Deps, person: str, cycle_id: str) -> CycleAccess:
    async with deps.db.read() as tx:
        role = await grants.role(tx, person, cycle_stream(cycle_id), deps.clock())
        cycle = await cycles.by_id(tx, cycle_id) if role else None
    if role is None or cycle is None:
        raise NotFound
    return CycleAccess(cycle, role)


async def access_lesson(deps: Deps, person: str, lesson_id: str) -> LessonAccess:
    async with deps.db.read() as tx:
        role = await grants.role(tx, person, lesson_stream(lesson_id), deps.clock())
        lesson = await lessons.by_id(tx, lesson_id) if role else None
    if role is None or lesson is None:
        raise NotFound
    return LessonAccess(lesson, role)


async def access_notebook(deps: Deps, person: str, cycle_id: str) -> str:
    """The stream of the person's own notebook in a cycle. There is no way to name anybody else's."""
    stream = notebook_stream(cycle_id, person)
    await access_stream(deps, person, stream)
    return stream


async def access_upload(deps: Deps, person: str, upload_id: str) -> UploadAccess:
    """An upload belongs to the person who started it, while the lesson is theirs."""
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, upload_id)
        if upload is None or upload.person_id != person:
            raise NotFound
        role = await grants.role(tx, person, lesson_stream(upload.lesson_id), deps.clock())
        lesson = await lessons.by_id(tx, upload.lesson_id) if role == "teacher" else None
    if lesson is None:
        raise NotFound
    return UploadAccess(upload, lesson)


async def access_overview(deps: Deps, person: str) -> list[programs.ProgramRole]:
    """The programs this person leads; an empty list for everybody else."""
    async with deps.db.read() as tx:
        memberships = await programs.of_person(tx, person)
    return [membership for membership in memberships if membership.role == "lead"]
