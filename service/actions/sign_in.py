"""Signing in with a link, and out again."""

from dataclasses import dataclass
from datetime import timedelta

from service.problems import LinkExpired, LinkUsed, NotFound
from service.tokens import new_token, token_hash
from service.wiring import Deps
from storage import grants, people, sessions
from storage.engine import apply

SESSION_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: str
    token: str


async def make_link(deps: Deps, person_id: str, *, purpose: str, life: timedelta) -> str:
    """A token of 256 random bits that works once; only its hash is kept."""
    token = new_token()
    now = deps.clock()
    async with deps.db.write() as tx:
        link = sessions.SignInLink(token_hash(token), person_id, purpose, now, now + life)
        await apply(tx, [sessions.make_link(link)])
    return token


async def with_link(deps: Deps, token: str, *, device: str) -> SignedIn:
    """Use a link up and start a session. Raises NotFound, LinkExpired, LinkUsed; of two at once one wins."""
    now, key = deps.clock(), token_hash(token)
    session_token = new_token()
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
        session = sessions.Session(token_hash(session_token), person.id, now, now, now + SESSION_LIFE, None, device)
        await apply(tx, [sessions.start(session)])
    return SignedIn(person.id, session_token)


async def sign_out(deps: Deps, session_key: str) -> None:
    """End a session; its sockets close within a second, because the grants counter moves with it."""
    async with deps.db.write() as tx:
        await apply(tx, [sessions.end(session_key, now=deps.clock()), grants.BUMPED])
    deps.bus.wake(grants.WAKE, 0)
