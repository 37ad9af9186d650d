"""What comes after: the next cycle of the same two people, and another coach. Grants change with the streams."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import CycleAccess
from service.actions import reminding
from service.actions.commands import Project, act, cycle_row, outcome
from service.actions.cycles import act_on, opening, rows_of_new
from service.coaching import observing
from service.coaching import successions as rules
from service.coaching.cycle_state import CycleState
from service.coaching.cycles import CycleOpened
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.problems import NotInProgram
from service.wiring import Deps
from storage import cycles, grants, notices, people, programs
from storage.engine import Write
from storage.programs import Program
from storage.record import Outcome, WriteRefused

_TRIES = 100
"""Of many at once for one teacher each round lets one through."""

_AS: Final = {"teacher": "a teacher", "coach": "a coach"}

Letter = tuple[str, str, str]
"""(kind, whom it is for, the cycle it is about)"""


async def start_next(deps: Deps, found: CycleAccess, command: rules.StartNext, *, by: str) -> dict[str, Any]:
    """Also of a closed cycle, which takes nothing else. Answers with the closed one's stream.

    Raises NotInProgram where one of the two is no longer there: then the next one is for the lead to open.
    """
    cycle, after = cycle_stream(found.cycle.id), cycle_stream(command.cycle)
    program = await _program(deps, found)
    await _refuse_unless_there(deps, program, found.cycle.teacher_id, "teacher", "The teacher")
    await _refuse_unless_there(deps, program, found.cycle.coach_id, "coach", "The coach")
    pair = (found.cycle.teacher_id, found.cycle.coach_id)
    letters = await _letters(deps, by, [("next_cycle", person, command.cycle) for person in pair])
    reminded = await reminding.pair_of(deps, found)

    def remind(open_: CycleState, at: datetime) -> list[Write]:
        """On its day, of each commitment that comes along."""
        along = [one for one in open_.commitments.values() if one.open]
        each = [
            reminding.on_due_day(reminded, open_.teacher, command.cycle, one.id, one.due, at=at) for one in along
        ]
        return [write for writes in each for write in writes]

    def decided(opened: CycleOpened) -> Callable[[Mapping[str, Any], datetime], Outcome]:
        def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
            events = rules.start_next(states[cycle], states[after], opened, by=by)
            writes = [*rows_of_new(command.cycle, opened, at), *letters, *remind(states[cycle], at)]
            return outcome(events, states, home=cycle, writes=writes)

        return decide

    async def once(opened: CycleOpened) -> dict[str, Any]:
        rows = cycle_row(cycle, after)
        return await act(deps, command, by=by, to=cycle, streams=(cycle, after), decide=decided(opened), project=rows)

    answer = await _numbered(deps, program, found, found.cycle.coach_id, once)
    _wake(deps)
    return answer


async def propose_coach(deps: Deps, found: CycleAccess, command: rules.ProposeCoach, *, by: str) -> None:
    """A lead's act, which tells them nothing of the cycle; the teacher gets a letter. Raises NotInProgram."""
    program = await _program(deps, found)
    letters: list[Write] = []
    if command.coach is not None:
        await _refuse_unless_there(deps, program, command.coach, "coach", "The new coach")
        letters = await _letters(deps, by, [("coach_proposed", found.cycle.teacher_id, found.cycle.id)])
    await act_on(
        deps,
        found,
        command,
        lambda cycle, _at: rules.propose_coach(cycle, command.coach),
        by=by,
        writes=lambda _cycle, _at: letters,
    )
    deps.bus.wake(notices.WAKE, 0)


