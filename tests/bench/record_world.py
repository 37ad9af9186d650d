"""The people of the bench: cycles with a teacher and a coach, a released lesson in each, and whoever else is let in."""

import asyncio
import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from service import access
from service.actions import annotations, cycles, lessons
from service.coaching.annotations import AddAnnotation
from service.coaching.cycles import CycleOpened
from service.coaching.lessons import AddLesson
from service.coaching.streams import lesson_stream
from service.tokens import token_hash
from service.wiring import Deps
from storage import grants, people, programs, sessions
from storage.engine import Write, apply

BODY = "You waited nine seconds after the question, and four more hands went up. What would happen with ten more?"


@dataclass
class World:
    """Ids by number: lesson n belongs to cycle n. `cookies` has everybody's, by person."""

    lessons: list[str] = field(default_factory=list)
    cycles: list[str] = field(default_factory=list)
    teachers: list[str] = field(default_factory=list)
    coaches: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    def streams(self) -> list[str]:
        return [lesson_stream(lesson) for lesson in self.lessons]


class Making:
    """The same ids and the same annotations for the same seed; others for another `what`."""

    def __init__(self, what: str, seed: int) -> None:
        self._random = random.Random(f"{what} {seed}")

    def id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def annotation(self) -> AddAnnotation:
        return AddAnnotation(self.id(), self.id(), self._random.randrange(2_400_000), BODY, "suggestion")


async def make_world(deps: Deps, making: Making, count: int) -> World:
    """So many cycles, each with its own two people, whose lesson the coach may read."""
    world, now, program = World(), deps.clock(), making.id()
    rows = [programs.add(programs.Program(program, "Far Valley", "teacher_first", now))]
    for _ in range(count):
        for role, group in (("teacher", world.teachers), ("coach", world.coaches)):
            group.append(_person(deps, making, world, rows))
            rows.append(programs.join(program, group[-1], role))
        world.cycles.append(making.id())
        world.lessons.append(making.id())
    async with deps.db.write() as tx:
        await apply(tx, rows)

    async def cycle(number: int) -> None:
        teacher, coach = world.teachers[number], world.coaches[number]
        opened = CycleOpened(program, teacher, coach, 1, "teacher_first")
        await cycles.open_cycle(deps, world.cycles[number], opened, by=teacher)
        found = await access.access_cycle(deps, teacher, world.cycles[number])
        adding = AddLesson(making.id(), world.lessons[number], "A demo lesson", release=True)
        await lessons.add_lesson(deps, found, adding, by=teacher)

    await asyncio.gather(*(cycle(number) for number in range(count)))
    return world


async def let_in(deps: Deps, making: Making, world: World, lesson: int, count: int) -> list[str]:
    """So many more people who may read and write in a lesson."""
    rows: list[Write] = []
    guests = [_person(deps, making, world, rows) for _ in range(count)]
    for guest in guests:
        rows += grants.grant(guest, lesson_stream(world.lessons[lesson]), "observer", at=deps.clock())
    async with deps.db.write() as tx:
        await apply(tx, rows)
    return guests


def _person(deps: Deps, making: Making, world: World, rows: list[Write]) -> str:
    """Somebody who is signed in."""
    person, token, now = making.id(), making.id(), deps.clock()
    rows.append(people.add(people.Person(person, "Demo person", f"{person}@demo.invalid", "UTC", "en", now)))
    until = now + timedelta(days=1)
    rows.append(sessions.start(sessions.Session(token_hash(token), making.id(), person, now, now, until, None, "")))
    world.cookies[person] = f"farfield={token}"
    return person


async def annotate(deps: Deps, making: Making, writers: list[tuple[access.LessonAccess, str]], count: int) -> None:
    """So many annotations, each durable; each writer (lesson, person) waits for the answer to one before the next."""
    commands = iter([making.annotation() for _ in range(count)])

    async def writer(found: access.LessonAccess, person: str) -> None:
        for command in commands:
            await annotations.add_annotation(deps, found, command, by=person)

    async with asyncio.TaskGroup() as group:
        for found, person in writers:
            group.create_task(writer(found, person))
