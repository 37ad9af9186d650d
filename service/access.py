"""The only way to get hold of somebody's resource. Returns it, or raises NotFound: hidden equals missing.

Permission is which streams a person may read: a row in `grants`. Roles grant nothing but the lead's overview.
"""

from dataclasses import dataclass
from datetime import datetime

from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream, parse_stream
from service.problems import NotFound
from service.tokens import token_hash
from service.wiring import Deps
from storage import cycles, grants, lessons, people, programs, sessions, tokens, uploads


@dataclass(frozen=True, slots=True)
class CycleAccess:
    cycle: cycles.Cycle
    role: str


@dataclass(frozen=True, slots=True)
class LessonAccess:
    lesson: lessons.Lesson
    role: str


@dataclass(frozen=True, slots=True)
class NotebookAccess:
    """One's own notebook in a cycle."""

    cycle: str
    stream: str
    role: str


@dataclass(frozen=True, slots=True)
class UploadAccess:
    upload: uploads.Upload
    lesson: lessons.Lesson


@dataclass(frozen=True, slots=True)
class SessionAccess:
    """Who asks. `scopes`: what a token allows; None for a browser's session, which may all that its person may."""

    key: str
    person: str
    created_at: datetime
    seen_at: datetime | None = None
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows: the token of a cookie, or of an Authorization header (`bearer`)."""

    token: str
    bearer: bool = False


async def session_of(deps: Deps, shown: Credentials | None) -> SessionAccess | None:
    """Whom the credentials stand for; None when signed out, ended, expired, revoked, or the person is deactivated."""
    if shown is None:
        return None
    found = await _found(deps, token_hash(shown.token))
    # A token in a cookie, or a session in a header, is neither.
    return found if found and (found.scopes is not None) == shown.bearer else None


async def session_lives(deps: Deps, key: str) -> bool:
    return await _found(deps, key) is not None


async def _found(deps: Deps, key: str) -> SessionAccess | None:
    now = deps.clock()
    async with deps.db.read() as tx:
        found: SessionAccess | None = None
        if session := await sessions.find(tx, key, now):
            found = SessionAccess(key, session.person_id, session.created_at, session.seen_at)
        elif token := await tokens.find(tx, key, now):
            found = SessionAccess(key, token.person_id, token.created_at, scopes=frozenset(token.scopes.split()))
        person = await people.by_id(tx, found.person) if found else None
    return found if person and person.deactivated_at is None else None


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


async def cycle_of_lesson(deps: Deps, person: str, found: LessonAccess) -> tuple[cycles.Cycle, bool]:
    """The row of the cycle that the lesson is in, and whether the person may read the cycle itself.

    Whoever observes one lesson may not: of the row they are told what names the lesson's place, and nothing else.
    """
    async with deps.db.read() as tx:
        cycle = await cycles.by_id(tx, found.lesson.cycle_id)
        role = await grants.role(tx, person, cycle_stream(found.lesson.cycle_id), deps.clock())
    if cycle is None:
        raise NotFound
    return cycle, role is not None


async def access_notebook(deps: Deps, person: str, cycle_id: str) -> NotebookAccess:
    """The person's own notebook in a cycle. There is no way to name anybody else's."""
    stream = notebook_stream(cycle_id, person)
    return NotebookAccess(cycle_id, stream, await access_stream(deps, person, stream))


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


async def access_program(deps: Deps, person: str, program_id: str) -> programs.Program:
    """A program that this person leads."""
    async with deps.db.read() as tx:
        roles = await programs.roles(tx, program_id, person)
        program = await programs.by_id(tx, program_id) if "lead" in roles else None
    if program is None:
        raise NotFound
    return program


async def access_overview(deps: Deps, person: str) -> list[programs.ProgramRole]:
    """The programs this person leads; an empty list for everybody else."""
    async with deps.db.read() as tx:
        memberships = await programs.of_person(tx, person)
    return [membership for membership in memberships if membership.role == "lead"]
