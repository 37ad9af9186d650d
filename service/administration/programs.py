"""Programs: added, listed and set up."""

import msgspec

from service.actions.programs import add_program, set_up, settings_of
from service.administration.records import program_named
from service.coaching.cycle_state import ReleaseMode
from service.coaching.refusals import Refusal
from service.coaching.settings import ProgramSetUp
from service.startup import StartRefused
from service.texts import clean_line
from service.web.commands import clean
from service.wiring import Deps
from storage import programs
from storage.programs import Program


async def add(deps: Deps, *, name: str, release_mode: ReleaseMode) -> Program:
    return await add_program(deps, name=clean_line(name, field="name"), release_mode=release_mode)


async def listing(deps: Deps) -> list[Program]:
    async with deps.db.read() as tx:
        return await programs.everything(tx)


async def settings(deps: Deps, named: str) -> ProgramSetUp:
    return settings_of(await program_named(deps, named))


async def put_settings(deps: Deps, named: str, document: bytes) -> ProgramSetUp:
    """`document`: JSON as `settings` gives it. Refuses with a sentence."""
    program = await program_named(deps, named)
    try:
        asked = clean(msgspec.json.decode(document, type=ProgramSetUp))
        return settings_of(await set_up(deps, program.id, asked, revision=None))
    except msgspec.DecodeError as unread:
        raise StartRefused(f"The file is not settings as `farfield program settings` writes them: {unread}.") from None
    except Refusal as refused:
        raise StartRefused(str(refused)) from None
