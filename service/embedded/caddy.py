"""Caddy as a child: the front door, and the addresses under which people reach it."""

import contextlib
import ipaddress
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from service.config import Config
from service.embedded.supervisor import Program

GRACE_SECONDS = 4
"""How long Caddy lets requests under way end. With the store's second after it, everything is over within 6 s."""


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """What the front door is told."""

    port: int
    bind: str
    domain: str | None
    local_https: bool
    data_dir: Path
    static_dir: Path
    web: tuple[str, ...]
    gate: tuple[str, ...]
    live: tuple[str, ...]
    """Where our roles are, as Caddy writes it: `unix//path` or `host:port`; one or several of each."""
    store: str
    """Scheme, host and port of the S3 server."""
    behind_https: bool = False
    """Somebody before us speaks HTTPS with browsers, and plain HTTP with us."""
    trusted_proxies: tuple[str, ...] = ()
    """The networks of those before us who say truly whom a request comes from."""
    health_port: int | None = None
    """Where it says, on the loopback address, that it is there."""
    header_seconds: int = 10
    """How long a client may take to send its request's head. Bodies have no limit: a slow line is not an attack."""


def front_door(config: Config, store: str) -> FrontDoor:
    """The front door of everything in one process; `store` is the address of the object store."""
    return FrontDoor(
        port=config.port,
        bind=config.bind,
        domain=config.domain,
        local_https=config.https == "local",
        data_dir=config.data_dir,
        static_dir=config.static_dir,
        web=(config.web_listen.dial,),
        gate=(config.gate_listen.dial,),
        live=(config.live_listen.dial,),
        store=store,
        behind_https=not config.secure and config.origin.startswith("https://"),
        trusted_proxies=config.trusted_proxies,
    )


def compose_front_door() -> FrontDoor:
    """The front door of docker/compose.yaml; Caddy puts in the domain when it starts."""
    return FrontDoor(
        port=443,
        bind="",
        domain="{$FARFIELD_DOMAIN}",
        local_https=False,
        data_dir=Path("/data"),
        static_dir=Path("/srv"),
        web=("web:8080",),
        gate=("web:8081",),
        live=("live:8082",),
        store="http://seaweedfs:8333",
        health_port=2080,
    )


def site_addresses(door: FrontDoor) -> list[str]:
    """The names under which Caddy answers; plain HTTP answers under any."""
    if door.domain:
        return [door.domain]
    if door.local_https:
        names = ["localhost", socket.gethostname().lower(), "127.0.0.1", *lan_addresses()]
        return [f"https://{_host(name)}:{door.port}" for name in dict.fromkeys(names)]
    return [f"http://:{door.port}"]


def lan_addresses() -> list[str]:
    """The IPv4 addresses under which other devices may reach this machine. Asks the kernel; nothing is sent."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        # Connecting a datagram socket only chooses the address that packets to there would leave from.
        probe.connect(("192.0.2.1", 9))
        found.append(str(probe.getsockname()[0]))
    with contextlib.suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [a for a in dict.fromkeys(found) if not ipaddress.ip_address(a).is_loopback and a != "0.0.0.0"]  # noqa: S104


def prepare(door: FrontDoor, text: str, run_dir: Path, log_dir: Path) -> Program:
    """Write the Caddyfile `text` and return how to run it."""
    home = door.data_dir / "caddy"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = run_dir / "Caddyfile"
    file.write_text(text)
    return Program(
        name="caddy",
        says="The front door",
        arguments=[str(Path(sys.executable).parent / "caddy"), "run", "--config", str(file), "--adapter", "caddyfile"],
        folder=home,
        log=log_dir / "caddy.log",
        environment={"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "HOME": str(home)},
        grace_seconds=GRACE_SECONDS + 0.5,
    )


def _host(name: str) -> str:
    return f"[{name}]" if ":" in name else name
