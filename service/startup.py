"""What must hold before Farfield starts. Each refusal is one sentence that says what to do; the exit code is 2."""

import contextlib
import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.config import Config
from service.config_checks import Role
from service.config_values import Listen

# sun_path has 108 bytes on Linux, one of them the closing zero; other systems have 104.
SOCKET_PATH_BYTES = 103
_SOCKETS = ("run/worker-ops.sock", "seaweedfs/run/filer.sock")
_ADDRESS = "address.json"


class StartRefused(Exception):
    """Farfield cannot start here and now; the text is for the person who tried."""


def check_sockets(config: Config, *more: Listen) -> None:
    longest = max(len(os.fsencode(config.data_dir / name)) for name in _SOCKETS)
    if longest > SOCKET_PATH_BYTES:
        raise StartRefused(
            f"The path of the data directory is {longest - SOCKET_PATH_BYTES} bytes too long for unix sockets: "
            f"{config.data_dir}. Set FARFIELD_DATA_DIR to a shorter one."
        )
    for where in (config.web_listen, config.gate_listen, config.live_listen, *more):
        if where.path and len(os.fsencode(where.path)) > SOCKET_PATH_BYTES:
            raise StartRefused(f"The path of this unix socket is too long: {where.path}. Name a shorter one.")


def check_client(static_dir: Path) -> None:
    if not (static_dir / "index.html").is_file():
        raise StartRefused(f"The pages are not built: there is no index.html in {static_dir}. Run `make client` first.")


def check_database(url: str) -> None:
    """A path is needed: records in memory would be gone with the process, and each connection would have its own."""
    kind, _, path = url.partition("://")
    if kind.startswith("sqlite") and path.partition("?")[0] in ("", "/", "/:memory:"):
        raise StartRefused("FARFIELD_DATABASE_URL must name a file, such as sqlite:////var/lib/farfield/records.db.")


def check_port(bind: str, port: int) -> None:
    """The port is free and may be used. The front door shares ports on some systems, so it would not notice itself."""
    family = socket.AF_INET if bind and ":" not in bind else socket.AF_INET6
    try:
        _try_port(family, bind, port)
    except OSError as wrong:
        if not bind and wrong.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            return check_port("0.0.0.0", port)  # noqa: S104  a machine without IPv6
        match wrong.errno:
            case errno.EADDRINUSE:
                said = f"Port {port} is already in use. Stop what uses it, or set FARFIELD_PORT to another one."
            case errno.EACCES | errno.EPERM:
                said = f"Port {port} needs more rights than this user has. Set FARFIELD_PORT to 1024 or above."
            case errno.EADDRNOTAVAIL:
                said = f"This machine has no address {bind}. Set FARFIELD_BIND to one it has, or leave it out."
            case _:
                said = f"Port {port} cannot be used: {wrong.strerror}."
        raise StartRefused(said) from wrong
    return None


def _try_port(family: socket.AddressFamily, bind: str, port: int) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        probe.bind((bind or "::", port))
        probe.listen(1)


@contextmanager
def holding(config: Config, role: Role | None = None) -> Iterator[None]:
    """Make the data directory and hold it: a second Farfield on it is refused, and the kernel ends the hold with us.

    Different roles may share one, each once; everything in one process has it to itself.
    """
    directory = config.data_dir
    try:
        for folder in (directory, config.run_dir, config.log_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        names = ["farfield.lock"] if role is None else ["farfield.lock", f"{role}.lock"]
        locks = [os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for name in names]
    except OSError as wrong:
        raise StartRefused(
            f"The data directory {directory} cannot be written to ({wrong.strerror}). "
            "Set FARFIELD_DATA_DIR to one that can."
        ) from wrong
    try:
        try:
            fcntl.flock(locks[0], fcntl.LOCK_NB | (fcntl.LOCK_EX if role is None else fcntl.LOCK_SH))
            fcntl.flock(locks[-1], fcntl.LOCK_NB | fcntl.LOCK_EX)
        except BlockingIOError as held:
            raise StartRefused(
                f"Another {role or 'Farfield'} is running on {directory}. "
                "Stop it, or set FARFIELD_DATA_DIR to another directory."
            ) from held
        yield
    finally:
        for lock in locks:
            os.close(lock)


@contextmanager
def listening_at(where: Listen) -> Iterator[None]:
    """An address that cannot be listened on is a refusal."""
    try:
        yield
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise StartRefused(f"{where} cannot be listened on ({why}). Stop what uses it, or name another.") from wrong


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """What cannot be written at the start is a refusal: something stands in the way, or the disk is full."""
    try:
        yield
    except OSError as wrong:
        what = wrong.filename or directory
        raise StartRefused(f"{what} cannot be written ({wrong.strerror}). Make room for it and start again.") from wrong


@contextmanager
def announced(config: Config, origin: str) -> Iterator[None]:
    """Leave a note of what is running, for `links`; gone when it ends."""
    note = config.run_dir / _ADDRESS
    with writing(note):
        note.write_text(json.dumps({"origin": origin, "demo": config.demo, "pid": os.getpid()}))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def running_demo(config: Config) -> str:
    """The origin of the demo that runs on this data directory. Raises StartRefused if none does."""
    with contextlib.suppress(OSError, ValueError):
        note = json.loads((config.run_dir / _ADDRESS).read_text())
        if note["demo"] and _alive(note["pid"]):
            return str(note["origin"])
    raise StartRefused(f"No demo is running on {config.data_dir}; sign-in links exist only while one does.")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
