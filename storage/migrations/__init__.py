"""Bringing a database to the schema of this program: forward only, one change a file, all in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from storage.engine import MIGRATING, Database

WAIT_S = 600


class SchemaTooNew(Exception):
    """The database was migrated by a newer Farfield than this one; this one leaves it alone."""


class SchemaTooOld(Exception):
    """The database needs `farfield migrate` first."""


async def migrate(url: str, *, to: str = "head") -> str:
    """Create or upgrade the schema and return its revision. Raises SchemaTooNew, having changed nothing.

    Of several that migrate at once one does it, and the others wait for it. `to`: a revision to stop at, for tests.
    """
    database = await Database.open(url, patience=MIGRATING)
    try:
        async with database.write(locking=["migrations"], patience_s=WAIT_S) as tx:
            await tx.run_sync(_upgrade, to)
            return await tx.run_sync(_current) or ""
    finally:
        await database.close()


async def check(database: Database) -> None:
    """Raise SchemaTooNew or SchemaTooOld unless the schema is exactly ours."""
    async with database.read() as tx:
        revision = await tx.run_sync(_current)
    refuse_newer(revision)
    if revision != newest():
        raise SchemaTooOld(f"The database is at revision {revision or 'none'} and this program needs {newest()}.")


def newest() -> str:
    """The revision this program needs."""
    return _scripts().get_current_head() or ""


def refuse_newer(revision: str | None) -> None:
    """Raise SchemaTooNew for a revision this program has never heard of."""
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(f"The database is at revision {revision}, which this version of Farfield does not know.")


def _upgrade(connection: Connection, to: str) -> None:
    refuse_newer(_current(connection))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
