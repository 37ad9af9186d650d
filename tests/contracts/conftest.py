"""What the contract tests share."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage.bus import InProcessBus
from storage.engine import Database
from storage.record import Record
from tests.fixtures.database import NOW, database_file, db, kind, migrated_file, place, template
from tests.fixtures.ledger import LedgerFolding
from tests.fixtures.nats import nats
from tests.fixtures.postgres import postgres
from tests.fixtures.store import objects, store

__all__ = ["database_file", "db", "kind", "migrated_file", "nats", "objects", "place", "postgres", "store", "template"]


@pytest.fixture
def bus() -> InProcessBus:
    return InProcessBus()


@pytest_asyncio.fixture
async def record(db: Database, bus: InProcessBus) -> AsyncIterator[Record]:
    """A started record of ledgers over the test's database; its clock stands still."""
    keeping = Record(db, bus, LedgerFolding(), lambda: NOW)
    await keeping.start()
    yield keeping
    await keeping.close()
