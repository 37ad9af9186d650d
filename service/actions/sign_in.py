"""Signing in, with a link or a password, and out again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service import passwords
from service.actions import guessing
from service.problems import LinkExpired, LinkUsed, MailOff, NotFound, SignInRefused
from service.tokens import new_token, token_hash
from service.wiring import Deps
from storage import grants, notices, people, sessions
from storage import passwords as rows
from storage.engine import Write, apply, hits

SESSION_LIFE = timedelta(days=30)
"""Without being used."""
SESSION_LONGEST = timedelta(days=180)
TOUCH_AFTER = timedelta(hours=1)
LINK_LIFE = timedelta(minutes=30)
"""Of a mailed link, from when it is sent."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody signs in. `device`: the token of a browser used before; `agent`: what it calls itself."""

    address: str
    agent: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` and `device` are for the cookies; only their hashes are kept."""

    person: str
    token: str
    device: str


async def make_link(deps: Deps, person_id: str, *, purpose: str, life: timedelta) -> str:
    """A token of 256 random bits that works once; only its hash is kept."""
    token = new_token()
    async with deps.db.write() as tx:
        await apply(tx, [link_write(person_id, token, purpose=purpose, now=deps.clock(), life=life)])
    return token


def link_write(person_id: str, token: str, *, purpose: str, now: datetime, life: timedelta) -> Write:
    return sessions.make_link(sessions.SignInLink(token_hash(token), person_id, purpose, now, now + life))


async def ask_for_link(deps: Deps, email: str, *, address: str) -> None:
    """Mail a link to whoever has this address. Whether anybody has is found out only when the letter is written."""
    if not deps.config.mails:
        raise MailOff
    await guessing.count(deps, "link", email, address, account=guessing.MAILED)
    async with deps.db.write() as tx:
        await apply(tx, [notices.enqueue(deps.new_id(), "sign_in_link", email, {}, at=deps.clock())])
    deps.bus.wake(notices.WAKE, 0)


async def with_link(deps: Deps, token: str, visit: Visit) -> SignedIn:
    """Use a link up and start a session. Raises NotFound, LinkExpired, LinkUsed; of two at once one wins."""
    now, key = deps.clock(), token_hash(token)
    async with deps.db.write() as tx:
        link = await sessions.find_link(tx, key)
        person = await people.by_id(tx, link.person_id) if link else None
        if link is None or person is None or person.deactivated_at is not None:
            raise NotFound("This sign-in link is not one of ours. Ask for a new one.")
        if link.used_at is not None:
            raise LinkUsed
        if link.expires_at <= now:
            raise LinkExpired
        if await sessions.consume_link(tx, key, now) is None:
            raise LinkUsed
        signed_in, writes = opened(deps, person.id, visit, now=now)
        await apply(tx, writes)
    deps.metrics.sign_ins.labels("link").inc()
    return signed_in


async def with_password(deps: Deps, email: str, password: str, visit: Visit) -> SignedIn:
    """Start a session. Raises SignInRefused, the same and after as long whatever is wrong; TooManyTries."""
    async with deps.db.read() as tx:
        person = await people.by_email(tx, email)
        known = person and visit.device and await rows.knows_device(tx, token_hash(visit.device), person.id)
        kept = await rows.of_person(tx, person.id) if person else None
    device = token_hash(visit.device) if known and visit.device else None
    counted = await guessing.count(deps, "password", email, visit.address, device=device)
    right = await passwords.matches(kept.hash if kept else None, password)
    if not right or person is None or kept is None or person.deactivated_at is not None:
        deps.metrics.sign_ins.labels("refused").inc()
        raise SignInRefused
    await guessing.succeeded(deps, counted)
    now = deps.clock()
    again = [await password_write(person.id, passwords.normal(password), now)] if passwords.outdated(kept.hash) else []
    signed_in, writes = opened(deps, person.id, visit, now=now)
    async with deps.db.write(locking=[rows.lock(person.id)]) as tx:
        # Another may have been set while this one was looked at, and that ends whatever came in with this one.
        if await rows.of_person(tx, person.id) != kept:
            raise SignInRefused
        await apply(tx, [*again, *writes])
    deps.metrics.sign_ins.labels("password").inc()
    return signed_in


async def password_write(person_id: str, text: str, now: datetime) -> Write:
    return rows.set_password(rows.Password(person_id, await passwords.hashed(text), now))


def opened(deps: Deps, person_id: str, visit: Visit, *, now: datetime) -> tuple[SignedIn, list[Write]]:
    """A new session for the person, with a new token, and the device known from now on."""
    token, device = new_token(), visit.device or new_token()
    session = sessions.Session(
        token_hash(token), deps.new_id(), person_id, now, now, now + SESSION_LIFE, None, visit.agent
    )
    writes = [sessions.start(session), rows.know_device(token_hash(device), person_id, now)]
    return SignedIn(person_id, token, device), writes


async def touch(deps: Deps, session_key: str, created_at: datetime) -> None:
    """The session is in use, so it lives on; but not for ever."""
    now = deps.clock()
    until = min(now + SESSION_LIFE, created_at + SESSION_LONGEST)
    async with deps.db.write() as tx:
        await apply(tx, [sessions.touch(session_key, now=now, until=until)])


async def sign_out(deps: Deps, session_key: str) -> None:
    """End a session; its sockets close within a second, because the grants counter moves with it."""
    await _ending(deps, [sessions.end(session_key, now=deps.clock())])


async def end_session(deps: Deps, person_id: str, session_id: str) -> None:
    """End one of the person's sessions, wherever it is. Raises NotFound."""
    async with deps.db.write() as tx:
        if not await hits(tx, sessions.end_one(session_id, person_id, now=deps.clock())):
            raise NotFound
        await apply(tx, [grants.BUMPED])
    deps.bus.wake(grants.WAKE, 0)


async def end_other_sessions(deps: Deps, person_id: str, session_key: str) -> None:
    await _ending(deps, [sessions.end_all(person_id, now=deps.clock(), but=session_key)])


async def _ending(deps: Deps, writes: list[Write]) -> None:
    async with deps.db.write() as tx:
        await apply(tx, [*writes, grants.BUMPED])
    deps.bus.wake(grants.WAKE, 0)
