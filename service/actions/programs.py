"""Programs: made by whoever runs Farfield, set up by their leads."""

import hashlib
from typing import cast

from service.coaching import settings as rules
from service.coaching.cycle_state import ReleaseMode
from service.problems import IdTaken, NotFound, SettingsChanged
from service.wiring import Deps
from storage import programs
from storage.engine import apply
from storage.programs import Program


async def add_program(deps: Deps, *, name: str, release_mode: ReleaseMode) -> Program:
    """A new program without anybody in it. Raises IdTaken where one has this very name: people choose by it."""
    program = Program(deps.new_id(), name, release_mode, deps.clock())
    async with deps.db.write(locking=["programs"]) as tx:
        if any(other.name == name for other in await programs.everything(tx)):
            raise IdTaken(f"There is a program “{name}” already.")
        await apply(tx, [programs.add(program)])
    return program


def settings_of(program: Program) -> rules.ProgramSetUp:
    """What the program sets, or what Farfield comes with."""
    return rules.set_up(program.settings, cast("ReleaseMode", program.release_mode))


def revision_of(program: Program) -> str:
    """Another one for other settings."""
    return hashlib.sha256(f"{program.release_mode}\0{program.settings}".encode()).hexdigest()[:16]


async def set_up(deps: Deps, program_id: str, asked: rules.ProgramSetUp, *, revision: str | None) -> Program:
    """Set all of it, for cycles opened from now on.

    revision: of the settings that the change began from; None: whatever they are. Raises SettingsChanged where they are
    others by now, and what the rules refuse with.
    """
    rules.refuse_unless_usable(asked)
    async with deps.db.write(locking=[f"program/{program_id}"]) as tx:
        program = await programs.by_id(tx, program_id)
        if program is None:
            raise NotFound
        if settings_of(program) == asked:
            return program  # also of what was sent twice
        if revision not in (None, revision_of(program)):
            raise SettingsChanged
        await apply(tx, [programs.set_up(program_id, asked.release_mode, rules.kept(asked))])
        changed = await programs.by_id(tx, program_id)
    assert changed is not None
    return changed
