"""`farfield upload`: one video file to a cycle, over whatever link there is."""

import os
from pathlib import Path
from typing import Annotated

import typer

from service.client import kept
from service.client.api import Api, Server, connected
from service.client.following import follow
from service.client.lessons import Place, Wish, find_place
from service.client.patience import Patience
from service.client.sending import Sending
from service.client.shapes import LessonPage, Session
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
from service.command_line.upload_view import View, view_for

_REFUSALS = {
    "not_a_video": "the file is not a video that can be shown",
    "damaged": "the file is damaged",
    "too_long": "it is too long",
    "too_large": "its picture is too large",
    "unreadable_blocks": "its pieces could not be put together",
    "no_decoder": "this kind of video cannot be read",
}


def upload(
    file: Annotated[Path, typer.Argument(help="The video.")],
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
    """Send a video. A broken link only costs time; after a kill the same command goes on where it was."""
    view = view_for(json=json, quiet=quiet)
    about = "cycle" if lesson is None else "lesson"

    async def main() -> None:
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
                    await _send(api, waiting, view, source, wish, wait=wait)

    run(main, json=json, about=about, stopped="Stopped. The same command goes on where it was.")


async def _send(api: Api, patience: Patience, view: View, source: Source, wish: Wish, *, wait: bool) -> None:
    session = await patience.persist(lambda: api.get("/api/session", Session))
    if source.size > session.max_upload_bytes:
        most = f"{session.max_upload_bytes / 2**30:.3g} GB"
        raise Refused(f"This file is larger than the {most} that this server takes for one lesson.")
    fingerprint = await source.fingerprint()
    note = kept.Kept.of(
        kept.state_directory(os.environ),
        server=f"{api.server.origin} {session.person.id}",
        place=wish.lesson or wish.cycle or "",
        fingerprint=fingerprint,
    )
    place = await find_place(api, patience, wish, note, size=source.size, fingerprint=fingerprint)
    state = place.arrived
    if state is None:
        sending = Sending(
            api, patience, view, source, lesson=place.lesson, upload=place.upload, print_=fingerprint
        )
        view.place(place)
        await sending.begin()
        known = note.read()
        if known is not None and known.upload != sending.upload:
            known.upload = sending.upload
            note.write(known)
        await sending.run()
        state = "preparing"
    else:
        view.arrived_before(place)
    if wait:
        state = await _watchable(api, api.server, patience, view, place)
    view.done(lesson=place.lesson, state=state, size=source.size)


async def _watchable(api: Api, server: Server, patience: Patience, view: View, place: Place) -> str:
    """The state once the lesson can be watched. Raises Refused where it never will be."""
    page = await patience.persist(lambda: api.get(f"/api/lessons/{place.lesson}", LessonPage))
    state, reason, version = page.lesson.state, page.lesson.reason, page.version
    if state not in ("watchable", "ready", "refused"):
        view.preparing()
        async for event in follow(server, f"lesson/{place.lesson}", version, patience):
            if event.type in ("lesson.watchable", "lesson.ready", "lesson.refused"):
                state, reason = event.type.partition(".")[2], event.data.get("reason")
                break
    if state == "refused":
        raise Refused(f"The lesson cannot be shown: {_REFUSALS.get(str(reason), 'the file cannot be used')}.")
    return state
