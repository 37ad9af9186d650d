"""Opening a cycle, and every command that is about its own stream alone; its row follows in the same transaction.

A command that needs more than that stream has its action in the module of its noun; `ACTIONS` of each says which.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, cast

from service.access import CycleAccess
from service.actions import reminding
from service.actions.commands import Command, act, cycle_row, digest, outcome
from service.coaching import conversations, debriefs, meetings, observing, plans, settings, stages
from service.coaching import cycles as rules
from service.coaching.cycle_state import CycleState, ReleaseMode
from service.coaching.streams import cycle_stream, notebook_stream
from service.problems import NotInProgram
from service.wiring import Deps
from storage import cycles, grants, lessons, notices, people, programs
from storage.engine import Write
from storage.programs import Program
from storage.record import Act, Outcome, WriteRefused

_TRIES = 100
"""Of many at once for one teacher each round lets one through."""


async def open_for(deps: Deps, program: Program, command: rules.OpenCycle, *, by: str) -> dict[str, Any]:
    """A lead opens a cycle for two people of the program, who get a letter; the lead gets no grant by it.

    Answers `{version, stream, cycle}`. Raises NotInProgram.
    """
    async with deps.db.read() as tx:
        roles = [await programs.roles(tx, program.id, person) for person in (command.teacher, command.coach)]
        found = await people.by_ids(tx, [command.teacher, command.coach])
    here = {person.id: person for person in found.values() if person.deactivated_at is None}
    if command.teacher not in here or "teacher" not in roles[0]:
        raise NotInProgram("The teacher of a cycle is one of the program's teachers. Invite them first.")
    if command.coach not in here or "coach" not in roles[1]:
        raise NotInProgram("The coach of a cycle is one of the program's coaches. Invite them first.")
    now = deps.clock()
    letters = [
        notices.enqueue(deps.new_id(), "cycle_opened", person.email, {"cycle": command.cycle}, at=now)
        for person in here.values()
        if deps.config.mails and person.id != by
    ]
    for left in reversed(range(_TRIES)):
        async with deps.db.read() as tx:
            number = await cycles.last_number(tx, program.id, command.teacher) + 1
        opened = opening(program, command.teacher, command.coach, number)
        try:
            answer = await open_cycle(deps, command.cycle, opened, by=by, command=command, more=letters)
            break
        except WriteRefused:  # another lead opened a cycle of this number for the same teacher just now
            if not left:
                raise
    deps.bus.wake(notices.WAKE, 0)
    return answer


async def open_cycle(
    deps: Deps,
    cycle_id: str,
    opened: rules.CycleOpened,
    *,
    by: str,
    command: Command | None = None,
    more: Sequence[Write] = (),
) -> dict[str, Any]:
    """Open a cycle for a teacher and a coach: its stream, its row, and the grants of the two."""
    stream = cycle_stream(cycle_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        events = rules.open_cycle(states[stream], opened)
        writes = [*rows_of_new(cycle_id, opened, at), *more]
        return outcome(events, states, home=stream, writes=writes, cycle=cycle_id)

    once = None if command is None else (command.id, digest(opened.program, command))
    act_ = Act(by=by, streams=(stream,), decide=decide, project=cycle_row(stream), command=once)
    acted = await deps.record.act(act_)
    deps.bus.wake(grants.WAKE, 0)
    return dict(acted.answer)


def opening(
    program: Program, teacher: str, coach: str, number: int, *, previous: str | None = None
) -> rules.CycleOpened:
    """The first event of a cycle, with what the program sets now."""
    return rules.CycleOpened(
        program.id,
        teacher,
        coach,
        number,
        cast("ReleaseMode", program.release_mode),
        previous,
        settings.by_stage(settings.read(program.settings)),
    )


def rows_of_new(cycle_id: str, opened: rules.CycleOpened, at: datetime) -> list[Write]:
    """The row of a new cycle and the grants of its two people."""
    stream = cycle_stream(cycle_id)
    writes = [
        cycles.add(
            cycles.Cycle(
                id=cycle_id,
                program_id=opened.program,
                teacher_id=opened.teacher,
                coach_id=opened.coach,
                number=opened.number,
                stage="planning",
                stage_since_at=at,
                release_mode=opened.release_mode,
                focus_category=None,
                created_at=at,
                previous_id=opened.previous,
            )
        )
    ]
    for person, role in ((opened.teacher, "teacher"), (opened.coach, "coach")):
        writes += grants.grant(person, stream, role, at=at)
        writes += grants.grant(person, notebook_stream(cycle_id, person), role, at=at)
    return writes


DECIDE: Final[Mapping[type, Callable[..., Sequence[Any]]]] = MappingProxyType(
    {
        **stages.DECIDE,
        **plans.DECIDE,
        **meetings.DECIDE,
        **debriefs.DECIDE,
        **conversations.DECIDE,
        **observing.DECIDE,
    }
)
"""The commands that need nothing but the cycle's stream."""


