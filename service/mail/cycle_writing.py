"""Letters about a cycle: each looks, as it is written, whether what it says is still so; else nobody gets it.

A cycle that has ended, a grant that is gone, a meeting that has moved on, a commitment that was dropped, answered or
given another day: the letter of any of these is dropped without a word.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from service.actions.reminding import LATE
from service.coaching.cycle_state import CycleState, Meeting, MeetingKind, MeetingStatus
from service.coaching.streams import cycle_stream
from service.mail import cycle_letters as letters
from service.mail.letters import Letter
from service.wiring import Deps
from service.zones import said_span, zone_of
from storage import grants, people
from storage.engine import Transaction
from storage.notices import Notice
from storage.people import Person


async def reader_of(tx: Transaction, notice: Notice) -> Person | None:
    """Whose address it is, unless they have left."""
    person = await people.by_email(tx, notice.email)
    return person if person and person.deactivated_at is None else None


@dataclass(frozen=True, slots=True)
class Scene:
    """Who reads, who the other one is, and the cycle as it stands."""

    reader: Person
    other: Person
    cycle: CycleState
    url: str

    def when(self, start: datetime, minutes: int) -> tuple[str, ...]:
        """On the reader's clock, and on the other's where that is another one."""
        said = said_span(start, minutes, self.reader.time_zone)
        if self.other.time_zone == self.reader.time_zone:
            return (said,)
        return said, f"For {self.other.name}: {said_span(start, minutes, self.other.time_zone)}"


class _SayMeeting(Protocol):
    def __call__(self, name: str, other: str, kind: MeetingKind, when: tuple[str, ...], url: str) -> Letter: ...


Writer = Callable[[Deps, Transaction, Notice], Awaitable[Letter | None]]


async def _scene(deps: Deps, tx: Transaction, notice: Notice) -> Scene | None:
    """None where the reader no longer takes part, or there is nothing to take part in."""
    reader = await reader_of(tx, notice)
    stream = cycle_stream(notice.data["cycle"])
    if reader is None or await grants.role(tx, reader.id, stream, deps.clock()) not in ("teacher", "coach"):
        return None
    _, cycle = await deps.record.state(stream)
    assert isinstance(cycle, CycleState)
    pair = (cycle.teacher, cycle.coach)
    if cycle.closed or reader.id not in pair:
        return None
    other = await people.by_id(tx, pair[0] if reader.id == pair[1] else pair[1])
    return None if other is None else Scene(reader, other, cycle, f"{deps.config.origin}/cycles/{cycle.id}")


def _about_meeting(
    say: _SayMeeting, status: MeetingStatus, still: Callable[[Meeting, Mapping[str, Any]], bool]
) -> Writer:
    async def write(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
        scene = await _scene(deps, tx, notice)
        meeting = scene.cycle.meetings.get(notice.data["meeting"]) if scene else None
        if scene is None or meeting is None or meeting.status != status or not still(meeting, notice.data):
            return None
        if meeting.start <= deps.clock():
            return None  # what is past nobody needs to be told
        when = scene.when(meeting.start, meeting.minutes)
        return say(scene.reader.name, scene.other.name, meeting.kind, when, scene.url)

    return write


def _same_sequence(meeting: Meeting, told: Mapping[str, Any]) -> bool:
    return bool(meeting.sequence == told["sequence"])


def _same_start(meeting: Meeting, told: Mapping[str, Any]) -> bool:
    return meeting.start == datetime.fromisoformat(told["start"])


async def _check_ins_offered(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    scene = await _scene(deps, tx, notice)
    offer = scene.cycle.offers.get(notice.data["offer"]) if scene else None
    if scene is None or offer is None or offer.by == scene.reader.id:
        return None
    when = scene.when(offer.start, offer.minutes)
    return letters.check_ins_offered(scene.reader.name, scene.other.name, offer.weeks, when, scene.url)


async def _check_ins_accepted(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    scene = await _scene(deps, tx, notice)
    first = scene.cycle.meetings.get(notice.data["meeting"]) if scene else None
    if scene is None or first is None or first.status != "planned":
        return None
    when = scene.when(first.start, first.minutes)
    return letters.check_ins_accepted(scene.reader.name, scene.other.name, notice.data["weeks"], when, scene.url)


async def _commitment_due(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    scene = await _scene(deps, tx, notice)
    known = scene.cycle.commitments.get(notice.data["commitment"]) if scene else None
    if scene is None or known is None or not known.open or scene.reader.id != scene.cycle.teacher:
        return None
    day = date.fromisoformat(notice.data["day"])
    today = deps.clock().astimezone(zone_of(scene.reader.time_zone)).date()
    told = date.fromisoformat(notice.data.get("resumed", notice.data["day"]))  # later, where a pause lay on the day
    if known.due != day or not told <= today <= told + LATE or scene.cycle.paused is not None:
        return None
    url = f"{scene.url}/follow-up/{known.id}"
    return letters.commitment_due(scene.reader.name, scene.other.name, scene.cycle.number, url, today=told == day)


WRITERS: Final[Mapping[str, Writer]] = {
    "meeting_planned": _about_meeting(letters.meeting_planned, "planned", _same_sequence),
    "meeting_moved": _about_meeting(letters.meeting_moved, "planned", _same_sequence),
    "meeting_cancelled": _about_meeting(letters.meeting_cancelled, "cancelled", _same_sequence),
    "meeting_soon": _about_meeting(letters.meeting_soon, "planned", _same_start),
    "check_ins_offered": _check_ins_offered,
    "check_ins_accepted": _check_ins_accepted,
    "commitment_due": _commitment_due,
}
