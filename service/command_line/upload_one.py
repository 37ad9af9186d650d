"""One file of `farfield upload`: found or made a place, sent, and if asked for waited for."""

import os
from dataclasses import dataclass

from service.client import kept
from service.client.api import Api
from service.client.following import follow
from service.client.lessons import Place, Wish, find_place
from service.client.patience import Patience
from service.client.plan import Pace
from service.client.sending import Sending
from service.client.shapes import LessonPage, Session
from service.client.source import Source
from service.command_line.as_client import Refused
from service.command_line.upload_view import View

_REFUSALS = {
    "not_a_video": "the file is not a video that can be shown",
    "damaged": "the file is damaged",
    "too_long": "it is too long",
    "too_large": "its picture is too large",
    "unreadable_blocks": "its pieces could not be put together",
    "gave_up": "it could not be prepared, although it was tried three times",
    "no_decoder": "this kind of video cannot be read",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """The whole file is at the server. `before`: it was there before this command began."""

    place: Place
    state: str
    before: bool


async def send(
    api: Api,
    patience: Patience,
    view: View,
    source: Source,
    wish: Wish,
    session: Session,
    pace: Pace | None = None,
) -> Sent:
    """`pace`: of the files before. Raises Refused, Trouble, SourceChanged, GaveUp."""
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
    place = await find_place(
        api, patience, wish, note, person=session.person.id, size=source.size, fingerprint=fingerprint
    )
    if place.arrived is not None:
        view.arrived_before(place)
        return Sent(place, place.arrived, before=True)
    sending = Sending(
        api, patience, view, source, lesson=place.lesson, upload=place.upload, print_=fingerprint, pace=pace
    )
    view.place(place)
    await sending.begin()
    known = note.read()
    if known is not None and known.upload != sending.upload:
        known.upload = sending.upload
        note.write(known)
    await sending.run()
    return Sent(place, "preparing", before=False)


async def watchable(api: Api, patience: Patience, view: View, place: Place) -> str:
    """The state once the lesson can be watched. Raises Refused where it never will be, Trouble, GaveUp."""
    page = await patience.persist(lambda: api.get(f"/api/lessons/{place.lesson}", LessonPage))
    state, reason, version = page.lesson.state, page.lesson.reason, page.version
    if state not in ("watchable", "ready", "refused"):
        view.preparing()
        async for event in follow(api.server, f"lesson/{place.lesson}", version, patience):
            if event.type in ("lesson.watchable", "lesson.ready", "lesson.refused"):
                state, reason = event.type.partition(".")[2], event.data.get("reason")
                break
    if state == "refused":
        raise Refused(f"The lesson cannot be shown: {_REFUSALS.get(str(reason), 'the file cannot be used')}.")
    return state
