"""The records as a whole: their schema."""

import asyncio

import typer

from service.command_line.refusing import refusals, settings
from service.startup import StartRefused, check_database, holding


def migrate() -> None:
    """Bring the records to this version's schema."""
    from storage import migrations
    from storage.engine import DatabaseUnavailable

    config = settings()
    with refusals(), holding(config):
        check_database(config.database_url)
        try:
            revision = asyncio.run(migrations.migrate(config.database_url))
        except DatabaseUnavailable as away:
            raise StartRefused(f"The database cannot be used: {away}.") from away
        except migrations.SchemaTooNew as newer:
            raise StartRefused("The records were written by a newer Farfield; nothing was changed.") from newer
    typer.echo(f"The records are at {revision}.")
