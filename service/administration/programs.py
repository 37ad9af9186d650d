"""Programs: added and listed."""

from service.actions.programs import add_program
from service.coaching.cycle_state import ReleaseMode
from service.texts import clean_line
from service.wiring import Deps
from storage import programs
from storage.programs import Program


async def add(deps: Deps, *, name: str, release_mode: ReleaseMode) -> Program:
    return await add_program(deps, name=clean_line(name, field="name"), release_mode=release_mode)


async def listing(deps: Deps) -> list[Program]:
    async with deps.db.read() as tx:
        return await programs.everything(tx)
