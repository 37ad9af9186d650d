"""SeaweedFS as a child: the S3 server of the small default, reachable from this machine alone.

Measured with SeaweedFS 4.48:
- `-master.electionTimeout=1s -master.resumeState=false`: answers 3.1 s after every start. With the defaults a later
  start waits 12 to 17 s for an election among one. The state that is not resumed is learnt again from the volumes; 150
  objects written over five SIGKILLs were all whole.
- It ends 15 s after SIGTERM, having waited for streams to itself that never end and done nothing else; so it is given
  one second, after the front door has gone and nobody writes any more.
- `-filer.disableHttp` closes one way to every video for any local process, the signing keys in `security.toml` the
  other, the volume server's own port. What stays open to local processes is the filer's gRPC: names and deletion.
"""

import contextlib
import json
import random
import secrets
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from service.embedded.supervisor import Program

HOST = "127.0.0.1"
BUCKET = "farfield"
_LISTENERS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port",
    "s3.port.grpc",
)
# Below the range from which kernels take ports for outgoing connections: a kept port is then seldom taken by chance.
_LOWEST, _HIGHEST = 20_000, 32_000
_KEPT = "address.json"


class NoPorts(Exception):
    """Not enough free ports on the loopback address."""


class _Kept(msgspec.Struct, frozen=True):
    """What must be the same at the next start."""

    ports: dict[str, int]
    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Store:
    """Where an S3 server listens and who may use it."""

    endpoint: str
    """Scheme, host and port."""
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str

    @property
    def host(self) -> str:
        return self.endpoint.partition("://")[2]


def prepare(data_dir: Path, log_dir: Path) -> tuple[Store, Program]:
    """Write what the server reads and return how to run it. Ports and keys are kept; taken ports are chosen anew."""
    home = data_dir / "seaweedfs"
    volumes, sockets = home / "data", home / "run"
    for folder in (home, volumes, sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = _keep(home / _KEPT)
    identity = {
        "name": "farfield",
        "credentials": [{"accessKey": kept.access_key, "secretKey": kept.secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    _write_private(home / "s3.json", json.dumps({"identities": [identity]}))
    # Read from the working directory. New keys at each start: nothing outlives the process that they were made for.
    kinds = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    _write_private(home / "security.toml", "".join(f'[{kind}]\nkey = "{secrets.token_hex(32)}"\n' for kind in kinds))
    arguments = [
        str(Path(sys.executable).parent / "weed"),
        "-logtostderr=true",
        "server",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        f"-dir={volumes}",
        *(f"-{name}={port}" for name, port in kept.ports.items()),
        "-filer",
        "-filer.disableHttp",
        f"-filer.localSocket={sockets / 'filer.sock'}",
        "-s3",
        f"-s3.config={home / 's3.json'}",
        f"-s3.localSocket={sockets / 's3.sock'}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        "-master.telemetry=false",
        "-master.electionTimeout=1s",
        "-master.resumeState=false",
        "-master.volumeSizeLimitMB=1000",
        "-volume.max=0",
        "-volume.preStopSeconds=0",
    ]

    def clear_sockets() -> None:
        """It makes its gRPC sockets in /tmp, whatever one says, and a killed one leaves them there."""
        for name, port in kept.ports.items():
            if name.endswith(".grpc"):
                Path(f"/tmp/seaweedfs-{name.split('.', 1)[0]}-grpc-{port}.sock").unlink(missing_ok=True)  # noqa: S108

    program = Program(
        name="seaweedfs",
        says="The video store",
        arguments=arguments,
        folder=home,
        log=log_dir / "seaweedfs.log",
        grace_seconds=1.0,
        before=clear_sockets,
        after=clear_sockets,
    )
    return Store(f"http://{HOST}:{kept.ports['s3.port']}", kept.access_key, kept.secret_key, BUCKET), program


def _keep(file: Path) -> _Kept:
    kept: _Kept | None = None
    with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
        kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
    if kept and set(kept.ports) == set(_LISTENERS) and all(_free(port) for port in kept.ports.values()):
        return kept
    chosen = _Kept(
        ports=_choose_ports(),
        access_key=kept.access_key if kept else "farfield-" + secrets.token_hex(8),
        secret_key=kept.secret_key if kept else secrets.token_urlsafe(32),
    )
    _write_private(file, msgspec.json.encode(chosen).decode())
    return chosen


def _choose_ports() -> dict[str, int]:
    candidates = random.sample(range(_LOWEST, _HIGHEST), 500)
    free = [port for port in candidates if _free(port)][: len(_LISTENERS)]
    if len(free) < len(_LISTENERS):
        raise NoPorts
    return dict(zip(_LISTENERS, free, strict=True))


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _write_private(file: Path, text: str) -> None:
    """Replace the file at once, readable by this user alone."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)
