"""The server's own records, opened for one piece of work, and how programs and people in them are named."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from service import wiring
from service.addresses import parse_address
from service.config import Config
from service.metrics import Metrics
from service.problems import Problem
from service.startup import StartRefused, check_database, running_demo
from service.wiring import Deps
from storage import migrations, people, programs
from storage.engine import DatabaseUnavailable
from storage.people import Person
from storage.programs import Program

T = TypeVar("T")


def administer(config: Config, work: Callable[[Deps], Awaitable[T]]) -> T:
    """Do it. Raises StartRefused with a sentence where that cannot be; nothing has changed then."""
    try:
        return asyncio.run(_in_records(_here(config), work))
    except Problem as problem:
        raise StartRefused(_sentence(problem)) from problem
    except DatabaseUnavailable as away:
        raise StartRefused(f"The database cannot be used: {away}.") from away
    except migrations.SchemaTooOld as older:
        raise StartRefused(f"{older} Run `farfield migrate` first; nothing was changed.") from older
    except migrations.SchemaTooNew as newer:
        raise StartRefused("The records were written by a newer Farfield; nothing was changed.") from newer


async def _in_records(config: Config, work: Callable[[Deps], Awaitable[T]]) -> T:
    metrics = Metrics()
    objects = wiring.open_objects(config, metrics)  # never asked
    try:
        deps = await wiring.build(config, objects, metrics=metrics)
        try:
            await migrations.check(deps.db)
            return await work(deps)
        finally:
            await wiring.close(deps)
    finally:
        await objects.close()


def _here(config: Config) -> Config:
    """These settings, as the demo that runs on the data directory has them if one does. Refuses without records."""
    check_database(config.database_url)
    if config.on_sqlite:
        file = Path(config.database_url.partition("://")[2].partition("?")[0].removeprefix("/"))
        if not file.exists():
            raise StartRefused(f"There are no records at {file}. Start Farfield once, or run `farfield migrate`.")
    try:
        running_demo(config)
    except StartRefused:
        return config
    return config.as_demo()


def _sentence(problem: Problem) -> str:
    """What to say, and of a field what is wrong with it."""
    errors = [str(error["detail"]) for error in problem.members.get("errors", ())]
    # Sentences of libraries say more than ours; words such as "empty" do not.
    more = [error for error in errors if error.endswith(".")]
    return problem.detail + (f" ({' '.join(more)})" if more else "")


async def program_named(deps: Deps, text: str) -> Program:
    """By its id or its exact name. Refuses where there is none, or several."""
    async with deps.db.read() as tx:
        every = await programs.everything(tx)
    found = [program for program in every if text in (program.id, program.name)]
    if not found:
        raise StartRefused(f"There is no program “{text}”; `farfield program list` shows them.")
    if len(found) > 1:
        raise StartRefused(f"Several programs are called “{text}”; give the id of one.")
    return found[0]


async def person_with(deps: Deps, email: str) -> Person:
    """Also one who was deactivated. Refuses where nobody has the address."""
    address = parse_address(email)
    async with deps.db.read() as tx:
        person = await people.by_email(tx, address)
    if person is None:
        raise StartRefused(f"Nobody here has the address {address}; `farfield person list` shows everybody.")
    return person


async def active_person(deps: Deps, email: str) -> Person:
    """Refuses also where they were deactivated."""
    person = await person_with(deps, email)
    if person.deactivated_at is not None:
        raise StartRefused(f"{person.name} ({person.email}) was deactivated.")
    return person
