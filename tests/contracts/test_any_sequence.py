"""Whatever people send, in whatever order and at once, the promises of the record hold. On both databases.

Hypothesis draws the commands (`fixtures/sequences.py`), the same ones in every run, and shows the shortest sequence
that breaks a promise.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import access
from service.actions import cycles as cycle_actions
from service.actions import lessons as lesson_actions
from service.actions import notebooks as notebook_actions
from service.actions.commands import row_of
from service.coaching import observing
from service.coaching.cycle_state import STAGES, ReleaseMode, Stage
from service.coaching.cycles import CycleOpened
from service.coaching.folding import CoachingFolding
from service.coaching.refusals import Refusal
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.config import Config
from service.problems import NotFound, Problem
from service.web.cycles import ACTIONS as CYCLE_ACTIONS
from service.web.lessons import ACTIONS as LESSON_ACTIONS
from service.wiring import Deps
from storage import cycles, grants, lessons, people, programs
from storage.acts import CommandReused, Entry
from storage.engine import apply
from storage.log import Event
from tests.fixtures.database import Place
from tests.fixtures.parts import parts
from tests.fixtures.sequences import (
    COACH,
    LESSON_SLOTS,
    OBSERVER,
    OUTSIDER,
    PEOPLE,
    TEACHER,
    Step,
    World,
    begun,
    sequences,
)

FOLDING = CoachingFolding()
WORD = re.compile(r"zq\d+w\d+z")
SECRET = ("draft.added", "draft.edited", "note.written")
PROGRAM = "01a20ef3-0000-7000-8000-0000000000ff"


@pytest.fixture
async def deps(folder: Path, place: Place) -> AsyncIterator[Deps]:
    """The real parts on this database, with a program and people in it."""
    given = {"FARFIELD_DATA_DIR": str(folder), "FARFIELD_DATABASE_URL": place.url}
    async with parts(Config.from_env(given).as_demo()) as built:
        now = built.clock()
        rows = [programs.add(programs.Program(PROGRAM, "Far Valley", "teacher_first", now))]
        for name in PEOPLE:
            rows.append(people.add(people.Person(name, f"Demo {name}", f"{name}@demo.invalid", "UTC", "en", now)))
            rows.append(programs.join(PROGRAM, name, "lead" if name == OUTSIDER else "teacher"))
        async with built.db.write() as tx:
            await apply(tx, rows)
        yield built


@dataclass
class Run:
    """One cycle of the people, and what somebody who follows all its streams holds."""

    deps: Deps
    world: World
    states: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By word, the notebook that it must not leave, and the draft or the note it stands in."""
    done: list[tuple[str, str, Any, dict[str, Any]]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.cycle = cycle_stream(self.world.cycle)
        self.notebooks = {name: notebook_stream(self.world.cycle, name) for name in PEOPLE}
        self.lessons = [lesson_stream(self.world.lesson(n)) for n in LESSON_SLOTS]
        for stream in (self.cycle, *self.notebooks.values(), *self.lessons):
            self.states[stream] = FOLDING.initial(stream)

    @property
    def stage(self) -> Stage:
        stage: Stage = self.states[self.cycle].stage
        return stage

    async def go(self, *steps: Step) -> None:
        """Send these at once, and look at what came of it."""
        commands = []
        for step in steps:
            try:
                commands.append((*step[:2], self.world.command(step, self.stage)))
            except Problem:  # as the route would say before anything else
                self.refused["unread"] += 1
        sent = await asyncio.gather(*(self._try(*one) for one in commands))
        news = await self._look()
        assert any(sent) or not any(news.values()), "a refusal leaves nothing"
        self._no_secret_is_out(news)
        if self.states[self.cycle].release_mode == "together":
            for one in self.states[self.cycle].lessons:
                shared = self.states[lesson_stream(one.lesson)].shared_at is not None
                assert shared == (len(one.done) == 2), "the second of the two shares, nobody else"
        await self.rows_follow()

    async def _try(self, who: str, to: str, command: Any) -> bool:
        try:
            answer = await self.send(who, to, command)
        except NotFound:
            self.refused["NotFound"] += 1
            return False
        except (Refusal, Problem, CommandReused) as refusal:
            if who == OUTSIDER:
                raise  # a rule was asked about somebody who should have found nothing
            self.refused[type(refusal).__name__] += 1
            return False
        assert who != OUTSIDER, "nothing is there for them"
        self.done.append((who, to, command, answer))
        return True

    async def send(self, who: str, to: str, command: Any) -> dict[str, Any]:
        deps, cycle = self.deps, self.world.cycle
        if to == "notebook":
            book = await access.access_notebook(deps, who, cycle)
            return await notebook_actions.ACTIONS[type(command)](deps, book, command, by=who)
        if to.startswith("lesson/"):
            lesson = await access.access_lesson(deps, who, self.world.lesson(to.partition("/")[2]))
            return await LESSON_ACTIONS[type(command)](deps, lesson, command, by=who)
        found = await access.access_cycle(deps, who, cycle)
        if to == "lessons":
            return await lesson_actions.add_lesson(deps, found, command, by=who)
        return await CYCLE_ACTIONS[type(command)](deps, found, command, by=who)

    async def _look(self) -> dict[str, list[Event]]:
        """Follow every stream: no gap, the stage moves by one, old state and new events make the fresh state."""
        news = {}
        for stream, held in list(self.states.items()):
            news[stream] = await self.deps.record.events(stream, after=held.version)
            told = msgspec.json.encode(held)
            state = FOLDING.fork(held)
            for event in news[stream]:
                assert event.version == state.version + 1
                stage = getattr(state, "stage", None)
                state = FOLDING.evolve(state, entry_of(event))
                if event.type == "annotation.added":
                    assert state.shared_at is not None, "before that it goes into notebooks"
                if event.type == "stage.moved":
                    assert abs(STAGES.index(state.stage) - STAGES.index(stage)) == 1
            assert msgspec.json.encode(held) == told, "what a reader holds does not change"
            if news[stream]:
                version, self.states[stream] = await self.deps.record.state(stream)
                assert version == state.version
                assert msgspec.json.encode(self.states[stream]) == msgspec.json.encode(state)
        return news

    def _no_secret_is_out(self, news: dict[str, list[Event]]) -> None:
        """A draft's or a note's words are nowhere but in its notebook, before it is published and where it never is."""
        leaving = {}
        for notebook in self.notebooks.values():
            for event in news[notebook]:
                data = msgspec.json.decode(event.data)
                if event.type in SECRET:
                    text = " ".join(str(data.get(name, "")) for name in ("body", "text", "prompt"))
                    known = (data.get(name) for name in ("draft", "note", "id"))
                    of = next(name for name in known if name is not None)
                    self.secrets |= dict.fromkeys(WORD.findall(text), (notebook, of))
                leaving |= dict.fromkeys(data["ids"] if event.type == "drafts.published" else (), notebook)
                leaving |= {data["note"]: notebook} if event.type == "note.removed" else {}
        for stream, events in news.items():
            for event in events:
                if event.type in ("annotation.added", "reflection.shared"):
                    data = msgspec.json.decode(event.data)
                    of = data.get("id", data.get("reflection"))
                    for word in WORD.findall(f"{data.get('body')} {data.get('text')} {data.get('prompt')}"):
                        if self.secrets.get(word) == (leaving.get(of), of):
                            del self.secrets[word]
                out = {word for word in WORD.findall(bytes(event.data).decode()) if word in self.secrets}
                assert {self.secrets[word][0] for word in out} <= {stream}, (stream, event.type, out)

    async def rows_follow(self) -> None:
        async with self.deps.db.read() as tx:
            cycle = await cycles.by_id(tx, self.world.cycle)
            found = await lessons.by_ids(tx, [self.world.lesson(n) for n in LESSON_SLOTS])
        row, told = msgspec.structs.asdict(cycle), row_of(self.states[self.cycle])
        assert {name: row[name] for name in told} == told
        assert not WORD.search(repr(row))
        for lesson in found:
            state = self.states[lesson_stream(lesson.id)]
            assert (lesson.state, lesson.released_at) == (state.state, state.released_at)
            assert lesson.annotations == sum(one.removed_at is None for one in state.annotations.values())

    async def closes(self) -> None:
        """Sent again all is answered as before and does nothing; a fold of all events is the state; who reads what."""
        for who, to, command, answer in self.done:
            assert await self.send(who, to, command) == answer
        assert not any((await self._look()).values())
        for stream, state in self.states.items():
            events = await self.deps.record.events(stream, limit=10_000)
            assert [event.version for event in events] == list(range(1, state.version + 1))
            fresh = FOLDING.initial(stream)
            for event in events:
                fresh = FOLDING.evolve(fresh, entry_of(event))
            assert msgspec.json.encode(fresh) == msgspec.json.encode(state)
        await self._only_those_read()

    async def _only_those_read(self) -> None:
        listed = {one.lesson for one in self.states[self.cycle].lessons}
        for name, notebook in self.notebooks.items():
            for other in set(PEOPLE) - {name}:
                assert not await self.reads(other, notebook)
        for lesson in self.lessons:
            assert await self.reads(COACH, lesson) == (lesson.removeprefix("lesson/") in listed)
            assert not await self.reads(OUTSIDER, lesson)
        assert not await self.reads(OUTSIDER, self.cycle)

    async def reads(self, who: str, stream: str) -> bool:
        try:
            await access.access_stream(self.deps, who, stream)
        except NotFound:
            return False
        return True


def entry_of(event: Event) -> Entry:
    return Entry(event.version, event.at, event.by, FOLDING.decode(event.type, event.data))


async def begin(deps: Deps, mode: ReleaseMode) -> Run:
    """A new cycle of the same people, into which the teacher has let the observer."""
    async with deps.db.read() as tx:
        number = await cycles.last_number(tx, PROGRAM, TEACHER) + 1
    cycle = deps.new_id()
    opened = CycleOpened(PROGRAM, TEACHER, COACH, number, mode)
    await cycle_actions.open_cycle(deps, cycle, opened, by=TEACHER)
    found = await access.access_cycle(deps, TEACHER, cycle)
    until = deps.clock() + timedelta(days=30)
    command = observing.LetObserverIn(deps.new_id(), deps.new_id(), "observer@demo.invalid", until)
    await cycle_actions.act_on(
        deps,
        found,
        command,
        lambda state, at: observing.let_observer_in(state, command, person=OBSERVER, by=TEACHER, at=at),
        by=TEACHER,
        writes=lambda _state, at: grants.grant(OBSERVER, cycle_stream(cycle), "observer", at=at, until=until),
    )
    return Run(deps, World.of(cycle, deps.clock()))


@settings(
    derandomize=True,
    deadline=None,
    max_examples=15,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    mode=st.sampled_from(["teacher_first", "together", "open"]),
    stage=st.sampled_from(STAGES[:-1]),
    steps=sequences(50),
)
async def test_whatever_is_sent_the_promises_hold(
    deps: Deps, mode: ReleaseMode, stage: Stage, steps: list[list[Step]]
) -> None:
    run = await begin(deps, mode)
    for n in (0, 1):
        await run.go((TEACHER, "lessons", {"lesson": f"@lesson/{n}", "title": "@word", "release": n == 0}))
    for step in begun(stage):
        await run.go(step)
    assert run.stage == stage
    assert not run.refused
    for together in steps:
        await run.go(*together)
    await run.closes()
