"""The only way to get hold of somebody's resource. Returns it, or raises NotFound: hidden equals missing.

Permission is which streams a person may read: a row in `grants`. Roles grant nothing but the lead's overview.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream, parse_stream
from service.problems import NotFound
from service.tokens import token_hash
from service.wiring import Deps
from storage import cycles, grants, lessons, people, programs, sessions, tokens, uploads
from storage.at_once import Here


@dataclass(frozen=True, slots=True)
class CycleAccess:
    cycle: cycles.Cycle
    role: str


@dataclass(frozen=True, slots=True)
class LessonAccess:
    lesson: lessons.Lesson
    role: str

    def refuse_attempt(self, attempt: int) -> None:
        """Raises NotFound for what others may not have: made before parts were cut out, or not shown yet."""
        least, shown = self.lesson.least_attempt or 0, self.lesson.attempt or 0
        if self.role != "teacher" and not least <= attempt <= shown:
            raise NotFound

    @property
    def shows(self) -> int | None:
        """The attempt that plays for this person; None where there is none, or it is being prepared again."""
        attempt, least = self.lesson.attempt, self.lesson.least_attempt
        if self.role != "teacher" and attempt is not None and least is not None and attempt < least:
            return None
        return attempt


@dataclass(frozen=True, slots=True)
class NotebookAccess:
    """One's own notebook in a cycle."""

    cycle: str
    stream: str
    role: str


@dataclass(frozen=True, slots=True)
class UploadAccess:
    """`lesson`: whose video it is; None for a file beside the plan of a cycle."""

    upload: uploads.Upload
    lesson: lessons.Lesson | None


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
    signed_in = await deps.db.together(_signed_in, key)
    return signed_in[0] if signed_in and _before(deps, signed_in[1]) else None


def _signed_in(here: Here, keys: Sequence[str]) -> dict[str, tuple[SessionAccess, datetime | None]]:
    """Whom each hash stands for, and until when; without those who are deactivated."""
    found: dict[str, tuple[SessionAccess, datetime | None]] = {}
    for key, session in sessions.not_ended(here, keys).items():
        who = SessionAccess(key, session.person_id, session.created_at, session.seen_at)
        found[key] = who, session.expires_at
    if others := [key for key in keys if key not in found]:
        for key, token in tokens.not_revoked(here, others).items():
            scopes = frozenset(token.scopes.split())
            found[key] = SessionAccess(key, token.person_id, token.created_at, scopes=scopes), token.expires_at
    gone = people.deactivated(here, {who.person for who, _ in found.values()})
    return {key: (who, until) for key, (who, until) in found.items() if who.person not in gone}


def _before(deps: Deps, until: datetime | None) -> bool:
    return until is None or deps.clock() < until


async def access_stream(deps: Deps, person: str, stream: str) -> str:
    """The role in which the person may read a stream."""
    if parse_stream(stream) is None:
        raise NotFound
    grant = await deps.db.together(grants.of_pairs, (person, stream))
    if grant is None or not _before(deps, grant.until_at):
        raise NotFound
    return grant.role


async def access_cycle(deps: Deps, person: str, cycle_id: str) -> CycleAccess:
    async with deps.db.read() as tx:
        role = await grants.role(tx, person, cycle_stream(cycle_id), deps.clock())
        cycle = await cycles.by_id(tx, cycle_id) if role else None
    if role is None or cycle is None:
        raise NotFound
    return CycleAccess(cycle, role)


async def access_lesson(deps: Deps, person: str, lesson_id: str) -> LessonAccess:
    found = await deps.db.together(_granted_lessons, (person, lesson_id))
    if found is None or not _before(deps, found[1]):
        raise NotFound
    return found[0]


def _granted_lessons(
    here: Here, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[LessonAccess, datetime | None]]:
    """Of each (person, lesson) what the person may, and until when."""
    given = grants.of_pairs(here, [(person, lesson_stream(lesson)) for person, lesson in keys])
    rows = lessons.with_ids(here, list({lesson for _, lesson in keys}))
    return {
        (person, lesson): (LessonAccess(rows[lesson], grant.role), grant.until_at)
        for person, lesson in keys
        if (grant := given.get((person, lesson_stream(lesson)))) and lesson in rows
    }


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
    """An upload belongs to the person who started it, while the lesson is theirs, or they are in the cycle."""
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, upload_id)
        if upload is None or upload.person_id != person:
            raise NotFound
        if upload.lesson_id is None:
            role = await grants.role(tx, person, cycle_stream(upload.cycle_id or ""), deps.clock())
            if role not in ("teacher", "coach"):
                raise NotFound
            return UploadAccess(upload, None)
        role = await grants.role(tx, person, lesson_stream(upload.lesson_id), deps.clock())
        lesson = await lessons.by_id(tx, upload.lesson_id) if role == "teacher" else None
    if lesson is None:
        raise NotFound
    return UploadAccess(upload, lesson)


async def access_resource(deps: Deps, person: str, resource_id: str) -> uploads.Upload:
    """A file beside the plan, whole and not removed, of a cycle that the person may read."""
    async with deps.db.read() as tx:
        kept = await uploads.by_id(tx, resource_id)
        if kept is None or kept.cycle_id is None or kept.state != "assembled":
            raise NotFound
        if await grants.role(tx, person, cycle_stream(kept.cycle_id), deps.clock()) is None:
            raise NotFound
    return kept


async def access_program(deps: Deps, person: str, program_id: str) -> programs.Program:
    """A program that this person leads."""
    async with deps.db.read() as tx:
        roles = await programs.roles(tx, program_id, person)
        program = await programs.by_id(tx, program_id) if "lead" in roles else None
    if program is None:
        raise NotFound
    return program


async def access_led_cycle(deps: Deps, person: str, program_id: str, cycle_id: str) -> CycleAccess:
    """A cycle of a program that this person leads, for what a lead does to it; they read nothing of it."""
    program = await access_program(deps, person, program_id)
    async with deps.db.read() as tx:
        cycle = await cycles.by_id(tx, cycle_id)
    if cycle is None or cycle.program_id != program.id:
        raise NotFound
    return CycleAccess(cycle, "lead")


async def access_overview(deps: Deps, person: str) -> list[programs.ProgramRole]:
    """The programs this person leads; an empty list for everybody else."""
    async with deps.db.read() as tx:
        memberships = await programs.of_person(tx, person)
    return [membership for membership in memberships if membership.role == "lead"]
