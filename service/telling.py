"""What Farfield says on the terminal: where it is, who may sign in, and when the video store is ready."""

import asyncio

import typer

from service import wiring
from service.config import Config
from service.embedded import demo
from service.embedded.caddy import lan_addresses
from service.metrics import Metrics
from service.wiring import Deps

_ELSEWHERE = """\
  From another device a browser allows watching and writing over plain http, but neither camera nor offline use. For
  those set FARFIELD_HTTPS=local (each device must trust its certificate once) or FARFIELD_DOMAIN (a public name).
"""


class OnTerminal:
    async def answering(self, deps: Deps, origin: str) -> None:
        config = deps.config
        lines = ["", "Farfield is running.", "", f"  On this machine   {origin}/"]
        if not config.bind and not config.domain:
            scheme = "https" if config.secure else "http"
            lines += [f"  On this network   {scheme}://{address}:{config.port}/" for address in lan_addresses()]
        if config.https == "local":
            lines.append(f"  Its certificate   {config.data_dir / 'caddy/pki/authorities/local/root.crt'}")
        lines.append("")
        if config.demo:
            if not config.secure:
                lines.append(_ELSEWHERE)
            lines += await links(deps, origin)
            lines.append("")
        lines.append(f"  Logs are in {config.log_dir}. Ctrl-C stops everything.")
        if not deps.store_ready.is_set():
            lines.append("  The video store is still starting; everything else works, and uploads wait for it.")
        typer.echo("\n".join(lines))

    def store_ready(self) -> None:
        typer.echo("  The video store is ready.")

    def film_ready(self) -> None:
        typer.echo("  The demo lesson can be watched.")


async def links(deps: Deps, origin: str) -> list[str]:
    """A heading and a line for each demo person."""
    made = await demo.links(deps)
    return [
        "  Sign in as (each link works once; `make links` prints new ones; a private window for a second person):",
        *(f"    {link.name + ', ' + link.role:28} {origin}{link.url_path}" for link in made),
    ]


async def fresh(config: Config, origin: str) -> list[str]:
    """New links, made in the records that a running demo uses."""
    metrics = Metrics()
    objects = wiring.open_objects(config, metrics)
    deps = await wiring.build(config, objects, metrics=metrics)
    try:
        return await links(deps, origin)
    finally:
        await wiring.close(deps)
        await asyncio.shield(objects.close())
