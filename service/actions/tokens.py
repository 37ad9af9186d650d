"""Personal tokens: made, shown once, revoked."""

from collections.abc import Iterable
from datetime import timedelta

from service.problems import NotFound
from service.tokens import SCOPES, new_personal_token, token_hash
from service.wiring import Deps
from storage import grants, notices, people, tokens
from storage.engine import apply, hits


async def make_token(
    deps: Deps, person_id: str, *, token_id: str, name: str, scopes: Iterable[str], days: int | None
) -> tuple[tokens.Token, str]:
    """The row and the token itself, which nobody sees again; its person gets a letter. The same id again: NotFound."""
    secret, now = new_personal_token(), deps.clock()
    until = None if days is None else now + timedelta(days=days)
    wanted = " ".join(sorted(set(scopes), key=SCOPES.index))
    token = tokens.Token(token_id, token_hash(secret), person_id, name, wanted, now, until)
    async with deps.db.write(locking=[f"token/{token_id}"]) as tx:
        person = await people.by_id(tx, person_id)
        if person is None or await tokens.by_id(tx, token_id) is not None:
            raise NotFound
        letter = [notices.enqueue(deps.new_id(), "token_made", person.email, {}, at=now)] if deps.config.mails else []
        await apply(tx, [tokens.add(token), *letter])
    deps.bus.wake(notices.WAKE, 0)
    return token, secret


async def revoke_token(deps: Deps, person_id: str, token_id: str) -> None:
    """It opens nothing more; what it holds open closes within a second. Raises NotFound."""
    async with deps.db.write() as tx:
        if not await hits(tx, tokens.revoke(token_id, person_id, now=deps.clock())):
            raise NotFound
        await apply(tx, [grants.BUMPED])
    deps.bus.wake(grants.WAKE, 0)
