"""What every test may ask for. `make test` runs with warnings as errors; nothing here sleeps."""

import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service.config import Config
from service.wiring import Deps
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.parts import parts
from tests.fixtures.visitors import Visitors, visiting


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two tests with one id would be handed out as one, and nobody would miss the other."""
    for item in items:
        if not item.nodeid.endswith(item.name):
            # schemathesis names the route of each of its tests, and gives them all the same id.
            item._id = replace(item.id, params=item.name.partition("[")[2].removesuffix("]"))
    doubled = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    if doubled:
        raise pytest.UsageError(f"These tests have the id of another one: {doubled}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: unix sockets in it must stay below 108 characters."""
    path = Path(tempfile.mkdtemp(prefix="ff-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def deps(folder: Path) -> AsyncIterator[Deps]:
    """The real parts on a fresh SQLite file, with an object store that is away."""
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder)}).as_demo()
    async with parts(config) as built:
        yield built


@pytest.fixture
async def cast(deps: Deps) -> Cast:
    return await make_cast(deps)


@pytest.fixture
async def visitors(deps: Deps, cast: Cast) -> AsyncIterator[Visitors]:
    """Everybody of the cast, signed in, in front of the real application on a real socket."""
    async with visiting(deps, cast) as everybody:
        yield everybody