async def take_new_coach(deps: Deps, found: CycleAccess, command: rules.TakeNewCoach, *, by: str) -> dict[str, Any]:
    """The teacher's choice. Whichever it is, the coach before loses the cycle and its lessons with it.

    Answers with the stream of the cycle that the command was sent to. Raises NotInProgram.
    """
    cycle, after = cycle_stream(found.cycle.id), cycle_stream(command.cycle)
    program = await _program(deps, found)
    await _refuse_unless_there(deps, program, command.coach, "coach", "The new coach")
    told = [("coach_replaced", found.cycle.coach_id, found.cycle.id)]
    told.append(
        ("new_coach", command.coach, found.cycle.id)
        if command.sees_earlier
        else ("cycle_opened", command.coach, command.cycle)
    )
    letters = await _letters(deps, by, told)

    def decided(opened: CycleOpened) -> Callable[[Mapping[str, Any], datetime], Outcome]:
        def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
            before: CycleState = states[cycle]
            events = rules.take_new_coach(before, states[after], opened, command, by=by)
            writes = [*_shut_out(before), *_observes_no_more(before, command.coach)]
            if command.sees_earlier:
                writes += _brought_in(command.coach, before, at)
            else:
                writes += rows_of_new(command.cycle, opened, at)
            return outcome(events, states, home=cycle, writes=[*writes, *letters])

        return decide

    async def once(opened: CycleOpened) -> dict[str, Any]:
        # A stream that is not written to has no row.
        rows: Project = cycle_row(cycle) if command.sees_earlier else cycle_row(cycle, after)
        return await act(deps, command, by=by, to=cycle, streams=(cycle, after), decide=decided(opened), project=rows)

    answer = await _numbered(deps, program, found, command.coach, once)
    _wake(deps)
    return answer


def _shut_out(cycle: CycleState) -> list[Write]:
    """All but the coach's own notebook: nobody else reads it, and what they wrote for themselves stays theirs."""
    writes = grants.revoke(cycle.coach, cycle_stream(cycle.id))
    for listed in cycle.lessons:
        writes += grants.revoke(cycle.coach, lesson_stream(listed.lesson))
    return writes


def _observes_no_more(cycle: CycleState, coach: str) -> list[Write]:
    """Also of a lesson that is not released: nobody could end that grant once its observer is the coach."""
    streams = observing.reach(cycle, coach, cycle.observers.values())
    return [write for stream in streams for write in grants.revoke(coach, stream)]


def _brought_in(coach: str, cycle: CycleState, at: datetime) -> list[Write]:
    """Into the cycle and every lesson that has been released."""
    writes = grants.grant(coach, cycle_stream(cycle.id), "coach", at=at)
    writes += grants.grant(coach, notebook_stream(cycle.id, coach), "coach", at=at)
    for listed in cycle.lessons:
        writes += grants.grant(coach, lesson_stream(listed.lesson), "coach", at=at)
    return writes


async def _numbered(
    deps: Deps,
    program: Program,
    found: CycleAccess,
    coach: str,
    once: Callable[[CycleOpened], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """Do it with the teacher's next number, again where a cycle of that number was opened just now."""
    teacher = found.cycle.teacher_id
    for left in reversed(range(_TRIES)):
        async with deps.db.read() as tx:
            number = await cycles.last_number(tx, program.id, teacher) + 1
        try:
            return await once(opening(program, teacher, coach, number, previous=found.cycle.id))
        except WriteRefused:
            if not left:
                raise
    raise AssertionError("the last try raises")


async def _program(deps: Deps, found: CycleAccess) -> Program:
    async with deps.db.read() as tx:
        program = await programs.by_id(tx, found.cycle.program_id)
    assert program is not None, "the cycle refers to it"
    return program


async def _refuse_unless_there(deps: Deps, program: Program, person_id: str, role: str, who: str) -> None:
    async with deps.db.read() as tx:
        person = await people.by_id(tx, person_id)
        roles = await programs.roles(tx, program.id, person_id)
    if person is None or person.deactivated_at is not None or role not in roles:
        raise NotInProgram(f"{who} is not, or no longer, {_AS[role]} of the program. Ask your program lead.")


async def _letters(deps: Deps, by: str, told: Sequence[Letter]) -> list[Write]:
    """To each of these who is still here and did not do it themselves."""
    if not deps.config.mails:
        return []
    async with deps.db.read() as tx:
        found = await people.by_ids(tx, [person for _, person, _ in told])
    now = deps.clock()
    return [
        notices.enqueue(deps.new_id(), kind, found[person].email, {"cycle": cycle}, at=now)
        for kind, person, cycle in told
        if person != by and person in found and found[person].deactivated_at is None
    ]


def _wake(deps: Deps) -> None:
    deps.bus.wake(grants.WAKE, 0)
    deps.bus.wake(notices.WAKE, 0)


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType(
    {rules.StartNext: start_next, rules.TakeNewCoach: take_new_coach}
)
"""Those of the two people; a lead's is at the program."""
