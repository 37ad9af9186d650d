"""What the integration tests share."""

from tests.fixtures.desk import desk
from tests.fixtures.doors import letters, quick_hashes
from tests.fixtures.front_door import door
from tests.fixtures.media_traffic import film, sending
from tests.fixtures.nats import nats
from tests.fixtures.postgres import postgres
from tests.fixtures.prepared import ready
from tests.fixtures.store import objects, store

__all__ = [
    "desk",
    "door",
    "film",
    "letters",
    "nats",
    "objects",
    "postgres",
    "quick_hashes",
    "ready",
    "sending",
    "store",
]
