"""What a calendar gets to see, and the private address of one's own: made, shown once, replaced, ended."""

from service.access import CycleAccess
from service.calendars import Shown, feed, meeting_file
from service.coaching.cycle_state import CycleState
from service.coaching.streams import cycle_stream, parse_stream
from service.problems import NotFound
from service.tokens import is_token, new_token, token_hash
from service.wiring import Deps
from storage import calendar_feeds, grants, people
from storage.calendar_feeds import CalendarFeed
from storage.engine import apply, hits


async def of_meeting(deps: Deps, found: CycleAccess, meeting_id: str) -> bytes:
    """A meeting of the cycle as iCalendar. Raises NotFound."""
    (shown,) = await _shown(deps, [found.cycle.id])
    meeting = shown.cycle.meetings.get(meeting_id)
    if meeting is None:
        raise NotFound
    return meeting_file(shown, meeting)


async def of_feed(deps: Deps, token: str) -> bytes:
    """All dates of whoever has this address, by the grants they have now. Raises NotFound."""
    if not is_token(token):
        raise NotFound
    async with deps.db.read() as tx:
        found = await calendar_feeds.find(tx, token_hash(token))
        person = await people.by_id(tx, found.person_id) if found else None
        if person is None or person.deactivated_at is not None:
            raise NotFound
        granted = await grants.streams_of(tx, person.id, deps.clock(), "cycle/")
    names = [name for stream, role in granted.items() if role != "observer" and (name := parse_stream(stream))]
    return feed(await _shown(deps, sorted(name.id for name in names)))


async def _shown(deps: Deps, cycle_ids: list[str]) -> list[Shown]:
    states: list[CycleState] = [(await deps.record.state(cycle_stream(one)))[1] for one in cycle_ids]
    async with deps.db.read() as tx:
        named = await people.by_ids(tx, {person for state in states for person in (state.teacher, state.coach)})
    return [Shown(state, named[state.teacher].name, named[state.coach].name, deps.config.origin) for state in states]


async def current(deps: Deps, person_id: str) -> CalendarFeed | None:
    async with deps.db.read() as tx:
        return await calendar_feeds.of_person(tx, person_id)


async def make(deps: Deps, person_id: str) -> tuple[CalendarFeed, str]:
    """The row and the token, which nobody sees again. An address that was there before opens nothing more."""
    token = new_token()
    made = CalendarFeed(person_id, token_hash(token), deps.clock())
    async with deps.db.write() as tx:
        await apply(tx, [calendar_feeds.put(made)])
    return made, token


async def end(deps: Deps, person_id: str) -> None:
    """The address opens nothing more. Raises NotFound where there is none."""
    async with deps.db.write() as tx:
        if not await hits(tx, calendar_feeds.remove(person_id)):
            raise NotFound
