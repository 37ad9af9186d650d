"""The records as a whole: their schema, and rows anew from the streams."""

import asyncio
import contextlib

import typer

from service import telemetry
from service.command_line.administering import JsonOption, administer, say
from service.command_line.refusing import refusals, settings
from service.startup import check_database, holding


def rebuild(json: JsonOption = False) -> None:
    """Compute every summary row of cycles and lessons anew from the record. Farfield may run meanwhile."""
    from service.actions import rebuilding

    done = administer(rebuilding.rebuild)
    mended = f"{done.mended} rows did not say what the record says, and do now." if done.mended else "All were right."
    say(done, f"Looked at {done.cycles} cycles and {done.lessons} lessons. {mended}", json=json)


def migrate() -> None:
    """Bring the records to this version's schema. Once, before the new version starts."""
    from service.opening import migrated
    from service.roles import stopping

    config = settings()

    async def main() -> str:
        return await migrated(config, stopping())

    with refusals():
        check_database(config.database_url)
        # Records in SQLite belong to the process that holds their directory; a database server takes care of itself.
        with holding(config) if config.on_sqlite else contextlib.nullcontext():
            telemetry.set_up()
            revision = asyncio.run(main())
    typer.echo(f"The records are at {revision}.")
