"""Programs, made by whoever runs Farfield."""

from service.coaching.cycle_state import ReleaseMode
from service.problems import IdTaken
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
