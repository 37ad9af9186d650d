"""The records as a whole: their schema."""

import asyncio
import contextlib

import typer

from service import telemetry
from service.command_line.refusing import refusals, settings
from service.startup import check_database, holding


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
