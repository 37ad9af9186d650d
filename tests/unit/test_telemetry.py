"""What must never get into a log."""

import io
import logging
from collections.abc import Iterator

import pytest
from aiohttp.http_exceptions import LineTooLong

from service import telemetry


@pytest.fixture
def terminal() -> Iterator[io.StringIO]:
    """Where the log goes in this test; afterwards as before."""
    root = logging.getLogger()
    handlers, level, raises = list(root.handlers), root.level, logging.raiseExceptions
    root.handlers = []
    said = io.StringIO()
    telemetry.set_up(terminal=said)
    yield said
    root.handlers, root.level, logging.raiseExceptions = handlers, level, raises


def test_a_request_that_cannot_be_read_is_not_quoted(terminal: io.StringIO) -> None:
    for fault in (LineTooLong(b"farfield=t0ken; other=bbbb", 8190), ValueError("kept")):
        logging.getLogger("aiohttp.server").warning("Error handling request", exc_info=fault)
    assert "t0ken" not in terminal.getvalue()
    assert "kept" in terminal.getvalue()
