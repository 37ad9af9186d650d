"""What lists show of cycles, lessons and people: from the rows, without opening any stream."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, cast

import msgspec

from service.access import CycleAccess, LessonAccess
from service.coaching.cycle_state import CycleState, ReleaseMode, Stage
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.coaching.lessons import LessonState, LessonStatus
from service.coaching.observing import present
from service.coaching.streams import cycle_stream, lesson_stream, parse_stream
from service.coaching.summaries import Turn
from service.media.playlist import media_path, poster_name
from service.wiring import Deps
from storage import cycles, grants, lessons, people, programs, uploads

CycleRole = Literal["teacher", "coach", "observer"]
UploadRole = Literal["original", "small", "sound", "recording", "resource"]


class Named(msgspec.Struct, frozen=True):
    """A person or a program where only its name is shown."""

    id: Id
    name: str


class CyclePerson(msgspec.Struct, frozen=True):
    """Somebody in a cycle. `time_zone`: so that both see when the other one meets them."""

    id: Id
    name: str
    role: CycleRole
    time_zone: str


class OpenUpload(msgspec.Struct, frozen=True):
    """An upload that its teacher can go on with."""

    id: Id
    size: int | None
    role: UploadRole
    name: str


class LessonCard(msgspec.Struct, frozen=True):
    """A lesson in a list."""

    id: Id
    title: str
    created_at: Instant
    state: LessonStatus
    released_at: Instant | None
    duration_ms: int | None
    annotations: int
    poster: str | None
    upload: OpenUpload | None
    plays_early: bool
    """Something of it plays while the rest is on its way: its sound, or what has arrived so far."""


class CycleCard(msgspec.Struct, frozen=True):
    """A cycle in a list, with those of its lessons that the person may see. `role` is the person's own.

    meeting: the next planned one, also where it is past and nobody has said how it went.
    commitment: the day of the next look back that nobody has answered.
    previous, next: the cycles before and after, where the person may see them.
    """

    id: Id
    program: Named
    teacher: Named
    coach: Named
    number: int
    stage: Stage
    stage_since: Instant
    release_mode: ReleaseMode
    role: CycleRole
    due: Instant | None
    paused: bool
    cancelled: bool
    waiting_on: Turn | None
    meeting: Instant | None
    commitment: date | None
    closing_asked_by: Id | None
    proposed_coach: Named | None
    previous: Id | None
    next: Id | None
    lessons: list[LessonCard]


class ObservedLesson(msgspec.Struct, frozen=True):
    """A lesson that the person was let into without its cycle, until then, under the ids in `observers`."""

    observers: list[Id]
    lesson: LessonCard
    number: int
    teacher: Named
    coach: Named
    until: Instant | None


def poster_of(found: LessonAccess) -> str | None:
    """A lesson of which there is only the sound so far has none."""
    if found.shows is None or found.lesson.state not in ("watchable", "ready"):
        return None
    return media_path(found.lesson.id, poster_name(found.shows))


async def people_of(deps: Deps, cycle: cycles.Cycle, *, of_lesson: LessonState | None = None) -> dict[str, CyclePerson]:
    """The names behind the ids in a cycle's streams, also of those who were let in once.

    of_lesson: only of those who meet in this lesson, for somebody who sees nothing else of the cycle.
    """
    _, state = await deps.record.state(cycle_stream(cycle.id))
    assert isinstance(state, CycleState)
    here = state.people if of_lesson is None else _observers_in(state, of_lesson, deps.clock())
    roles: dict[str, CycleRole] = dict.fromkeys(here, "observer")
    for coach in (*(term.coach for term in state.coaches), cycle.coach_id):
        roles[coach] = "coach"
    roles[cycle.teacher_id] = "teacher"
    async with deps.db.read() as tx:
        found = await people.by_ids(tx, roles)
    return {one.id: CyclePerson(one.id, one.name, roles[one.id], one.time_zone) for one in found.values()}


def _observers_in(cycle: CycleState, lesson: LessonState, now: datetime) -> set[str]:
    """Those who are let into the lesson now, and those who have written in it."""
    written = {one.by for one in lesson.annotations.values()}
    written |= {reply.by for one in lesson.annotations.values() for reply in one.replies}
    let_in = {one.person for one in present(cycle, now) if one.lesson in (None, lesson.id)}
    return (written & cycle.people.keys()) | let_in


async def observed_lessons(deps: Deps, person: str) -> list[ObservedLesson]:
    """The lessons that somebody was let into without their cycle, newest first."""
    now = deps.clock()
    async with deps.db.read() as tx:
        granted = await grants.of_person(tx, person, now, "lesson/")
        until = {one.stream: one.until_at for one in granted if one.role == "observer"}
        found = await lessons.by_ids(tx, (stream.removeprefix("lesson/") for stream in until))
        whole = await grants.roles(tx, person, {cycle_stream(one.cycle_id) for one in found}, now)
        alone = [one for one in found if cycle_stream(one.cycle_id) not in whole]
        rows = {row.id: row for row in await cycles.by_ids(tx, {one.cycle_id for one in alone})}
        names = await people.by_ids(tx, {id_ for row in rows.values() for id_ in (row.teacher_id, row.coach_id)})
    states = {cycle: (await deps.record.state(cycle_stream(cycle)))[1] for cycle in rows}
    return [
        ObservedLesson(
            observers=[
                o.id for o in states[one.cycle_id].observers.values() if (o.person, o.lesson) == (person, one.id)
            ],
            lesson=_lesson_card(LessonAccess(one, "observer"), []),
            number=rows[one.cycle_id].number,
            teacher=Named(one.teacher_id, names[one.teacher_id].name),
            coach=Named(rows[one.cycle_id].coach_id, names[rows[one.cycle_id].coach_id].name),
            until=until[lesson_stream(one.id)],
        )
        for one in reversed(alone)
    ]


async def cycle_card(deps: Deps, person: str, found: CycleAccess) -> CycleCard:
    return (await _cards(deps, person, {found.cycle.id: found.role}))[0]


async def cycle_cards(deps: Deps, person: str) -> list[CycleCard]:
    """Every cycle the person has a grant on, newest first."""
    async with deps.db.read() as tx:
        granted = await grants.streams_of(tx, person, deps.clock(), "cycle/")
    return await _cards(deps, person, {stream.removeprefix("cycle/"): role for stream, role in granted.items()})


async def _cards(deps: Deps, person: str, roles: Mapping[str, str]) -> list[CycleCard]:
    async with deps.db.read() as tx:
        found = await cycles.by_ids(tx, roles)
        readable_cycles = await grants.streams_of(tx, person, deps.clock(), "cycle/")
        granted = await grants.streams_of(tx, person, deps.clock(), "lesson/")
        readable = {name.id for stream in granted if (name := parse_stream(stream))}
        shown = [lesson for lesson in await lessons.of_cycles(tx, roles) if lesson.id in readable]
        own = [lesson.id for lesson in shown if granted[lesson_stream(lesson.id)] == "teacher"]
        sent = await uploads.of_lessons(tx, own)
        names = await people.by_ids(tx, {person for cycle in found for person in _people_in(cycle)})
        program_names = {role.id: role.name for role in await programs.of_person(tx, person)}
    return [
        CycleCard(
            id=cycle.id,
            program=Named(cycle.program_id, program_names.get(cycle.program_id, "")),
            teacher=Named(cycle.teacher_id, names[cycle.teacher_id].name),
            coach=Named(cycle.coach_id, names[cycle.coach_id].name),
            number=cycle.number,
            stage=cast("Stage", cycle.stage),
            stage_since=cycle.stage_since_at,
            release_mode=cast("ReleaseMode", cycle.release_mode),
            role=cast("CycleRole", roles[cycle.id]),
            due=cycle.due_at,
            paused=cycle.paused_since_at is not None,
            cancelled=cycle.cancelled_at is not None,
            waiting_on=cast("Turn | None", cycle.waiting_on),
            meeting=cycle.meeting_at,
            commitment=cycle.commitment_at.date() if cycle.commitment_at else None,
            closing_asked_by=cycle.closing_asked_by,
            proposed_coach=_named(cycle.proposed_coach_id, names),
            previous=_readable(cycle.previous_id, readable_cycles),
            next=_readable(cycle.next_id, readable_cycles),
            lessons=[
                _lesson_card(LessonAccess(lesson, granted[lesson_stream(lesson.id)]), sent)
                for lesson in shown
                if lesson.cycle_id == cycle.id
            ],
        )
        for cycle in found
    ]


def _people_in(cycle: cycles.Cycle) -> set[str]:
    return {cycle.teacher_id, cycle.coach_id} | ({cycle.proposed_coach_id} if cycle.proposed_coach_id else set())


def _named(person: str | None, names: Mapping[str, people.Person]) -> Named | None:
    return Named(person, names[person].name) if person is not None else None


def _readable(cycle: str | None, granted: Mapping[str, str]) -> str | None:
    return cycle if cycle is not None and cycle_stream(cycle) in granted else None


def _lesson_card(found: LessonAccess, sent: Sequence[uploads.Upload]) -> LessonCard:
    lesson = found.lesson
    return LessonCard(
        id=lesson.id,
        title=lesson.title,
        created_at=lesson.created_at,
        state=cast("LessonStatus", lesson.state),
        released_at=lesson.released_at,
        duration_ms=lesson.duration_ms,
        annotations=lesson.annotations,
        poster=poster_of(found),
        upload=_open_upload(lesson, sent),
        plays_early=lesson.state in ("arriving", "preparing") and found.shows is not None,
    )


def _open_upload(lesson: lessons.Lesson, sent: Sequence[uploads.Upload]) -> OpenUpload | None:
    """What the teacher can go on with: the newest open upload of a lesson that still waits for its video.

    Of its sound, which only comes first, where there is no other.
    """
    open_ones = [upload for upload in sent if upload.lesson_id == lesson.id and upload.state == "open"]
    if not open_ones or lesson.state not in ("waiting", "arriving", "refused"):
        return None
    upload = ([one for one in open_ones if one.role != "sound"] or open_ones)[-1]
    return OpenUpload(upload.id, upload.size, cast("UploadRole", upload.role), upload.name)
