"""What the integration tests share."""

from tests.fixtures.front_door import door
from tests.fixtures.store import objects, store

__all__ = ["door", "objects", "store"]
