"""People come and go: added by whoever runs Farfield, deactivated, reached by their address."""

from service.problems import AddressTaken
from service.wiring import Deps
from storage import calendar_feeds, grants, invitations, notices, passwords, people, programs, sessions, tokens
from storage.engine import Write, apply
from storage.people import Person

ARRIVALS = ("people",)
"""Held by whoever adds people or roles: it looks first whether they are there."""


async def add_person(deps: Deps, *, name: str, email: str, time_zone: str, program: str, role: str) -> Person:
    """A new person with a role. Raises AddressTaken where the address is somebody's, also a deactivated person's."""
    async with deps.db.write(locking=ARRIVALS) as tx:
        if await people.by_email(tx, email) is not None:
            raise AddressTaken
        person, writes = arrival(deps, name=name, email=email, time_zone=time_zone)
        await apply(tx, [*writes, programs.join(program, person.id, role)])
    return person


def arrival(deps: Deps, *, name: str, email: str, time_zone: str) -> tuple[Person, list[Write]]:
    """Somebody new. Whoever runs the writes has looked, in the same transaction, that the address is free."""
    person = Person(deps.new_id(), name, email, time_zone, "en", deps.clock())
    return person, [people.add(person)]


async def deactivate(deps: Deps, person: Person) -> None:
    """Every way in is closed at once: sessions, links, tokens, calendars, known devices, and mail that waits.

    Also the invitations they made: one of those could be their own way back, in whatever role they gave it.
    What they wrote stays with those they wrote to. Their grants stay in the table and open nothing.
    """
    now = deps.clock()
    async with deps.db.write() as tx:
        await apply(
            tx,
            [
                people.deactivate(person.id, now),
                sessions.end_all(person.id, now=now),
                sessions.drop_links(person.id, now=now),
                tokens.revoke_all(person.id, now=now),
                calendar_feeds.remove(person.id),
                invitations.revoke_all_by(person.id, now=now),
                passwords.forget_devices(person.id),
                notices.drop_waiting(person.email, now=now),
                grants.BUMPED,
            ],
        )
    deps.bus.wake(grants.WAKE, 0)
