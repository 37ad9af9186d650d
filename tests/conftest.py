"""What every test may ask for. `make test` runs with warnings as errors; nothing here sleeps."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from service.config import Config
from service.wiring import Deps
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.parts import parts
from tests.fixtures.visitors import Visitors, visiting


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
