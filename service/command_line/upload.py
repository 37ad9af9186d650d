"""`farfield upload`: videos to a cycle, over whatever link there is."""

from pathlib import Path
from typing import Annotated

import typer

from service.client.api import connected
from service.client.lessons import Wish
from service.client.patience import Patience
from service.client.shapes import Session
from service.client.source import Source, title_of
from service.command_line.as_client import (
    JsonOption,
    PatienceOption,
    Refused,
    ServerOption,
    TokenOption,
    check_id,
    run,
    seconds_of,
    server_of,
)
from service.command_line.upload_many import named, of_manifest, send_many
from service.command_line.upload_many_view import many_view_for
from service.command_line.upload_one import send, watchable
from service.command_line.upload_view import view_for

_GOES_ON = "Stopped. The same command goes on where it was."


def upload(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="The video, or several.")] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="A table of videos, with the columns file, cycle, date, title, release."),
    ] = None,
    cycle: Annotated[str | None, typer.Option(metavar="ID", help="The cycle that gets a new lesson.")] = None,
    lesson: Annotated[str | None, typer.Option(metavar="ID", help="Go on with this lesson instead.")] = None,
    title: Annotated[str | None, typer.Option(help="What the lesson is called. Without: the file's name.")] = None,
    release: Annotated[bool, typer.Option("--release", help="Let the coach in from the first moment.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Another lesson, although this file was sent before.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Return only once the lesson can be watched.")] = False,
    server: ServerOption = None,
    token_file: TokenOption = None,
    patience: PatienceOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the end.")] = False,
    json: JsonOption = False,
) -> None:
    """Send videos. A broken link only costs time; after a kill the same command goes on where it was."""
    about = "cycle" if lesson is None else "lesson"

    async def one(file: Path) -> None:
        view = view_for(json=json, quiet=quiet)
        if cycle is None and lesson is None:
            raise Refused("Where to? Give --cycle ID, or --lesson ID to go on with a lesson.")
        if new and lesson is not None:
            raise Refused("--new makes another lesson, and --lesson goes on with one: give one of them.")
        with Source.opened(file) as source:
            if source.size == 0:
                raise Refused("This file has nothing in it. Look whether it has been saved completely.")
            wish = Wish(
                cycle=None if cycle is None else check_id(cycle, what="--cycle"),
                lesson=None if lesson is None else check_id(lesson, what="--lesson"),
                title=title if title is not None else title_of(source.name),
                release=release,
                again=new,
            )
            there = server_of(server, token_file)
            waiting = Patience(seconds_of(patience), view.waiting)
            with view:
                async with connected(there) as api:
                    session = await waiting.persist(lambda: api.get("/api/session", Session))
                    sent = await send(api, waiting, view, source, wish, session)
                    state = await watchable(api, waiting, view, sent.place) if wait else sent.state
                    view.done(lesson=sent.place.lesson, state=state, size=source.size)

    async def many() -> int:
        if lesson is not None or title is not None:
            raise Refused("--lesson and --title are for one file; a manifest has a column for titles.")
        to = None if cycle is None else check_id(cycle, what="--cycle")
        if manifest is not None:
            if files:
                raise Refused("Give files or a manifest, not both.")
            rows, wrong = of_manifest(manifest, cycle=to, release=release)
        else:
            if to is None:
                raise Refused("Where to? Give --cycle ID, or a manifest that names a cycle for each file.")
            rows, wrong = named(files or [], to, release=release)
        there = server_of(server, token_file)
        view = many_view_for(json=json, quiet=quiet)
        waiting = Patience(seconds_of(patience), view.waiting)
        with view:
            async with connected(there) as api:
                return await send_many(api, waiting, view, rows, wrong, again=new, wait=wait)

    async def main() -> int | None:
        if manifest is None and not files:
            raise Refused("What is to be sent? Name a video, or a table of them with --manifest.")
        if manifest is None and files and len(files) == 1:
            await one(files[0])
            return None
        return await many()

    run(main, json=json, about=about, stopped=_GOES_ON)
