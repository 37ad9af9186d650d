"""What the integration tests share."""

from tests.fixtures.store import objects, store

__all__ = ["objects", "store"]
