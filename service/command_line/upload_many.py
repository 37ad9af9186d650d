"""Many files of `farfield upload`, one after another: all of them checked first, and none sent if one is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.client.api import Api
from service.client.lessons import Wish
from service.client.manifest import MOST_BYTES, Row, Wrong, checked, fault_of_title, read
from service.client.patience import Patience
from service.client.plan import Pace
from service.client.shapes import CyclePage, Session
from service.client.source import Source, SourceChanged, SourceRefused, shown, title_of, wire_name
from service.client.trouble import Trouble
from service.command_line.as_client import SOME_REFUSED, Refused, sentence
from service.command_line.upload_many_view import ManyView
from service.command_line.upload_one import Sent, send, watchable

_ENDS_ALL = ("signed_out", "scope_missing")
"""Of the token: every other file would be told the same."""


@dataclass(frozen=True, slots=True)
class _Left:
    """A file that is sent, and perhaps not yet to be watched."""

    row: Row
    sent: Sent


def of_manifest(path: Path, *, cycle: str | None, release: bool) -> tuple[list[Row], list[Wrong]]:
    """Its rows, and what is wrong with its text. Raises Refused where it cannot be read at all."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as failed:
        why = failed.strerror if isinstance(failed, OSError) else "its name holds a zero byte"
        raise Refused(f"{shown(path)} cannot be read ({why}).") from None
    if len(content) > MOST_BYTES:
        raise Refused(f"{shown(path)} is larger than {MOST_BYTES >> 20} MB: it is no table of videos.")
    return read(content, path.parent, cycle=cycle, release=release)


def named(files: Sequence[Path], cycle: str, *, release: bool) -> tuple[list[Row], list[Wrong]]:
    """Files of the command line as rows without a line."""
    rows = [Row(0, file, cycle, title_of(wire_name(file)), release) for file in files]
    faults = ((row, fault_of_title(row.title)) for row in rows)
    return rows, [Wrong(0, f"{shown(row.file)}: {fault}") for row, fault in faults if fault is not None]


async def send_many(
    api: Api, patience: Patience, view: ManyView, rows: list[Row], wrong: list[Wrong], *, again: bool, wait: bool
) -> int:
    """The exit code. Raises Refused where anything is wrong with what was asked, Trouble, GaveUp."""
    session = await patience.persist(lambda: api.get("/api/session", Session))
    rows, of_files = await checked(rows, session.max_upload_bytes)
    wrong = [*wrong, *of_files, *await _wrong_cycles(api, patience, rows)]
    if wrong:
        wrong.sort(key=lambda one: one.line)
        lines = "\n".join(map(str, wrong))
        errors = [{"line": one.line or None, "detail": one.detail} for one in wrong]
        raise Refused(f"{lines}\nNothing was sent.", errors=errors)
    view.all(rows)
    left: list[_Left] = []
    pace = Pace()
    try:
        for row in rows:
            view.file(row)
            try:
                with Source.opened(row.file) as source:
                    wish = Wish(row.cycle, None, row.title, row.release, again)
                    sent = await send(api, patience, view, source, wish, session, pace)
            except (Refused, SourceRefused, SourceChanged, Trouble) as refused:
                _refuse(view, row, refused)
                continue
            left.append(_Left(row, sent))
            if not wait:
                view.there(row, sent, sent.state)
                left.pop()
        while left:
            try:
                state = await watchable(api, patience, view, left[0].sent.place)
            except (Refused, Trouble) as refused:
                _refuse(view, left[0].row, refused)
            else:
                view.there(left[0].row, left[0].sent, state)
            left.pop(0)
    finally:
        for one in left:
            view.there(one.row, one.sent, one.sent.state)
        view.summary()
    return SOME_REFUSED if view.refused else 0


async def _wrong_cycles(api: Api, patience: Patience, rows: Sequence[Row]) -> list[Wrong]:
    """Rows whose cycle takes no lesson of this person. Each cycle is asked for once. Raises Trouble, GaveUp."""
    faults: dict[str, str | None] = {}
    for row in rows:
        if row.cycle in faults:
            continue
        try:
            page = await patience.persist(lambda cycle=row.cycle: api.get(f"/api/cycles/{cycle}", CyclePage))  # type: ignore[misc]
        except Trouble as trouble:
            if trouble.slug != "not_found":
                raise
            faults[row.cycle] = f"There is no cycle {row.cycle} here for the person of this token."
        else:
            faults[row.cycle] = _fault_of(row.cycle, page)
    found = ((row, faults[row.cycle]) for row in rows)
    return [Wrong(row.line, fault) for row, fault in found if fault is not None]


def _fault_of(cycle: str, page: CyclePage) -> str | None:
    if page.card.stage == "closed":
        return f"The cycle {cycle} is closed."
    if page.card.role != "teacher":
        return f"Only the teacher adds a lesson to the cycle {cycle}."
    return None


def _refuse(view: ManyView, row: Row, refused: Exception) -> None:
    """This file is not there, and the others go on. Raises what is of the token again: it ends them all."""
    if isinstance(refused, Trouble):
        if refused.slug in _ENDS_ALL:
            raise refused
        view.refuse(row, refused.slug, sentence(refused, "cycle"))
    else:
        view.refuse(row, "refused" if isinstance(refused, Refused) else "file", str(refused))
