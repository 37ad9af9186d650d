"""Looking from outside: the settings as they are, and links into a demo that runs."""

import asyncio
import http.client
import os
import socket
from typing import Annotated

import typer

from service.command_line.refusing import refusals, setting_errors, settings
from service.config import describe
from service.config_checks import Role
from service.config_values import Listen
from service.startup import running_demo


def check_config() -> None:
    """Print every setting, its value and where it came from; passwords are struck out."""
    with setting_errors():
        lines = describe(os.environ)
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    for variable, value, source in lines:
        typer.echo(f"{variable:{widths[0]}}  {value or '-':{widths[1]}}  {source}")


def health(role: Annotated[Role | None, typer.Argument(help="web, live or worker")] = None) -> None:
    """Ask the process that runs with these settings whether it is ready. Exit code 1 if it is not."""
    config = settings()
    where = config.ops_of(role) if role else config.ops_listen or config.web_listen
    try:
        status, answer = _ask(where, "/health/ready")
    except (OSError, http.client.HTTPException) as failed:
        status, answer = 0, f"{where} does not answer ({failed})."
    typer.echo("ready" if status == 200 else answer, err=status != 200)
    if status != 200:
        raise typer.Exit(1)


def _ask(where: Listen, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(where.host or "localhost", where.port, timeout=5)
    if where.path:
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(5)
        connection.sock.connect(str(where.path))
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def caddyfile() -> None:
    """Print the front door's configuration for docker/compose.yaml, as docker/Caddyfile has it."""
    from service.embedded.caddy import compose_front_door
    from service.embedded.caddyfile import caddyfile as written

    typer.echo(written(compose_front_door()), nl=False)


def links() -> None:
    """Print fresh sign-in links for the people of the demo that is running."""
    from service import telling

    config = settings().as_demo()
    with refusals():
        origin = running_demo(config)
        for line in asyncio.run(telling.fresh(config, origin)):
            typer.echo(line)
