"""Setting a password: the first one soon after signing in, another one with the present one."""

from datetime import timedelta

from service import passwords
from service.access import SessionAccess
from service.actions import guessing
from service.actions.sign_in import password_write
from service.problems import SignedOut, SignInAgain, WrongPassword
from service.wiring import Deps
from storage import calendar_feeds, grants, notices, people, sessions, tokens
from storage import passwords as rows
from storage.engine import apply

FRESH = timedelta(minutes=15)
"""How long after signing in somebody may set a password without showing the present one."""


async def set_password(deps: Deps, session: SessionAccess, password: str, *, present: str | None, address: str) -> None:
    """The person's password from now on. Every other session and every token of theirs ends, and they get a letter.

    Raises WeakPassword, WrongPassword, SignInAgain, TooManyTries.
    """
    async with deps.db.read() as tx:
        person = await people.by_id(tx, session.person)
        kept = await rows.of_person(tx, session.person)
    if person is None:
        raise SignedOut
    text = passwords.check(password, about=(person.name, person.email))
    now = deps.clock()
    if present is not None and kept is not None:
        # Somebody at an unlocked laptop guesses too.
        counted = await guessing.count(deps, "present", person.email, address)
        if not await passwords.matches(kept.hash, present):
            raise WrongPassword
        await guessing.succeeded(deps, counted)
    elif now - session.created_at > FRESH:
        raise SignInAgain if kept is None else WrongPassword("Give your present password too.")
    write = await password_write(person.id, text, now)
    writes = [
        write,
        rows.forget_devices(person.id),
        sessions.end_all(person.id, now=now, but=session.key),
        sessions.drop_links(person.id, now=now),
        tokens.revoke_all(person.id, now=now),
        calendar_feeds.remove(person.id),
        grants.BUMPED,
    ]
    if deps.config.mails:
        writes.append(notices.enqueue(deps.new_id(), "password_changed", person.email, {}, at=now))
    async with deps.db.write(locking=[rows.lock(person.id)]) as tx:
        await apply(tx, writes)
    deps.bus.wake(grants.WAKE, 0)
    deps.bus.wake(notices.WAKE, 0)