async def decide_alone(deps: Deps, found: CycleAccess, command: Command, *, by: str) -> dict[str, Any]:
    """Carry out one of `DECIDE`."""
    rule = DECIDE[type(command)]
    return await act_on(deps, found, command, lambda cycle, at: rule(cycle, command, by=by, at=at), by=by)


async def act_on(
    deps: Deps,
    found: CycleAccess,
    command: Command,
    rule: Callable[[CycleState, datetime], Sequence[Any]],
    *,
    by: str,
    writes: Callable[[CycleState, datetime], Sequence[Write]] = lambda _cycle, _at: (),
) -> dict[str, Any]:
    """Append what the rule says to the cycle's stream. `writes`: what goes with it where it says anything."""
    stream = cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        happened = rule(states[stream], at)
        more = writes(states[stream], at) if happened else ()
        return outcome({stream: happened} if happened else {}, states, home=stream, writes=more)

    return await act(deps, command, by=by, to=stream, streams=(stream,), decide=decide, project=cycle_row(stream))


async def move_stage(deps: Deps, found: CycleAccess, command: stages.MoveStage, *, by: str) -> dict[str, Any]:
    # Also those that only their teacher may see: the stream of the cycle does not know them.
    async with deps.db.read() as tx:
        there = len(await lessons.of_cycles(tx, [found.cycle.id]))
    return await act_on(
        deps, found, command, lambda cycle, at: stages.move_stage(cycle, command, lessons=there, by=by, at=at), by=by
    )


async def choose_focus(deps: Deps, found: CycleAccess, command: plans.ChooseFocus, *, by: str) -> dict[str, Any]:
    async with deps.db.read() as tx:
        program = await programs.by_id(tx, found.cycle.program_id)
    offered = settings.read(program.settings if program else "").focus_categories
    return await act_on(
        deps, found, command, lambda cycle, _at: plans.choose_focus(cycle, command, offered, by=by), by=by
    )


async def resume_cycle(deps: Deps, found: CycleAccess, command: stages.ResumeCycle, *, by: str) -> dict[str, Any]:
    """Whoever promised something for a day that passed meanwhile gets the letter of that day now."""
    pair = await reminding.pair_of(deps, found)
    return await act_on(
        deps,
        found,
        command,
        lambda cycle, at: stages.resume_cycle(cycle, command, by=by, at=at),
        by=by,
        writes=lambda cycle, at: reminding.after_pause(pair, cycle, at=at),
    )


Action = Callable[..., Awaitable[dict[str, Any]]]
ACTIONS: Final[Mapping[type, Action]] = MappingProxyType(
    dict.fromkeys(DECIDE, decide_alone)
    | {stages.MoveStage: move_stage, plans.ChooseFocus: choose_focus, stages.ResumeCycle: resume_cycle}
)
