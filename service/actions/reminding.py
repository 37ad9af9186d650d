"""Letters about what two people have agreed, put with the rest in the transaction in which it happens.

They hold ids and days only. Whoever writes one looks whether it is still so: see `service/mail/cycle_writing.py`.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from service.access import CycleAccess
from service.coaching.cycle_state import CycleState
from service.wiring import Deps
from service.zones import morning_of, zone_of
from storage import notices, people
from storage.engine import Write
from storage.people import Person

BEFORE: Final = timedelta(days=1)
"""How long before a meeting its two people are reminded of it."""

LATE: Final = timedelta(days=3)
"""How long after its day a letter about a commitment is still of use."""

_BEGINNING: Final = datetime(1970, 1, 2, tzinfo=UTC)

Pair = Mapping[str, Person]
"""The teacher and the coach of a cycle by id; empty where no mail goes out."""


async def pair_of(deps: Deps, found: CycleAccess) -> Pair:
    if not deps.config.mails:
        return {}
    async with deps.db.read() as tx:
        here = await people.by_ids(tx, [found.cycle.teacher_id, found.cycle.coach_id])
    return {person.id: person for person in here.values() if person.deactivated_at is None}


def to_the_other(
    deps: Deps, pair: Pair, kind: str, payload: Mapping[str, Any], *, by: str, at: datetime
) -> list[Write]:
    """A letter at once, to whichever of the two did not do it."""
    others = [person for person in pair.values() if person.id != by]
    return [notices.enqueue(deps.new_id(), kind, person.email, payload, at=at) for person in others]


def before_meeting(pair: Pair, cycle: str, meeting: str, start: datetime, *, at: datetime) -> list[Write]:
    """A letter to each a day before the meeting; none where it is nearer than that already."""
    due = start - BEFORE
    if due <= at:
        return []
    payload = {"cycle": cycle, "meeting": meeting, "start": start}
    return [
        notices.remind(_named(meeting, person.id, start), "meeting_soon", person.email, payload, due=due, at=at)
        for person in pair.values()
    ]


def on_due_day(pair: Pair, teacher: str, cycle: str, commitment: str, day: date, *, at: datetime) -> list[Write]:
    """A letter to the teacher, that morning where they are. Also for what the next cycle takes along."""
    person = pair.get(teacher)
    if person is None:
        return []
    payload = {"cycle": cycle, "commitment": commitment, "day": day}
    due = morning_of(day, person.time_zone, after=at)
    return [notices.remind(_named(commitment, cycle, day), "commitment_due", person.email, payload, due=due, at=at)]


def after_pause(pair: Pair, cycle: CycleState, *, at: datetime) -> list[Write]:
    """A letter of every open commitment whose own was due while the cycle was paused, and so was not sent."""
    person = pair.get(cycle.teacher)
    if person is None or cycle.paused is None:
        return []
    since, today = cycle.paused.at, at.astimezone(zone_of(person.time_zone)).date()
    missed = [
        one
        for one in cycle.commitments.values()
        if one.open and since <= morning_of(one.due, person.time_zone, after=_BEGINNING) <= at
    ]
    due = morning_of(today, person.time_zone, after=at)
    return [
        notices.remind(
            _named(one.id, cycle.id, one.due, "after", today),
            "commitment_due",
            person.email,
            {"cycle": cycle.id, "commitment": one.id, "day": one.due, "resumed": today},
            due=due,
            at=at,
        )
        for one in missed
    ]


def _named(about: str, *what: object) -> str:
    """An id that is always the same for the same, so that moved there and back does not send two."""
    return str(uuid5(UUID(about), " ".join(map(str, what))))
