"""Logging: JSON lines with constant event names; data goes into fields, and fields hold ids, never contents.

    logger.info("block_admitted", extra={"upload": upload_id})

Never put tokens, signed addresses, comment text or names of pupils into a field. The request id and whatever else was
bound around the call are added by themselves.
"""

import logging
import logging.handlers
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec

_bound: ContextVar[dict[str, str] | None] = ContextVar("bound", default=None)

_OWN_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FILE_BYTES = 10_000_000
_encoder = msgspec.json.Encoder(enc_hook=str)


@contextmanager
def bound(**fields: str) -> Iterator[None]:
    """Add fields to every log line written inside the block, also by tasks started in it."""
    token = _bound.set((_bound.get() or {}) | fields)
    try:
        yield
    finally:
        _bound.reset(token)


def request_context(request_id: str) -> AbstractContextManager[None]:
    return bound(request=request_id)


def bound_request() -> dict[str, str]:
    """{"request": id} of the request we are in, for work that is done later because of it; else empty."""
    fields = _bound.get() or {}
    return {"request": fields["request"]} if "request" in fields else {}


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        line |= _fields(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _encoder.encode(line).decode()


class _Rotating(logging.handlers.RotatingFileHandler):
    """Counts what it writes: the library's own formats each line twice and asks for the file, to know when to turn."""

    _written = 0

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - the library's name
        return self._written >= self.maxBytes

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        self._written += len(text) + 1
        return text

    def _open(self) -> Any:
        stream = super()._open()
        self._written = stream.tell()
        return stream


class ForPeople(logging.Formatter):
    """One readable line for somebody who looks at a terminal. Tracebacks stay in the log file."""

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        said = fields.pop("said", None)
        if said is not None:
            return str(said)
        return " ".join([record.getMessage().replace("_", " "), *(f"{name}={value}" for name, value in fields.items())])


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _OWN_ATTRIBUTES}


class _BindContext(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in (_bound.get() or {}).items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


def _of_ours(record: logging.LogRecord) -> bool:
    """Not a request that aiohttp could not read: nobody's fault here, and it quotes what was sent, as a cookie."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__module__ != "aiohttp.http_exceptions"


def set_up(*, file: Path | None = None, terminal: TextIO = sys.stderr) -> None:
    """Log to `terminal` as JSON; or, given a file, there, and show only warnings on the terminal, in plain words."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    on_terminal = logging.StreamHandler(terminal)
    if file is None:
        on_terminal.setFormatter(JsonLines())
        handlers: list[logging.Handler] = [on_terminal]
    else:
        on_terminal.setFormatter(ForPeople())
        on_terminal.setLevel(logging.WARNING)
        in_file = _Rotating(file, maxBytes=_FILE_BYTES, backupCount=3, encoding="utf-8")
        in_file.setFormatter(JsonLines())
        handlers = [on_terminal, in_file]
    for handler in handlers:
        handler.addFilter(_BindContext())
        handler.addFilter(_of_ours)
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a disk that is full is said once by whoever needs it, not by every line
    # These would write addresses with signatures, or a line for every request that is logged once already.
    noisy = ("boto3", "botocore", "s3transfer", "urllib3", "aiohttp", "websockets", "sqlalchemy", "alembic", "nats")
    for name in noisy:
        logging.getLogger(name).setLevel(logging.WARNING)
