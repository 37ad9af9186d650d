"""What must never get into a log."""

import io
import json
import logging
import weakref
from collections.abc import Iterator
from pathlib import Path

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


def test_a_log_file_that_is_full_makes_room(
    terminal: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telemetry, "_FILE_BYTES", 1_000)
    file = tmp_path / "log"
    file.write_text("x" * 900 + "\n")  # what an earlier process wrote counts, too
    telemetry.set_up(file=file, terminal=terminal)
    for n in range(20):
        logging.getLogger("farfield").info("told", extra={"n": n})
    logging.shutdown([weakref.ref(handler) for handler in logging.getLogger().handlers])
    oldest_first = sorted(tmp_path.iterdir(), reverse=True)
    assert [path.name for path in oldest_first] == ["log.3", "log.2", "log.1", "log"][-len(oldest_first) :]
    lines = [line for path in oldest_first for line in path.read_text().splitlines()]
    assert len(oldest_first) >= 3
    assert [json.loads(line)["n"] for line in lines if line.startswith("{")] == list(range(20))
    assert all(path.stat().st_size < 1_200 for path in tmp_path.iterdir())
